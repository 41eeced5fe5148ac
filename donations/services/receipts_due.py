"""Gifts that are booked and have had no receipt for longer than the rule allows: red on the calendar."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone

from departments.services.policies import rule_for
from departments.services.rule_shapes import is_sound
from donations.models.giving import Donation
from donations.models.receipts import Receipt, ReceiptWaiver
from donations.services.disclosure_rules import DEADLINE
from donations.workflow import DonationState

WEEK = 7


@dataclass(frozen=True)
class ReceiptsLate:
    """How many booked gifts have no receipt though their `days` are over, and their amounts together."""

    count: int
    amount: Decimal
    days: int


def receipt_days(on: dt.date | None = None) -> int:
    """How many days after a gift has come its receipt is in time, the last of them included: the dated rule `receipt`."""
    rule = rule_for(DEADLINE, "receipt", on=on)
    return rule.params["days"] if rule is not None and is_sound(rule) else WEEK


def late_before(today: dt.date | None = None) -> dt.date:
    """A gift that came before this day and has no receipt is late."""
    day = today or timezone.localdate()
    return day - dt.timedelta(days=receipt_days(day))


def receipts_late(user: Any, today: dt.date) -> ReceiptsLate:
    """What the person's house owes its donors today; waived ones are left out. Days by the dated rule `receipt`."""
    days = receipt_days(today)
    valid = Receipt.objects.filter(
        donation=OuterRef("pk"), state="issued", red_of__isnull=True
    ).order_by()
    waived = ReceiptWaiver.objects.filter(donation=OuterRef("pk")).order_by()
    rows = Donation.objects.visible_to(user).filter(
        ~Exists(valid),
        ~Exists(waived),
        state=DonationState.BOOKED,
        amount__isnull=False,
        # What was taken over from before the portal had its receipt there.
        used_before__isnull=True,
        received_on__lt=today - dt.timedelta(days=days),
    )
    found = rows.exclude(kind=Donation.Kind.SERVICE).aggregate(n=Count("pk"), total=Sum("amount"))
    return ReceiptsLate(found["n"], found["total"] or Decimal(0), days)
