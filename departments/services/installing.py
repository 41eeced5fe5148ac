"""The first house and its security administrator, and houses added later: from the server, by its operator.

Everything here runs as the owner of the tables inside one open scope of the system, whole or not at all.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from psycopg2.extras import DateRange

from departments import audit
from departments.backends import may_sign_in
from departments.models.access import AccountCode
from departments.models.organizations import (
    Department,
    DepartmentKind,
    HospitalGrade,
    Organization,
    OrganizationKind,
    OrganizationSetting,
    Region,
)
from departments.models.people import Membership, Role, User, duty_class
from departments.permissions import CARE_HOUSE, roles_of
from departments.services.account_codes import Issued, code_make, houses_of
from msw_portal.kernel.scope import INSTALLATION

MARKER = "installed"
KINDS = tuple(
    str(kind)
    for kind in OrganizationKind
    if kind != OrganizationKind.INSTALLATION and roles_of(kind)
)
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
REGION = re.compile(r"([1-9]\d{5})(?:\s+(\S{2,80}))?")


class InstallRefused(Exception):
    """One sentence for the person at the terminal."""


@dataclass(frozen=True)
class NewHouse:
    """A house as it is entered; `region` is a code of GB/T 2260, with its name when it is no province."""

    kind: str
    name: str
    short_name: str
    code: str
    grade: str = ""
    uscc: str = ""
    region: str = ""
    department: str = ""
    is_training: bool = False


def installed() -> dict[str, Any] | None:
    """What the marker says of the finished installation; None before it. Asks no more than the first tables have."""
    rows = OrganizationSetting.objects.filter(organization_id=INSTALLATION, key=MARKER)
    return rows.values_list("value", flat=True).first()


def other_houses() -> list[str]:
    """Names of houses that work on this database already."""
    rows = Organization.objects.filter(is_tenant=True).exclude(pk=INSTALLATION)
    return list(rows.order_by("pk").values_list("name", flat=True)[:3])


def is_care_house(kind: str) -> bool:
    """Whether patients are cared for in houses of this kind."""
    return set(CARE_HOUSE) <= set(roles_of(kind))


def house_add(*, house: NewHouse) -> Organization:
    """Enter a house that people sign in for, with its department of social work where patients are cared for.

    Raises:
        InstallRefused: naming the option that is wrong.
    """
    if house.kind not in KINDS:
        raise InstallRefused(f"--kind is one of {', '.join(KINDS)}.")
    if house.grade and house.grade not in HospitalGrade.values:
        raise InstallRefused(f"--grade is one of {', '.join(HospitalGrade.values)}.")
    if not CODE.fullmatch(house.code):
        raise InstallRefused(
            "--code heads every number of the house: 2 to 12 capital letters and digits, a letter first, as in SLYY."
        )
    same = Organization.objects.filter(is_tenant=True)
    if same.filter(name=house.name).exists() or same.filter(code=house.code).exists():
        raise InstallRefused(f"There is a house named {house.name} or with the code {house.code}.")
    organization = Organization(
        kind=house.kind,
        name=house.name,
        short_name=house.short_name,
        code=house.code,
        grade=house.grade,
        uscc=house.uscc,
        region=_region(house.region),
        is_tenant=True,
        is_training=house.is_training,
        managed_by_id=INSTALLATION,
    )
    try:
        organization.full_clean()
    except ValidationError as error:
        field, said = next(iter(error.message_dict.items()))
        raise InstallRefused(f"--{field.replace('_', '-')}: {' '.join(said)}") from error
    organization.save(force_insert=True)
    # A house keeps its own row of the register.
    organization.managed_by = organization
    organization.save(update_fields=["managed_by"])
    if is_care_house(house.kind):
        Department(
            organization=organization,
            managed_by=organization,
            kind=DepartmentKind.MSW,
            name=house.department or "医务社会工作部",
        ).save(force_insert=True)
    audit.record(
        "organization.add",
        by=None,
        on=organization,
        kind=house.kind,
        code=house.code,
        is_training=house.is_training,
    )
    return organization


def administrator_appoint(
    *, houses: list[Organization], username: str, display_name: str
) -> Issued | None:
    """Make the security administrator of the houses; None instead of a code for one who is such already.

    Raises:
        InstallRefused: for a name that is taken by somebody else or not well formed.
    """
    user = User.objects.filter(username=username).first()
    if user is not None:
        _refuse_other_than_secadmin(user)
        _give(user, houses)
        return None
    if not USERNAME.fullmatch(username):
        raise InstallRefused(
            "--admin is 3 to 60 small letters, digits, dots and hyphens, a letter or digit first."
        )
    if not display_name:
        raise InstallRefused("--admin-name is needed for a new account.")
    user = User(username=username, display_name=display_name)
    user.set_unusable_password()
    user.save(force_insert=True)
    audit.record("person.invite", by=None, on=user, role=str(Role.SECADMIN))
    _give(user, houses)
    return code_make(user=user, kind=str(AccountCode.Kind.INVITATION), by=None)


def installation_mark(*, organization: Organization) -> None:
    """Say that the installation is finished: from then on `install` refuses."""
    now = timezone.localtime().isoformat(timespec="minutes")
    value = {"at": now, "organization": organization.name}
    OrganizationSetting(organization_id=INSTALLATION, key=MARKER, value=value).save(
        force_insert=True
    )
    audit.record("organization.install", by=None, on=organization)


def operator_code(*, username: str) -> Issued:
    """A one-time code for anybody who may sign in, for the operator who sits at the server.

    Raises:
        InstallRefused: when nobody of that name may sign in.
    """
    user = User.objects.filter(username=username).first()
    if user is None or not may_sign_in(user) or not houses_of(user):
        raise InstallRefused(f"Nobody named {username} may sign in today.")
    kinds = AccountCode.Kind
    return code_make(
        user=user,
        kind=str(kinds.RESET if user.has_usable_password() else kinds.INVITATION),
        by=None,
    )


def _region(text: str) -> Region | None:
    if not text:
        return None
    found = REGION.fullmatch(text.strip())
    if found is None:
        raise InstallRefused(
            "--region is a code of six digits and a name, as in --region '110102 西城区'."
        )
    code, name = int(found[1]), found[2]
    region = Region.objects.filter(pk=code).first()
    if region is None and not name:
        raise InstallRefused(f"--region {code} is not known yet: give its name behind the code.")
    if region is None:
        region = Region(code=code, name=name, level=4 if code % 100 else 3 if code % 10000 else 2)
        region.save(force_insert=True)
    return region


def _refuse_other_than_secadmin(user: User) -> None:
    today = timezone.localdate()
    rows = Membership.objects.filter(user=user).active(today)
    if not may_sign_in(user) or {row.role for row in rows} != {Role.SECADMIN}:
        raise InstallRefused(
            f"{user.username} is taken by somebody who is no security administrator."
        )


def _give(user: User, houses: list[Organization]) -> None:
    for house in houses:
        membership = Membership(
            user=user,
            organization=house,
            role=Role.SECADMIN,
            duty_class=duty_class(Role.SECADMIN),
            valid=DateRange(timezone.localdate(), None),
        )
        membership.save(force_insert=True)
        audit.record(
            "membership.give",
            by=None,
            on=membership,
            organization_id=house.pk,
            role=str(Role.SECADMIN),
            person=user.uid,
        )
