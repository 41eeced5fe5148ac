"""Add a further house: a hospital of the group, a foundation, an authority, or a house for training."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from cases.services.assessment import instruments_install
from cases.services.consent_publishing import consent_templates_install
from departments.models.organizations import Organization
from departments.services.account_codes import Issued
from departments.services.entering import house_scope
from departments.services.installing import (
    KINDS,
    InstallRefused,
    NewHouse,
    administrator_appoint,
    house_add,
    installed,
    is_care_house,
)
from msw_portal.kernel.errors import explain
from msw_portal.kernel.scope import INSTALLATION, enter


class Command(BaseCommand):
    help = "Add a house and its security administrator; prints the administrator's one-time code."

    def add_arguments(self, parser: CommandParser) -> None:
        house_arguments(parser)
        parser.add_argument(
            "--training",
            action="store_true",
            help="a house for training: invented patients, outside every figure; cannot be changed later",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with house_scope(INSTALLATION):
                if installed() is None:
                    raise InstallRefused("There is no installation yet: `manage.py install` first.")
                house = asked_house(options)
                organization = house_add(house=house)
                issued = administrator_appoint(
                    houses=[organization],
                    username=options["admin"],
                    display_name=options["admin_name"],
                )
                publish_texts(organization)
        except IntegrityError as error:
            raise CommandError(str(explain(error))) from error
        except InstallRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{organization.name} is there.")
        tell_code(self, issued, options["admin"])


def house_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that describe a house and its administrator."""
    parser.add_argument("--name", required=True, help="registered name, as on the seal")
    parser.add_argument("--short-name", default="", help="as in the page's head; without: the name")
    parser.add_argument("--code", required=True, help="head of case numbers, as in SLYY")
    parser.add_argument(
        "--kind", default="hospital", help=f"{', '.join(KINDS)} (default: hospital)"
    )
    parser.add_argument("--grade", default="", help="grade of a hospital, as in 3A")
    parser.add_argument("--uscc", default="", help="unified social credit code")
    parser.add_argument("--region", default="", help="GB/T 2260, as in '110102 西城区'")
    parser.add_argument(
        "--department", default="", help="name of the social work department (医务社会工作部)"
    )
    parser.add_argument("--admin", required=True, help="sign-in name of the security administrator")
    parser.add_argument("--admin-name", default="", help="full name; needed for a new account")


def asked_house(options: dict[str, Any]) -> NewHouse:
    """What the options describe."""
    name = options["name"].strip()
    return NewHouse(
        kind=options["kind"],
        name=name,
        short_name=options["short_name"].strip() or name[:40],
        code=options["code"],
        grade=options["grade"],
        uscc=options["uscc"],
        region=options["region"],
        department=options["department"].strip(),
        is_training=options.get("training", False),
    )


def publish_texts(organization: Organization) -> list[Any]:
    """Consent texts and questionnaires of a house that cares for patients; the running scope becomes the house's.

    Returns what was not published there yet.
    """
    if not is_care_house(organization.kind):
        return []
    enter(org=organization.pk, role="system", care=organization.pk)
    texts = consent_templates_install(organization_id=organization.pk)
    return [*texts, *instruments_install(organization_id=organization.pk)]


def tell_code(command: BaseCommand, issued: Issued | None, username: str) -> None:
    """Print a one-time code, once; it is stored nowhere in clear."""
    if issued is None:
        command.stdout.write(f"{username} is its security administrator and signs in as before.")
        return
    command.stdout.write(
        f"  sign-in name   {username}\n"
        f"  one-time code  {issued.code}\n"
        f"  good until     {issued.expires_at.astimezone():%Y-%m-%d %H:%M}\n"
        "The code stands in the place of the password, once: the portal then asks for a password\n"
        "and for an authenticator app. It is shown this one time; `manage.py account_code "
        f"{username}` makes another."
    )
