"""The audit list's rows in words, and the actions a house has seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from departments.models.people import User
from departments.models.trail import AuditEntry
from departments.services.history import Line, kind_label, line

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
    is_client: bool


def lines(rows: Sequence[AuditEntry]) -> list[Entry]:
    """The entries of a page in words; their actors are loaded."""
    return [_entry(row) for row in rows]


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
        is_client=bool(row.client_uid),
    )
