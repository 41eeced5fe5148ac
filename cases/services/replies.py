"""The answer to an outgoing referral: by the holder of its link, who has no account, or by another house."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Referral
from cases.models.codes import NoHelpReason
from cases.models.consents import Disclosure
from cases.services.copy_bundles import bundle_text, party_of
from cases.services.outgoing import end_waiting
from cases.services.receipts import hash_of
from cases.services.referral_targets import receiver_of
from cases.workflow import REFERRAL_OUT, ReferralState
from departments import audit
from departments.models.mechanisms import AccessLink
from departments.services import outbox
from departments.services.entering import house_scope, token_scope
from departments.services.moving import move
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

# What may be answered in which state; the last word closes the link.
ANSWERS: dict[str, tuple[str, ...]] = {
    ReferralState.SENT: ("accept", "refuse"),
    ReferralState.ACCEPTED: ("done", "no_help"),
}
WITH_REASON = frozenset({"refuse", "no_help"})


@dataclass(frozen=True)
class Reply:
    """What the page behind a live link shows; `copy` is None until it is opened, and once it was withdrawn."""

    link_id: int
    house: str
    department: str
    receiver: str
    state: str
    urgency: str
    sent_at: dt.datetime
    reply_due_on: dt.date | None
    answers: tuple[str, ...]
    is_emptied: bool
    copy: Mapping[str, Any] | None = None


def _house_of(token: str) -> tuple[int, Any, int] | None:
    """House, referral and link behind a live token; None for every other, whatever its fault."""
    digest = hash_of(token)
    with token_scope(digest):
        return (
            AccessLink.objects.filter(
                Q(expires_at__gt=timezone.now()),
                token_hash=digest,
                kind=AccessLink.Kind.REFERRAL_REPLY,
                revoked_at__isnull=True,
            )
            .values_list("organization_id", "subject_uid", "pk")
            .first()
        )


def _referral(house: int, uid: Any) -> Referral | None:
    rows = Referral.objects.filter(
        organization_id=house, uid=uid, direction=Referral.Direction.OUT, state__in=ANSWERS
    )
    return rows.select_related(
        "organization", "from_department", "to_organization", "disclosure__organization"
    ).first()


def reply_open(token: str, *, with_copy: bool = False) -> Reply | None:
    """The referral behind a link; with the copy its reading is counted and audited. None for a dead link."""
    found = _house_of(token)
    if found is None:
        return None
    house, uid, link = found
    with house_scope(house, care=True):
        referral = _referral(house, uid)
        if referral is None:
            return None
        copy = _read(referral) if with_copy else None
        return _reply(referral, link, copy)


def reply_bundle(token: str) -> bytes | None:
    """The copy behind a live link as a FHIR bundle, read and counted; None for a dead link or copy."""
    found = _house_of(token)
    if found is None:
        return None
    house, uid, _link = found
    with house_scope(house, care=True):
        referral = _referral(house, uid)
        copy = _read(referral, format="fhir-r4") if referral is not None else None
        if copy is None:
            return None
        receiver = party_of(referral.to_organization, referral.to_text)
        return bundle_text(referral.disclosure, copy, state=referral.state, receiver=receiver)


def _reply(referral: Referral, link: int, copy: Mapping[str, Any] | None) -> Reply:
    return Reply(
        link_id=link,
        house=referral.organization.name,
        department=referral.from_department.name if referral.from_department else "",
        receiver=receiver_of(referral),
        state=referral.state,
        urgency=str(referral.get_urgency_display()),
        sent_at=referral.sent_at,
        reply_due_on=referral.reply_due_on,
        answers=ANSWERS[referral.state],
        is_emptied=referral.disclosure.withdrawn_at is not None,
        copy=copy,
    )


def _read(referral: Referral, **how: str) -> Mapping[str, Any] | None:
    row = Disclosure.objects.live().filter(pk=referral.disclosure_id).first()
    if row is None:
        return None
    Disclosure.objects.filter(pk=row.pk).update(read_count=F("read_count") + 1)
    audit.record(
        "disclosure.read",
        by=None,
        on=row,
        organization_id=row.organization_id,
        level=row.level,
        version=row.version,
        by_link=True,
        **how,
    )
    return row.payload


def reply_give(
    *, token: str, answer: str, reason_code: str = "", message: str = "", who: str
) -> Reply | None:
    """Answer as the holder of the link; the state afterwards, None for a dead link.

    Acts as the system in the link's house and does nothing there but this.

    Raises:
        DomainError: `reply.*` on its field.
    """
    found = _house_of(token)
    if found is None:
        return None
    house, uid, link = found
    with house_scope(house, care=True):
        referral = _referral(house, uid)
        if referral is None:
            return None
        if answer not in ANSWERS[referral.state]:
            raise DomainError("reply.not_now", _("这张转介单现在不能这样回复。"), "answer")
        if not who.strip():
            raise DomainError("reply.needs_who", _("请写您的姓名或科室，便于对方联系。"), "who")
        referral = reply_take(
            referral=referral,
            step=answer,
            code=reason_code,
            message=f"{who.strip()}：{message.strip()}" if message.strip() else who.strip(),
            by=None,
        )
        shown = referral.state if referral.state in ANSWERS else ReferralState.SENT
        return Reply(
            link_id=link,
            house=referral.organization.name,
            department=referral.from_department.name if referral.from_department else "",
            receiver=receiver_of(referral),
            state=referral.state,
            urgency=str(referral.get_urgency_display()),
            sent_at=referral.sent_at,
            reply_due_on=referral.reply_due_on,
            answers=ANSWERS[shown] if referral.state in ANSWERS else (),
            is_emptied=False,
        )


@command
def reply_take(*, referral: Referral, step: str, code: str, message: str, by: Any) -> Referral:
    """Move an outgoing referral as its receiver answered; tells the worker, stops reminders.

    Called for the receiver by the system: `by` is None.

    Raises:
        DomainError: `reply.needs_reason`, `referral_out.<step>.wrong_state`.
    """
    referral = (
        Referral.objects.locked()
        .select_related("organization", "from_department", "to_organization", "disclosure")
        .get(pk=referral.pk)
    )
    if step in WITH_REASON and code not in NoHelpReason.values:
        raise DomainError("reply.needs_reason", _("请选择原因，方便对方另想办法。"), "reason_code")
    referral.outcome, referral.feedback = step, message or None
    referral.no_help_reason = code if step in WITH_REASON else ""
    reason = str(NoHelpReason(code).label) if step in WITH_REASON else ""
    move(
        referral,
        REFERRAL_OUT,
        step,
        by=by,
        reason=reason,
        also=("outcome", "feedback", "no_help_reason"),
    )
    is_final = referral.state in REFERRAL_OUT.final
    end_waiting(referral, is_final=is_final)
    outbox.put(
        "referral.answered",
        organization_id=referral.organization_id,
        subject=referral,
        state=str(referral.state),
    )
    audit.record(
        f"referral.reply_{step}",
        by=by,
        on=referral,
        organization_id=referral.organization_id,
        reason=code or None,
    )
    return referral
