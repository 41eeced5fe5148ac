"""Goods in words: rows of lists, facts of pages, tones of clocks."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from donations.goods_workflow import DistributionState, IntakeState, LossState, ReceiptState
from donations.models.goods import (
    Distribution,
    DistributionLine,
    GoodsIntake,
    GoodsLot,
    GoodsStock,
    StockMove,
)
from donations.views.wording import joined
from msw_portal.kernel.display import moment, money, when

NEAR = dt.timedelta(days=90)
INTAKE_TONES = {
    IntakeState.COUNTED: "warn",
    IntakeState.ACCEPTED: "warn",
    IntakeState.BOOKED: "accent",
    IntakeState.REGISTERED: "plain",
    IntakeState.REFUSED: "plain",
}
SHEET_TONES = {
    DistributionState.DRAFT: "warn",
    DistributionState.SIGNED: "accent",
    DistributionState.COUNTED: "accent",
    DistributionState.CANCELLED: "plain",
}
LOSS_TONES = {LossState.REPORTED: "warn", LossState.CONFIRMED: "plain", LossState.REFUSED: "plain"}
RECEIPT_TONES = {
    ReceiptState.ISSUED: "accent",
    ReceiptState.VOIDED: "plain",
    ReceiptState.REVERSED: "plain",
}


def expiry_of(lot: GoodsLot) -> dict[str, Any]:
    """The day in words with its tone: red when it is over, amber within 90 days."""
    if lot.expires_on is None:
        return {"text": "—", "badge": "", "tone": ""}
    left = lot.expires_on - timezone.localdate()
    text = moment(lot.expires_on)
    if left < dt.timedelta(0):
        return {"text": text, "badge": _("已过期"), "tone": "danger"}
    if left <= NEAR:
        return {"text": text, "badge": _("还有 %(n)s 天") % {"n": left.days}, "tone": "warn"}
    return {"text": text, "badge": "", "tone": ""}


def pieces(quantity: int, lot: GoodsLot) -> str:
    """`100 个`."""
    return f"{quantity:,} {lot.unit}"


def stock_row(one: GoodsStock) -> dict[str, Any]:
    lot = one.lot
    return {
        "url": reverse("goods:lot", args=[lot.uid]),
        "item": lot.item,
        "batch": lot.batch,
        "kind": lot.get_kind_display(),
        "expiry": expiry_of(lot),
        "site": one.site.name,
        "here": pieces(one.on_hand, lot),
        "all": pieces(lot.on_hand, lot),
        "donation": lot.donation.number,
        "donor": lot.donation.donor.name_masked,
        "intake_url": reverse("goods:intake", args=[lot.intake.uid]),
    }


def move_row(one: StockMove) -> dict[str, Any]:
    place = one.site.name if one.to_site is None else f"{one.site.name} → {one.to_site.name}"
    source, url = one.reason, ""
    if one.distribution is not None:
        source = joined([one.distribution.number, one.reason])
        url = reverse("goods:sheet", args=[one.distribution.uid])
    sign = {"in": "+", "transfer": ""}.get(one.kind, "−")
    return {
        "at": one.at,
        "kind": one.get_kind_display(),
        "tone": "warn" if one.kind == StockMove.Kind.LOSS else "",
        "item": one.lot.item,
        "batch": one.lot.batch,
        "lot_url": reverse("goods:lot", args=[one.lot.uid]),
        "quantity": f"{sign}{pieces(one.quantity, one.lot)}",
        "place": place,
        "source": source,
        "url": url,
        "who": str(one.created_by or ""),
    }


def intake_row(one: GoodsIntake) -> dict[str, Any]:
    lots = list(one.lots.all())
    worth = [lot.valuation for lot in lots if lot.valuation]
    return {
        "url": reverse("goods:intake", args=[one.uid]),
        "number": one.donation.number,
        "donor": one.donation.donor.name_masked,
        "what": "、".join(f"{lot.item} {pieces(lot.quantity, lot)}" for lot in lots[:3])
        + ("…" if len(lots) > 3 else ""),
        "on": one.received_on,
        "site": one.site.name,
        "worth": money(sum(worth)) if worth else "—",
        "state": one.get_state_display(),
        "tone": INTAKE_TONES[one.state],
        "people": joined(
            [
                _("%(who)s 清点") % {"who": one.counted_by},
                _("%(who)s 验收") % {"who": one.accepted_by} if one.accepted_by else "",
            ]
        ),
    }


def lot_row(one: GoodsLot, *, may_value: bool) -> dict[str, Any]:
    basis = one.get_valuation_basis_display() if one.valuation_basis else _("未计价")
    return {
        "url": reverse("goods:lot", args=[one.uid]),
        "item": one.item,
        "kind": one.get_kind_display(),
        "batch": one.batch,
        "expiry": expiry_of(one),
        "quantity": pieces(one.quantity, one),
        "basis": f"{one.valuation_basis}. {basis}" if one.valuation_basis else basis,
        "note": one.valuation_note,
        "valuation": one.valuation,
        "evidence_url": reverse("goods:file", args=[one.evidence.uid]) if one.evidence else "",
        "value_url": reverse("goods:lot_value", args=[one.uid]) if may_value else "",
    }


def sheet_row(one: Distribution) -> dict[str, Any]:
    return {
        "url": reverse("goods:sheet", args=[one.uid]),
        "number": one.number,
        "site": one.site.name,
        "on": one.given_on,
        "purpose": one.purpose,
        "persons": one.persons,
        "state": one.get_state_display(),
        "tone": SHEET_TONES[one.state],
        "people": joined(
            [
                _("%(who)s 经手") % {"who": one.handler},
                _("%(who)s 复点") % {"who": one.counted_by} if one.counted_by else "",
            ]
        ),
    }


def line_row(one: DistributionLine, number: int, *, is_open: bool) -> dict[str, Any]:
    signed = ""
    if one.signed_at:
        signed = joined([one.get_signer_kind_display(), when(one.signed_at)])
    return {
        "number": number,
        "name": one.recipient_masked,
        "is_minor": one.is_minor,
        "item": one.lot.item,
        "quantity": pieces(one.quantity, one.lot),
        "signed": signed,
        "drawn_url": reverse("goods:file", args=[one.drawn.uid]) if one.drawn else "",
        "sign_url": reverse("goods:line_sign", args=[one.uid])
        if is_open and not one.signed_at
        else "",
        "drop_url": reverse("goods:line_drop", args=[one.uid])
        if is_open and not one.signed_at
        else "",
    }


def intake_facts(one: GoodsIntake) -> list[tuple[Any, Any]]:
    """What the record says, for the page and for the second person."""
    donation = one.donation
    rows = [
        (_("捐赠人"), joined([donation.donor.name_masked, donation.donor.get_kind_display()])),
        (_("基金"), donation.fund.name),
        (_("用途"), donation.purpose.text if donation.purpose else _("不限定用途")),
        (_("到货"), joined([moment(one.received_on), one.site.name])),
        (_("清点"), joined([one.counted_by, moment(one.created_at)])),
    ]
    if one.accepted_by:
        rows.append((_("验收"), joined([one.accepted_by, when(one.accepted_at)])))
    if one.booked_by:
        rows.append((_("入账"), str(one.booked_by)))
    if one.note:
        rows.append((_("说明"), one.note))
    return rows
