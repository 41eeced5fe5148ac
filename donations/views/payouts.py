"""Money on its way: instalments in the pages of both sides, and the steps on each."""

import uuid
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.people import User
from departments.views.paging import page_of
from donations.forms.payout import ConfirmPayoutForm, PayoutReasonForm, PrepareForm, ReleaseForm
from donations.models.payout import Disbursement
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.permissions import (
    can_bounce_disbursement,
    can_cancel_disbursement,
    can_confirm_disbursement,
    can_prepare_disbursement,
    can_release_disbursement,
)
from donations.services.payout import (
    disbursement_bounce,
    disbursement_cancel,
    disbursement_confirm,
    disbursement_prepare,
    disbursement_release,
)
from donations.views.filling import files_of
from donations.views.guards import foundation_page, hospital_page
from donations.views.lists import PAYOUT_JOINS, Lists
from donations.views.offers import arrival_offers, left_to_draw
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from donations.views.wording import PAYOUT_TONES, joined, last_four
from donations.workflow import DisbursementState
from msw_portal.kernel.access import Predicate, require
from msw_portal.kernel.display import moment, money, when


def payout_row(user: User, one: Disbursement) -> dict[str, Any]:
    """An instalment in the card of either side; the hospital's own step stands in its row."""
    payee = one.payee_account or {}
    people = [_("%(who)s 经办") % {"who": one.prepared_by}]
    times = [when(one.created_at)]
    if one.released_by:
        people.append(_("%(who)s 放款") % {"who": one.released_by})
        times.append(when(one.released_at))
    if one.paid_on:
        times.append(_("%(day)s 到账") % {"day": moment(one.paid_on)})
    return {
        "uid": one.uid,
        "instalment": one.instalment,
        "amount": one.amount,
        "payee": payee.get("name", ""),
        "account": joined(
            [payee.get("bank", ""), last_four(payee.get("account", "")), one.voucher_no]
        ),
        "state": one.get_state_display(),
        "tone": PAYOUT_TONES.get(one.state, ""),
        "people": joined(people),
        "times": joined(times),
        "offers": arrival_offers(user, one) if user.house_id == one.organization_id else [],
    }


# ── the foundation ───────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
@foundation_page
def prepare(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = FundingRequest.objects.visible_to(request.user)
    aid = get_object_or_404(rows.select_related("programme_version", "organization"), uid=uid)
    require(can_prepare_disbursement, request.user, aid)
    left = left_to_draw(aid, Lists(request.user, aid).payouts)
    back = reverse("donations:review", args=[aid.uid])
    return take(
        request,
        Step(
            form=PrepareForm,
            form_args={"modes": aid.programme_version.payout_modes},
            initial=_payee_known(aid) | {"amount": left},
            service=disbursement_prepare,
            given={"request": aid},
            to=back,
            done=_("拨付单已开，等另一人复核放款。"),
            draft="donations-prepare",
            subject=aid.uid,
            **_prepare_words(aid, left),
            url=request.path,
            back_url=back,
            crumbs=((back, aid.number),),
        ),
    )


def _prepare_words(aid: FundingRequest, left: Decimal) -> dict[str, Any]:
    return {
        "title": _("开拨付单"),
        "button": _("开拨付单"),
        "note": _("开单只登记，不动账；由另一人复核放款时才记账付款。"),
        "facts": (
            (_("批准金额"), _("%(amount)s 元") % {"amount": money(aid.approved)}),
            (_("还可开单"), _("%(amount)s 元") % {"amount": money(left)}),
        ),
    }


def _payee_known(aid: FundingRequest) -> dict[str, Any]:
    """What the hospital stated about its account; its legal name at least."""
    payee = aid.payee or {}
    return {
        "mode": aid.payout_mode,
        "payee_account": payee.get("name") or aid.organization.name,
        "payee_bank": payee.get("bank", ""),
        "payee_number": payee.get("account", ""),
        "payee_code": payee.get("code", ""),
    }


def _payout_or_404(request: HttpRequest, uid: uuid.UUID, rule: Predicate) -> Disbursement:
    one = get_object_or_404(
        Disbursement.objects.visible_to(request.user).select_related(*PAYOUT_JOINS), uid=uid
    )
    # Whoever prepared it is refused by the service, with the sentence about two persons.
    if rule is not can_release_disbursement or one.prepared_by_id != request.user.pk:
        require(rule, request.user, one)
    return one


def _facts(one: Disbursement) -> tuple[tuple[Any, Any], ...]:
    payee = one.payee_account or {}
    return (
        (_("申请"), one.request.number),
        (_("期次"), _("第 %(n)d 期") % {"n": one.instalment}),
        (_("金额"), _("%(amount)s 元") % {"amount": money(one.amount)}),
        (_("拨付方式"), dict(ProgrammeVersion.PayoutMode.choices)[one.mode]),
        (
            _("收款方"),
            joined(
                [payee.get("name", ""), payee.get("bank", ""), last_four(payee.get("account", ""))]
            ),
        ),
        (_("经办"), joined([one.prepared_by, when(one.created_at)])),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def release(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _payout_or_404(request, uid, can_release_disbursement)
    back = reverse("donations:review", args=[one.request.uid])
    return take(
        request,
        Step(
            form=ReleaseForm,
            service=disbursement_release,
            given={"disbursement": one},
            to=back,
            done=_("已放款并记账，医院确认到账后完成。"),
            title=_("复核放款"),
            button=_("放款"),
            url=request.path,
            back_url=back,
            note=_("核对收款方与金额后放款；放款立即记账，改错只能登记退汇。"),
            facts=_facts(one),
            crumbs=((back, one.request.number),),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _payout_or_404(request, uid, can_cancel_disbursement)
    back = reverse("donations:review", args=[one.request.uid])
    return take(
        request,
        Step(
            form=PayoutReasonForm,
            service=disbursement_cancel,
            given={"disbursement": one},
            to=back,
            done=_("拨付单已取消。"),
            title=_("取消拨付单"),
            button=_("取消拨付单"),
            tone="btn--danger",
            url=request.path,
            back_url=back,
            facts=_facts(one),
            crumbs=((back, one.request.number),),
        ),
    )


@require_http_methods(["GET", "POST"])
@foundation_page
def bounce(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _payout_or_404(request, uid, can_bounce_disbursement)
    back = reverse("donations:review", args=[one.request.uid])
    return take(
        request,
        Step(
            form=PayoutReasonForm,
            service=disbursement_bounce,
            given={"disbursement": one},
            to=back,
            done=_("已登记退汇，款项退回原捐赠批次。"),
            title=_("登记退汇"),
            button=_("登记退汇"),
            tone="btn--danger",
            url=request.path,
            back_url=back,
            note=_("银行退回时登记；原账用相反的一笔冲销。"),
            facts=_facts(one),
            crumbs=((back, one.request.number),),
        ),
    )


@require_safe
@foundation_page
def disbursements(request: HttpRequest) -> HttpResponse:
    """Every instalment of the house, newest first, by state."""
    found = Disbursement.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    shown = found.filter(state=state) if state in DisbursementState.values else found
    page = page_of(request, shown.select_related(*PAYOUT_JOINS), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [_list_row(one) for one in page["rows"]]
    tabs = [("", _("全部")), *((one.value, one.label) for one in list(DisbursementState)[:3])]
    return render(
        request,
        "donations/disbursements.html",
        page
        | {
            "tabs": [
                {
                    "label": label,
                    "url": address(request.GET, state=key or None),
                    "is_on": key == state,
                }
                for key, label in tabs
            ],
            "board_url": reverse("donations:board"),
            "pager_text": _("最近经办的在前"),
        },
    )


def _list_row(one: Disbursement) -> dict[str, Any]:
    payee = one.payee_account or {}
    return {
        "url": reverse("donations:review", args=[one.request.uid]),
        "number": one.request.number,
        "instalment": one.instalment,
        "programme": one.request.programme_version.name,
        "who": one.request.subject_code,
        "amount": one.amount,
        "payee": payee.get("name", ""),
        "account": last_four(payee.get("account", "")),
        "state": one.get_state_display(),
        "tone": PAYOUT_TONES.get(one.state, ""),
        "at": one.released_at or one.created_at,
        "people": joined([one.prepared_by, one.released_by]),
    }


# ── the hospital ─────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
@hospital_page
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _payout_or_404(request, uid, can_confirm_disbursement)
    back = reverse("donations:request", args=[one.request.uid])
    files = files_of(request.user, one.request)
    return take(
        request,
        Step(
            form=ConfirmPayoutForm,
            form_args={"documents": files},
            service=disbursement_confirm,
            given={"disbursement": one},
            to=back,
            done=_("已确认到账。"),
            title=_("确认到账"),
            button=_("确认到账"),
            url=request.path,
            back_url=back,
            facts=_facts(one),
            crumbs=((back, one.request.number),),
        ),
    )
