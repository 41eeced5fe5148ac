"""Write the heads of the audit chains to the file outside the database; beat does it every hour."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from departments.services.anchoring import AnchorError, audit_anchor


class Command(BaseCommand):
    help = "Append the heads of the audit chains to MSW_ANCHORS."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = audit_anchor()
        except AnchorError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} heads written to {settings.MSW_ANCHORS}.")
