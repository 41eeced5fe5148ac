"""What a visitor without an account is told: where medical social workers are met, and the anchors of the audit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, DepartmentKind, Organization
from departments.models.publishing import EntryKind, PublicEntry
from departments.services.anchoring import anchors
from msw_portal.kernel.scope import scope

ANCHOR_DAYS = 30
MOST_HOSPITALS = 200
MOST_LINES = 5
REACHED_BY = ("address", "phone", "asking")


@dataclass(frozen=True)
class Hospital:
    """A house with a department of medical social work, and how it is reached; empty where not entered."""

    name: str
    address: str
    phone: str
    asking: str


@dataclass(frozen=True)
class Line:
    """One line of a part: what it is, its page, what is said beside it; a figure has its number and unit."""

    text: str
    url: str = ""
    beside: str = ""
    figure: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Part:
    """What an app tells everybody on the front page; the whole list is at `more_url`.

    `is_figures` says that the lines are numbers, each drawn as one.
    """

    key: str
    title: str | Promise
    words: str | Promise
    lines: Sequence[Line]
    more_url: str = ""
    more: str | Promise = ""
    is_figures: bool = False


def front_parts() -> list[Part]:
    """The parts of all apps, in the order of FRONT_PARTS; those with nothing to tell are left out."""
    found = (import_string(path)() for path in import_string(settings.FRONT_PARTS))
    return [part for part in found if part is not None and part.lines]


def lists_published() -> Part:
    """The newest published lists of projects and persons chosen."""
    with scope():
        rows = list(
            PublicEntry.objects.public()
            .newest()
            .filter(kind=EntryKind.LIST)
            .select_related("organization")
            .defer("payload")
            .order_by("-visible_from", "-id")[:MOST_LINES]
        )
    return Part(
        "lists",
        _("公布的名单"),
        _("评审后入选的项目，名单公布后不改，更正另列。"),
        [
            Line(
                row.title,
                reverse("public:entry", args=[row.slug]),
                f"{row.organization.name} · {row.visible_from:%Y-%m-%d}",
            )
            for row in rows
        ],
    )


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
            Hospital(row.name, *(row.profile.get(name) or "" for name in REACHED_BY))
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
