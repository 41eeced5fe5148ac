"""Referrals to somebody else (F6): drafted, sent as a consented copy, reminded of, cancelled."""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case, Referral
from cases.models.codes import DisclosureLevel, LegalBasis, NeedCategory, Priority
from cases.models.consents import Consent
from cases.models.referral_codes import ReferrerProfession
from cases.referral_permissions import (
    can_cancel_referral,
    can_draft_referral,
    can_send_referral,
)
from cases.services.clocks import end_of_day
from cases.services.disclosures import copy_empty, copy_freeze
from cases.services.receipts import hash_of
from cases.services.referral_copies import ITEMS, copy_payload, share_consent
from cases.services.referral_targets import has_inbox
from cases.workflow import REFERRAL_OUT, ReferralState
from departments import audit
from departments.models.mechanisms import AccessLink, Task
from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.resources import ResourceService
from departments.services import outbox
from departments.services.moving import move, write_transition
from departments.services.registers import holidays_between
from departments.services.tasks import task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.workdays import add_working_days

TOKEN_BYTES = 16  # 128 bits
LINK_VALID = dt.timedelta(days=90)
REMIND_AFTER = (3, 7)  # working days without an answer
REMINDER = "referral_reply"
FOLLOW_UP = "referral_follow_up"
# Contract is no ground for handing a person's file on.
BASES = (LegalBasis.STATUTORY, LegalBasis.VITAL_INTEREST, LegalBasis.PUBLIC_HEALTH)


@dataclass(frozen=True)
class Sent:
    """A referral that left; `token` opens the answer page, is shown once, and is "" between houses
    of the installation."""

    referral: Referral
    token: str


def _locked(referral: Referral) -> Referral:
    return (
        Referral.objects.locked()
        .select_related(
            "case__client__region",
            "case__episode__ward",
            "case__organization",
            "case__department",
            "to_organization",
            "reply_link",
            "disclosure",
        )
        .get(pk=referral.pk)
    )


def _content(
    case: Case,
    *,
    to_organization: Organization | None,
    to_text: str,
    reason: str,
    needs: Iterable[str],
    urgency: str,
    reply_due_on: dt.date | None,
    follow_up_on: dt.date | None,
    client_aware: bool,
    to_service: ResourceService | None = None,
) -> dict[str, Any]:
    if to_service is not None and to_organization is None and not to_text.strip():
        to_organization = to_service.provider
    if to_service is not None and to_service.provider_id != getattr(to_organization, "pk", None):
        raise DomainError(
            "referral.service_of_another",
            _("这项服务不是所选机构提供的：请改选机构，或不选用服务。"),
            "to_service",
        )
    to_text, needs = to_text.strip(), list(dict.fromkeys(needs))
    if to_organization is None and not to_text:
        raise DomainError("referral_out_names_whom", _("请写明转给哪家机构。"), "to_text")
    if to_organization is not None and to_text:
        raise DomainError("referral.one_receiver", _("只写一家：从名录里选，或自己写。"), "to_text")
    if to_organization is not None and to_organization.pk == case.organization_id:
        raise DomainError("referral.to_own_house", _("院内转介请用个案移交。"), "to_organization")
    if not reason.strip():
        raise DomainError("referral.needs_reason", _("请写明转介原因。"), "reason")
    if not needs:
        raise DomainError("referral.needs_service", _("请选择需要对方提供什么。"), "needs")
    if set(needs) - set(NeedCategory.values):
        raise DomainError("referral.need_unknown", _("请从列表中选择。"), "needs")
    if urgency not in Priority.values:
        raise DomainError("referral.urgency_unknown", _("请从列表中选择。"), "urgency")
    today = timezone.localdate()
    for name, day in (("reply_due_on", reply_due_on), ("follow_up_on", follow_up_on)):
        if day is not None and day < today:
            raise DomainError("referral.day_is_past", _("不能早于今天。"), name)
    return {
        "to_organization": to_organization,
        "to_service": to_service,
        "to_text": to_text,
        "reason": reason.strip(),
        "needs": needs,
        "urgency": urgency,
        "reply_due_on": reply_due_on,
        "follow_up_on": follow_up_on,
        "client_aware": client_aware,
    }


@command
def referral_draft(*, case: Case, by: User, **content: Any) -> Referral:
    """Begin a referral of the case's person to somebody else; nothing leaves the house yet.

    Raises:
        DomainError: `referral.*`, `referral_out_names_whom` on the field it concerns.
    """
    case = Case.objects.select_related("department").get(pk=case.pk)
    require(can_draft_referral, by, case)
    referral = Referral(
        organization_id=case.organization_id,
        direction=Referral.Direction.OUT,
        state=ReferralState.DRAFT,
        client_id=case.client_id,
        case=case,
        from_department_id=case.department_id,
        from_text=by.display_name,
        from_profession=ReferrerProfession.SOCIAL_WORKER,
        created_by=by,
        **_content(case, **content),
    )
    referral.save(force_insert=True)
    write_transition(referral, REFERRAL_OUT, "draft", before="", by=by)
    audit.record(
        "referral.draft", by=by, on=referral, needs=referral.needs, urgency=referral.urgency
    )
    return referral


@command
def referral_rewrite(
    *, referral: Referral, base: int | None = None, by: User, **content: Any
) -> Referral:
    """Change a draft; `base` is its row_version when the page was opened (None: do not ask).

    Raises:
        DomainError: `referral.not_a_draft` (409) once it has been sent, `form.stale` (409).
    """
    referral = _locked(referral)
    require(can_send_referral, by, referral)
    if referral.state != ReferralState.DRAFT:
        raise DomainError("referral.not_a_draft", _("已经发出，不能再改。"), status=409)
    check_base(base, referral.row_version)
    changed = _content(referral.case, **content)
    for name, value in changed.items():
        setattr(referral, name, value)
    referral.save(update_fields=sorted(changed))
    audit.record(
        "referral.rewrite", by=by, on=referral, needs=referral.needs, urgency=referral.urgency
    )
    return referral


def _ground(referral: Referral, basis: str, note: str) -> Consent | None:
    """The consent the copy stands on, or None when another basis is named with its reason."""
    if basis == LegalBasis.CONSENT:
        consent = share_consent(referral)
        if consent is None:
            raise DomainError(
                "referral.needs_share_consent",
                _("还没有向这家机构提供信息的有效同意，请先登记，或写明其他处理依据。"),
                "basis",
                status=409,
            )
        return Consent.objects.locked().select_related("recipient", "template").get(pk=consent.pk)
    if basis not in BASES:
        raise DomainError("referral.basis_unknown", _("请从列表中选择。"), "basis")
    if not note.strip():
        raise DomainError("referral.basis_needs_note", _("没有同意就发出，请写明理由。"), "note")
    return None


@command
def referral_send(
    *, referral: Referral, basis: str, items: Iterable[str] = (), note: str = "", by: User
) -> Sent:
    """Send a draft: the copy is frozen, and the receiver can answer.

    A hospital of this installation finds it in its inbox; anybody else answers by the one-time
    link whose token is returned. `items` are codes of ShareItem within the consent.

    Raises:
        DomainError: `referral.needs_share_consent`, `referral.item_not_consented`,
            `referral.basis_*`, `referral_out.send.wrong_state`.
    """
    referral = _locked(referral)
    require(can_send_referral, by, referral)
    REFERRAL_OUT.check(referral, "send")
    items = list(dict.fromkeys(items))
    if set(items) - {item.value for item in ITEMS}:
        raise DomainError("referral.item_unknown", _("请从列表中选择。"), "items")
    consent = _ground(referral, basis, note)
    if consent is not None and set(items) - set(consent.items):
        raise DomainError("referral.item_not_consented", _("有的信息不在同意的范围内。"), "items")
    is_inside = has_inbox(referral.to_organization)
    token, link = ("", None) if is_inside else _open_link(referral, by)
    is_registered = referral.to_organization_id is not None
    referral.disclosure = copy_freeze(
        organization=referral.case.organization,
        recipient=referral.to_organization,
        link=None if is_registered else link,
        consent=consent,
        level=DisclosureLevel.REFERRAL,
        subject=referral,
        payload=copy_payload(referral, items, consent=consent, basis=basis),
        expires_at=end_of_day(consent.valid_to) if consent and consent.valid_to else None,
        by=by,
    )
    referral.consent, referral.reply_link = consent, link
    referral.legal_basis = "" if consent else basis
    referral.sent_at = timezone.now()
    move(
        referral,
        REFERRAL_OUT,
        "send",
        by=by,
        reason=note,
        also=("consent", "legal_basis", "disclosure", "reply_link", "sent_at"),
    )
    _remind_later(referral, by)
    if is_inside:
        outbox.put(
            "referral.sent",
            organization_id=referral.organization_id,
            subject=referral,
            dedup_key=f"sent:{referral.uid}",
        )
    audit.record(
        "referral.send",
        by=by,
        on=referral,
        basis=basis,
        items=items,
        recipient=referral.to_organization.uid if is_registered else None,
    )
    return Sent(referral, token)


def _open_link(referral: Referral, by: User) -> tuple[str, AccessLink]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        organization_id=referral.organization_id,
        kind=AccessLink.Kind.REFERRAL_REPLY,
        token_hash=hash_of(token),
        department_id=referral.from_department_id,
        subject_kind=referral._meta.model_name,
        subject_id=referral.pk,
        subject_uid=referral.uid,
        expires_at=timezone.now() + LINK_VALID,
        created_by=by,
    )
    link.save(force_insert=True)
    return token, link


def _remind_later(referral: Referral, by: User) -> None:
    today = timezone.localdate()
    holidays = holidays_between(today, today + dt.timedelta(days=3 * max(REMIND_AFTER) + 30))
    for days in REMIND_AFTER:
        task_open(
            kind=REMINDER,
            organization_id=referral.organization_id,
            subject=referral,
            due_at=end_of_day(add_working_days(today, days, holidays).on),
            assignee=referral.case.worker,
            department_id=referral.case.department_id,
            dedup_key=f"{REMINDER}:{referral.uid}:{days}",
            by=by,
        )
    if referral.follow_up_on is not None:
        task_open(
            kind=FOLLOW_UP,
            organization_id=referral.organization_id,
            subject=referral,
            due_at=end_of_day(referral.follow_up_on),
            assignee=referral.case.worker,
            department_id=referral.case.department_id,
            by=by,
        )


@command
def referral_relink(*, referral: Referral, by: User) -> Sent:
    """A new link in place of one that was lost; the old one stops working at once.

    Raises:
        DomainError: `referral.link_is_over` (409) when no answer is awaited by a link.
    """
    referral = _locked(referral)
    require(can_send_referral, by, referral)
    awaits = referral.state in (ReferralState.SENT, ReferralState.ACCEPTED)
    if not awaits or referral.reply_link_id is None:
        raise DomainError("referral.link_is_over", _("这张转介单不再用链接回复。"), status=409)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = referral.reply_link
    link.token_hash, link.expires_at = hash_of(token), timezone.now() + LINK_VALID
    link.save(update_fields=["token_hash", "expires_at"])
    audit.record("referral.relink", by=by, on=referral)
    return Sent(referral, token)


@command
def referral_remind(*, referral: Referral, reason: str, by: User) -> Referral:
    """Write down that the receiver was asked again, whom and how; the next reminder goes on.

    Raises:
        DomainError: `referral_out.remind.wrong_state`, `referral_out.remind.needs_reason`.
    """
    referral = _locked(referral)
    require(can_send_referral, by, referral)
    move(referral, REFERRAL_OUT, "remind", by=by, reason=reason)
    first = (
        Task.objects.filter(
            organization_id=referral.organization_id,
            kind=REMINDER,
            subject_kind=referral._meta.model_name,
            subject_id=referral.pk,
            state=Task.State.OPEN,
        )
        .order_by("due_at")
        .first()
    )
    if first is not None:
        first.state, first.closed_at = Task.State.DONE, timezone.now()
        first.save(update_fields=["state", "closed_at"])
    audit.record("referral.remind", by=by, on=referral)
    return referral


def end_waiting(referral: Referral, *, is_final: bool) -> None:
    """Nothing is awaited any more: reminders are done, and after the last word the link is dead."""
    tasks_close(kind=REMINDER, subject=referral)
    if is_final and referral.reply_link_id is not None:
        AccessLink.objects.filter(pk=referral.reply_link_id, revoked_at__isnull=True).update(
            revoked_at=timezone.now()
        )


def referral_take_back(referral: Referral, *, reason: str, by: User | None) -> None:
    """Cancel a referral that was not answered: the copy is emptied, the link opens nothing.

    The caller has locked the row and asked for the right.
    """
    was_sent = referral.state == ReferralState.SENT
    move(referral, REFERRAL_OUT, "cancel", by=by, reason=reason)
    if referral.disclosure_id is not None:
        copy_empty(referral.disclosure, reason="cancelled", by=by)
    end_waiting(referral, is_final=True)
    tasks_close(kind=FOLLOW_UP, subject=referral, state=Task.State.CANCELLED)
    if was_sent and referral.reply_link_id is None:
        outbox.put(
            "referral.cancelled",
            organization_id=referral.organization_id,
            subject=referral,
            dedup_key=f"cancelled:{referral.uid}",
        )


@command
def referral_cancel(*, referral: Referral, reason: str, by: User) -> Referral:
    """Take it back before it was answered: the copy is emptied, the link opens nothing.

    Raises:
        DomainError: `referral_out.cancel.wrong_state`, `referral_out.cancel.needs_reason`.
    """
    referral = _locked(referral)
    require(can_cancel_referral, by, referral)
    referral_take_back(referral, reason=reason, by=by)
    audit.record("referral.cancel", by=by, on=referral)
    return referral
