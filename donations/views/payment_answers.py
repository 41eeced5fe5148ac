"""What the bank says of payments: the list of answers, each fitted to a payment, booked by another person."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.forms.payments import FitForm, IgnoreAnswerForm
from donations.forms.statements import PlainForm
from donations.models.payments import PaymentAnswer, PaymentLine
from donations.payment_permissions import can_book_answer, can_keep_answer
from donations.payment_workflow import AnswerState
from donations.services import payment_answers as services
from donations.services.payment_lines import OPEN
from donations.views.guards import foundation_page
from donations.views.listing import list_page
from donations.views.payment_rows import answer_row
from donations.views.stepping import Step, take
from donations.views.wording import joined, last_four
from msw_portal.kernel.access import require
from msw_portal.kernel.display import moment, money

BOTH = require_http_methods(["GET", "POST"])
JOINS = ("line__list", "line__disbursement__request", "created_by", "booked_by")
TABS = (
    *((one.value, one.label) for one in AnswerState),
    ("", gettext_lazy("全部")),
)


@require_safe
@foundation_page
def answers(request: HttpRequest) -> HttpResponse:
    """The bank's lines, the newest first; what fits no payment is said so in its row."""
    user = request.user
    rows = PaymentAnswer.objects.visible_to(user).select_related(*JOINS)
    page = list_page(request, rows, tabs=TABS)
    page["rows"] = [answer_row(one, user) for one in page["rows"]]
    may = user.role in services.ROLES
    return render(
        request,
        "donations/payment_answers.html",
        page
        | {
            "pager_text": _("最近导入的在前"),
            "lists_url": reverse("payments:lists"),
            "import_url": reverse("departments:imports") if may else "",
            "book_url": reverse("payments:answers_book"),
            "may_book": any(row["steps"] for row in page["rows"]),
        },
    )


@require_POST
@foundation_page
def book_all(request: HttpRequest) -> HttpResponse:
    """Everything that fits and that this person may book; what cannot be keeps its reason."""
    done, left = services.answers_book(by=request.user)
    messages.success(
        request, _("已登记 %(done)d 行，%(left)d 行不能登记。") % {"done": done, "left": left}
    )
    return redirect("payments:answers")


def _answer_or_404(request: HttpRequest, uid: uuid.UUID) -> PaymentAnswer:
    rows = PaymentAnswer.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


def _step(request: HttpRequest, uid: uuid.UUID, rule: Any, **more: Any) -> HttpResponse:
    one = _answer_or_404(request, uid)
    # The two persons are told apart by the service, with its sentence.
    require(can_keep_answer if rule is can_book_answer else rule, request.user, one)
    back = reverse("payments:answers")
    facts = (
        (_("日期"), moment(one.on)),
        (_("收款方"), joined([one.name or "", last_four(one.account or "")]) or "—"),
        (_("金额"), _("%(amount)s 元") % {"amount": money(one.amount)}),
        (_("结果"), joined([one.get_outcome_display(), one.reason])),
        (_("备注"), one.reference or "—"),
        (_("对应的付款"), one.line or _("没有")),
    )
    step = Step(
        given={"answer": one},
        to=back,
        url=request.path,
        back_url=back,
        facts=facts,
        crumbs=((back, _("银行回单")),),
        **more,
    )
    return take(request, step)


@BOTH
@foundation_page
def fit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _answer_or_404(request, uid)
    lines = PaymentLine.objects.visible_to(request.user).filter(
        state__in=OPEN, amount=one.amount, list__approved_at__isnull=False
    )
    return _step(
        request,
        uid,
        can_keep_answer,
        form=FitForm,
        form_args={"lines": lines.order_by("-id")},
        service=services.answer_fit,
        title=_("对应付款"),
        button=_("对应"),
        note=_("只列出金额相同、已审批的付款。"),
        done=_("已对应，等登记。"),
    )


@BOTH
@foundation_page
def book(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        can_book_answer,
        form=PlainForm,
        service=services.answer_book,
        title=_("登记回单"),
        button=_("登记"),
        note=_("成功的记为付讫；退汇的冲销原账，申请退回待拨付，并请医院社工更正账户。"),
        done=_("回单已登记。"),
    )


@BOTH
@foundation_page
def ignore(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        can_keep_answer,
        form=IgnoreAnswerForm,
        service=services.answer_ignore,
        title=_("不处理这一行"),
        button=_("不处理"),
        done=_("已搁置。"),
    )
