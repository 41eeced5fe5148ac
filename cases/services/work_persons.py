"""The distinct persons behind a 人数 of groups: one line each, named only to who may read the group's inside."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from cases.group_workflow import SessionState
from cases.models.group_codes import ATTENDED
from cases.models.groups import Attendance, GroupMember
from cases.services.groups.figures import person_of
from departments.models.people import User

MOST = 500


@dataclass
class Person:
    """One person of the count: in which groups, how often there; `member` where the reader may open it."""

    groups: list[str] = field(default_factory=list)
    times: int = 0
    member: GroupMember | None = None


def persons_behind(
    *, key: str, by: str, since: dt.date, until: dt.date, department_id: int, user: User
) -> list[Person]:
    """The persons that `figures` counts for the sheet of groups, who came oftenest first; at most MOST.

    A person of two merged records is one, an alias is one in its group.
    """
    rows = Attendance.objects.filter(
        organization_id=user.house_id,
        session__group__department_id=department_id,
        session__state=SessionState.HELD,
        session__held_on__range=(since, until),
        presence__in=ATTENDED,
    ).select_related("session__group", "member__client__root")
    found: dict[tuple[str, int], Person] = {}
    members: dict[tuple[str, int], GroupMember] = {}
    for row in rows.order_by("session__held_on", "id"):
        group = row.session.group
        of = {"month": f"{row.session.held_on:%Y-%m}", "kind": group.kind, "ward": group.place}[by]
        if key and of != key and not (key == "-" and not of):
            continue
        who = person_of(row.member)
        person = found.setdefault(who, Person())
        person.times += 1
        members[who] = row.member
        if group.name not in person.groups:
            person.groups.append(group.name)
    _open_to(user, found, members)
    return sorted(found.values(), key=lambda one: -one.times)[:MOST]


def _open_to(user: User, found: dict[Any, Person], members: dict[Any, GroupMember]) -> None:
    seen = GroupMember.objects.visible_to(user).filter(pk__in=[one.pk for one in members.values()])
    open_ones = set(seen.values_list("pk", flat=True))
    for who, member in members.items():
        if member.pk in open_ones:
            found[who].member = member
