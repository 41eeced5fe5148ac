"""Files kept before a virus scanner was there, scanned later: a bounded sweep, and a lock where it finds something."""

import datetime as dt
import logging
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from departments import audit
from departments.models.mechanisms import Document, Task
from departments.models.people import Membership
from departments.services.documents import document_stored
from departments.services.entering import house_scope
from departments.services.tasks import task_open
from msw_portal.kernel import scanning
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import INSTALLATION, scope

log = logging.getLogger(__name__)

INFECTED_TASK = "file_infected"
PAGE, MOST, SECONDS = 100, 1000, 120
# What was found is looked at again: a wrong signature is taken back by the next update of the scanner.
AGAIN_AFTER = dt.timedelta(hours=24)
CLEAN, LOCKED, UNABLE = (
    Document.ScanState.CLEAN,
    Document.ScanState.REFUSED,
    Document.ScanState.UNABLE,
)


@dataclass(frozen=True)
class _Waiting:
    """A file to scan, and the walls it stands behind."""

    pk: int
    house: int
    compartment: int | None

    def scope(self) -> Any:
        rooms = () if self.compartment is None else (self.compartment,)
        return scope(org=self.house, role="system", care=self.house, compartments=rooms)


def files_scan_late(*, most: int = MOST, seconds: float = SECONDS) -> Counter[str]:
    """Scan files that nobody has scanned yet, the oldest first, at most `most` and for `seconds`.

    Returns how many ended in which scan state; nothing without a scanner or while it is away. Each file is
    a transaction of its own, so whatever ends the sweep, the next one goes on.
    """
    ends: Counter[str] = Counter()
    if scanning.state() != scanning.OK:
        return ends
    until, after = time.monotonic() + seconds, 0
    while ends.total() < most and (waiting := _waiting(after, min(PAGE, most - ends.total()))):
        for one in waiting:
            after = one.pk
            if time.monotonic() > until:
                return _noted(ends)
            try:
                if state := _scan(one):
                    ends[state] += 1
            except scanning.ScannerAway as error:
                log.warning("virus scanner: %s", error)
                return _noted(ends)
    return _noted(ends)


def _waiting(after: int, limit: int) -> list[_Waiting]:
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM app.files_to_scan(%s, %s, %s)",
            [after, timezone.now() - AGAIN_AFTER, limit],
        )
        return [_Waiting(*row) for row in cursor.fetchall()]


def _scan(one: _Waiting) -> str:
    """Scan one file outside of any transaction, then note what was found; "" when it is gone by now."""
    with one.scope():
        document = Document.objects.filter(pk=one.pk, voided_at__isnull=True).first()
    if document is None:
        return ""
    try:
        found = scanning.found_in(document_stored(document))
    except DomainError as refusal:
        # A store that does not answer says nothing about the file.
        if refusal.status == 503:
            raise scanning.ScannerAway(refusal.rule) from refusal
        return _note(one, UNABLE, "")
    return _note(one, LOCKED if found else CLEAN, found)


def _note(one: _Waiting, state: str, found: str) -> str:
    with one.scope():
        document = (
            Document.objects.select_for_update(no_key=True)
            .filter(pk=one.pk, voided_at__isnull=True)
            .first()
        )
        if document is None:
            return ""
        before = document.scan_state
        if before == LOCKED and state == UNABLE:
            state, found = LOCKED, document.scan_found
        document.scan_state, document.scan_found = state, found
        document.scanned_at = None if state == UNABLE else timezone.now()
        document.save(update_fields=["scan_state", "scan_found", "scanned_at"])
        if state == LOCKED and before != LOCKED:
            log.warning("virus scanner: a kept file is locked (%s)", found)
            _record("document.lock", document, found)
            _ask_for_another(document)
        elif before == LOCKED and state != LOCKED:
            _record("document.unlock", document, "")
            infected_settle(document)
    return state


def _record(action: str, document: Document, found: str) -> None:
    audit.record(
        action,
        by=None,
        on=document,
        organization_id=document.organization_id,
        kind=document.kind,
        found=found,
        subject=document.subject_kind,
        subject_uid=document.subject_uid,
    )


def _ask_for_another(document: Document) -> None:
    """Whoever uploaded it, or else who leads, removes it and asks for a clean one."""
    today = timezone.localdate()
    is_here = Membership.objects.filter(
        organization_id=document.organization_id,
        user_id=document.created_by_id,
        valid__contains=today,
    ).exists()
    task_open(
        kind=INFECTED_TASK,
        organization_id=document.organization_id,
        subject=_subject_of(document),
        due_at=timezone.now() + dt.timedelta(days=1),
        assignee=document.created_by if is_here else None,
        role="" if is_here else ("dept_head" if document.is_care else "secadmin"),
        dedup_key=_task_key(document),
    )


def _subject_of(document: Document) -> models.Model:
    named = {model._meta.model_name: model for model in apps.get_models()}
    subject = named[document.subject_kind](pk=document.subject_id, uid=document.subject_uid)
    subject.compartment_id = document.compartment_id
    return subject


def _task_key(document: Document) -> str:
    return f"{INFECTED_TASK}:{document.uid}:{document.scanned_at:%Y%m%d%H%M%S}"


def infected_settle(document: Document) -> None:
    """The task about an infected file is over: the file was deleted, or the scanner took its word back."""
    open_tasks = Task.objects.filter(
        organization_id=document.organization_id,
        kind=INFECTED_TASK,
        dedup_key__startswith=f"{INFECTED_TASK}:{document.uid}:",
        state=Task.State.OPEN,
    )
    open_tasks.update(state=Task.State.DONE, closed_at=timezone.now())


def _noted(ends: Counter[str]) -> Counter[str]:
    if ends:
        with house_scope(INSTALLATION):
            audit.record(
                "document.scan",
                by=None,
                organization_id=INSTALLATION,
                clean=ends[CLEAN],
                locked=ends[LOCKED],
                unable=ends[UNABLE],
            )
    return ends
