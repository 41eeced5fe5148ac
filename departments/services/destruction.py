"""A list of what has run its time: proposed by one, approved by another, then emptied piece by piece, with a certificate."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.compliance import ComplianceRecord
from departments.models.organizations import Organization
from departments.models.people import User
from departments.privacy_permissions import (
    can_decide_destruction,
    can_propose_destruction,
    can_withdraw_destruction,
)
from departments.services import outbox
from departments.services.erasing import Rows, rows_erase
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.policies import RetentionRule, retention_rule
from departments.services.registers import holidays_between
from departments.services.retention import BY_CODE, ends_on
from departments.services.tasks import task_open, tasks_close
from departments.workflow import DESTRUCTION, DestructionStep
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.workdays import add_working_days

KIND = ComplianceRecord.Kind.DESTRUCTION
TASK = "destruction"
TOPIC = "destruction.approved"
PATTERN = "{ORG}-D-{YYYY}-{SEQ4}"
MOST = 200  # one list is read by one person before it is signed
AT_ONCE = 10  # pieces of one visit of the relay
WORKING_DAYS, CALENDAR = 10, dt.timedelta(days=60)
LEAST = 5
WAITING, DONE, SKIPPED = "waiting", "done", "skipped"


@dataclass(frozen=True)
class Piece:
    """Something on a list: a row by kind and id, the number people know it by (no name), its class and its day."""

    kind: str
    id: int
    uid: str
    label: str
    code: str
    due_on: str
    why: str


def piece_of_day(
    kind: str,
    row: Any,
    *,
    code: str,
    began: dt.datetime,
    rule: RetentionRule,
    label: str,
    why: str,
    until: dt.date | None = None,
) -> Piece:
    """A row whose class counts from one day, called by `label` with that %(day)s and the end of its uid as %(number)s.

    `until` is its day where more than the class decides.
    """
    on = timezone.localdate(began)
    until = until or ends_on(code, on, rule) or on
    named = label % {"day": on.isoformat(), "number": str(row.uid)[-6:].upper()}
    return Piece(kind, row.pk, str(row.uid), named, code, until.isoformat(), why)


@dataclass(frozen=True)
class Ended:
    """What became of a piece: emptied, or left as it is and why; `persons` lost their identity with it."""

    is_done: bool
    why: str = ""
    persons: int = 0


# What is due of one app besides case files, as the asker may see it, the oldest first.
Source = Callable[..., list[Piece]]


def lists_of(*, by: User) -> QuerySet[ComplianceRecord]:
    """The lists of the house; who may read them is the page's predicate."""
    rows = ComplianceRecord.objects.visible_to(by).filter(kind=KIND)
    return rows.select_related("signer_1", "signer_2")


def list_hash(pieces: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of what was on the list, in its order: the certificate names it."""
    kept = [{key: one[key] for key in ("kind", "uid", "label", "code", "due_on")} for one in pieces]
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def waiting_uids(house: int, kind: str) -> set[str]:
    """What stands on a list that is not finished: nothing is put on two."""
    rows = ComplianceRecord.objects.filter(organization_id=house, kind=KIND, state="open")
    return {one["uid"] for row in rows for one in row.payload["pieces"] if one["kind"] == kind}


@command
def destruction_propose(*, pieces: Sequence[Piece], note: str, by: User) -> ComplianceRecord:
    """Put what is due on a list for somebody else to approve.

    The caller has found out that each piece is due; it is looked at again when it is emptied.

    Raises:
        DomainError: `destruction.nothing`, `destruction.too_many`, `destruction.on_a_list` on pieces,
            `destruction.needs_note` on note.
    """
    require(can_propose_destruction, by, None)
    if not pieces:
        raise DomainError("destruction.nothing", _("请选择要处置的档案。"), "pieces")
    if len(pieces) > MOST:
        raise DomainError(
            "destruction.too_many", _("一份清单最多 %(n)s 件，请分开提出。") % {"n": MOST}, "pieces"
        )
    if len(note.strip()) < LEAST:
        raise DomainError("destruction.needs_note", _("请写明鉴定意见，至少 5 个字。"), "note")
    on_lists = {one for kind in {p.kind for p in pieces} for one in waiting_uids(by.house_id, kind)}
    if any(one.uid in on_lists for one in pieces):
        raise DomainError(
            "destruction.on_a_list", _("所选的档案已在另一份待批准的清单上。"), "pieces", status=409
        )
    today = timezone.localdate()
    rows = [{**asdict(one), "state": WAITING, "outcome": ""} for one in pieces]
    house = Organization.objects.get(pk=by.house_id)
    due_on = add_working_days(today, WORKING_DAYS, holidays_between(today, today + CALENDAR)).on
    record = ComplianceRecord(
        organization_id=by.house_id,
        kind=KIND,
        step=DestructionStep.PROPOSED,
        due_on=due_on,
        payload={
            "number": take_number("destruction", organization=house, on=today, pattern=PATTERN),
            "note": note.strip(),
            "proposed_on": today.isoformat(),
            "pieces": rows,
            "hash": list_hash(rows),
            "persons": 0,
        },
        signer_1=by,
        created_by=by,
    )
    record.save(force_insert=True)
    write_transition(record, DESTRUCTION, "propose", before="", by=by)
    task_open(
        kind=TASK,
        organization_id=record.organization_id,
        subject=record,
        role="office",
        due_at=timezone.make_aware(dt.datetime.combine(due_on, dt.time(23, 59, 59))),
        by=by,
    )
    audit.record(
        "destruction.propose",
        by=by,
        on=record,
        count=len(rows),
        payload_hash=record.payload["hash"],
        number=record.payload["number"],
    )
    return record


def _locked(record: ComplianceRecord) -> ComplianceRecord:
    return ComplianceRecord.objects.locked().get(pk=record.pk, kind=KIND)


@command
def destruction_approve(*, record: ComplianceRecord, by: User) -> ComplianceRecord:
    """Sign as the second person; the relay begins at once and nothing brings it back.

    Raises:
        DomainError: `destruction.same_person` (409), `destruction.approve.wrong_state` (409).
    """
    record = _locked(record)
    _require_other(record, by)
    record.signer_2 = by
    move(record, DESTRUCTION, "approve", by=by, also=("signer_2",))
    tasks_close(kind=TASK, subject=record)
    outbox.put(
        TOPIC, organization_id=record.organization_id, subject=record, dedup_key=f"{record.uid}:0"
    )
    audit.record("destruction.approve", by=by, on=record, payload_hash=record.payload["hash"])
    return record


def _require_other(record: ComplianceRecord, by: User) -> None:
    if record.signer_1_id == by.pk:
        raise DomainError(
            "destruction.same_person", _("提出的人不能自己批准，请由另一人办理。"), status=409
        )
    require(can_decide_destruction, by, record)


@command
def destruction_refuse(*, record: ComplianceRecord, reason: str, by: User) -> ComplianceRecord:
    """The list is not approved; everything on it stays and can be proposed again.

    Raises:
        DomainError: `destruction.same_person`, `destruction.refuse.*`.
    """
    record = _locked(record)
    _require_other(record, by)
    record.signer_2 = by
    return _ended(record, "refuse", by, reason=reason)


@command
def destruction_withdraw(*, record: ComplianceRecord, by: User) -> ComplianceRecord:
    """Whoever proposed takes it back while nobody has decided.

    Raises:
        DomainError: `destruction.withdraw.wrong_state` (409).
    """
    record = _locked(record)
    require(can_withdraw_destruction, by, record)
    return _ended(record, "withdraw", by)


def _ended(record: ComplianceRecord, step: str, by: User, reason: str = "") -> ComplianceRecord:
    record.payload = {**record.payload, "reason": reason.strip()}
    record.state, record.closed_at = ComplianceRecord.State.CLOSED, timezone.now()
    also = ("signer_2", "payload", "state", "closed_at")
    move(record, DESTRUCTION, step, by=by, reason=reason, also=also)
    tasks_close(kind=TASK, subject=record)
    audit.record(f"destruction.{step}", by=by, on=record)
    return record


# ── the work, by the relay ───────────────────────────────────────────────────


def next_pieces(*, house: int, uid: Any) -> list[Mapping[str, Any]]:
    """What is still to be done of an approved list, some at a time; in a scope of the house."""
    record = ComplianceRecord.objects.filter(organization_id=house, uid=uid, kind=KIND).first()
    if record is None or record.step != DestructionStep.APPROVED:
        return []
    left = [one for one in record.payload["pieces"] if one["state"] == WAITING]
    return left[:AT_ONCE]


def piece_end(*, house: int, uid: Any, piece: Mapping[str, Any]) -> None:
    """Empty one piece, unless it is held or was changed meanwhile, and note on the list what became of it."""
    record = ComplianceRecord.objects.locked().get(organization_id=house, uid=uid, kind=KIND)
    pieces = [dict(one) for one in record.payload["pieces"]]
    mine = next(one for one in pieces if one["uid"] == piece["uid"])
    if record.step != DestructionStep.APPROVED or mine["state"] != WAITING:
        return
    erasers: Mapping[str, str] = import_string(settings.ERASERS)
    ended: Ended = import_string(erasers[piece["kind"]])(
        batch_id=record.pk, house=house, id=piece["id"]
    )
    mine |= {"state": DONE if ended.is_done else SKIPPED, "outcome": ended.why}
    persons = record.payload["persons"] + ended.persons
    record.payload = {**record.payload, "pieces": pieces, "persons": persons}
    record.save(update_fields=["payload"])
    audit.record(
        "destruction.erase" if ended.is_done else "destruction.pass_over",
        by=None,
        on=record,
        organization_id=house,
        subject=piece["kind"],
        subject_uid=piece["uid"],
    )


def go_on(*, house: int, uid: Any) -> bool:
    """Ask for the relay's next visit when something is left; whether it is."""
    record = ComplianceRecord.objects.filter(organization_id=house, uid=uid, kind=KIND).first()
    if record is None or not next_pieces(house=house, uid=uid):
        return False
    done = sum(one["state"] != WAITING for one in record.payload["pieces"])
    outbox.put(TOPIC, organization_id=house, subject=record, dedup_key=f"{record.uid}:{done}")
    return True


def destruction_finish(*, house: int, uid: Any) -> None:
    """Close the list when nothing of it waits any more; the certificate is drawn from it."""
    record = ComplianceRecord.objects.locked().get(organization_id=house, uid=uid, kind=KIND)
    pieces = record.payload["pieces"]
    if record.step != DestructionStep.APPROVED or any(one["state"] == WAITING for one in pieces):
        return
    record.payload = {**record.payload, "done_on": timezone.localdate().isoformat()}
    record.state, record.closed_at = ComplianceRecord.State.CLOSED, timezone.now()
    move(record, DESTRUCTION, "finish", by=None, also=("payload", "state", "closed_at"))
    states = Counter(one["state"] for one in pieces)
    audit.record(
        "destruction.finish",
        by=None,
        on=record,
        organization_id=house,
        count=states[DONE],
        skipped=states[SKIPPED],
        persons=record.payload["persons"],
        payload_hash=record.payload["hash"],
    )


def counts_of(record: ComplianceRecord) -> list[tuple[str, int, int]]:
    """Class by class, in words: how many were on the list, how many were emptied."""
    pieces = record.payload["pieces"]
    listed = Counter(one["code"] for one in pieces)
    done = Counter(one["code"] for one in pieces if one["state"] == DONE)
    return [(str(BY_CODE[code].title), listed[code], done[code]) for code in sorted(listed)]


# ── the registers' own records ───────────────────────────────────────────────

REGISTERED = (
    ComplianceRecord.Kind.PIA,
    ComplianceRecord.Kind.PROCESSOR_AGREEMENT,
    ComplianceRecord.Kind.INCIDENT,
)


def records_due(*, by: User) -> list[Piece]:
    """Closed records of the registers whose years are over, the oldest first."""
    rule, today = retention_rule(), timezone.localdate()
    found: list[Piece] = []
    # What was emptied before stays closed and comes first: it must not fill the list.
    for row in records_closed(by).iterator(chunk_size=MOST):
        until = ends_on("assessment", timezone.localdate(row.closed_at), rule)
        if until is None or until > today or len(found) == MOST:
            break
        if not row.payload:
            continue
        label = f"{row.get_kind_display()} {row.payload.get('number', '')}".strip()
        why = str(_("办结后满 %(n)d 年") % {"n": rule.assessment_years})
        found.append(
            Piece(
                "compliancerecord",
                row.pk,
                str(row.uid),
                label,
                "assessment",
                until.isoformat(),
                why,
            )
        )
    return found


def records_closed(by: User) -> QuerySet[ComplianceRecord]:
    """The closed records of the registers, the oldest first."""
    rows = ComplianceRecord.objects.visible_to(by).filter(
        kind__in=REGISTERED, state=ComplianceRecord.State.CLOSED, closed_at__isnull=False
    )
    return rows.order_by("closed_at", "id")


def pieces_due(*, by: User) -> list[Piece]:
    """What one list may hold of everything that is due besides case files, and is on no other list."""
    found: list[Piece] = []
    for path in import_string(settings.DESTRUCTION_SOURCES):
        source: Source = import_string(path)
        found += source(by=by)
    kinds = {one.kind for one in found}
    listed = {uid for kind in sorted(kinds) for uid in waiting_uids(by.house_id, kind)}
    free = [one for one in found if one.uid not in listed]
    return sorted(free, key=lambda one: (one.code, one.due_on, one.id))[:MOST]


def record_end(*, batch_id: int, house: int, id: int) -> Ended:
    """Empty a record of the registers; that it was, and when it was closed, stays."""
    row = ComplianceRecord.objects.filter(organization_id=house, pk=id, state="closed").first()
    if row is None:
        return Ended(False, str(_("记录又在办理")))
    rows_erase(batch_id=batch_id, house=house, rows=Rows(ComplianceRecord, "id", [id]))
    return Ended(True)
