"""After the payment: the hospital names bills and visits, the foundation books refunds, reconciles and closes."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations.ending_permissions import (
    can_ask_rest,
    can_close_request,
    can_decide_rest,
    can_reconcile_request,
    can_settle_request,
)
from donations.forms.review import StepForm
from donations.forms.settling import DeathForm, EndForm, InvoiceForm, RefundForm, RevisitForm
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.models.settling import Revisit
from donations.permissions import can_record_refund, can_tell_use
from donations.services.bills import billed, invoice_add, kept
from donations.services.refunding import disbursement_refund
from donations.services.rests import (
    request_ask_rest,
    request_keep_rest,
    request_release_rest,
    rest_of,
)
from donations.services.revisits import request_die, revisit_do
from donations.services.settling import (
    request_close,
    request_reconcile,
    request_recover,
    request_settle,
)
from donations.views.asking import address_of, person_request_or_404, request_or_404
from donations.views.filling import files_of
from donations.views.guards import foundation_page, hospital_page
from donations.views.sent import sent_or_404, step_of
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

BOTH = require_http_methods(["GET", "POST"])


# ── the hospital ─────────────────────────────────────────────────────────────


@BOTH
@hospital_page
def invoice(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = request_or_404(request, uid)
    require(can_tell_use, request.user, aid)
    return take(
        request,
        _own_step(
            request,
            aid,
            form=InvoiceForm,
            form_args={"documents": files_of(request.user, aid)},
            service=invoice_add,
            done=_("票据已登记。"),
            title=_("登记票据"),
            button=_("登记"),
            draft="donations-invoice",
            facts=_sums(aid),
            note=_("登记救助款支付过的医疗收费票据，合计要覆盖实际支付的金额。"),
        ),
    )


@BOTH
@hospital_page
def revisit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The open visit of a request."""
    aid = request_or_404(request, uid)
    require(can_tell_use, request.user, aid)
    visit = get_object_or_404(
        Revisit.objects.visible_to(request.user), request=aid, done_on__isnull=True
    )
    return take(
        request,
        _own_step(
            request,
            aid,
            given={"revisit": visit},
            form=RevisitForm,
            initial={"done_on": timezone.localdate()},
            service=revisit_do,
            done=_("回访已登记，基金会可以看到。"),
            title=_("登记回访"),
            button=_("登记"),
            draft="donations-revisit",
        ),
    )


@BOTH
@hospital_page
def death(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    aid = person_request_or_404(request, uid)
    require(can_tell_use, request.user, aid)
    return take(
        request,
        _own_step(
            request,
            aid,
            form=DeathForm,
            service=request_die,
            done=_("已告知基金会，停止拨付。"),
            title=_("登记患者去世"),
            button=_("登记"),
            tone="btn--danger",
            note=_("未拨付的款项由基金会释放回原捐赠批次。"),
        ),
    )


def _own_step(request: HttpRequest, aid: FundingRequest, **words: Any) -> Step:
    back = address_of(aid)
    usual: dict[str, Any] = {
        "given": {"request": aid},
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": ((back, _("救助申请")),),
        "subject": aid.uid,
    }
    return Step(**{**usual, **words})


def _sums(aid: FundingRequest) -> tuple[tuple[Any, Any], ...]:
    rest = rest_of(aid)
    left = ((_("未拨付的余款"), _("%(amount)s 元") % {"amount": money(rest)}),) if rest else ()
    return left + (
        (_("实际支付"), _("%(amount)s 元") % {"amount": money(kept(aid))}),
        (_("已登记票据"), _("%(amount)s 元") % {"amount": money(billed(aid))}),
    )


# ── the foundation ───────────────────────────────────────────────────────────


@BOTH
@foundation_page
def refund(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = Disbursement.objects.visible_to(request.user).select_related("request")
    one = get_object_or_404(rows, uid=uid)
    require(can_record_refund, request.user, one.request)
    back = reverse("donations:review", args=[one.request.uid])
    return take(
        request,
        Step(
            form=RefundForm,
            service=disbursement_refund,
            given={"disbursement": one},
            initial={"received_on": timezone.localdate()},
            to=back,
            done=_("退款已入账，款项回到原捐赠批次。"),
            title=_("登记第 %(n)d 期退款") % {"n": one.instalment},
            button=_("登记退款"),
            url=request.path,
            back_url=back,
            facts=((_("本期金额"), _("%(amount)s 元") % {"amount": money(one.amount)}),),
            note=_("钱已回到基金会账户才登记；记账立即生效。"),
            crumbs=((back, one.request.number),),
        ),
    )


def _end(
    rule: Callable[..., bool],
    does: Callable[..., Any],
    form: type[StepForm],
    words: Callable[[], dict[str, Any]],
) -> Callable[..., HttpResponse]:
    """The page of a step that ends something: its rule, its service, its words."""

    @BOTH
    @foundation_page
    def page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
        aid = sent_or_404(request, uid, rule)
        step = step_of(request, aid, form=form, service=does, facts=_sums(aid), **words())
        return take(request, step)

    return page


reconcile = _end(
    can_reconcile_request,
    request_reconcile,
    StepForm,
    lambda: {
        "title": _("核销"),
        "button": _("核销"),
        "done": _("已核销。"),
        "note": _("票据合计须覆盖实际支付；多付的先登记退款。核销后医院会收到回访任务。"),
    },
)
close = _end(
    can_close_request,
    request_close,
    StepForm,
    lambda: {"title": _("结案"), "button": _("结案"), "done": _("申请已结案。")},
)
settle = _end(
    can_settle_request,
    request_settle,
    EndForm,
    lambda: {
        "title": _("结清"),
        "button": _("结清"),
        "done": _("已结清，未拨付的款项回到原捐赠批次。"),
        "note": _("患者去世后释放未拨付的承诺；在途的拨付要先取消、退汇或确认。"),
    },
)
recover = _end(
    can_settle_request,
    request_recover,
    EndForm,
    lambda: {
        "title": _("标为已追回"),
        "button": _("标为已追回"),
        "tone": "btn--danger",
        "done": _("已标为追回。"),
        "note": _("用于申请不实：款项已全部退回并登记后办理。"),
    },
)
ask_rest = _end(
    can_ask_rest,
    request_ask_rest,
    EndForm,
    lambda: {
        "title": _("不再拨付，释放余款"),
        "button": _("提出释放余款"),
        "done": _("已提出，等另一人决定。"),
        "note": _(
            "未拨付的部分由审批或拨付复核同意后回到原捐赠批次；没有拨付过的申请随之结案。同意撤回、暂停办理的申请也可以提出。"
        ),
    },
)
release_rest = _end(
    can_decide_rest,
    request_release_rest,
    StepForm,
    lambda: {
        "title": _("同意释放余款"),
        "button": _("释放余款"),
        "done": _("余款已回到原捐赠批次。"),
        "note": _("记账立即生效。提出的人不能自己同意。"),
    },
)
keep_rest = _end(
    can_decide_rest,
    request_keep_rest,
    EndForm,
    lambda: {
        "title": _("不同意释放余款"),
        "button": _("不同意释放"),
        "done": _("余款继续留给这份申请。"),
    },
)
