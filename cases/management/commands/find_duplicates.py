"""Compare the records that have changed, to the end."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.services.duplicates import duplicates_find


class Command(BaseCommand):
    help = (
        "Find the records that may be one person, in batches; goes on where the last round stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", type=int, help="id of one house; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        done = duplicates_find(organization_id=options["organization"], say=self.stdout.write)
        records, pairs = sum(one.records for one in done), sum(one.pairs for one in done)
        self.stdout.write(f"{records} records compared, {pairs} new pairs")
