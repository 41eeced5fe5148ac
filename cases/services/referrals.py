"""What comes to the door: receive, claim, accept, refuse, return."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.models.codes import NeedCategory, Priority
from cases.models.people import Client
from cases.models.referral_codes import ReferrerProfession
from cases.permissions import (
    can_accept_referral,
    can_claim_referral,
    can_discard_referral,
    can_receive_referral,
    can_refuse_referral,
    can_release_referral,
    can_reveal_referral,
)
from cases.services.clocks import triage_due
from cases.services.receipts import ReferrerAnswer, receipt_tell
from cases.workflow import REFERRAL_IN, ReferralState
from departments import audit
from departments.models.doors import InboxItem
from departments.models.organizations import Department
from departments.models.people import User
from departments.services import outbox
from departments.services.moving import move, write_transition
from departments.services.tasks import task_open, tasks_assign, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def referral_receive(
    *,
    client: Client | None = None,
    from_text: str,
    from_department: Department | None = None,
    from_profession: str = "",
    reason: str,
    needs: Iterable[str] = (),
    urgency: str = Priority.NORMAL,
    client_aware: bool = False,
    received_on: dt.date | None = None,
    is_told: bool = True,
    by: User,
) -> Referral:
    """Write down a request for help; the clock for an answer starts now, whenever it was received.

    Without `is_told` the department is not told of it: hundreds that come at once are one piece of news.

    Raises:
        DomainError: `referral.*` on the field it concerns.
    """
    require(can_receive_referral, by, client)
    needs = list(dict.fromkeys(needs))
    if not from_text.strip() and from_department is None:
        raise DomainError("referral.needs_sender", _("请写明转介来源。"), "from_text")
    if not reason.strip():
        raise DomainError("referral.needs_reason", _("请写明转介原因。"), "reason")
    if set(needs) - set(NeedCategory.values):
        raise DomainError("referral.need_unknown", _("请从列表中选择。"), "needs")
    if urgency not in Priority.values:
        raise DomainError("referral.urgency_unknown", _("请从列表中选择。"), "urgency")
    if from_profession and from_profession not in ReferrerProfession.values:
        raise DomainError("referral.profession_unknown", _("请从列表中选择。"), "from_profession")
    now = timezone.now()
    own = Department.objects.filter(pk=by.acting.department_id).first()
    referral = Referral(
        organization_id=by.house_id,
        client=client,
        from_text=from_text.strip(),
        reason=reason.strip(),
        from_department=from_department,
        from_profession=from_profession,
        needs=needs,
        urgency=urgency,
        client_aware=client_aware,
        received_at=_received(received_on, now),
        due_at=triage_due(own, is_crisis=urgency == Priority.URGENT, since=now),
        created_by=by,
    )
    referral.save(force_insert=True)
    write_transition(referral, REFERRAL_IN, "receive", before="", by=by)
    task_open(
        kind="referral",
        organization_id=referral.organization_id,
        subject=referral,
        due_at=referral.due_at,
        role="worker",
        department_id=by.acting.department_id,
        by=by,
    )
    if is_told:
        outbox.put(
            "referral.arrived",
            organization_id=referral.organization_id,
            subject=referral,
            department=by.acting.department_id,
            author=by.pk,
        )
    audit.record(
        "referral.receive",
        by=by,
        on=referral,
        urgency=urgency,
        needs=needs,
        has_client=client is not None,
    )
    return referral


def _received(on: dt.date | None, now: dt.datetime) -> dt.datetime:
    """The instant for a day: now for today, else the day's beginning."""
    if on is None or on == timezone.localdate(now):
        return now
    if on > timezone.localdate(now):
        raise DomainError("referral.in_future", _("日期不能在将来。"), "received_on")
    return timezone.make_aware(dt.datetime.combine(on, dt.time()))


def _locked(referral: Referral) -> Referral:
    return Referral.objects.locked().get(pk=referral.pk)


@command
def referral_claim(*, referral: Referral, by: User) -> Referral:
    """Take the request on; from here the response time is measured.

    Raises:
        DomainError: `referral_in.claim.wrong_state` when somebody else was faster.
    """
    referral = _locked(referral)
    require(can_claim_referral, by, referral)
    referral.claimed_by, referral.claimed_at = by, timezone.now()
    move(referral, REFERRAL_IN, "claim", by=by, also=("claimed_by", "claimed_at"))
    tasks_assign(kind="referral", subject=referral, assignee=by)
    receipt_tell(referral)
    audit.record("referral.claim", by=by, on=referral)
    return referral


@command
def referral_release(*, referral: Referral, by: User) -> Referral:
    """Put a claimed request back for somebody else; its clock has not stopped.

    Raises:
        DomainError: `referral_in.release.wrong_state` when it is not claimed.
    """
    referral = _locked(referral)
    require(can_release_referral, by, referral)
    referral.claimed_by = referral.claimed_at = None
    move(referral, REFERRAL_IN, "release", by=by, also=("claimed_by", "claimed_at"))
    tasks_assign(kind="referral", subject=referral, assignee=None)
    receipt_tell(referral)
    audit.record("referral.release", by=by, on=referral)
    return referral


def accept_for(referral: Referral, person: Client, *, by: User) -> Referral:
    """Accept a locked referral for the person whose case it makes or joins."""
    require(can_accept_referral, by, referral)
    if referral.client_id is None:
        referral.client = person
    move(referral, REFERRAL_IN, "accept", by=by, also=("client",))
    tasks_close(kind="referral", subject=referral)
    receipt_tell(referral)
    audit.record("referral.accept", by=by, on=referral, client=person.uid)
    return referral


@command
def referral_accept(*, referral: Referral, by: User) -> Referral:
    """Accept a request for a person who is known; opening a case from it does this by itself.

    Raises:
        DomainError: `referral.needs_client` when nobody is named yet.
    """
    referral = _locked(referral)
    if referral.client_id is None:
        raise DomainError("referral.needs_client", _("请先查找或登记服务对象。"), "client")
    return accept_for(referral, referral.client, by=by)


def _end(
    referral: Referral, step: str, *, reason: str, answer: str, message: str, by: User
) -> Referral:
    referral = _locked(referral)
    require(can_refuse_referral, by, referral)
    if answer not in ReferrerAnswer.values:
        raise DomainError("referral.answer_unknown", _("请从列表中选择。"), "answer")
    referral.outcome, referral.feedback = answer, message.strip()
    move(referral, REFERRAL_IN, step, by=by, reason=reason, also=("outcome", "feedback"))
    tasks_close(kind="referral", subject=referral)
    receipt_tell(referral, answer=answer, message=message.strip())
    audit.record(f"referral.{step}", by=by, on=referral, answer=answer)
    return referral


@command
def referral_refuse(
    *,
    referral: Referral,
    reason: str,
    answer: str = ReferrerAnswer.OTHER,
    message: str = "",
    by: User,
) -> Referral:
    """Not for this department; `answer` and `message` go to the sender, the reason stays inside.

    Raises:
        DomainError: `referral_in.refuse.needs_reason`, `referral_in.refuse.wrong_state`.
    """
    return _end(referral, "refuse", reason=reason, answer=answer, message=message, by=by)


@command
def referral_return(
    *,
    referral: Referral,
    reason: str,
    answer: str = ReferrerAnswer.MORE_NEEDED,
    message: str = "",
    by: User,
) -> Referral:
    """Back to the sender for what is missing.

    Raises:
        DomainError: `referral_in.return.needs_reason`, `referral_in.return.wrong_state`.
    """
    return _end(referral, "return", reason=reason, answer=answer, message=message, by=by)


@command
def referral_discard(*, referral: Referral, reason: str, by: User) -> Referral:
    """Rubbish or a second copy from a door without an account: no case, no count, the row stays.

    Raises:
        DomainError: `referral_in.discard.wrong_state`; 403 for what a colleague wrote down.
    """
    referral = _locked(referral)
    require(can_discard_referral, by, referral)
    move(referral, REFERRAL_IN, "discard", by=by, reason=reason)
    item = InboxItem.objects.locked().get(pk=referral.inbox_item_id)
    item.state = InboxItem.State.SPAM
    item.save(update_fields=["state"])
    tasks_close(kind="referral", subject=referral)
    receipt_tell(referral)
    audit.record("referral.discard", by=by, on=referral)
    return referral


@command
def referral_withdraw(*, referral: Referral, by: User | None) -> Referral:
    """The sender does not need it any more; called for the holder of the receipt, by the system.

    Raises:
        DomainError: `referral_in.withdraw.wrong_state` when it has been answered.
    """
    referral = _locked(referral)
    move(referral, REFERRAL_IN, "withdraw", by=by)
    tasks_close(kind="referral", subject=referral)
    receipt_tell(referral)
    audit.record("referral.withdraw", by=by, on=referral, organization_id=referral.organization_id)
    return referral


@command
def referral_reveal(*, referral: Referral, reason: str, by: User) -> dict[str, str]:
    """Name and telephone as they were sent by the door; who looked, and why, stays in the audit."""
    require(can_reveal_referral, by, referral)
    item = InboxItem.objects.visible_to(by).get(pk=referral.inbox_item_id)
    audit.record("referral.reveal", by=by, on=referral, reason=reason[:200])
    said = item.payload
    return {
        "name": said.get("patient_name") or said.get("name", ""),
        "asker": said.get("name", "") if said.get("patient_name") else "",
        "phone": said.get("phone", ""),
        "mrn": said.get("mrn", ""),
    }


def finish_referral(case: Case, *, outcome: str, by: User) -> None:
    """When a case ends, what brought it is done."""
    if case.referral_id is None:
        return
    referral = Referral.objects.locked().get(pk=case.referral_id)
    if referral.state != ReferralState.ACCEPTED:
        return
    referral.outcome = outcome
    move(referral, REFERRAL_IN, "done", by=by, also=("outcome",))
    receipt_tell(referral)
    audit.record("referral.done", by=by, on=referral, outcome=outcome)
