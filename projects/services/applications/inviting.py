"""Co-applicants: another house is asked, answers for itself, and reads the copy made for it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services import outbox
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.applications import Application, ApplicationParty
from projects.permissions.calls import can_answer_invitation, can_write_application
from projects.services.applications.content import whole_of
from projects.services.applications.writing import locked, outline, settle

State = ApplicationParty.State


@command
def co_applicant_ask(
    *, application: Application, partner: Organization, part: str, by: Any
) -> ApplicationParty:
    """Ask another house to apply together; it is told and answers, and sees the outline until then.

    Raises:
        DomainError: `party.own_house`, `party.not_here`, `party_co_applicant_once` on `partner`.
    """
    row = locked(application, by)
    if partner.pk in {row.organization_id, row.call.organization_id}:
        raise DomainError("party.own_house", _("请选择另一家申报单位。"), "partner")
    if not partner.is_tenant:
        raise DomainError(
            "party.not_here",
            _("这个单位没有使用本平台，不能在线答复；请填在“合作机构”里。"),
            "partner",
        )
    party = ApplicationParty(
        organization_id=row.organization_id,
        application=row,
        role=ApplicationParty.Role.CO_APPLICANT,
        partner=partner,
        name=partner.name,
        part=part.strip(),
        state=State.ASKED,
        asked_at=timezone.now(),
        application_state=row.state,
        shown=outline(whole_of(row)),
        created_by=by,
    )
    party.save(force_insert=True)
    _put("application.invited", party, partner.pk)
    audit.record("application.invite", by=by, on=row, partner=partner.uid)
    return party


@command
def co_applicant_end(*, party: ApplicationParty, by: Any) -> ApplicationParty:
    """Take an invitation back, or part with a co-applicant, while the application can be changed."""
    row = locked(party.application, by)
    party = ApplicationParty.objects.locked().get(pk=party.pk)
    if party.state not in {State.ASKED, State.ACCEPTED}:
        raise DomainError("party.ended", _("这份邀请已经结束。"), status=409)
    party.state = State.ENDED
    party.save(update_fields=["state"])
    _put("application.uninvited", party, party.partner_id)
    audit.record("application.uninvite", by=by, on=row, partner=party.partner.uid)
    settle(row, by=by)
    return party


@command
def invitation_answer(
    *, party: ApplicationParty, verdict: str, note: str = "", by: Any
) -> ApplicationParty:
    """The invited house agrees (`accepted`) or does not (`refused`, with a reason); its word alone.

    Raises:
        DomainError: `permission.can_answer_invitation` (403), `party.needs_reason` on `note`.
    """
    require(can_answer_invitation, by, party)
    party = ApplicationParty.objects.locked().get(pk=party.pk)
    require(can_answer_invitation, by, party)
    if verdict == State.REFUSED and not note.strip():
        raise DomainError("party.needs_reason", _("不同意请写明理由。"), "note")
    party.state = State(verdict)
    party.answered_at, party.answered_by = timezone.now(), by
    party.answer_note = note.strip()
    party.save(update_fields=["state", "answered_at", "answered_by", "answer_note"])
    outbox.put(
        "application.answered",
        organization_id=by.house_id,
        subject=party,
        house_id=party.organization_id,
        party=party.pk,
        verdict=verdict,
    )
    audit.record("application.answer", by=by, on=party, verdict=verdict)
    return party


def _put(topic: str, party: ApplicationParty, house: int | None) -> None:
    outbox.put(
        topic,
        organization_id=party.organization_id,
        subject=party,
        house_id=house,
        party=party.pk,
    )


def may_invite(user: Any, application: Application) -> bool:
    return can_write_application(user, application)
