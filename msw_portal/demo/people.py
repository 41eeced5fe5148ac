"""Who works in the demo houses: one account per role in use, more workers where lists need them."""

import datetime as dt

from departments.models.organizations import Department, DepartmentKind, Organization
from departments.models.people import Role, User
from departments.services.demo_access import (
    demo_client_make,
    demo_password_hash,
    demo_person,
    demo_seen,
)
from departments.services.entering import house_scope
from msw_portal.demo import dropping
from msw_portal.demo.places import (
    AUTHORITY,
    FOUNDATION,
    HOSPITAL_A,
    HOSPITAL_B,
    NEW_AREA,
    PARTNER,
)
from msw_portal.kernel.scope import CARE_ROLES, INSTALLATION

R = Role
# login: (role, name); every name says that it is invented
STAFF: dict[str, dict[str, tuple[str, str]]] = {
    HOSPITAL_A: {
        "a.worker": (R.WORKER, "林示例"),
        "a.worker2": (R.WORKER, "周演示"),
        "a.worker3": (R.WORKER, "陈示例"),
        "a.worker4": (R.WORKER, "许演示"),
        "a.worker5": (R.WORKER, "何示例"),
        "a.assistant": (R.ASSISTANT, "苏演示"),
        "a.intern": (R.INTERN, "叶示例"),
        "a.supervisor": (R.SUPERVISOR, "沈示例"),
        "a.supervisor2": (R.SUPERVISOR, "方演示"),
        "a.head": (R.DEPT_HEAD, "秦示例"),
        "a.clinician": (R.CLINICIAN, "白演示"),
        "a.finance": (R.FINANCE, "郑示例"),
        "a.finance2": (R.FINANCE, "冯演示"),
        "a.discipline": (R.OFFICE, "纪示例"),
        "a.auditing": (R.OFFICE, "褚演示"),
        "a.leader": (R.OFFICE, "熊示例"),
        "a.coordinator": (R.VOLUNTEER_COORDINATOR, "温示例"),
        "a.volunteer": (R.VOLUNTEER, "何志示例"),
        "a.volunteer2": (R.VOLUNTEER, "余愿演示"),
        "a.secadmin": (R.SECADMIN, "安示例"),
        "a.auditor": (R.AUDITOR, "严演示"),
    },
    HOSPITAL_B: {
        "b.worker": (R.WORKER, "江示例"),
        "b.worker2": (R.WORKER, "罗演示"),
        "b.supervisor": (R.SUPERVISOR, "梁示例"),
        "b.head": (R.DEPT_HEAD, "宋演示"),
        "b.auditor": (R.AUDITOR, "戴示例"),
    },
    FOUNDATION: {
        "f.officer": (R.FOUNDATION_OFFICER, "钱示例"),
        "f.officer2": (R.FOUNDATION_OFFICER, "孙演示"),
        "f.approver": (R.FOUNDATION_APPROVER, "李示例"),
        "f.cashier": (R.FOUNDATION_CASHIER, "王演示"),
        "f.cashier2": (R.FOUNDATION_CASHIER, "冯示例"),
        # Has no hand in any request: checks what others have paid.
        "f.officer3": (R.FOUNDATION_OFFICER, "陈核示例"),
        "f.secadmin": (R.SECADMIN, "卫演示"),
        "f.auditor": (R.AUDITOR, "蒋示例"),
    },
    PARTNER: {"p.officer": (R.PARTNER_OFFICER, "严示例")},
    AUTHORITY: {"g.officer": (R.AUTHORITY_OFFICER, "谢示例")},
    NEW_AREA: {"x.officer": (R.AUTHORITY_OFFICER, "邹演示")},
}
INSTALLATION_STAFF = {"sysadmin": (R.SYSADMIN, "尤演示")}
WITH_DEPARTMENT = CARE_ROLES | {R.CLINICIAN}


def build(made: dict[str, Organization]) -> dict[str, User]:
    """Make the accounts and the foundation's API client; the persons by login, each with `.membership`."""
    password = demo_password_hash()
    people: dict[str, User] = {}
    rosters = {made[name].pk: (made[name], staff) for name, staff in STAFF.items()}
    rosters[INSTALLATION] = (Organization.objects.get(pk=INSTALLATION), INSTALLATION_STAFF)
    for house_id, (house, staff) in rosters.items():
        with house_scope(house_id):
            for login, (role, name) in staff.items():
                people[login] = demo_person(
                    username=login,
                    display_name=name,
                    role=role,
                    organization=house,
                    department=_department_of(house, role),
                    password_hash=password,
                )
                people[login].membership = people[login].memberships.get()
    with house_scope(made[FOUNDATION].pk):
        demo_client_make(organization=made[FOUNDATION])
    with house_scope(made[HOSPITAL_A].pk):
        dropping.client(made[HOSPITAL_A])
    return people


def seen(made: dict[str, Organization], until: dt.datetime) -> None:
    """Who was last here when: everybody the evening before, one so long ago that the account ends in a week."""
    evening, away = until - dt.timedelta(hours=7), until - dt.timedelta(days=83)
    for house_id in (INSTALLATION, *(house.pk for house in made.values())):
        with house_scope(house_id):
            demo_seen(evening, long_ago={"a.volunteer2": away})


def _department_of(house: Organization, role: str) -> Department | None:
    if role not in WITH_DEPARTMENT:
        return None
    # A clinician belongs to a ward: what is referred comes from there.
    kind = DepartmentKind.WARD if role == R.CLINICIAN else DepartmentKind.MSW
    return house.departments.filter(kind=kind, ended_on=None).order_by("id").first()
