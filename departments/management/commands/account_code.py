"""A one-time code for somebody who cannot get in, by the operator at the server."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from departments.services.entering import house_scope
from departments.services.installing import InstallRefused, operator_code
from msw_portal.kernel.scope import INSTALLATION


class Command(BaseCommand):
    help = "Print a one-time code with which a person sets a password; older codes are void."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with house_scope(INSTALLATION):
                issued = operator_code(username=options["username"])
        except InstallRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{issued.code}  (good until {issued.expires_at.astimezone():%Y-%m-%d %H:%M})"
        )
