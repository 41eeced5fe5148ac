"""What comes to the door: receive, claim, accept, refuse, return."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.models.codes import NeedCategory, Priority
from cases.models.people import Client
from cases.permissions import (
    can_accept_referral,
    can_claim_referral,
    can_receive_referral,
    can_refuse_referral,
)
from cases.services.clocks import triage_due
from cases.workflow import REFERRAL_IN, ReferralState
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def referral_receive(
    *,
    client: Client | None = None,
    from_text: str,
    from_department: Department | None = None,
    reason: str,
    needs: Iterable[str] = (),
    urgency: str = Priority.NORMAL,
    client_aware: bool = False,
    by: User,
) -> Referral:
    """Write down a request for help; the clock for an answer starts now.

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
    now = timezone.now()
    own = Department.objects.filter(pk=by.acting.department_id).first()
    referral = Referral(
        organization_id=by.house_id,
        client=client,
        from_text=from_text.strip(),
        reason=reason.strip(),
        from_department=from_department,
        needs=needs,
        urgency=urgency,
        client_aware=client_aware,
        received_at=now,
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
    audit.record(
        "referral.receive",
        by=by,
        on=referral,
        urgency=urgency,
        needs=needs,
        has_client=client is not None,
    )
    return referral


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
    audit.record("referral.claim", by=by, on=referral)
    return referral


@command
def referral_release(*, referral: Referral, by: User) -> Referral:
    """Put a claimed request back for somebody else."""
    referral = _locked(referral)
    require(can_claim_referral, by, referral)
    referral.claimed_by = referral.claimed_at = None
    move(referral, REFERRAL_IN, "release", by=by, also=("claimed_by", "claimed_at"))
    audit.record("referral.release", by=by, on=referral)
    return referral


def accept_for(referral: Referral, person: Client, *, by: User) -> Referral:
    """Accept a locked referral for the person whose case it makes or joins."""
    require(can_accept_referral, by, referral)
    if referral.client_id is None:
        referral.client = person
    move(referral, REFERRAL_IN, "accept", by=by, also=("client",))
    tasks_close(kind="referral", subject=referral)
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


def _end(referral: Referral, step: str, *, reason: str, by: User) -> Referral:
    referral = _locked(referral)
    require(can_refuse_referral, by, referral)
    move(referral, REFERRAL_IN, step, by=by, reason=reason)
    tasks_close(kind="referral", subject=referral)
    audit.record(f"referral.{step}", by=by, on=referral)
    return referral


@command
def referral_refuse(*, referral: Referral, reason: str, by: User) -> Referral:
    """Not for this department; the reason goes back to the sender.

    Raises:
        DomainError: `referral_in.refuse.needs_reason`, `referral_in.refuse.wrong_state`.
    """
    return _end(referral, "refuse", reason=reason, by=by)


@command
def referral_return(*, referral: Referral, reason: str, by: User) -> Referral:
    """Back to the sender for what is missing.

    Raises:
        DomainError: `referral_in.return.needs_reason`, `referral_in.return.wrong_state`.
    """
    return _end(referral, "return", reason=reason, by=by)


def finish_referral(case: Case, *, outcome: str, by: User) -> None:
    """When a case ends, what brought it is done."""
    if case.referral_id is None:
        return
    referral = Referral.objects.locked().get(pk=case.referral_id)
    if referral.state != ReferralState.ACCEPTED:
        return
    referral.outcome = outcome
    move(referral, REFERRAL_IN, "done", by=by, also=("outcome",))
    audit.record("referral.done", by=by, on=referral, outcome=outcome)
