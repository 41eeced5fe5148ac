"""Orders to the books: asked, given their basis, approved, booked."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from departments.models.organizations import Organization
from departments.services.charity_status import charities
from departments.views.paging import page_of
from donations.books_workflow import OrderState
from donations.forms.orders import (
    AgreeForm,
    ApproveOrderForm,
    DiscloseForm,
    OrderForm,
    RefuseOrderForm,
)
from donations.forms.statements import PlainForm
from donations.models.giving import Donation, Fund, FundPurpose
from donations.models.ledger import LedgerJournal
from donations.models.orders import LedgerOrder
from donations.permissions import (
    can_approve_order,
    can_ask_order,
    can_book_order,
    can_refuse_order,
)
from donations.services import orders as services
from donations.services.orders import REVERSIBLE
from donations.views.guards import foundation_page
from donations.views.order_rows import LEADS, order_facts, order_offers, order_row
from donations.views.paging import PAGE_SIZE, address
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.keyset import capped_counts

JOINS = (
    *("fund", "purpose", "to_fund", "to_purpose", "donation", "payee", "journal", "reverses"),
    *("asked_by", "approved_by", "second_by", "booked_by"),
)
WAITING = (OrderState.ASKED, OrderState.AGREED, OrderState.COUNTERSIGNING, OrderState.APPROVED)
TABS = (
    ("waiting", gettext_lazy("办理中"), WAITING),
    ("booked", gettext_lazy("已记账"), (OrderState.BOOKED,)),
    ("refused", gettext_lazy("已否决"), (OrderState.REFUSED,)),
)
DRAFT = "donations-order"


@require_safe
@foundation_page
def orders(request: HttpRequest) -> HttpResponse:
    rows = LedgerOrder.objects.visible_to(request.user)
    states = {name: kept for name, _label, kept in TABS}
    state = request.GET.get("state", "waiting")
    shown = rows.filter(state__in=states.get(state, WAITING))
    page = page_of(request, shown.select_related(*JOINS), order=("-id",), size=PAGE_SIZE)
    page["rows"] = [order_row(one) for one in page["rows"]]
    page |= {
        "tabs": _tabs(request, rows, state),
        "kinds": _kinds() if can_ask_order(request.user) else [],
        "pager_text": _("最近提出的在前"),
        "ledger_url": reverse("books:journals"),
    }
    return render(request, "donations/orders.html", page)


def _tabs(request: HttpRequest, rows: QuerySet, state: str) -> list[dict[str, Any]]:
    counts = capped_counts({name: rows.filter(state__in=kept) for name, _label, kept in TABS})
    return [
        {
            "label": label,
            "url": address(request.GET, state=name),
            "is_on": state == name,
            "count": counts[name],
        }
        for name, label, _kept in TABS
    ]


def _kinds() -> list[dict[str, Any]]:
    return [
        {"label": kind.label, "url": reverse("books:order_new", args=[kind.value])}
        for kind in LedgerOrder.Kind
        if kind != LedgerOrder.Kind.REVERSAL
    ]


@require_http_methods(["GET", "POST"])
@foundation_page
def order_new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in LedgerOrder.Kind.values:
        raise Http404
    require(can_ask_order, request.user, None)
    back = reverse("books:orders")
    step = Step(
        form=OrderForm,
        form_args=_choices(request.user, kind),
        service=services.order_ask,
        initial={name: request.GET.get(name, "") for name in ("donation", "reverses", "source")},
        to=lambda one: reverse("books:order", args=[one.uid]),
        done=_("已提出，等审批。"),
        title=LedgerOrder.Kind(kind).label,
        note=LEADS[kind],
        button=pgettext("action", "提出"),
        url=request.path,
        back_url=back,
        crumbs=((back, _("账务申请")),),
    )
    return take(request, step)


def _choices(user: Any, kind: str) -> dict[str, Any]:
    houses = charities(Organization.objects.visible_to(user).on_ground_of(user))
    reversible = LedgerJournal.objects.visible_to(user).filter(
        kind__in=REVERSIBLE, reversed_by__isnull=True
    )
    return {
        "kind": kind,
        "funds": Fund.objects.visible_to(user).order_by("number"),
        "purposes": FundPurpose.objects.visible_to(user).select_related("fund"),
        "donations": Donation.objects.visible_to(user).select_related("fund", "purpose"),
        "payees": houses.exclude(pk=user.house_id).order_by("name"),
        "journals": reversible.select_related("order").order_by("-id"),
    }


def _order_or_404(request: HttpRequest, uid: uuid.UUID) -> LedgerOrder:
    rows = LedgerOrder.objects.visible_to(request.user).select_related(*JOINS)
    return get_object_or_404(rows, uid=uid)


@require_safe
@foundation_page
def order(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _order_or_404(request, uid)
    context = order_facts(one) | {
        "order": one,
        "offers": order_offers(one, request.user),
        "orders_url": reverse("books:orders"),
    }
    return render(request, "donations/order.html", context)


def _step(
    request: HttpRequest,
    uid: uuid.UUID,
    rule: Callable[[Any, Any], bool],
    form: Any,
    service: Callable[..., Any],
    **more: Any,
) -> HttpResponse:
    one = _order_or_404(request, uid)
    require(rule, request.user, one)
    back = reverse("books:order", args=[uid])
    if form is AgreeForm:
        more["form_args"] = {"kind": one.kind}
    step = Step(
        form=form,
        service=service,
        given={"order": one},
        to=back,
        url=request.path,
        back_url=back,
        facts=order_facts(one)["facts"],
        crumbs=((back, one.number),),
        **more,
    )
    return take(request, step)


@require_http_methods(["GET", "POST"])
@foundation_page
def agree(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    words = {"title": _("登记依据"), "button": _("登记"), "done": _("依据已登记，等审批。")}
    return _step(request, uid, can_ask_order, AgreeForm, services.order_agree, **words)


@require_http_methods(["GET", "POST"])
@foundation_page
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    words = {"title": _("审批"), "button": _("同意"), "done": _("已审批。")}
    return _step(request, uid, can_approve_order, ApproveOrderForm, services.order_approve, **words)


@require_http_methods(["GET", "POST"])
@foundation_page
def book(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    words = {"title": _("记账"), "button": _("记账"), "done": _("已记账。")}
    note = _("记账后不能修改，改错只能冲销。")
    return _step(request, uid, can_book_order, PlainForm, services.order_book, note=note, **words)


@require_http_methods(["GET", "POST"])
@foundation_page
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    words = {"title": _("否决或撤回"), "button": _("否决"), "done": _("已否决，没有记账。")}
    return _step(request, uid, can_refuse_order, RefuseOrderForm, services.order_refuse, **words)


@require_http_methods(["GET", "POST"])
@foundation_page
def disclose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    words = {"title": _("登记公开"), "button": _("登记"), "done": _("已登记公开的位置。")}
    return _step(request, uid, can_ask_order, DiscloseForm, services.order_disclose, **words)
