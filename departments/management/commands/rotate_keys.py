"""Rotate the keys while the portal serves: start a rotation, go on with one, or say how far it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.services.rekeying import (
    RotationRuns,
    rotation_resume,
    rotation_start,
    rotation_status,
)
from msw_portal.kernel.keyring import CryptoError


class Command(BaseCommand):
    help = "start: make a new key and bring everything under it; resume: go on; status: look."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "resume", "status"])
        parser.add_argument(
            "--pause", type=float, default=0.0, help="seconds to rest after every 500 rows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["action"] == "start":
                rotation_start(say=self._say, pause=options["pause"])
            elif options["action"] == "resume":
                rotation_resume(say=self._say, pause=options["pause"])
            else:
                self._status()
        except (CryptoError, RotationRuns) as refused:
            raise CommandError(str(refused)) from refused

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _status(self) -> None:
        made = rotation_status()
        self._say(f"active key {made.active}, live {made.live}, retired {made.retired}")
        for table, kids in sorted(made.in_use.items()):
            if kids - {made.active}:
                self._say(f"{table}: values under keys {sorted(kids)}")
        self._say(f"parts done: {made.parts_done} of {made.parts}")
        if made.is_finished:
            self._say(f"Everything stands under key {made.active}.")
        else:
            self._say("A rotation is not finished: `manage.py rotate_keys resume` goes on.")
