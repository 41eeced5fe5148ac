"""Print the OAuth2 client of the demo foundation; makes it when it is not there yet."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.services.demo_access import NotEmbedded
from departments.services.demo_listing import demo_client


class Command(BaseCommand):
    help = "The API client of the demo foundation, with its token address (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            client = demo_client()
        except (NotEmbedded, LookupError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(client, ensure_ascii=False, indent=2))
            return
        for name, value in client.items():
            shown = " ".join(value) if isinstance(value, list) else value
            self.stdout.write(f"{name}: {shown}")
