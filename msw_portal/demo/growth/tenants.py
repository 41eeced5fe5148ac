"""The other hospitals of a large world: the rooms and people of the second demo hospital, fifteen times."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from departments.models.organizations import (
    Department,
    DepartmentKind,
    Organization,
    OrganizationKind,
)
from departments.models.people import User
from departments.services.demo_access import demo_password_hash, demo_person
from departments.services.entering import house_scope
from msw_portal.demo import houses
from msw_portal.demo.houses import Hospital
from msw_portal.demo.people import STAFF
from msw_portal.demo.places import HOSPITAL_A, HOSPITAL_B, MSW_SETTINGS, WARDS
from msw_portal.kernel.scope import INSTALLATION, scope

ORDINALS = (
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
)
SINCE_THIRD = 3
REGIONS = (110101, 110102, 410100, 420100, 320100, 530100, 440606, 330200)


@dataclass(frozen=True, eq=False)
class Tenant:
    """A hospital with what a stamp needs of it; `places` say which of its rows stands for which of the pattern's."""

    id: int
    uid: UUID
    number: int
    code: str
    name: str
    short: str
    places: Mapping[tuple[str, str], int]  # (table, id of the pattern's row) -> own id
    uids: Mapping[str, str]  # uid of the pattern's person -> uid of the own


def open_tenants(pattern: Hospital, second: Hospital) -> list[Tenant]:
    """Both demo hospitals and sixteen more, as tenants: the largest first."""
    hospitals = [
        pattern,
        second,
        *(_open(place, ordinal) for place, ordinal in enumerate(ORDINALS)),
    ]
    return [
        _tenant(number, hospital, pattern) for number, hospital in enumerate(hospitals, start=1)
    ]


def known_hospitals() -> tuple[Hospital, Hospital]:
    """The demo hospitals A and B, read again from the database."""
    people = {user.username: user for user in User.objects.filter(is_demo=True)}
    made = {
        house.name: house
        for house in Organization.objects.filter(name__in=[HOSPITAL_A, HOSPITAL_B])
    }
    return (
        houses.hospital("A", made[HOSPITAL_A], people),
        houses.hospital("B", made[HOSPITAL_B], people),
    )


def _open(place: int, ordinal: str) -> Hospital:
    letter, number = chr(ord("c") + place), SINCE_THIRD + place
    with scope(org=INSTALLATION, role="system"):
        house = Organization(
            kind=OrganizationKind.HOSPITAL,
            name=f"示例市第{ordinal}医院",
            short_name=f"示例{ordinal}院",
            code=f"SL{number:02d}",
            region_id=REGIONS[place % len(REGIONS)],
            grade="3A" if place < 5 else "2A",
            is_tenant=True,
            is_demo=True,
            managed_by_id=INSTALLATION,
            profile={
                "payee": {
                    "name": f"示例市第{ordinal}医院",
                    "bank": "示例银行示例市分行",
                    "account": f"9900000000000{number:05d}",
                }
            },
        )
        house.save(force_insert=True)
        house.managed_by = house
        house.save(update_fields=["managed_by"])
        _rooms(house)
    password, people = demo_password_hash(), {}
    with house_scope(house.pk):
        rooms = {room.kind: room for room in house.departments.order_by("-id")}
        for login, (role, name) in STAFF[HOSPITAL_B].items():
            own = letter + login[1:]
            people[own] = demo_person(
                username=own,
                display_name=name,
                role=role,
                organization=house,
                department=None if login.endswith("auditor") else rooms[DepartmentKind.MSW],
                password_hash=password,
            )
    return houses.opened(letter.upper(), house, people)


def _rooms(house: Organization) -> None:
    beds = sum(count for _name, count in WARDS)
    rooms = [
        Department(
            name="医务社会工作部",
            kind=DepartmentKind.MSW,
            settings=MSW_SETTINGS,
            setup_type="independent",
            beds_open=beds,
        ),
        *(
            Department(name=name, kind=DepartmentKind.WARD, beds_open=count)
            for name, count in WARDS
        ),
    ]
    for room in rooms:
        room.organization = room.managed_by = house
        room.save(force_insert=True)


def _tenant(number: int, own: Hospital, pattern: Hospital) -> Tenant:
    places: dict[tuple[str, str], int] = {("organization", str(pattern.id)): own.id}
    uids: dict[str, str] = {}
    # Teams of the first hospital have no twin, and no row that is copied names one.
    for name, room in pattern.wards.items():
        if name in own.wards:
            places["department", str(room.pk)] = own.wards[name].pk
    for kind, template in pattern.templates.items():
        places["consenttemplate", str(template.pk)] = own.templates[kind].pk
    for code, questionnaire in pattern.questionnaires.items():
        places["questionnaire", str(questionnaire.pk)] = own.questionnaires[code].pk
    pairs = [(pattern.head, own.head)]
    for here, there in ((pattern.workers, own.workers), (pattern.supervisors, own.supervisors)):
        pairs += [(person, there[place % len(there)]) for place, person in enumerate(here)]
    for person in (pattern.assistant, pattern.intern, pattern.clinician):
        if person is not None:
            pairs.append((person, own.workers[0] if own is not pattern else person))
    for here, there in pairs:
        places["user", str(here.pk)] = there.pk
        uids[str(here.uid)] = str(there.uid)
    house = own.organization
    return Tenant(own.id, house.uid, number, house.code, house.name, house.short_name, places, uids)
