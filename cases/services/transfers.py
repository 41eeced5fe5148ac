"""How a case passes to another worker: asked, accepted, refused or taken back; a whole caseload at once."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from psycopg2.extras import DateRange, DateTimeTZRange

from cases.models.casework import Case
from cases.models.team import CaseMember, CaseTransfer
from cases.permissions import (
    can_answer_transfer,
    can_ask_transfer,
    can_hand_over_cases,
    can_revoke_transfer,
)
from cases.services.caseloads import over_limit
from cases.services.clocks import case_task, case_tell
from cases.services.intake import holds_role
from cases.services.leaving import caseload_passed
from cases.services.report_handing import reports_pass_on
from cases.services.secrecy import end_grants, grant
from cases.workflow import TRANSFER, TransferState
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import AccessGrant, User
from departments.services.moving import move, write_transition
from departments.services.notices import people_tell
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.ids import uuid7

REPLY_HOURS = 48
NAMED_FOR = gettext_noop("移交个案，接收人需要查阅")
LEFT = gettext_noop("接收人已离岗，由系统撤回")
REPLACED = gettext_noop("主任批量移交，这份移交由系统撤回")


def _check_receiver(case: Case, to_user: User) -> None:
    if to_user.pk == case.worker_id:
        raise DomainError("case_transfer_to_another", _("这个个案本来就由此人负责。"), "to_user")
    if not holds_role(to_user, "worker", organization_id=case.organization_id):
        raise DomainError("case_transfer.not_a_worker", _("所选人员现在没有社工岗位。"), "to_user")


def _ask(case: Case, to_user: User, reason: str, batch: uuid.UUID | None, by: User) -> CaseTransfer:
    _check_receiver(case, to_user)
    if CaseTransfer.objects.filter(case=case, state=TransferState.REQUESTED).exists():
        raise DomainError("case_transfer_one_open", _("这个个案已有一份待答复的移交。"), status=409)
    if case.compartment_id is not None:
        # The receiver must be named before the file can be shown at all.
        grant(case, [to_user], reason=NAMED_FOR, by=by)
    transfer = CaseTransfer(
        organization_id=case.organization_id,
        case=case,
        from_user_id=case.worker_id,
        to_user=to_user,
        reason=reason.strip(),
        batch_uid=batch,
        created_by=by,
    )
    transfer.save(force_insert=True)
    write_transition(transfer, TRANSFER, "ask", before="", by=by)
    return transfer


@command
def case_transfer_ask(
    *, case: Case, to_user: User, reason: str, over_reason: str = "", by: User
) -> CaseTransfer:
    """Ask a colleague to take the case over; nothing changes until the colleague accepts.

    Raises:
        DomainError: `case_transfer_one_open`, `case_transfer_to_another`, `case_transfer.not_a_worker`,
            `caseload.over_limit`.
    """
    case = Case.objects.locked().get(pk=case.pk)
    require(can_ask_transfer, by, case)
    transfer = _ask(case, to_user, reason, None, by)
    over = over_limit(to_user, case.department, reason=over_reason)
    case_task(
        case,
        "transfer",
        due_at=timezone.now() + dt.timedelta(hours=REPLY_HOURS),
        assignee=to_user,
        key=f"transfer:{transfer.uid}",
        by=by,
    )
    _tell(transfer, "transfer.asked", to_user.pk, by)
    audit.record("case_transfer.ask", by=by, on=transfer, case=case.uid, to=to_user.uid, **over)
    return transfer


def _tell(transfer: CaseTransfer, kind: str, user_id: int, by: User | None) -> None:
    people_tell(
        kind=kind,
        organization_id=transfer.organization_id,
        subject=transfer,
        users=[user_id],
        by=by,
    )


def _locked(transfer: CaseTransfer) -> CaseTransfer:
    case = Case.objects.locked().get(pk=transfer.case_id)
    transfer = (
        CaseTransfer.objects.locked().select_related("from_user", "to_user").get(pk=transfer.pk)
    )
    transfer.case = case
    return transfer


def _decide(transfer: CaseTransfer, step: str, *, by: User | None, reason: str = "") -> None:
    # What the portal takes back by itself stands with whoever had asked.
    transfer.decided_at, transfer.decided_by = timezone.now(), by or transfer.created_by
    transfer.answer = reason.strip() or None
    move(
        transfer,
        TRANSFER,
        step,
        by=by,
        reason=reason,
        also=("decided_at", "decided_by", "answer"),
    )
    tasks_close(kind="transfer", subject=transfer.case)


def _pass_on(transfer: CaseTransfer, by: User) -> None:
    """The case, its open tasks and its secrecy go to the receiver."""
    case, before, after = transfer.case, transfer.from_user, transfer.to_user
    case.worker = after
    case.save(update_fields=["worker"])
    today = timezone.localdate()
    for member in CaseMember.objects.filter(case=case, user=after, valid__contains=today):
        # Who becomes the worker is no longer a helper; a membership of today leaves no empty span.
        if member.valid.lower == today:
            member.delete()
        else:
            _end(member, today)
    Task.objects.filter(
        organization_id=case.organization_id,
        subject_kind=case._meta.model_name,
        subject_id=case.pk,
        state=Task.State.OPEN,
        assignee=before,
    ).update(assignee=after)
    reports_pass_on(case, before=before, after=after)
    caseload_passed(organization_id=case.organization_id, user=before)
    if case.compartment_id is not None and before.pk != by.pk:
        end_grants(case, at=timezone.now(), user=before)


def _end(member: CaseMember, today: dt.date) -> None:
    member.valid = DateRange(member.valid.lower, today)
    member.save(update_fields=["valid"])


@command
def case_transfer_accept(*, transfer: CaseTransfer, by: User) -> CaseTransfer:
    """The receiver takes the case over with its open tasks.

    Raises:
        DomainError: `case_transfer.accept.wrong_state`, `case_transfer.worker_changed`.
    """
    transfer = _locked(transfer)
    require(can_answer_transfer, by, transfer)
    TRANSFER.check(transfer, "accept")
    if not transfer.case.is_open or transfer.case.worker_id != transfer.from_user_id:
        raise DomainError(
            "case_transfer.worker_changed",
            _("个案已经结束或换了负责社工，这份移交不再有效。"),
            status=409,
        )
    _pass_on(transfer, by)
    _decide(transfer, "accept", by=by)
    _tell(transfer, "transfer.accepted", transfer.from_user_id, by)
    audit.record(
        "case_transfer.accept",
        by=by,
        on=transfer,
        case=transfer.case.uid,
        worker=[transfer.from_user.uid, transfer.to_user.uid],
    )
    return transfer


@command
def case_transfer_refuse(*, transfer: CaseTransfer, reason: str, by: User) -> CaseTransfer:
    """The receiver cannot take it; the case stays where it is.

    Raises:
        DomainError: `case_transfer.refuse.wrong_state`, `case_transfer.refuse.needs_reason`.
    """
    transfer = _locked(transfer)
    require(can_answer_transfer, by, transfer)
    _undo_name(transfer)
    _decide(transfer, "refuse", by=by, reason=reason)
    _tell(transfer, "transfer.refused", transfer.from_user_id, by)
    audit.record("case_transfer.refuse", by=by, on=transfer, case=transfer.case.uid)
    return transfer


@command
def case_transfer_revoke(*, transfer: CaseTransfer, reason: str, by: User) -> CaseTransfer:
    """Who asked takes the question back.

    Raises:
        DomainError: `case_transfer.revoke.wrong_state`, `case_transfer.revoke.needs_reason`.
    """
    transfer = _locked(transfer)
    require(can_revoke_transfer, by, transfer)
    _undo_name(transfer)
    _decide(transfer, "revoke", by=by, reason=reason)
    audit.record("case_transfer.revoke", by=by, on=transfer, case=transfer.case.uid)
    return transfer


def transfers_fall_back(*, organization_id: int, user: User) -> int:
    """Questions to somebody who works here no longer are taken back, and who asked is told; how many.

    Runs as the system in the scope of the house, whenever a role has ended or is about to.
    """
    if holds_role(user, "worker", organization_id=organization_id):
        return 0
    rows = CaseTransfer.objects.filter(
        organization_id=organization_id, to_user=user, state=TransferState.REQUESTED
    )
    waiting = list(rows.order_by("case_id"))
    for one in waiting:
        transfer = _locked(one)
        _undo_name(transfer)
        _decide(transfer, "revoke", by=None, reason=LEFT)
        _tell(transfer, "transfer.refused", transfer.from_user_id, None)
        audit.record("case_transfer.fall_back", by=None, on=transfer, case=transfer.case.uid)
    return len(waiting)


def _replace_waiting(case: Case, by: User) -> None:
    """The head decides: a question that still waits for its answer is taken back first."""
    rows = CaseTransfer.objects.locked().filter(case=case, state=TransferState.REQUESTED)
    for waiting in rows:
        waiting.case = case
        _undo_name(waiting)
        _decide(waiting, "revoke", by=by, reason=REPLACED)
        audit.record("case_transfer.revoke", by=by, on=waiting, case=case.uid)


def _undo_name(transfer: CaseTransfer) -> None:
    """Who was named only for the hand-over is named no longer."""
    now = timezone.now()
    for given in AccessGrant.objects.filter(
        organization_id=transfer.organization_id,
        compartment_id=transfer.case_id,
        user=transfer.to_user,
        reason=NAMED_FOR,
        valid__contains=now,
    ):
        given.valid = DateTimeTZRange(given.valid.lower, now)
        given.save(update_fields=["valid"])


@command
def cases_hand_over(
    *,
    from_user: User,
    cases: Sequence[Case],
    to_user: User,
    reason: str,
    over_reason: str = "",
    by: User,
) -> list[CaseTransfer]:
    """The head passes open cases of one worker to another at once: one request per case, one batch.

    All of them or none. Raises:
        DomainError: `hand_over.nothing`, `hand_over.not_the_workers`, and those of asking.
    """
    if not cases:
        raise DomainError("hand_over.nothing", _("请至少勾选一个个案。"), "cases")
    batch = uuid7()
    rows = Case.objects.locked().filter(pk__in=[case.pk for case in cases])
    locked = list(rows.order_by("pk"))
    made, over = [], {}
    if locked:
        adding = len(locked)
        over = over_limit(to_user, locked[0].department, adding=adding, reason=over_reason)
    for case in locked:
        require(can_hand_over_cases, by, case)
        if case.worker_id != from_user.pk or not case.is_open:
            raise DomainError(
                "hand_over.not_the_workers",
                _("勾选的个案里有已结束或换了负责人的，请刷新后再选。"),
                "cases",
                status=409,
            )
        _replace_waiting(case, by)
        transfer = _ask(case, to_user, reason, batch, by)
        transfer.from_user = from_user
        _pass_on(transfer, by)
        _decide(transfer, "accept", by=by)
        case_tell(case, "case.assigned", users=[to_user.pk], once=str(transfer.uid), by=by)
        made.append(transfer)
        audit.record(
            "case.hand_over",
            by=by,
            on=case,
            batch=batch,
            worker=[from_user.uid, to_user.uid],
            **over,
        )
    return made
