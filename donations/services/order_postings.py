"""What an order becomes in the books: its accounts, its lots, its legs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from donations.models.ledger import DonationLot, LedgerAccount, LedgerEntry, LedgerJournal
from donations.models.orders import LedgerOrder
from donations.services import ledger
from donations.services.ledger import Leg, Posting, Slice
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import format_amount

Kind = LedgerOrder.Kind
Spend = LedgerJournal.SpendClass
ARTICLES = {
    Kind.PURPOSE_CHANGE: "慈善法第五十六条",
    Kind.LEFTOVER: "慈善法第五十八条",
}
# What an order books under which kind of journal, and how it counts as spending.
JOURNALS = {
    Kind.PURPOSE_CHANGE: (LedgerJournal.Kind.PURPOSE_CHANGE, Spend.NONE),
    Kind.LEFTOVER: (LedgerJournal.Kind.PURPOSE_CHANGE, Spend.NONE),
    Kind.FUND_TRANSFER: (LedgerJournal.Kind.FUND_TRANSFER, Spend.NONE),
    Kind.GRANT: (LedgerJournal.Kind.FUND_TRANSFER, Spend.CHARITABLE),
    Kind.INTEREST: (LedgerJournal.Kind.INTEREST, Spend.NONE),
    Kind.FEE: (LedgerJournal.Kind.FEE, Spend.MANAGEMENT),
}


def available_id(*, organization_id: int, fund_id: int, purpose_id: int | None) -> int:
    """The available account of a fund × purpose."""
    return LedgerAccount.objects.values_list("id", flat=True).get(
        organization_id=organization_id,
        kind=LedgerAccount.Kind.AVAILABLE,
        fund_id=fund_id,
        purpose_id=purpose_id,
    )


def source_id(order: LedgerOrder) -> int:
    return available_id(
        organization_id=order.organization_id, fund_id=order.fund_id, purpose_id=order.purpose_id
    )


def target_id(order: LedgerOrder) -> int:
    return available_id(
        organization_id=order.organization_id,
        fund_id=order.to_fund_id,
        purpose_id=order.to_purpose_id,
    )


def posting_of(order: LedgerOrder, *, by: Any) -> Posting:
    """Lock the accounts and say the whole journal of an approved order.

    Raises:
        DomainError: `ledger.insufficient` (409), `order.fee_over_agreement` (409).
    """
    if order.kind == Kind.REVERSAL:
        ledger.lock_accounts(order.reverses.entries.values_list("account_id", flat=True))
        return ledger.reversal_posting(order.reverses)
    return _posting(order, _legs(order, by=by))


def _posting(order: LedgerOrder, legs: Sequence[Leg]) -> Posting:
    kind, spend_class = JOURNALS[order.kind]
    return Posting(
        kind=kind,
        reference=f"order:{order.uid}",
        donation_id=order.donation_id,
        spend_class=spend_class,
        article=ARTICLES.get(order.kind, ""),
        legs=tuple(legs),
    )


def _legs(order: LedgerOrder, *, by: Any) -> list[Leg]:
    cash = ledger.cash_account(order.organization_id)
    source = source_id(order)
    if order.kind == Kind.INTEREST:
        ledger.lock_accounts([cash, source])
        lot = _interest_lot(order, by=by)
        return [Leg(cash, order.amount), Leg(source, -order.amount, lot.pk)]
    if order.kind in {Kind.GRANT, Kind.FEE}:
        ledger.lock_accounts([cash, source])
        # Money for one class of beneficiaries leaves for nobody else: only lots without a class.
        slices = ledger.match([(source, cash)], amount=order.amount)
        if order.kind == Kind.FEE:
            check_fee(order, slices)
        return [
            *(Leg(source, one.amount, one.lot_id) for one in slices),
            Leg(cash, -order.amount),
        ]
    target = target_id(order)
    ledger.lock_accounts([source, target])
    lots = None
    if order.kind == Kind.PURPOSE_CHANGE:
        lots = list(
            DonationLot.objects.filter(donation_id=order.donation_id).values_list("id", flat=True)
        )
    slices = ledger.lots_on(source, amount=order.amount, to_id=target, lots=lots)
    return [
        leg
        for one in slices
        for leg in (Leg(source, one.amount, one.lot_id), Leg(target, -one.amount, one.lot_id))
    ]


def _interest_lot(order: LedgerOrder, *, by: Any) -> DonationLot:
    """Interest belongs to the fund that bore it and has no donor."""
    lot = DonationLot(
        organization_id=order.organization_id,
        order=order,
        amount=order.amount,
        received_on=order.on,
        earmark_purpose_id=order.purpose_id,
        created_by=by,
    )
    lot.save(force_insert=True)
    return lot


def check_fee(order: LedgerOrder, slices: Sequence[Slice]) -> None:
    """The share that a donation agreement allows prevails for its gifts (Charity Law 61).

    Raises:
        DomainError: `order.fee_over_agreement` (409) naming the gift and what is left of its share.
    """
    parts = {one.lot_id: one.amount for one in slices}
    lots = DonationLot.objects.filter(
        pk__in=parts, donation__agreement__mgmt_share__isnull=False
    ).select_related("donation__agreement")
    taken = dict(
        LedgerEntry.objects.filter(
            lot_id__in=parts, journal__kind=LedgerJournal.Kind.FEE, account__fund__isnull=False
        )
        .values_list("lot_id")
        .annotate(total=Sum("amount"))
    )
    for lot in lots:
        share = lot.donation.agreement.mgmt_share
        most = (lot.amount * share / 100).quantize(Decimal("0.01"))
        left = max(most - taken.get(lot.pk, Decimal(0)), Decimal(0))
        if parts[lot.pk] > left:
            raise DomainError(
                "order.fee_over_agreement",
                _(
                    "捐赠 %(number)s 的协议约定管理费不超过 %(share)s%%，还可提取 %(left)s 元"
                    "（慈善法第六十一条）。"
                )
                % {
                    "number": lot.donation.number,
                    "share": share,
                    "left": format_amount(left),
                },
                "amount",
                status=409,
            )
