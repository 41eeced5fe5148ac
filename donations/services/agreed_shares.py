"""Shares for management that donation agreements state: for their gifts they prevail over the ratio (Charity Law 61)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from donations.models.agreements import Agreement
from donations.models.ledger import DonationLot, LedgerEntry, LedgerJournal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class AgreedShare:
    """`given` came under the agreement, `most` of it may go to management, `taken` has gone."""

    agreement: Agreement
    given: Decimal
    most: Decimal
    taken: Decimal

    @property
    def is_kept(self) -> bool:
        return self.taken <= self.most


def agreed_shares(user: Any, *, year: int) -> Sequence[AgreedShare]:
    """The agreements that state a share and under which money had come by the end of the year; three statements."""
    lots = DonationLot.objects.filter(
        organization_id=user.house_id,
        donation__agreement__mgmt_share__isnull=False,
        received_on__year__lte=year,
    )
    given = dict(lots.order_by().values_list("donation__agreement").annotate(total=Sum("amount")))
    taken = dict(
        LedgerEntry.objects.filter(
            lot__in=lots,
            account__fund__isnull=False,
            journal__spend_class=LedgerJournal.SpendClass.MANAGEMENT,
            journal__posted_at__year__lte=year,
        )
        .order_by()
        .values_list("lot__donation__agreement")
        .annotate(total=Sum("amount"))
    )
    rows = Agreement.objects.visible_to(user).filter(pk__in=given).order_by("number")
    return [
        AgreedShare(
            row,
            given[row.pk],
            (given[row.pk] * row.mgmt_share / 100).quantize(CENT),
            taken.get(row.pk, Decimal("0.00")),
        )
        for row in rows
    ]
