"""The decision as a paper for either house; the comparison with other foundations; the account corrected."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.forms.payout import PayeeForm
from donations.models.requests import FundingRequest
from donations.payment_permissions import can_correct_payee
from donations.services.decision_letters import decision_letter
from donations.services.double_aid import Overlap, overlap_look
from donations.services.payees import payee_correct
from donations.views.asking import address_of, request_or_404
from donations.views.guards import foundation_page, hospital_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.htmx import is_fragment

JOINS = ("programme_version", "organization", "counterparty")


def _sent(aid: FundingRequest, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{_('决定书')} {aid.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@foundation_page
def review_letter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The foundation's copy: by the pseudonym."""
    rows = FundingRequest.objects.visible_to(request.user).select_related(*JOINS)
    aid = get_object_or_404(rows, uid=uid)
    return _sent(aid, decision_letter(request=aid, by=request.user))


@require_safe
@hospital_page
def request_letter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The paper the worker gives to the family: by name."""
    rows = FundingRequest.objects.visible_to(request.user)
    aid = get_object_or_404(rows.select_related(*JOINS, "case__client__root"), uid=uid)
    return _sent(aid, decision_letter(request=aid, by=request.user))


@require_POST
@foundation_page
def overlap(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What other foundations have of this cost, asked once; a plain page without scripts."""
    rows = FundingRequest.objects.visible_to(request.user).select_related(*JOINS)
    aid = get_object_or_404(rows, uid=uid)
    found, refusal, status = None, "", 200
    try:
        found = overlap_look(request=aid, by=request.user)
    except DomainError as error:
        refusal, status = error.message, error.status
    page = "_overlap.html" if is_fragment(request) else "overlap.html"
    context = {
        "aid": aid,
        "overlap": found,
        "overlap_url": request.path,
        "overlap_refusal": refusal,
        "review_url": reverse("donations:review", args=[uid]),
        **(shares_of(found) if found else {}),
    }
    # The page says what was refused itself: a fragment with another status would not be put in.
    return render(request, f"donations/{page}", context, status=200 if status == 409 else status)


@require_http_methods(["GET", "POST"])
@hospital_page
def payee(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The account corrected after the bank sent the money back."""
    aid = request_or_404(request, uid)
    require(can_correct_payee, request.user, aid)
    back = address_of(aid)
    return take(
        request,
        Step(
            form=PayeeForm,
            initial=_known(aid),
            service=payee_correct,
            given={"request": aid},
            to=back,
            done=_("收款账户已更正，基金会重新开拨付单时使用。"),
            title=_("更正收款账户"),
            draft="donations-payee",
            subject=aid.uid,
            button=_("保存账户"),
            note=_(
                "银行退回了款项。请向财务核对户名、开户行和账号；拨付至医院的，户名必须是医院法人名称。"
            ),
            url=request.path,
            back_url=back,
            crumbs=((back, _("救助申请")),),
        ),
    )


def _known(aid: FundingRequest) -> dict[str, Any]:
    known = aid.payee or {}
    return {
        "payee_account": known.get("name") or aid.organization.name,
        "payee_bank": known.get("bank", ""),
        "payee_number": known.get("account", ""),
        "payee_code": known.get("code", ""),
    }


def shares_of(found: Overlap) -> dict[str, Any]:
    """The shares in percent, for the card."""
    return {"granted": int(found.granted * 100), "waiting": int(found.waiting * 100)}
