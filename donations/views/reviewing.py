"""The foundation's page of a request and the steps it may take."""

import uuid
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from donations.forms.review import (
    AcceptForm,
    ApproveForm,
    AskSupplementForm,
    CheckForm,
    ProposeForm,
    RejectForm,
    ReviewForm,
)
from donations.models.requests import FundingRequest
from donations.permissions import (
    can_approve_request,
    can_ask_supplement,
    can_check_request,
    can_propose_request,
    can_reject_ineligible,
    can_reject_request,
    can_review_request,
)
from donations.services.approving import quota_of
from donations.services.course import NAMES_A_SUM, default_amount, following_of
from donations.services.payable import payable_of
from donations.services.review import (
    request_approve,
    request_ask_supplement,
    request_check,
    request_propose,
    request_reject,
    request_reject_ineligible,
    request_review,
)
from donations.views import parts, review_page
from donations.views.guards import foundation_page
from donations.views.lists import Lists
from donations.views.sent import sent_or_404, step_of
from donations.views.stepping import take
from donations.views.sums import quota_facts
from donations.workflow import RequestState, next_stage
from msw_portal.kernel.display import money

R = RequestState


@require_safe
@foundation_page
def review(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid)
    return render(request, "donations/review.html", review_page.page(request.user, aid))


@require_http_methods(["GET", "POST"])
@foundation_page
def check(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Taking in hand, or saying that the papers are in order."""
    aid = sent_or_404(request, uid, can_check_request)
    words = _taking_in_hand() if aid.state == R.SUBMITTED else _papers_in_order(aid)
    return take(request, step_of(request, aid, service=request_check, **words))


def _taking_in_hand() -> dict[str, Any]:
    return {
        "form": CheckForm,
        "title": _("受理申请"),
        "button": _("受理"),
        "done": _("已受理。"),
        "note": _("受理后开始材料审核的时限。核对过材料的，可以一并送下一步。"),
    }


def _papers_in_order(aid: FundingRequest) -> dict[str, Any]:
    return {
        "form": AcceptForm,
        "title": _("材料齐全"),
        "button": _("送%(next)s") % {"next": _next_label(aid)},
        "done": _("材料齐全，已进入下一步。"),
        "note": _("材料将标为已核对；审核由另一人办理。"),
    }


def _next_label(aid: FundingRequest) -> str:
    try:
        return str(R(next_stage(R.DOCUMENT_CHECK, aid.programme_version.stages)).label)
    except LookupError:
        return _("下一步")


@require_http_methods(["GET", "POST"])
@foundation_page
def ask_supplement(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_ask_supplement)
    labels = parts.paper_labels(aid)
    papers = [
        (one.type, labels.get(one.type, one.type))
        for one in parts.papers_of(Lists(request.user, aid))
    ]
    days = aid.programme_version.sla.get(R.SUPPLEMENT_REQUIRED)
    return take(
        request,
        step_of(
            request,
            aid,
            form=AskSupplementForm,
            form_args={"papers": papers},
            service=request_ask_supplement,
            done=_("已要求补件，医院会收到待办。"),
            title=_("要求补件"),
            button=_("发出补件要求"),
            draft="donations-ask-supplement",
            subject=aid.uid,
            note=_("医院有 %(days)s 天补齐；逾期转为不予受理，可再次申请。") % {"days": days}
            if days
            else "",
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def reject_ineligible(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_reject_ineligible)
    return take(
        request,
        step_of(
            request,
            aid,
            form=RejectForm,
            service=request_reject_ineligible,
            done=_("已不予受理，理由已告知医院。"),
            title=_("不予受理"),
            button=_("不予受理"),
            tone="btn--danger",
            note=_("用于不符合项目条件或材料不实；材料不齐的请要求补件。"),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def reject(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_reject_request)
    return take(
        request,
        step_of(
            request,
            aid,
            form=RejectForm,
            service=request_reject,
            done=_("已作出不通过的决定，理由已告知医院。"),
            title=_("不通过"),
            button=_("不通过"),
            tone="btn--danger",
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def review_act(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """First or second review in favour; the last one names the sum."""
    aid = sent_or_404(request, uid, can_review_request)
    is_second = aid.state == R.SECOND_REVIEW
    names = _names_amount(aid)
    most = default_amount(aid) if aid.requested is not None else None
    return take(
        request,
        step_of(
            request,
            aid,
            form=ReviewForm,
            form_args={"names_amount": names, "most": most},
            service=request_review,
            initial={"amount": most} if names else {},
            done=_("意见已记录，进入下一步。"),
            title=_("复审意见") if is_second else _("初审意见"),
            button=_("同意并送下一步"),
            draft="donations-review",
            subject=aid.uid,
            note=_("意见写下后不能改动。不同意的请用“不通过”并写明理由。"),
        ),
    )


def _names_amount(aid: FundingRequest) -> bool:
    return aid.state in (R.FIRST_REVIEW, R.SECOND_REVIEW) and following_of(aid) in NAMES_A_SUM


@require_http_methods(["GET", "POST"])
@foundation_page
def propose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_propose_request)
    return take(
        request,
        step_of(
            request,
            aid,
            form=ProposeForm,
            service=request_propose,
            initial={"amount": aid.proposed},
            done=_("拟定金额已修改。"),
            title=_("修改拟定金额"),
            button=_("修改"),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = sent_or_404(request, uid, can_approve_request)
    payable = payable_of(aid) if aid.requested is not None else None
    most = payable.amount if payable else Decimal(0)
    return take(
        request,
        step_of(
            request,
            aid,
            form=ApproveForm,
            service=request_approve,
            done=_("已批准，款项已从捐赠中预留。"),
            title=_("批准"),
            button=_("批准"),
            initial={"amount": min(aid.proposed or most, most)},
            facts=(
                (_("拟定金额"), _("%(amount)s 元") % {"amount": money(aid.proposed)}),
                (_("最多可资助"), _("%(amount)s 元") % {"amount": money(most)}),
                *quota_facts(quota_of(aid), aid.programme_version.order_rule),
            ),
            note=_("批准时重新计算可资助额并从最早的捐赠中预留；批准人不能再经办或复核拨付。"),
        ),
    )
