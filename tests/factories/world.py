"""The small world every test starts from, built once into the template database.

Two hospitals that mirror each other, a foundation, an authority; one person per role. Tests never
change it for good: they run in a transaction, or in a clone of their own.
"""

import datetime as dt

from django.contrib.auth.hashers import make_password
from psycopg2.extras import DateRange

from departments.models.organizations import Department, Organization
from departments.models.people import Membership, User, duty_class
from msw_portal.kernel.scope import INSTALLATION, scope

SINCE = DateRange(dt.date(2020, 1, 1), None)
PASSWORD = "demo-pass-2026"

# login: (house, role, has a department)
PEOPLE = {
    "worker": ("HA", "worker"),
    "worker2": ("HA", "worker"),
    "assistant": ("HA", "assistant"),
    "supervisor": ("HA", "supervisor"),
    "head": ("HA", "dept_head"),
    "clinician": ("HA", "clinician"),
    "auditor": ("HA", "auditor"),
    "secadmin": ("HA", "secadmin"),
    "other_worker": ("HB", "worker"),
    "other_head": ("HB", "dept_head"),
    "officer": ("FA", "foundation_officer"),
    "officer2": ("FA", "foundation_officer"),
    "approver": ("FA", "foundation_approver"),
    "cashier": ("FA", "foundation_cashier"),
    "cashier2": ("FA", "foundation_cashier"),
    "other_officer": ("FB", "foundation_officer"),
    "authority": ("GA", "authority_officer"),
    "sysadmin": ("MSW", "sysadmin"),
    "volunteer": ("HA", "volunteer"),
}
HOUSES = {
    "HA": ("hospital", "测试第一医院", "3A"),
    "HB": ("hospital", "测试第二医院", "3A"),
    "FA": ("foundation", "测试慈善基金会", ""),
    "FB": ("foundation", "另一家测试基金会", ""),
    "GA": ("government", "测试市卫生健康委员会", ""),
}


def build() -> None:
    """Write the world into the database the connection points at; needs the role msw_app."""
    with scope(org=INSTALLATION, role="system"):
        houses = {"MSW": Organization.objects.get(pk=INSTALLATION)}
        for code, (kind, name, grade) in HOUSES.items():
            houses[code] = Organization.objects.create(
                kind=kind,
                name=name,
                short_name=name,
                code=code,
                grade=grade,
                is_tenant=True,
                region_id=110101,
                managed_by_id=INSTALLATION,
            )
            houses[code].managed_by = houses[code]
            houses[code].save(update_fields=["managed_by"])
        departments = {}
        for code in ("HA", "HB"):
            departments[code] = Department.objects.create(
                organization=houses[code],
                managed_by=houses[code],
                kind="msw",
                name="医务社会工作部",
                settings={"triage_hours": 24, "crisis_hours": 2, "contact_lock_hours": 24},
            )
            Department.objects.create(
                organization=houses[code],
                managed_by=houses[code],
                kind="ward",
                name="血液科一病区",
                beds_open=40,
            )
        users = {
            login: User.objects.create(
                username=login,
                display_name=f"测试{login}",
                is_demo=True,
                password=make_password(PASSWORD),
            )
            for login in PEOPLE
        }
    for login, (code, role) in PEOPLE.items():
        with scope(org=houses[code].pk, role="system"):
            Membership.objects.create(
                user=users[login],
                organization=houses[code],
                role=role,
                duty_class=duty_class(role),
                valid=SINCE,
                department=departments.get(code) if role not in {"auditor", "secadmin"} else None,
            )
