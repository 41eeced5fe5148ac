"""The agreement before the payout: its card and button on both sides, the paper, the signed scan."""

import datetime as dt
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.services.documents import case_document_add
from departments.models.people import User
from donations.forms.lane import AgreementForm
from donations.models.aid_agreements import AidAgreement
from donations.models.requests import FundingRequest
from donations.permissions import can_submit_request
from donations.services.agreement_scans import DOCUMENT
from donations.services.aid_agreement_papers import agreement_paper
from donations.services.aid_agreements import aid_agreement_sign, signers_of, terms_of
from donations.services.course import awaits_agreement
from donations.services.project_papers import project_paper_add
from donations.views.agreement_scans import scan_url
from donations.views.asking import address_of, request_or_404
from donations.views.guards import foundation_page, hospital_page
from donations.views.lists import Lists
from donations.views.offers import Offer
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

JOINS = ("programme_version", "organization", "counterparty", "project", "case__client__root")


def agreement_card(user: User, aid: FundingRequest, lists: Lists) -> dict[str, Any] | None:
    """What either house reads of the agreement; None where the programme has none or it is not time."""
    signed = next(iter(lists.agreements), None)
    if signed is None and not awaits_agreement(aid):
        return None
    is_own = user.house_id == aid.organization_id
    is_paper = signed is not None and signed.way == AidAgreement.Way.PAPER
    page = "donations:request_agreement" if is_own else "donations:review_agreement"
    clauses = signed.text.split("\n") if signed else terms_of(aid).clauses
    return {
        "signed": signed,
        "clauses": clauses,
        "paper_url": reverse(page, args=[aid.uid]),
        "scan_url": scan_url(user, aid) if is_paper else "",
        "is_scan_withheld": is_paper and not is_own and not aid.is_for_project,
    }


def agreement_offers(user: User, aid: FundingRequest) -> list[Offer]:
    """The hospital's step: only where the programme wants it and nobody agreed yet."""
    if not awaits_agreement(aid) or aid.on_hold_at or not can_submit_request(user, aid):
        return []
    url = reverse("donations:aid_agreement_sign", args=[aid.uid])
    return [Offer("agreement", _("登记纸质协议"), url, is_primary=True)]


@require_http_methods(["GET", "POST"])
@hospital_page
def sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Signed on paper: the day, who signed, the scan."""
    aid = request_or_404(request, uid)
    require(can_submit_request, request.user, aid)
    back = address_of(aid)
    return take(
        request,
        Step(
            form=AgreementForm,
            form_args={"signers": signers_of(aid, AidAgreement.Way.PAPER)},
            service=_sign,
            given={"request": aid},
            to=back,
            done=_("协议已登记，基金会可以开拨付单。"),
            **_words(aid),
            has_files=True,
            url=request.path,
            back_url=back,
            crumbs=((back, _("救助申请")),),
        ),
    )


def _words(aid: FundingRequest) -> dict[str, Any]:
    amount = _("%(amount)s 元") % {"amount": money(aid.approved)} if aid.approved else ""
    return {
        "title": _("登记纸质协议"),
        "button": _("登记"),
        "note": _(
            "先打印协议，向家庭逐条讲清楚，签字后扫描。家属也可以用查询码在手机上看过再同意，那样不用登记。"
        ),
        "facts": ((_("协议金额"), amount),) if amount else (),
    }


def _sign(
    *, request: FundingRequest, signer: str, signed_on: dt.date, file: UploadedFile, by: Any
) -> AidAgreement:
    """The scan is kept as the case's own file; a project's stays with the request."""
    if request.is_for_project:
        scan = project_paper_add(request=request, kind=DOCUMENT, file=file, by=by)
    else:
        scan = case_document_add(case=request.case, kind=DOCUMENT, file=file, by=by)
    return aid_agreement_sign(request=request, signer=signer, signed_on=signed_on, scan=scan, by=by)


@require_safe
@hospital_page
def request_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The paper to sign or as signed: by name."""
    return _sent(request, uid)


@require_safe
@foundation_page
def review_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The foundation's copy: by the pseudonym."""
    return _sent(request, uid)


def _sent(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = FundingRequest.objects.visible_to(request.user).select_related(*JOINS)
    aid = get_object_or_404(rows, uid=uid)
    response = HttpResponse(
        agreement_paper(request=aid, by=request.user), content_type="application/pdf"
    )
    name = f"{_('救助协议')} {aid.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store, private"
    return response
