"""Groups, activities, visits and consultations by month, kind or ward: 人数 and 人次 apart, no personal data.

Every number opens to its rows. `times` are sessions, activities, visits or calls that took place; 人数 of
groups are distinct persons of the whole span (a person of two merged records is one), 人数 of the others is
each one's own count added up: who comes to two is counted twice, and the page says so.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext_lazy as _

from cases.group_workflow import EventState, SessionState
from cases.models.activities import Activity
from cases.models.group_codes import ATTENDED, EventKind, GroupKind
from cases.models.groups import Attendance
from cases.models.service_codes import ActivityKind
from cases.services.groups.figures import rate_of
from departments.models.people import User

BY = ("month", "kind", "ward")
ALL: Any = object()
HELD = (EventState.HELD, EventState.SUMMARIZED)
SHEETS = {
    "groups": _("小组工作"),
    "events": _("社区工作"),
    "visits": _("病房探访与外展"),
    "consultations": _("咨询与来电"),
}
KINDS = {
    "visits": (ActivityKind.WARD_VISIT, ActivityKind.OUTREACH),
    "consultations": (ActivityKind.CONSULTATION, ActivityKind.PHONE),
}


@dataclass(frozen=True)
class Row:
    """One month, kind or ward: how often, how many people, how many contacts; `rate` of groups in percent."""

    key: str
    label: Any
    times: int
    persons: int
    person_times: int
    rate: Decimal | None = None
    satisfaction: Decimal | None = None


@dataclass(frozen=True)
class Sheet:
    """One kind of work with its rows and their total; 人数 of the total is not the sum for groups."""

    code: str
    title: Any
    rows: list[Row]
    total: Row


def figures(
    *, since: dt.date, until: dt.date, by: str, department_id: int, user: User
) -> list[Sheet]:
    """The four sheets of a department from `since` to `until` inclusive, grouped by one of BY.

    The caller has checked that `user` may see the department's figures; rows are those of the house.
    """
    span = (since, until)
    return [
        _groups(span, by, department_id, user),
        *(
            _activities(code, span, by, department_id, user)
            for code in ("events", "visits", "consultations")
        ),
    ]


def _groups(span: tuple[dt.date, dt.date], by: str, department_id: int, user: User) -> Sheet:
    """Attendance at sessions that were held on these days; the ward of a group is not asked."""
    rows = Attendance.objects.filter(
        organization_id=user.house_id,
        session__group__department_id=department_id,
        session__state=SessionState.HELD,
        session__held_on__range=span,
    )
    key = {
        "month": TruncMonth("session__held_on"),
        "kind": F("session__group__kind"),
        "ward": F("session__group__place"),
    }[by]
    came = Q(presence__in=ATTENDED)
    asked: dict[str, Any] = {
        "times": Count("session", distinct=True),
        "expected": Count("pk"),
        "attended": Count("pk", filter=came),
        "known": Count("member__client__root", distinct=True, filter=came),
        "aliases": Count("member", distinct=True, filter=came & Q(member__client__isnull=True)),
    }
    found = rows.annotate(k=key).order_by("k").values("k").annotate(**asked)
    words = dict(GroupKind.choices)
    shown = [_group_row(one["k"], _label(by, one["k"], words), one) for one in found]
    return Sheet(
        "groups", SHEETS["groups"], shown, _group_row(ALL, _("合计"), rows.aggregate(**asked))
    )


def _group_row(key: Any, label: Any, one: dict[str, Any]) -> Row:
    return Row(
        key=_key(key),
        label=label,
        times=one["times"],
        persons=one["known"] + one["aliases"],
        person_times=one["attended"],
        rate=rate_of(one["attended"], one["expected"]),
    )


def _activities(
    code: str, span: tuple[dt.date, dt.date], by: str, department_id: int, user: User
) -> Sheet:
    rows = Activity.objects.filter(
        organization_id=user.house_id,
        department_id=department_id,
        state__in=HELD,
        occurred_on__range=span,
    )
    rows = (
        rows.exclude(event="") if code == "events" else rows.filter(kind__in=KINDS[code], event="")
    )
    key = {
        "month": TruncMonth("occurred_on"),
        "kind": F("event") if code == "events" else F("kind"),
        "ward": F("ward__name"),
    }[by]
    asked: dict[str, Any] = {
        "times": Count("pk"),
        "people": Coalesce(Sum("persons"), 0),
        "contacts": Coalesce(Sum("person_times"), 0),
        "marks": Sum(F("satisfaction") * F("satisfied_count")),
        "answers": Sum("satisfied_count"),
    }
    words = dict(EventKind.choices if code == "events" else ActivityKind.choices)
    found = rows.annotate(k=key).order_by("k").values("k").annotate(**asked)
    shown = [_activity_row(one["k"], _label(by, one["k"], words), one) for one in found]
    return Sheet(code, SHEETS[code], shown, _activity_row(ALL, _("合计"), rows.aggregate(**asked)))


def _activity_row(key: Any, label: Any, one: dict[str, Any]) -> Row:
    mark = None
    if one["answers"]:
        mark = (one["marks"] / one["answers"]).quantize(Decimal("0.01"))
    return Row(
        key=_key(key),
        label=label,
        times=one["times"],
        persons=one["people"],
        person_times=one["contacts"],
        satisfaction=mark,
    )


def _key(value: Any) -> str:
    """As an address names it; "-" for rows without a ward, "" for all of them."""
    if value is ALL:
        return ""
    return f"{value:%Y-%m}" if isinstance(value, dt.date) else str(value or "-")


def _label(by: str, value: Any, words: dict[str, Any]) -> Any:
    if by == "month":
        return f"{value:%Y-%m}"
    if by == "kind":
        return words.get(value, value)
    return value or _("没有写地点")


@dataclass(frozen=True)
class Behind:
    """One row behind a number: a session or an activity, without anybody's name."""

    on: dt.date
    what: str
    kind: Any
    persons: int
    person_times: int
    url_name: str
    uid: Any


def behind(
    *, code: str, key: str, by: str, since: dt.date, until: dt.date, department_id: int, user: User
) -> list[Behind]:
    """The rows that a number of `figures` counts, the earliest first; at most 500.

    Raises:
        KeyError: for a sheet or a grouping that does not exist.
    """
    if code == "groups":
        return _sessions_behind(key, by, (since, until), department_id, user)
    rows = Activity.objects.filter(
        organization_id=user.house_id,
        department_id=department_id,
        state__in=HELD,
        occurred_on__range=(since, until),
    ).select_related("ward")
    rows = (
        rows.exclude(event="") if code == "events" else rows.filter(kind__in=KINDS[code], event="")
    )
    found = []
    for one in rows.order_by("occurred_on", "id")[:5000]:
        kind = one.event if code == "events" else one.kind
        ward = one.ward.name if one.ward else ""
        of = {"month": f"{one.occurred_on:%Y-%m}", "kind": kind, "ward": ward}[by]
        if key and of != key and not (key == "-" and not of):
            continue
        shown = one.get_event_display() if one.event else one.get_kind_display()
        what = one.topic or one.place or ward
        where = "cases:event" if one.event else "cases:activity"
        found.append(
            Behind(one.occurred_on, what, shown, one.persons, one.person_times, where, one.uid)
        )
    return found[:500]


def _sessions_behind(
    key: str, by: str, span: tuple[dt.date, dt.date], department_id: int, user: User
) -> list[Behind]:
    rows = Attendance.objects.filter(
        organization_id=user.house_id,
        session__group__department_id=department_id,
        session__state=SessionState.HELD,
        session__held_on__range=span,
    ).select_related("session__group")
    by_session: dict[int, list[Attendance]] = defaultdict(list)
    for row in rows.order_by("session__held_on", "session_id", "id"):
        group = row.session.group
        of = {"month": f"{row.session.held_on:%Y-%m}", "kind": group.kind, "ward": group.place}[by]
        if not key or of == key or (key == "-" and not of):
            by_session[row.session_id].append(row)
    found = []
    for own in by_session.values():
        session, came = own[0].session, sum(row.has_attended for row in own)
        what = _("%(group)s 第 %(n)d 节") % {"group": session.group.name, "n": session.number}
        kind = session.group.get_kind_display()
        found.append(
            Behind(session.held_on, what, kind, came, came, "cases:group", session.group.uid)
        )
    return found[:500]
