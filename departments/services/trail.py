"""The audit list's rows in words, and the actions a house has seen."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from departments.models.people import User
from departments.models.trail import AuditEntry
from departments.services.history import Line, kind_label, line
from msw_portal.kernel.audit import canonical

# A loose index scan would need an index of its own; the newest thousands name every common action.
ACTIONS = """
    SELECT DISTINCT action FROM (
        SELECT action FROM departments_auditentry WHERE organization_id = %s
         ORDER BY at DESC, id DESC LIMIT 5000) newest ORDER BY action
"""


@dataclass(frozen=True)
class Entry:
    """One line of the audit list: the words, and where from."""

    line: Line
    login: str
    subject: str
    subject_uid: str
    ip: str
    request_id: str
    result: str
    is_client: bool


def lines(rows: Sequence[AuditEntry]) -> list[Entry]:
    """The entries of a page in words; their actors are loaded."""
    return [_entry(row) for row in rows]


def narrowed(rows: QuerySet, conditions: Mapping[str, Any]) -> QuerySet:
    """The entries that meet every condition: of the list and of its export alike."""
    for name, value in conditions.items():
        rows = rows.filter(condition(name, value))
    return rows


def page_after(
    user: User,
    conditions: Mapping[str, Any],
    last: tuple[dt.datetime, uuid.UUID] | None,
    size: int,
) -> list[AuditEntry]:
    """The next entries after `last` (instant and id), newest first, for an export."""
    rows = narrowed(AuditEntry.objects.visible_to(user).select_related("actor"), conditions)
    if last is not None:
        at, pk = last
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    return list(rows.order_by("-at", "-pk")[:size])


def condition(name: str, value: Any) -> Q:
    """One condition of the list; days are those of the wall clock in Shanghai, both inclusive."""
    match name:
        case "person":
            return Q(actor__username=value)
        case "since":
            return Q(at__gte=_midnight(value))
        case "until":
            return Q(at__lt=_midnight(value + dt.timedelta(days=1)))
        case "subject":
            return Q(subject_uid=value)
        case "number":
            return Q(subject_uid__in=_numbered(value))
    return Q(**{name: value})


def _numbered(number: str) -> list[uuid.UUID]:
    """Of what the trail says it got this number: the auditor opens no case, and searches what was written down.

    Asked on its own, through its index: inside the list's statement the planner takes the newest entries for
    the way to them, and reads the whole trail for a number that nothing has.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.audit_numbered(%s)", [canonical(number.strip())[1:-1]])
        return [row[0] for row in cursor.fetchall()]


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def actions_of(*, by: User) -> list[str]:
    """The actions among the newest entries of the house, for the filter."""
    with connection.cursor() as cursor:
        cursor.execute(ACTIONS, [by.house_id])
        return [row[0] for row in cursor.fetchall()]


def _entry(row: AuditEntry) -> Entry:
    actor = row.actor
    return Entry(
        line=line(
            at=row.at,
            who=actor.display_name if actor else None,
            role=row.role,
            action=row.action,
            result=row.result,
            body=row.body,
            kind=row.subject_kind,
        ),
        login=actor.username if actor else "",
        subject=kind_label(row.subject_kind) if row.subject_kind else "",
        subject_uid=str(row.subject_uid or ""),
        ip=row.ip,
        request_id=row.request_id,
        result=row.result,
        is_client=bool(row.client_uid),
    )
