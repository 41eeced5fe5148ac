"""Write the search postings anew while the portal serves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.services.rebuilding import postings_rebuild


class Command(BaseCommand):
    help = (
        "Make the search postings equal to what every record holds now; safe beside ordinary work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", type=int, help="id of one house; all without it")
        parser.add_argument(
            "--pause", type=float, default=0.0, help="seconds to rest after every 500 records"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = postings_rebuild(
            say=self._say, organization_id=options["organization"], pause=options["pause"]
        )
        left = sum(one.left for one in done)
        if left:
            raise CommandError(f"{left} records were being written all the time: run it again")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
