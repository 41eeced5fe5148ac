"""Referrals between two houses of the installation: carried over as a consented copy, answers carried back.

Each function runs in the scope of one house as the system; the outbox carries between them.
"""

import uuid
from dataclasses import dataclass

from cases.models.casework import Referral
from cases.models.codes import NoHelpReason, Priority
from cases.models.referral_codes import ReferrerProfession
from cases.services.clocks import triage_due
from cases.services.receipts import ReferrerAnswer
from cases.services.referral_targets import has_inbox
from cases.services.replies import reply_take
from cases.workflow import REFERRAL_IN, REFERRAL_OPEN, ReferralState
from departments import audit
from departments.models.organizations import Department, DepartmentKind
from departments.services import outbox
from departments.services.moving import move, write_transition
from departments.services.tasks import task_open, tasks_close

# How the receiver's state is said in the sender's diagram.
STEPS = {
    ReferralState.ACCEPTED: ("accept",),
    ReferralState.REFUSED: ("refuse",),
    ReferralState.RETURNED: ("refuse",),
    ReferralState.COMPLETED: ("accept", "done"),
}
CODES = {
    ReferrerAnswer.OUT_OF_SCOPE: NoHelpReason.NOT_ELIGIBLE,
    ReferrerAnswer.OTHER_SERVICE: NoHelpReason.PASSED_ON,
    ReferrerAnswer.NOT_REACHED: NoHelpReason.NOT_REACHED,
    ReferrerAnswer.NOT_WANTED: NoHelpReason.NOT_WANTED,
    ReferrerAnswer.MORE_NEEDED: NoHelpReason.NEEDS_MORE,
}


@dataclass(frozen=True)
class Crossing:
    """What is carried over beside the copy: codes, dates and the names of house and department."""

    uid: uuid.UUID
    sender: int
    sender_name: str
    receiver: int
    needs: tuple[str, ...]
    urgency: str
    client_aware: bool


def crossing_find(*, house: int, uid: uuid.UUID) -> Crossing | None:
    """The sent referral to another house, in the sender's scope; None when it was taken back."""
    row = (
        Referral.objects.filter(organization_id=house, uid=uid, state=ReferralState.SENT)
        .select_related("organization", "from_department", "to_organization")
        .first()
    )
    if row is None or not has_inbox(row.to_organization):
        return None
    where = row.from_department.name if row.from_department else ""
    return Crossing(
        uid=row.uid,
        sender=house,
        sender_name=f"{row.organization.name} {where}".strip(),
        receiver=row.to_organization_id,
        needs=tuple(row.needs),
        urgency=row.urgency,
        client_aware=row.client_aware,
    )


def crossing_arrive(crossing: Crossing) -> Referral | None:
    """Put it into the receiver's inbox, in the receiver's scope; None when it is there already.

    The reason and the person stand in the copy alone, so that a withdrawn consent empties them.
    """
    house = crossing.receiver
    if Referral.objects.filter(organization_id=house, origin_uid=crossing.uid).exists():
        return None
    desk = (
        Department.objects.filter(
            organization_id=house, kind=DepartmentKind.MSW, ended_on__isnull=True
        )
        .order_by("id")
        .first()
    )
    referral = Referral(
        organization_id=house,
        from_organization_id=crossing.sender,
        origin_uid=crossing.uid,
        from_text=crossing.sender_name[:120],
        # Only a department of social work sends to another house.
        from_profession=ReferrerProfession.SOCIAL_WORKER,
        reason="内容见对方提供的副本",
        needs=list(crossing.needs),
        urgency=crossing.urgency,
        client_aware=crossing.client_aware,
    )
    referral.due_at = triage_due(
        desk, is_crisis=crossing.urgency == Priority.URGENT, since=referral.received_at
    )
    referral.save(force_insert=True)
    write_transition(referral, REFERRAL_IN, "receive", before="", by=None)
    task_open(
        kind="referral",
        organization_id=house,
        subject=referral,
        due_at=referral.due_at,
        role="worker",
        department_id=desk.pk if desk else None,
    )
    if desk is not None:
        outbox.put("referral.arrived", organization_id=house, subject=referral, department=desk.pk)
    audit.record(
        "referral.receive",
        by=None,
        on=referral,
        organization_id=house,
        urgency=referral.urgency,
        needs=referral.needs,
        origin=crossing.uid,
    )
    return referral


def crossing_take_back(*, house: int, origin_uid: uuid.UUID) -> bool:
    """The sender cancelled: an unanswered one leaves the receiver's inbox; in the receiver's scope."""
    referral = (
        Referral.objects.locked().filter(organization_id=house, origin_uid=origin_uid).first()
    )
    if referral is None or referral.state not in REFERRAL_OPEN:
        return False
    move(referral, REFERRAL_IN, "withdraw", by=None)
    tasks_close(kind="referral", subject=referral)
    audit.record("referral.withdraw", by=None, on=referral, organization_id=house)
    return True


@dataclass(frozen=True)
class Answer:
    """The receiver's state on its way back."""

    house: int
    uid: uuid.UUID
    state: str
    code: str
    message: str


def answer_find(*, house: int, uid: uuid.UUID) -> Answer | None:
    """What the receiver says now, in the receiver's scope."""
    row = Referral.objects.filter(organization_id=house, uid=uid).first()
    if row is None or row.origin_uid is None:
        return None
    code = CODES.get(row.outcome, NoHelpReason.OTHER)
    return Answer(row.from_organization_id, row.origin_uid, row.state, code, row.feedback or "")


def answer_apply(answer: Answer) -> int:
    """Bring the sender's own row to the receiver's state, in the sender's scope; how many steps it took."""
    taken = 0
    for step in STEPS.get(answer.state, ()):
        row = Referral.objects.filter(organization_id=answer.house, uid=answer.uid).first()
        open_to = ReferralState.ACCEPTED if step == "done" else ReferralState.SENT
        if row is None or row.state != open_to:
            continue
        reply_take(
            referral=row,
            step=step,
            code=answer.code if step == "refuse" else "",
            message=answer.message,
            by=None,
        )
        taken += 1
    return taken
