"""The agreement as a paper: to be signed, or as it was signed; each reader's copy names the person as it may."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments import audit
from donations.models.aid_agreements import AidAgreement
from donations.models.requests import FundingRequest
from donations.permissions import can_view_request
from donations.querysets import FOUNDATION_ROLES
from donations.services.aid_agreements import agreement_of, terms_of
from donations.services.course import awaits_agreement
from donations.services.decision_letters import (
    FAMILY,
    FOUNDATION,
    HOSPITAL,
    contact_of,
    day_words,
    person_named,
)
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import capital_amount, format_amount
from msw_portal.kernel.typesetting import typeset

TEMPLATE = "aid_agreement.typ"


def agreement_paper(*, request: FundingRequest, by: Any) -> bytes:
    """PDF in Chinese for either house, to sign or as it was signed; audited.

    Raises:
        DomainError: `permission.can_view_request` (403), `aid_agreement.none` (409).
    """
    require(can_view_request, by, request)
    reader = FOUNDATION if by.role in FOUNDATION_ROLES else HOSPITAL
    paper = _paper(request, reader)
    audit.record("funding_request.print_agreement", by=by, on=request)
    return paper


def family_agreement(request: FundingRequest) -> bytes:
    """The family's own copy, behind its code.

    Raises:
        DomainError: `aid_agreement.none` (409).
    """
    return _paper(request, FAMILY)


def _paper(request: FundingRequest, reader: str) -> bytes:
    signed = agreement_of(request)
    if signed is None and not awaits_agreement(request):
        raise DomainError("aid_agreement.none", _("这份申请没有协议。"), status=409)
    at = signed.created_at if signed else request.state_entered_at
    with override(settings.LANGUAGE_CODE):
        return typeset(TEMPLATE, _content(request, signed, reader), at=at)


def _content(request: FundingRequest, signed: AidAgreement | None, reader: str) -> dict[str, Any]:
    terms = terms_of(request) if signed is None else None
    amount = signed.amount if signed else request.approved
    return {
        "title": "救助协议",
        "training": request.counterparty.is_training or request.organization.is_training,
        "house": request.counterparty.name,
        "hospital": request.organization.name,
        "number": request.number,
        "person": person_named(request, reader),
        "project": request.is_for_project,
        "programme": request.programme_version.name,
        "figure": format_amount(amount),
        "capitals": capital_amount(amount),
        "clauses": list(terms.clauses) if terms else signed.text.split("\n"),
        "digest": (terms.digest if terms else signed.digest)[:16],
        "signed": _signed(signed) if signed else None,
        "contact": contact_of(request),
    }


def _signed(signed: AidAgreement) -> dict[str, Any]:
    return {
        "day": day_words(signed.signed_on),
        "way": str(signed.get_way_display()),
        "signer": str(signed.get_signer_display()),
        "is_paper": signed.way == AidAgreement.Way.PAPER,
    }
