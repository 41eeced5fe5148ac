"""The later notice of an emergency (PIPL 18): on the clock from the hour it began, recorded when it was given."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.consent_permissions import can_withdraw_consent
from cases.models.consents import Consent
from cases.services.clocks import case_task
from cases.workflow import CONSENT
from departments import audit
from departments.models.people import User
from departments.services.moving import write_transition
from departments.services.tasks import task_finish, task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

LEAST_REASON = 10


def notice_due(consent: Consent, by: User) -> None:
    """The later notice comes onto the clock: of the case where there is one."""
    if consent.case is not None:
        case_task(
            consent.case,
            "consent_notice",
            due_at=consent.notice_due_at,
            assignee=consent.case.worker or by,
            key=_notice_key(consent),
            by=by,
        )
        return
    task_open(
        kind="consent_notice",
        organization_id=consent.organization_id,
        subject=consent,
        due_at=consent.notice_due_at,
        assignee=by,
        dedup_key=_notice_key(consent),
        by=by,
    )


def _notice_key(consent: Consent) -> str:
    return f"consent_notice:{consent.uid}"


@command
def consent_note_notice(*, consent: Consent, told: str, by: User) -> Consent:
    """The person was told afterwards what was done in the emergency (PIPL 18).

    `told` says who was told, when and how; it is kept sealed in the history of the row.

    Raises:
        DomainError: `consent.no_notice_due` (409), `consent.notice.needs_reason` on `told`.
    """
    consent = Consent.objects.locked().select_related("case").get(pk=consent.pk)
    require(can_withdraw_consent, by, consent)
    if consent.notice_due_at is None or consent.notice_given_at is not None:
        raise DomainError("consent.no_notice_due", _("没有待完成的事后告知。"), status=409)
    if len(told.strip()) < LEAST_REASON:
        raise DomainError(
            "consent.notice.needs_reason",
            _("请写明告知了谁、何时、怎样告知，至少 10 个字。"),
            "told",
        )
    before, consent.notice_given_at = consent.state, timezone.now()
    consent.save(update_fields=["notice_given_at"])
    write_transition(consent, CONSENT, "notice", before=before, by=by, reason=told.strip())
    task_finish(organization_id=consent.organization_id, dedup_key=_notice_key(consent))
    audit.record("consent.notice", by=by, on=consent)
    return consent
