"""Goods on their way: from site to site, written off by two persons. Never more out than in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move, write_transition
from donations.goods_permissions import can_keep_goods, can_settle_loss
from donations.goods_workflow import LOSS, IntakeState
from donations.models.goods import (
    Distribution,
    GoodsLot,
    GoodsSite,
    GoodsStock,
    StockLoss,
    StockMove,
)
from donations.models.ledger import LedgerJournal
from donations.services.goods_books import goods_come_back, goods_leave, lots_locked
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

READY = frozenset({IntakeState.BOOKED, IntakeState.REGISTERED})


def short(lot: GoodsLot, left: int) -> DomainError:
    """The refusal that names what lies there."""
    sentence = _("%(item)s 在这个存放点只有 %(there)s %(unit)s，发出的不能多于收进的。")
    words = {"item": lot.item, "there": left, "unit": lot.unit}
    return DomainError("goods_stock_never_below_nothing", sentence % words, "quantity", status=409)


def there(lot_id: int, site_id: int) -> int:
    """How much of a lot lies at a site."""
    found = GoodsStock.objects.filter(lot_id=lot_id, site_id=site_id).values_list("on_hand")
    return found[0][0] if found else 0


def check_ready(lot: GoodsLot) -> None:
    """Raises `goods.not_ready` (409): what leaves has been booked or stands in the separate register."""
    if lot.intake.state not in READY:
        sentence = _("%(item)s 还没有计价入账或另册登记，先办完再出库。")
        raise DomainError("goods.not_ready", sentence % {"item": lot.item}, status=409)


@command
def stock_transfer(
    *, lot: GoodsLot, site: GoodsSite, to_site: GoodsSite, quantity: int, reason: str = "", by: Any
) -> StockMove:
    """Carry goods from one site to another; the house holds as much as before.

    Raises:
        DomainError: `goods_stock_never_below_nothing` (409) on `quantity`, `goods_site.same` or
            `goods_site.closed` on `to_site`.
    """
    require(can_keep_goods, by, lot)
    if to_site.pk == site.pk:
        raise DomainError("goods_site.same", _("请选另一个存放点。"), "to_site")
    if to_site.is_closed:
        raise DomainError("goods_site.closed", _("这个存放点已停用。"), "to_site")
    lot = lots_locked([lot.pk])[lot.pk]
    check_there(lot, site, quantity)
    moved = StockMove(
        organization_id=lot.organization_id,
        lot=lot,
        kind=StockMove.Kind.TRANSFER,
        quantity=quantity,
        site=site,
        to_site=to_site,
        reason=reason.strip(),
        created_by=by,
    )
    moved.save(force_insert=True)
    audit.record("goods.transfer", by=by, on=lot, quantity=quantity, site=[site.name, to_site.name])
    return moved


def check_there(lot: GoodsLot, site: GoodsSite, quantity: int) -> None:
    if quantity <= 0:
        raise DomainError("goods.quantity", _("数量必须大于零。"), "quantity")
    left = there(lot.pk, site.pk)
    if quantity > left:
        raise short(lot, left)


# ── what was handed out and comes back ───────────────────────────────────────


def still_out(sheet: Distribution) -> dict[int, int]:
    """How many pieces of each lot the people on a signed sheet still have: {lot id: pieces}."""
    found: dict[int, int] = {}
    rows = StockMove.objects.filter(
        distribution_id=sheet.pk, organization_id=sheet.organization_id
    ).values_list("lot_id", "kind", "quantity")
    for lot_id, kind, quantity in rows:
        part = quantity if kind == StockMove.Kind.OUT else -quantity
        found[lot_id] = found.get(lot_id, 0) + part
    return {lot_id: pieces for lot_id, pieces in found.items() if pieces > 0}


@command
def stock_return(
    *, distribution: Distribution, lot: GoodsLot, quantity: int, reason: str, by: Any
) -> StockMove:
    """Goods of a signed sheet come back to the site they left, and into the books with what they left with.

    Raises:
        DomainError: `goods.quantity` on `quantity`, `stock_move.more_than_out` (409) on `quantity`.
    """
    sheet = Distribution.objects.locked().select_related("site").get(pk=distribution.pk)
    require(can_keep_goods, by, sheet)
    lot = lots_locked([lot.pk])[lot.pk]
    if quantity <= 0:
        raise DomainError("goods.quantity", _("数量必须大于零。"), "quantity")
    left = still_out(sheet).get(lot.pk, 0)
    if quantity > left:
        sentence = _(
            "这张发放单上的 %(item)s 还有 %(left)s %(unit)s 没有退回，退回的不能多于发出的。"
        )
        words = {"item": lot.item, "left": left, "unit": lot.unit}
        raise DomainError("stock_move.more_than_out", sentence % words, "quantity", status=409)
    moved = StockMove(
        organization_id=sheet.organization_id,
        lot=lot,
        kind=StockMove.Kind.RETURN,
        quantity=quantity,
        site_id=sheet.site_id,
        distribution=sheet,
        reason=reason.strip(),
        created_by=by,
    )
    moved.save(force_insert=True)
    goods_come_back(lot=lot, moved=moved, by=by)
    audit.record("goods.return", by=by, on=lot, quantity=quantity, sheet=sheet.number)
    return moved


# ── losses ───────────────────────────────────────────────────────────────────


@command
def loss_report(
    *, lot: GoodsLot, site: GoodsSite, quantity: int, reason: str, by: Any
) -> StockLoss:
    """Report damaged, lost or expired goods; they stay in stock until another person has looked.

    Raises:
        DomainError: `goods_stock_never_below_nothing` (409) on `quantity`.
    """
    require(can_keep_goods, by, lot)
    check_there(lot, site, quantity)
    loss = StockLoss(
        organization_id=lot.organization_id,
        lot=lot,
        site=site,
        quantity=quantity,
        reason=reason.strip(),
        reported_by=by,
        created_by=by,
    )
    loss.save(force_insert=True)
    write_transition(loss, LOSS, "report", before="", by=by)
    audit.record("goods.report_loss", by=by, on=loss, item=lot.item, quantity=quantity)
    return loss


@command
def loss_confirm(*, loss: StockLoss, by: Any) -> StockLoss:
    """Write the loss off as the second person: out of stock and out of the books.

    Raises:
        DomainError: `stock_loss.confirm.wrong_state` (409), `goods_stock_never_below_nothing` (409).
    """
    loss = StockLoss.objects.locked().get(pk=loss.pk)
    require(can_settle_loss, by, loss)
    lots = lots_locked([loss.lot_id])
    lot = lots[loss.lot_id]
    check_ready(lot)
    loss.confirmed_by = by
    move(loss, LOSS, "confirm", by=by, also=("confirmed_by",))
    check_there(lot, loss.site, loss.quantity)
    moved = StockMove(
        organization_id=loss.organization_id,
        lot=lot,
        kind=StockMove.Kind.LOSS,
        quantity=loss.quantity,
        site_id=loss.site_id,
        loss=loss,
        reason=loss.reason,
        created_by=by,
    )
    moved.save(force_insert=True)
    goods_leave(
        lots=lots,
        moves=[moved],
        kind=LedgerJournal.Kind.GOODS_LOSS,
        reference=f"goods_loss:{loss.uid}",
        by=by,
    )
    audit.record("goods.confirm_loss", by=by, on=loss, quantity=loss.quantity)
    return loss


@command
def loss_refuse(*, loss: StockLoss, reason: str, by: Any) -> StockLoss:
    """The second person does not agree; the goods stay in stock.

    Raises:
        DomainError: `stock_loss.refuse.wrong_state` (409).
    """
    loss = StockLoss.objects.locked().get(pk=loss.pk)
    require(can_settle_loss, by, loss)
    loss.confirmed_by = by
    move(loss, LOSS, "refuse", by=by, reason=reason, also=("confirmed_by",))
    audit.record("goods.refuse_loss", by=by, on=loss, reason=reason)
    return loss
