"""Make the demo world: invented people in a year of work. The embedded mode only, in an empty database."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from departments.services.demo_access import NotEmbedded, refuse_outside_embedded
from msw_portal.demo import world
from msw_portal.demo.growth import growing

# Larger worlds are stamped from a lived year of the usual size.
GROWN_FROM = 2000


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # the pages need not be in order for it
    help = "Make the demo world (embedded mode only); in one transaction, so that a break leaves nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when it stands already"
        )
        parser.add_argument("--size", type=int, default=600, help="number of cases (default 600)")
        parser.add_argument(
            "--seed", type=int, default=7, help="the same seed and day give the same world"
        )
        parser.add_argument(
            "--today", type=dt.date.fromisoformat, help="YYYY-MM-DD (default: today)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_outside_embedded()
        except NotEmbedded as error:
            raise CommandError(str(error)) from error
        if options["size"] < 20:
            raise CommandError("--size is at least 20.")
        if growing.is_broken_off():
            raise CommandError(
                "A large demo world was begun and not finished; `make clean DATA=1` removes it with the database."
            )
        if world.is_there():
            self._stands(options["if_empty"])
            return
        today, size = options["today"] or timezone.localdate(), options["size"]
        lived = size if size < GROWN_FROM else growing.LIVED
        try:
            world.build(size=lived, seed=options["seed"], today=today, tell=self._tell)
            if size > lived:
                growing.grow(size=size, seed=options["seed"], tell=self._tell)
        except world.NotEmpty as error:
            if not options["if_empty"]:
                raise CommandError(str(error)) from error
            self._tell(str(error))

    def _tell(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def _stands(self, if_empty: bool) -> None:
        if not if_empty:
            raise CommandError(
                "The demo world stands already; `make clean DATA=1` removes it with the database."
            )
        self._tell("The demo world is there: nothing to do.")
