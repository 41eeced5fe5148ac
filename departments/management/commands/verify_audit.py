"""Walk the hash chain of every house, or of one, and compare it with the anchors kept outside the database.

Exits 1 at the first break and names the entry.
"""

import time
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.services.anchoring import AnchorError, anchors_check
from departments.services.entering import house_scope
from departments.services.verifying import Verification, audit_verify, houses_with_entries


class Command(BaseCommand):
    help = "Recompute the audit chain; exit code 1 when it does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", type=int, help="id of one house only")

    def handle(self, *args: Any, **options: Any) -> None:
        one = options["organization"]
        broken = []
        for house, name in houses_with_entries() if one is None else [(one, str(one))]:
            began = time.monotonic()
            with house_scope(house):
                made = audit_verify(organization_id=house)
                if made.is_whole:
                    try:
                        made = replace(made, first_break=anchors_check(organization_id=house))
                    except AnchorError as error:
                        raise CommandError(str(error), returncode=1) from error
            self.stdout.write(f"{name}: {_sentence(made)} ({time.monotonic() - began:.1f} s)")
            if not made.is_whole:
                broken.append(f"{name}: {_sentence(made)}")
        if broken:
            raise CommandError("\n".join(broken), returncode=1)


def _sentence(made: Verification) -> str:
    if made.first_break is None:
        return f"{made.entries} entries, {made.links} links, whole"
    where = made.first_break
    return f"broken at link {where.seq} ({where.reason}), entry {where.entry_id}"
