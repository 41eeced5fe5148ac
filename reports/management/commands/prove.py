"""Run every recompute query over all houses; exits 1 at a difference. As the owner (`make prove`)."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.services import proving as cases
from departments.services import proving as departments
from departments.services.proving import Proof
from donations.services import proving as donations
from projects.services import proving as projects
from reports.services.proving import balance_prove, rollups_prove


def _rollups() -> list[Proof]:
    return [
        Proof(made.name, made.checked, made.differences)
        for made in (rollups_prove(), balance_prove())
    ]


APPS: tuple[Callable[[], Iterable[Proof]], ...] = (
    departments.proofs,
    cases.proofs,
    projects.proofs,
    donations.proofs,
    _rollups,
)


class Command(BaseCommand):
    help = "Recompute everything that is derived and compare; exit code 1 at the first app that differs."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        differing = []
        for proofs in APPS:
            began = time.monotonic()
            for made in proofs():
                words = "no difference" if not made.differences else "DIFFERS"
                self.stdout.write(f"{made.name}: {made.checked} checked, {words}")
                differing += [f"{made.name}: {row}" for row in made.differences]
            self.stdout.write(f"  {proofs.__module__} in {time.monotonic() - began:.1f} s")
        if differing:
            raise CommandError("\n".join(differing), returncode=1)
        self.stdout.write("No difference anywhere.")
