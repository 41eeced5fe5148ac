"""What a visitor without an account is told: where medical social workers are met, and the anchors of the audit."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from departments.models.organizations import Department, DepartmentKind, Organization
from departments.services.anchoring import anchors
from msw_portal.kernel.scope import scope

ANCHOR_DAYS = 30
MOST_HOSPITALS = 200


@dataclass(frozen=True)
class Hospital:
    """A house with a department of medical social work, and how it is reached; empty where not entered."""

    name: str
    address: str
    phone: str


@dataclass(frozen=True)
class DayAnchor:
    """The last anchored head of a house's audit chain on a day."""

    day: dt.date
    house: str
    seq: int
    hash: str


def hospitals_helping() -> list[Hospital]:
    """Houses of the portal with a department of medical social work at work, by name."""
    at_work = Department.objects.filter(
        organization=OuterRef("pk"), kind=DepartmentKind.MSW, ended_on__isnull=True
    )
    with scope():
        rows = Organization.objects.filter(
            Exists(at_work), is_tenant=True, is_training=False, ended_on__isnull=True
        ).order_by("name", "pk")
        return [
            Hospital(row.name, row.profile.get("address") or "", row.profile.get("phone") or "")
            for row in rows[:MOST_HOSPITALS]
        ]


def anchors_daily() -> list[DayAnchor]:
    """The anchor of each day and house of the last thirty days, the newest first; houses for practice are left out.

    Raises:
        AnchorError: when the file of anchors was changed.
    """
    since = timezone.localdate() - dt.timedelta(days=ANCHOR_DAYS)
    last = {}
    for one in anchors():
        day = timezone.localdate(dt.datetime.fromisoformat(one.at))
        if day >= since:
            last[day, one.organization, one.lane] = one
    with scope():
        named = Organization.objects.filter(is_training=False)
        asked = {house for _day, house, _lane in last}
        names = {
            str(uid): name for uid, name in named.filter(uid__in=asked).values_list("uid", "name")
        }
    found = [
        DayAnchor(day, names[house], one.seq, one.hash)
        for (day, house, _lane), one in last.items()
        if house in names
    ]
    return sorted(found, key=lambda one: (-one.day.toordinal(), one.house))
