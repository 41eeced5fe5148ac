"""Print how the demo world is entered: one account per house and role in use."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.services.demo_access import NotEmbedded
from departments.services.demo_listing import demo_accounts

COLUMNS = ("organisation", "role_name", "login", "password", "second_factor_secret")


class Command(BaseCommand):
    help = "Sign-ins of the demo world, one per house and role (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            accounts = demo_accounts()
        except NotEmbedded as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(accounts, ensure_ascii=False, indent=2))
            return
        for account in accounts:
            self.stdout.write("  ".join(account[name] for name in COLUMNS))
        if not accounts:
            self.stdout.write("There are no demo accounts: seed_demo makes them.")
