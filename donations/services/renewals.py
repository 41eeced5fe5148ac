"""A share consent is signed anew: the requests under the old one go on under the new one, told no more than it covers."""

from typing import Any

from cases.consent_permissions import can_make_disclosure
from cases.models.codes import ConsentKind
from cases.models.consents import Consent, Disclosure
from cases.services.disclosures import copy_empty
from departments import audit
from donations.models.requests import FundingRequest
from donations.services.aid_marks import mark_write
from donations.services.copies import disclose_review
from donations.services.holds import request_hold
from donations.services.readiness import check_consent
from donations.workflow import FINAL
from msw_portal.kernel.errors import DomainError


def requests_rebind(*, consent: Consent, older: Consent, by: Any) -> int:
    """Carry every open request of `older` over to `consent`, in the transaction that gives it; how many go on.

    With fewer items the review copy is made anew and what was told of the person is emptied. What no longer
    covers a review stops, as after a withdrawal. Consents of another case change nothing here.
    """
    if consent.kind != ConsentKind.SHARE_TO_ORG:
        return 0
    rows = (
        FundingRequest.objects.locked()
        .select_related("programme_version", "organization", "case__client", "case__episode")
        .filter(
            organization_id=consent.organization_id, consent_id=older.pk, on_hold_at__isnull=True
        )
        .exclude(state__in=sorted(FINAL))
        .order_by("pk")
    )
    carried = 0
    for request in rows:
        if consent.case_id not in (None, request.case_id):
            continue
        if _is_covered(request, consent, older, by):
            _carry(request, consent, older, by)
            carried += 1
        else:
            _empty(request.review_disclosure, by)
            _empty(request.identity_disclosure, by)
            request_hold(request, consent=older, by=by)
    return carried


def _is_narrower(consent: Consent, older: Consent) -> bool:
    return not set(older.items) <= set(consent.items)


def _is_covered(request: FundingRequest, consent: Consent, older: Consent, by: Any) -> bool:
    """Whether the new consent allows the request to go on; a copy made anew needs somebody who may make it."""
    try:
        check_consent(request, consent)
    except DomainError:
        return False
    return not _is_narrower(consent, older) or can_make_disclosure(by, consent)


def _carry(request: FundingRequest, consent: Consent, older: Consent, by: Any) -> None:
    told = request.identity_disclosure
    if told is not None and not set(told.fields) <= set(consent.items):
        _empty(told, by)
        request.identity_disclosure = None
    if _is_narrower(consent, older):
        disclose_review(request, consent, by=by)
    else:
        request.consent = consent
        mark_write(request, consent)
    request.save(update_fields=["consent", "identity_disclosure"])
    audit.record("funding_request.rebind", by=by, on=request, consent=consent.uid, before=older.uid)


def _empty(disclosure: Disclosure | None, by: Any) -> None:
    if disclosure is not None:
        copy_empty(disclosure, reason="narrowed", by=by)
