"""Write and read the audit: in the same transaction, append-only, by meaning."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils import timezone

from departments.models.trail import AuditEntry
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.bulk import rows_insert
from msw_portal.kernel.ids import uuid7
from msw_portal.kernel.scope import INSTALLATION, request_facts

COLUMNS = [field.attname for field in AuditEntry._meta.concrete_fields]
INSERT = f"INSERT INTO departments_auditentry ({', '.join(COLUMNS)}) VALUES "  # nosec B608
FEW = 20


def record(
    action: str,
    *,
    by: Any,
    on: models.Model | None = None,
    result: str = "ok",
    organization_id: int | None = None,
    **changes: Any,
) -> uuid.UUID:
    """Add one entry to the chain of the house acted for (of the installation when there is none); its id.

    `action` is a dotted verb (`case.close`); `changes` holds codes, numbers, dates and [old, new]
    pairs, never narrative, names or secrets. `by` is a user, or None for the system and the public.

    Raises:
        TypeError: for a change that has no canonical text.
    """
    entry = _entry(action, by, on, result, organization_id, changes)
    _insert([[getattr(entry, name) for name in COLUMNS]])
    return entry.id


def record_all(
    action: str,
    *,
    by: Any,
    kind: str,
    on: Iterable[tuple[int, uuid.UUID, Mapping[str, Any]]],
) -> None:
    """One entry of the same action for each subject (id, uid, changes), by one statement; for bulk services.

    `kind` is the subjects' model by its name. What one event has in common is looked up once.
    """
    common = _entry(action, by, None, "ok", None, {})
    start = [getattr(common, name) for name in COLUMNS]
    place = {name: COLUMNS.index(name) for name in ("id", "subject_id", "subject_uid", "body")}
    start[COLUMNS.index("subject_kind")] = kind

    def rows() -> Iterator[list[Any]]:
        for pk, uid, changes in on:
            row = start.copy()
            row[place["id"]], row[place["body"]] = uuid7(), canonical(changes)
            row[place["subject_id"]], row[place["subject_uid"]] = pk, uid
            yield row

    few = on if isinstance(on, Sized) and len(on) <= FEW else None
    if few is None:
        rows_insert(AuditEntry, [one.name for one in AuditEntry._meta.concrete_fields], rows())
    elif few:
        _insert(list(rows()))


def _insert(rows: Sequence[Sequence[Any]]) -> None:
    """Few entries by one statement, written out: each request makes one, and Django writes it anew each time."""
    mark = f"({', '.join(['%s'] * len(COLUMNS))})"
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT + ", ".join([mark] * len(rows)), [value for row in rows for value in row]
        )


def _entry(
    action: str,
    by: Any,
    on: models.Model | None,
    result: str,
    organization_id: int | None,
    changes: Mapping[str, Any],
) -> AuditEntry:
    facts = request_facts.get()
    acting = getattr(by, "acting", None)
    house = organization_id or (acting.organization_id if acting else None) or INSTALLATION
    return AuditEntry(
        organization_id=house,
        at=timezone.now(),
        actor_id=getattr(by, "pk", None),
        role=acting.role if acting else "",
        action=action,
        subject_kind=on._meta.model_name if on is not None else "",
        subject_id=on.pk if on is not None and isinstance(on.pk, int) else None,
        subject_uid=getattr(on, "uid", None),
        client_uid=facts.client_uid,
        ip=facts.ip,
        request_id=facts.request_id,
        result=result,
        body=canonical(changes),
    )


@dataclass(frozen=True)
class Event:
    """One line of a record's history as the page shows it."""

    at: dt.datetime
    actor_id: int | None
    actor_name: str
    role: str
    action: str
    result: str
    body: str
    subject_kind: str = ""
    subject_uid: uuid.UUID | None = None


def history(subject: models.Model, limit: int = 100) -> Sequence[Event]:
    """Who did what to `subject`, newest first; the caller has already found it through visible_to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.audit_of_subject(%s, %s)", [subject.uid, limit])
        return [Event(*row) for row in cursor.fetchall()]


def history_of(subjects: Sequence[uuid.UUID], limit: int = 5000) -> Sequence[Event]:
    """Who did what to any of `subjects` in the house acted for, newest first.

    For care roles alone (app.care); the caller has found every one of them through visible_to.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM app.audit_of_subjects(%s::uuid[], %s)",
            [[str(one) for one in subjects], limit],
        )
        return [Event(*row) for row in cursor.fetchall()]
