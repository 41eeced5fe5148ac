"""Identity for the payout; what stops when a consent is withdrawn, and how it goes on."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import ConsentKind, DisclosureLevel, ShareItem
from cases.models.consents import Consent, Disclosure
from cases.services.disclosures import disclosure_make
from departments import audit
from departments.models.mechanisms import Task
from departments.services.moving import write_transition
from donations.models.requests import FundingRequest
from donations.permissions import can_submit_request
from donations.services.agreement_scans import scan_share
from donations.services.copies import copies_shred, disclose_review, identity_payload
from donations.services.readiness import check_consent
from donations.services.requests import locked_own, refuse_hold, tell_foundation
from donations.services.tie_marks import ties_forget
from donations.workflow import FINAL, FUNDING_REQUEST, GRANTED, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

HELD = "funding_request.held"


@command
def identity_disclose(*, request: FundingRequest, by: Any) -> Disclosure:
    """Tell the foundation who it is, once the request is approved and the payout needs it.

    Raises:
        DomainError: `funding_request.identity_too_early` (409), `funding_request.needs_consent`,
            `funding_request.consent_too_narrow` when the consent does not cover the name.
    """
    request = locked_own(request, by=by, rule=can_submit_request)
    refuse_hold(request)
    if request.state not in GRANTED - FINAL:
        raise DomainError(
            "funding_request.identity_too_early", _("批准后才提供身份信息。"), status=409
        )
    check_consent(request, request.consent)
    payload = identity_payload(request, items=set(request.consent.items))
    if ShareItem.NAME not in payload:
        raise DomainError(
            "funding_request.consent_too_narrow", _("同意书没有勾选：姓名。"), "consent"
        )
    disclosure = disclosure_make(
        organization=request.organization,
        recipient=request.counterparty,
        consent=request.consent,
        level=DisclosureLevel.IDENTITY,
        subject=request,
        payload=payload,
        fields=list(payload),
        by=by,
    )
    request.identity_disclosure = disclosure
    request.save(update_fields=["identity_disclosure"])
    scan_share(request=request, by=by)
    audit.record("funding_request.identity", by=by, on=request, disclosure=disclosure.uid)
    return disclosure


def requests_hold(*, consent: Consent, by: Any) -> int:
    """A consent was withdrawn: every open request under it stops; runs in the withdrawal's transaction.

    Returns how many were stopped. The disclosures have been emptied by the caller.
    """
    if consent.kind != ConsentKind.SHARE_TO_ORG:
        return 0
    rows = (
        FundingRequest.objects.locked()
        .filter(
            organization_id=consent.organization_id,
            consent__in=Consent.objects.same_matter(consent).values("pk"),
            on_hold_at__isnull=True,
        )
        .exclude(state__in=sorted(FINAL))
        .order_by("pk")
    )
    for request in rows:
        request_hold(request, consent=consent, by=by)
    return len(rows)


def request_hold(request: FundingRequest, *, consent: Consent, by: Any) -> None:
    """Stop a locked request whose `consent` was taken back or no longer covers what a review needs."""
    request.on_hold_at, request.disease_group = timezone.now(), ""
    request.save(update_fields=["on_hold_at", "disease_group"])
    copies_shred(request)
    ties_forget(request)
    write_transition(request, FUNDING_REQUEST, "hold", before=request.state, by=by)
    tell_foundation(request, "hold", by=by, topic=HELD)
    audit.record(
        "funding_request.hold",
        by=by,
        on=request,
        organization_id=request.organization_id,
        consent=consent.uid,
    )


@command
def request_resume(*, request: FundingRequest, consent: Consent, by: Any) -> FundingRequest:
    """Go on after a new consent: new review copy, new copies of papers; who it is can be told again.

    What was due is due as much later as the request stood still.

    Raises:
        DomainError: `funding_request.not_on_hold` (409), `funding_request.needs_consent`.
    """
    request = locked_own(request, by=by, rule=can_submit_request)
    if request.on_hold_at is None:
        raise DomainError("funding_request.not_on_hold", _("申请没有暂停。"), status=409)
    check_consent(request, consent)
    # What was told of the person went with the consent: it is told again under the new one.
    _shift_clock(request)
    request.on_hold_at = request.identity_disclosure = None
    request.save(update_fields=["on_hold_at", "identity_disclosure", "due_at"])
    disclose_review(request, consent, by=by)
    write_transition(request, FUNDING_REQUEST, "resume", before=request.state, by=by)
    tell_foundation(request, "resume", by=by)
    audit.record("funding_request.resume", by=by, on=request, consent=consent.uid)
    return request


def _shift_clock(request: FundingRequest) -> None:
    # A notice is no clock that stands still: it is published anew with a whole window.
    if request.due_at is None or request.state == RequestState.PUBLIC_NOTICE:
        return
    request.due_at += timezone.now() - request.on_hold_at
    Task.objects.filter(
        organization_id=request.organization_id,
        kind="supplement",
        subject_kind=request._meta.model_name,
        subject_id=request.pk,
        state=Task.State.OPEN,
    ).update(due_at=request.due_at)
