"""Goods in the ledger: a claim in kind that no request for money can draw on; every fen leaves with its goods.

Booked: D goods / C in_kind (the lot's first credit). Handed out or written off: D in_kind / C goods.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection

from donations.models.giving import Donation
from donations.models.goods import GoodsLot, StockMove
from donations.models.ledger import DonationLot, LedgerJournal
from donations.services import ledger
from donations.services.ledger import Leg, Posting
from msw_portal.kernel.money import round_half_up

Kind = LedgerJournal.Kind
GONE = """
    SELECT m.lot_id, sum(CASE m.kind WHEN 'return' THEN -m.quantity ELSE m.quantity END)
      FROM donations_stockmove m
     WHERE m.lot_id = ANY(%s) AND m.kind IN ('out', 'loss', 'return') GROUP BY m.lot_id
"""


def goods_accounts(donation: Donation) -> tuple[int, int]:
    """Ids of the house's goods account and of the claim in kind of the gift's fund and purpose; opened when missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT goods_id, claim_id FROM app.goods_accounts(%s, %s)",
            [donation.fund_id, donation.purpose_id],
        )
        return cursor.fetchone()


def goods_book(*, donation: Donation, by: Any) -> None:
    """Book the accepted value of a gift in kind; the caller has set its amount and day."""
    goods_id, claim_id = goods_accounts(donation)
    lot = DonationLot(
        organization_id=donation.organization_id,
        donation=donation,
        amount=donation.amount,
        received_on=donation.received_on,
        earmark_purpose_id=donation.purpose_id,
        earmark_class=donation.beneficiary_class,
        created_by=by,
    )
    lot.save(force_insert=True)
    posting = Posting(
        kind=Kind.DONATION,
        reference=f"donation:{donation.uid}",
        donation_id=donation.pk,
        legs=(Leg(goods_id, donation.amount), Leg(claim_id, -donation.amount, lot.pk)),
    )
    ledger.post([posting], by=by)


def value_of(lot: GoodsLot, before: int, quantity: int) -> Decimal:
    """What `quantity` pieces are worth after `before` have left: the last piece takes what rounding left over."""
    if lot.valuation is None:
        return Decimal(0)

    def until(pieces: int) -> Decimal:
        return round_half_up(lot.valuation * pieces / lot.quantity)

    return until(before + quantity) - until(before)


def goods_leave(
    *, lots: dict[int, GoodsLot], moves: Sequence[StockMove], kind: str, reference: str, by: Any
) -> None:
    """Post what these written movements (out or loss) of locked lots are worth: one journal per gift.

    Goods that nobody could value leave the books untouched.
    """
    worth: dict[int, Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(GONE, [list(lots)])
        gone = dict(cursor.fetchall())
    for move in reversed(
        moves
    ):  # the newest first: what had left before each is what is left of the sum
        lot = lots[move.lot_id]
        gone[lot.pk] -= move.quantity
        part = value_of(lot, int(gone[lot.pk]), move.quantity)
        worth[lot.donation_id] = worth.get(lot.donation_id, Decimal(0)) + part
    gifts = {lot.donation_id: lot.donation for lot in lots.values()}
    postings = [
        _posting(gifts[gift_id], amount, kind, reference)
        for gift_id, amount in sorted(worth.items())
        if amount > 0
    ]
    if postings:
        ledger.post(postings, by=by)


def goods_come_back(*, lot: GoodsLot, moved: StockMove, by: Any) -> None:
    """Post the mirror of what these pieces left with: D goods / C in_kind, and less was spent."""
    with connection.cursor() as cursor:
        cursor.execute(GONE, [[lot.pk]])
        gone = int(dict(cursor.fetchall())[lot.pk])
    amount = value_of(lot, gone, moved.quantity)
    if amount <= 0:
        return
    left = _posting(lot.donation, amount, Kind.GOODS_OUT, f"goods_return:{moved.uid}")
    legs = tuple(replace(leg, amount=-leg.amount) for leg in left.legs)
    ledger.post([replace(left, legs=legs)], by=by)


def _posting(gift: Donation, amount: Decimal, kind: str, reference: str) -> Posting:
    goods_id, claim_id = goods_accounts(gift)
    return Posting(
        kind=kind,
        reference=f"{reference}:{gift.uid}",
        donation_id=gift.pk,
        spend_class=(
            LedgerJournal.SpendClass.CHARITABLE
            if kind == Kind.GOODS_OUT
            else LedgerJournal.SpendClass.NONE
        ),
        legs=(Leg(claim_id, amount, gift.lot.pk), Leg(goods_id, -amount)),
    )


def lots_locked(ids: Iterable[int]) -> dict[int, GoodsLot]:
    """The lots, locked in one order, with their gifts and their gifts' money lots."""
    rows = GoodsLot.objects.locked().filter(pk__in=sorted(set(ids))).order_by("id")
    return {row.pk: row for row in rows.select_related("donation")}
