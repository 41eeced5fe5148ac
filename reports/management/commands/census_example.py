"""Load the census of the source documents: invented rows to the stated totals, marked 演示. The embedded mode only."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from departments.services.demo_access import NotEmbedded, refuse_outside_embedded
from msw_portal.demo import census


class Command(BaseCommand):
    help = "Load the example's census returns (embedded mode only); a second run adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_outside_embedded()
        except NotEmbedded as error:
            raise CommandError(str(error)) from error
        made = census.build()
        self.stdout.write(
            f"{made} returns frozen; `manage.py census_figures --json` prints the table."
        )
