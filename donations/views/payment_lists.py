"""Payment lists: made, approved by another, taken to the bank, given up."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.documents import attachment
from donations.forms.payments import (
    ApproveListForm,
    CancelListForm,
    LayoutForm,
    PaymentListForm,
)
from donations.models.giving import CharityProfile
from donations.models.payments import PaymentAnswer, PaymentLayout, PaymentLine, PaymentList
from donations.payment_permissions import (
    can_approve_list,
    can_cancel_list,
    can_keep_layout,
    can_make_list,
)
from donations.payment_workflow import AnswerState, ListState
from donations.services import payment_layouts
from donations.services import payment_lists as services
from donations.views.guards import foundation_page
from donations.views.listing import action, columns, list_page
from donations.views.payment_rows import (
    LIST_COLUMNS,
    LIST_TONES,
    file_url,
    list_offers,
    list_parts,
    list_row,
    list_side,
)
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, money

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("made_by", "approved_by", "cancelled_by", "layout")
TABS = (
    ("", gettext_lazy("全部")),
    *((one.value, one.label) for one in ListState),
)


@require_safe
@foundation_page
def lists(request: HttpRequest) -> HttpResponse:
    """Every list of the house, the newest first."""
    rows = PaymentList.objects.visible_to(request.user).select_related(*JOINS)
    page = list_page(request, rows, tabs=TABS)
    page["rows"] = [list_row(one) for one in page["rows"]]
    return render(request, "donations/listing.html", page | _around(request))


def _around(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    open_answers = PaymentAnswer.objects.visible_to(user).filter(state=AnswerState.OPEN)
    actions = [action(_("银行回单"), reverse("payments:answers"))]
    if can_keep_layout(user):
        actions.append(action(_("列表格式"), reverse("payments:layout_new")))
    if can_make_list(user):
        actions.append(action(_("编制付款清单"), reverse("payments:list_new"), is_primary=True))
    return {
        "title": _("付款清单"),
        "lead": _("当日已放款的拨付汇成一张清单，一人编制，另一人审批；审批后导出银行要的表格。"),
        "crumbs": ((reverse("donations:disbursements"), _("拨付")),),
        "columns": columns(*LIST_COLUMNS, figures=(1, 2)),
        "tabs_label": _("按状态"),
        "pager_text": _("最近编制的在前"),
        "actions": actions,
        "stats": [
            {
                "label": _("待列入清单"),
                "value": services.payable_now(user).count(),
                "unit": _("笔"),
            },
            {
                "label": _("待登记的回单"),
                "value": open_answers.count(),
                "unit": _("行"),
                "url": reverse("payments:answers"),
            },
        ],
        "empty_title": _("还没有付款清单"),
        "empty_text": _("拨付放款后，由出纳在这里汇成清单，另一人审批后导出给银行。"),
        "empty_url": reverse("payments:list_new") if can_make_list(user) else "",
        "empty_action": _("编制付款清单") if can_make_list(user) else "",
    }


def _list_or_404(request: HttpRequest, uid: uuid.UUID) -> PaymentList:
    rows = PaymentList.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def show(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _list_or_404(request, uid)
    lines = PaymentLine.objects.visible_to(request.user).filter(list=one)
    found = list(lines.select_related("disbursement__request").order_by("place"))
    file = file_url(one, request.user)
    context = {
        "title": _("付款清单 %(number)s") % {"number": one.number},
        "state": one.get_state_display(),
        "tone": LIST_TONES[one.state],
        "lead": _("%(n)d 笔 · 合计 %(sum)s 元") % {"n": one.count, "sum": money(one.total)},
        "crumbs": ((reverse("payments:lists"), _("付款清单")),),
        "offers": list_offers(one, request.user),
        "parts": list_parts(one, found),
        "side": list_side(one),
        "file_url": file,
        "answers_url": reverse("payments:answers"),
    }
    return render(request, "donations/payment_list.html", context)


@BOTH
@foundation_page
def list_new(request: HttpRequest) -> HttpResponse:
    require(can_make_list, request.user, None)
    payouts = list(services.payable_now(request.user).select_related("request")[: services.MOST])
    back = reverse("payments:lists")
    return take(
        request,
        Step(
            form=PaymentListForm,
            form_args=_choices(request, payouts),
            initial={
                "on": timezone.localdate(),
                "disbursements": [str(one.uid) for one in payouts],
            },
            service=services.list_make,
            to=lambda one: reverse("payments:list", args=[one.uid]),
            done=_("清单已编好，等另一人审批。"),
            title=_("编制付款清单"),
            button=_("编制"),
            is_open=bool(payouts),
            note=_note(payouts),
            url=request.path,
            back_url=back,
            crumbs=((back, _("付款清单")),),
        ),
    )


def _note(payouts: list[Any]) -> Any:
    if not payouts:
        return _("现在没有等着付的拨付：先由另一人复核放款。")
    return _("一笔拨付只在一张清单里；审批前可以作废重编，审批后不能改动。")


def _choices(request: HttpRequest, payouts: list[Any]) -> dict[str, Any]:
    profile = CharityProfile.objects.visible_to(request.user).first()
    stated = profile.bank_accounts.splitlines() if profile else []
    layouts = PaymentLayout.objects.visible_to(request.user).filter(is_closed=False)
    return {
        "payouts": payouts,
        "accounts": [line.strip() for line in stated if line.strip()],
        "layouts": layouts.order_by("name"),
    }


def _step(request: HttpRequest, uid: uuid.UUID, rule: Any, **more: Any) -> HttpResponse:
    one = _list_or_404(request, uid)
    # Whoever made it is refused by the service, with the sentence about two persons.
    if one.made_by_id != request.user.pk:
        require(rule, request.user, one)
    back = reverse("payments:list", args=[uid])
    facts = (
        (_("付款日期"), moment(one.on)),
        (_("付款账户"), one.account),
        (_("合计金额"), _("%(n)d 笔，%(sum)s 元") % {"n": one.count, "sum": money(one.total)}),
        (_("编制"), one.made_by),
    )
    step = Step(
        given={"payment_list": one},
        to=back,
        url=request.path,
        back_url=back,
        facts=facts,
        crumbs=((reverse("payments:lists"), _("付款清单")), (back, one.number)),
        **more,
    )
    return take(request, step)


@BOTH
@foundation_page
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        can_approve_list,
        form=ApproveListForm,
        service=services.list_approve,
        title=_("审批付款清单"),
        button=_("审批"),
        note=_("核对笔数、金额和收款方；审批后清单固定，可以导出付款文件。"),
        done=_("已审批，可以导出付款文件。"),
    )


@BOTH
@foundation_page
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _list_or_404(request, uid)
    return _step(
        request,
        uid,
        can_cancel_list,
        form=CancelListForm,
        form_args={
            "is_approved": one.state == ListState.APPROVED,
            "is_taken": one.state == ListState.APPROVED and one.file_taken_at is not None,
        },
        service=services.list_cancel,
        title=_("作废付款清单"),
        button=_("作废"),
        tone="btn--danger",
        note=_(
            "只能作废银行还没有处理的清单；里面的拨付可以重新编入。已审批的由编制人以外的人凭动态口令作废。"
        ),
        done=_("清单已作废，里面的拨付可以重新编入。"),
    )


@require_POST
@foundation_page
def file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The bank's file as a download; taking it is written down, so it is no plain link."""
    document, content = services.list_file(payment_list=_list_or_404(request, uid), by=request.user)
    return attachment(document, content)


@BOTH
@foundation_page
def layout_new(request: HttpRequest) -> HttpResponse:
    require(can_keep_layout, request.user, None)
    back = reverse("payments:lists")
    known = PaymentLayout.objects.visible_to(request.user).order_by("name")
    return take(
        request,
        Step(
            form=LayoutForm,
            initial={"columns": "\n".join(f"{title}" for title, _name in payment_layouts.GENERAL)},
            service=payment_layouts.layout_keep,
            to=back,
            done=_("列表格式已保存，编制清单时可选。"),
            title=_("列表格式"),
            button=_("保存"),
            note=_("按网上银行批量付款模板的列写；同名的格式会被新的列代替。"),
            facts=[(one.name, "、".join(title for title, _name in one.columns)) for one in known],
            url=request.path,
            back_url=back,
            crumbs=((back, _("付款清单")),),
        ),
    )
