"""One lot: where it lies, what it is worth, what moved; transfers and losses; the files of goods."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.views.documents import attachment
from donations.forms.goods import LossForm, ReasonForm, SureForm, TransferForm, ValueForm
from donations.goods_permissions import can_keep_goods, can_settle_loss
from donations.models.goods import GoodsLot, GoodsSite, GoodsStock, StockLoss, StockMove
from donations.services.goods_files import file_read
from donations.services.goods_intake import lot_value
from donations.services.goods_stock import loss_confirm, loss_refuse, loss_report, stock_transfer
from donations.views.goods_intakes import crumbs_of
from donations.views.goods_rows import expiry_of, move_row, pieces
from donations.views.guards import foundation_page
from donations.views.stepping import Step, take
from msw_portal.kernel.access import require
from msw_portal.kernel.display import money

BOTH = require_http_methods(["GET", "POST"])


def _lot(request: HttpRequest, uid: uuid.UUID) -> GoodsLot:
    rows = GoodsLot.objects.visible_to(request.user)
    joins = ("donation__donor", "intake", "evidence", "valued_by")
    return get_object_or_404(rows.select_related(*joins), uid=uid)


@require_safe
@foundation_page
def lot(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One lot: where it lies, every movement, and the sum of what came in and went out."""
    one = _lot(request, uid)
    return render(request, "donations/goods_lot.html", _lot_page(request.user, one))


def _lot_page(user: Any, one: GoodsLot) -> dict[str, Any]:
    stocks = GoodsStock.objects.visible_to(user).filter(lot=one).select_related("site")
    joins = ("lot", "site", "to_site", "distribution", "created_by")
    found = StockMove.objects.visible_to(user).filter(lot=one).select_related(*joins)
    moves = list(found.order_by("-id"))
    may_keep = can_keep_goods(user, one) and one.on_hand > 0
    return {
        "lot": one,
        "expiry": expiry_of(one),
        "facts": _lot_facts(one),
        "sums": _sums(one, moves),
        "stocks": [
            {"site": row.site.name, "here": pieces(row.on_hand, one)}
            for row in stocks.order_by("site__name")
        ],
        "rows": [move_row(move) for move in moves],
        "transfer_url": reverse("goods:transfer", args=[one.uid]) if may_keep else "",
        "loss_url": reverse("goods:loss_new", args=[one.uid]) if may_keep else "",
        "intake_url": reverse("goods:intake", args=[one.intake.uid]),
        "evidence_url": reverse("goods:file", args=[one.evidence.uid]) if one.evidence else "",
        "stock_url": reverse("goods:stock"),
    }


def _lot_facts(one: GoodsLot) -> list[tuple[Any, Any]]:
    value = _("%(amount)s 元") % {"amount": money(one.valuation)} if one.valuation else "—"
    basis = one.get_valuation_basis_display() if one.valuation_basis else _("未计价")
    rows = [
        (_("捐赠人"), one.donation.donor.name_masked),
        (_("种类"), one.get_kind_display()),
        (_("批号"), one.batch or "—"),
        (_("计价依据"), f"{one.valuation_basis}. {basis}" if one.valuation_basis else basis),
        (_("计价金额"), value),
    ]
    if one.valuation_note:
        rows.append((_("计价说明"), one.valuation_note))
    return rows


def _sums(one: GoodsLot, moves: list[StockMove]) -> list[dict[str, Any]]:
    """In, out, back and lost as a sum that must come to what is there."""
    total = dict.fromkeys(("in", "out", "loss", "return"), 0)
    for move in moves:
        if move.kind in total:
            total[move.kind] += move.quantity
    back = {"label": _("发放退回"), "text": pieces(total["return"], one), "sign": "+"}
    return [
        {"label": _("入库"), "text": pieces(total["in"], one)},
        {"label": _("发放"), "text": pieces(total["out"], one), "sign": "−"},
        *([back] if total["return"] else []),
        {"label": _("报损"), "text": pieces(total["loss"], one), "sign": "−"},
        {"label": _("在库"), "text": pieces(one.on_hand, one), "is_sum": True},
    ]


def _lot_step(request: HttpRequest, one: GoodsLot, **given: Any) -> HttpResponse:
    back = reverse("goods:lot", args=[one.uid])
    given = {
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": crumbs_of((back, one.item)),
        "given": {"lot": one},
    } | given
    return take(request, Step(**given))


def _held(request: HttpRequest, one: GoodsLot) -> Any:
    sites = GoodsSite.objects.visible_to(request.user)
    return sites.filter(stocks__lot=one, stocks__on_hand__gt=0).order_by("name")


@BOTH
@foundation_page
def value(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _lot(request, uid)
    require(can_keep_goods, request.user, one)
    back = reverse("goods:intake", args=[one.intake.uid])
    return _lot_step(
        request,
        one,
        form=ValueForm,
        draft="donations-value",
        subject=one.uid,
        service=lot_value,
        initial={
            "basis": one.valuation_basis or 1,
            "valuation": one.valuation,
            "note": one.valuation_note,
        },
        done=_("计价已登记，入账前由另一人核对。"),
        title=_("计价：%(item)s") % {"item": one.item},
        button=_("登记计价"),
        note=_("依据按 1 到 5 的顺序采用：有前面的就用前面的。"),
        facts=((_("数量"), pieces(one.quantity, one)),),
        has_files=True,
        to=back,
        back_url=back,
    )


@BOTH
@foundation_page
def transfer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _lot(request, uid)
    require(can_keep_goods, request.user, one)
    sites = GoodsSite.objects.visible_to(request.user).filter(is_closed=False).order_by("name")
    return _lot_step(
        request,
        one,
        form=TransferForm,
        draft="donations-transfer",
        subject=one.uid,
        form_args={"held": _held(request, one), "sites": sites},
        service=stock_transfer,
        done=_("已调拨。"),
        title=_("调拨：%(item)s") % {"item": one.item},
        button=_("调拨"),
    )


@BOTH
@foundation_page
def loss_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = _lot(request, uid)
    require(can_keep_goods, request.user, one)
    return _lot_step(
        request,
        one,
        form=LossForm,
        form_args={"held": _held(request, one)},
        service=loss_report,
        done=_("已上报，等另一人核实后出库。"),
        title=_("报损：%(item)s") % {"item": one.item},
        button=_("上报"),
        to=reverse("goods:losses"),
    )


def _loss_step(request: HttpRequest, uid: uuid.UUID, **given: Any) -> HttpResponse:
    rows = StockLoss.objects.visible_to(request.user).select_related("lot", "site", "reported_by")
    one = get_object_or_404(rows, uid=uid)
    require(can_settle_loss, request.user, one)
    back = reverse("goods:losses")
    given = {
        "given": {"loss": one},
        "to": back,
        "url": request.path,
        "back_url": back,
        "crumbs": crumbs_of((back, _("报损"))),
        "facts": (
            (_("物资"), one.lot.item),
            (_("数量"), pieces(one.quantity, one.lot)),
            (_("存放点"), one.site.name),
            (_("原因"), one.reason),
            (_("上报"), str(one.reported_by)),
        ),
    } | given
    return take(request, Step(**given))


@BOTH
@foundation_page
def loss_settle(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _loss_step(
        request,
        uid,
        form=SureForm,
        service=loss_confirm,
        done=_("已报损出库。"),
        title=_("核实报损"),
        button=_("核实，报损出库"),
    )


@BOTH
@foundation_page
def loss_deny(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _loss_step(
        request,
        uid,
        form=ReasonForm,
        service=loss_refuse,
        done=_("没有报损，物资仍在库。"),
        title=_("不予报损"),
        button=_("不予报损"),
    )


@require_safe
@foundation_page
def file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Evidence, acceptance records, signed sheets and signatures, as downloads; each opening is audited."""
    return attachment(*file_read(uid=uid, by=request.user))
