"""The first installation for a hospital: roles, key file, tables, first house, security administrator.

Each step is skipped when it is done, so that a run that broke off is mended by the next one; the
last step is one transaction, and after it the command refuses.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, connection

from departments.models.organizations import Organization
from departments.services.account_codes import Issued
from departments.services.entering import house_scope
from departments.services.installing import (
    InstallRefused,
    administrator_appoint,
    house_add,
    installation_mark,
    installed,
    other_houses,
)
from departments.services.key_checks import key_file_shortcoming
from departments.services.server_roles import RolesRefused, roles_check, roles_make
from msw_portal.kernel import schema
from msw_portal.kernel.errors import explain
from msw_portal.kernel.keyring import CryptoError, keys, make_key_file
from msw_portal.kernel.scope import INSTALLATION
from reports.management.commands.add_house import (
    asked_house,
    house_arguments,
    publish_texts,
    tell_code,
)
from reports.services.reference import reference_install

# Any number, the same in every version: two installers of one database meet here.
LOCK = 7_305_112
BACKUP = """
Back up, from today on:
  1. the database            pg_dump as msw_backup, daily
  2. the uploaded files      {media}
  3. the key file            {keys}
     on paper or another medium, NEVER beside 1 and 2: whoever has both reads everything,
     and without it nobody reads a name, an identity number or a record again
  4. the settings            SECRET_KEY and the passwords of the environment
"""


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # the tables they look at are not there yet
    help = "Set up this installation once: roles, key file, tables, first house, security administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        house_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._roles()
            with self._alone():
                # Asked before anything is written: a second run changes nothing.
                self._refuse_second()
                self._key_file()
                self._tables()
                organization, issued = self._first_house(options)
        except (RolesRefused, InstallRefused, CryptoError) as refused:
            raise CommandError(str(refused)) from refused
        except IntegrityError as error:
            raise CommandError(str(explain(error))) from error
        finally:
            connection.close()
        self._step("First house", organization.name)
        self.stdout.write("\nSecurity administrator of the house and of the platform:")
        tell_code(self, issued, options["admin"])
        self.stdout.write(BACKUP.format(media=settings.MEDIA_ROOT, keys=settings.MSW_KEYS))

    def _step(self, title: str, note: str) -> None:
        self.stdout.write(f"{title + ' ':.<18} {note}")
        self.stdout.flush()

    def _roles(self) -> None:
        owner, above = os.environ["DATABASE_OWNER_URL"], os.environ.get("MSW_SUPERUSER_URL", "")
        if above:
            made = roles_make(
                superuser_url=above,
                owner_url=owner,
                app_url=os.environ["DATABASE_URL"],
                backup_password=os.environ.get("MSW_BACKUP_PASSWORD", ""),
            )
            self._step(
                "Database, roles", "both made" if made else "database was there, roles as promised"
            )
        roles_check(owner_url=owner)
        if not above:
            self._step("Database, roles", "as promised")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise InstallRefused("Another `install` is at work on this database: wait for it.")
        # Closing the connection, by us or by a kill, gives the lock back.
        yield

    def _has_table(self, name: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{name}"])
            return cursor.fetchone()[0]

    def _refuse_second(self) -> None:
        if not self._has_table("departments_organizationsetting"):
            return
        # Without a scope: a run that broke off may have left the tables and not the functions.
        done, others = installed(), other_houses()
        if done is not None:
            raise InstallRefused(
                f"This installation was set up at {done['at']} with {done['organization']}; nothing was changed. "
                "A further house: `manage.py add_house`. A new one-time code: `manage.py account_code NAME`. "
                "A new version: `manage.py migrate`, then `manage.py publish_texts`."
            )
        if others:
            raise InstallRefused(
                f"This database is in use already ({', '.join(others)}): install into an empty one."
            )

    def _key_file(self) -> None:
        has_checks = self._has_table("departments_keycheck")
        if has_checks and not os.path.exists(settings.MSW_KEYS):
            with connection.cursor() as cursor:
                cursor.execute("SELECT min(kid) FROM departments_keycheck")
                kid = cursor.fetchone()[0]
            if kid is not None:
                raise InstallRefused(
                    f"MSW_KEYS names no file, but this database was written with key {kid}: put the file back."
                )
        made = make_key_file()
        keys()
        if has_checks:
            self._refuse_wrong_keys()
        self._step("Key file", f"made: {settings.MSW_KEYS}" if made else "was there, is readable")

    def _refuse_wrong_keys(self) -> None:
        with connection.cursor() as cursor:
            if sentence := key_file_shortcoming(cursor):
                raise InstallRefused(sentence)

    def _tables(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            if sentence := schema.shortcoming(cursor):
                raise InstallRefused(sentence)
        self._refuse_wrong_keys()
        self._step("Tables, walls", "to the newest migration")

    def _first_house(self, options: dict[str, Any]) -> tuple[Organization, Issued | None]:
        with house_scope(INSTALLATION):
            reference_install()
            organization = house_add(house=asked_house(options))
            platform = Organization.objects.get(pk=INSTALLATION)
            issued = administrator_appoint(
                houses=[platform, organization],
                username=options["admin"],
                display_name=options["admin_name"],
            )
            installation_mark(organization=organization)
            publish_texts(organization)
        return organization, issued
