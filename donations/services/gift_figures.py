"""Figures of gifts with the rows behind them: what was booked for a region, what a hospital received in a year."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.models.organizations import Region
from departments.services.regions import region_span
from donations.models.giving import Donation
from donations.models.hospital_gifts import HospitalGift
from donations.services.hospital_gift_steps import RECEIVED
from donations.workflow import DonationState

# A gift that came in parts counts with what is booked of it; what was returned does not count.
BOOKED = (DonationState.BOOKED, DonationState.PART_BOOKED)


@dataclass(frozen=True)
class RegionFigure:
    """Booked gifts of money for a region and what lies in it; `amount` in yuan."""

    region: Region
    gifts: int
    amount: Decimal


def of_region(rows: QuerySet[Donation], region: Region) -> QuerySet[Donation]:
    """The booked gifts of money for a region and everything in it."""
    low, high = region_span(region.pk)
    inside = rows.filter(region_id__gte=low, region_id__lte=high, state__in=BOOKED)
    return inside.filter(kind=Donation.Kind.MONEY)


def region_figure(rows: QuerySet[Donation], region: Region) -> RegionFigure:
    """The number and sum of the rows of a region; sums are of lots, so that only what was confirmed counts."""
    found = of_region(rows, region)
    sums = found.aggregate(gifts=Count("pk", distinct=True), amount=Sum("lots__amount"))
    return RegionFigure(region, sums["gifts"], sums["amount"] or Decimal(0))


def regions_given_to(rows: QuerySet[Donation]) -> list[tuple[Region, int, Decimal]]:
    """Every region that booked gifts name, with their number and sum, the largest first."""
    found = (
        rows.filter(region__isnull=False, state__in=BOOKED, kind=Donation.Kind.MONEY)
        .order_by()
        .values("region_id")
        .annotate(gifts=Count("pk", distinct=True), amount=Sum("lots__amount"))
        .order_by("-amount")
    )
    sums = list(found[:100])
    names = Region.objects.in_bulk([one["region_id"] for one in sums])
    return [(names[one["region_id"]], one["gifts"], one["amount"] or Decimal(0)) for one in sums]


def nearly(amount: Decimal) -> int | None:
    """The full hundred of ten thousands (wan) an amount stands just below: 700 for 6,98x,xxx (近700万); else None."""
    wan = amount / 10_000
    above = (wan // 100 + 1) * 100
    return int(above) if wan >= above * Decimal("0.97") else None


@dataclass(frozen=True)
class YearLine:
    """What a hospital received for one use in a year."""

    label: Any
    gifts: int
    amount: Decimal


def hospital_year(rows: QuerySet[HospitalGift], year: int) -> list[YearLine]:
    """The yearly disclosure of a hospital: accepted gifts by use, and their total, which has no label."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    found = rows.filter(accepted_on__range=(first, last), state__in=RECEIVED)
    sums = {
        one["purpose"]: (one["gifts"], one["amount"])
        for one in found.order_by()
        .values("purpose")
        .annotate(
            gifts=Count("pk", distinct=True), amount=Coalesce(Sum("accepted_value"), Decimal(0))
        )
    }
    lines = [
        YearLine(label, *sums.get(purpose, (0, Decimal(0))))
        for purpose, label in HospitalGift.Purpose.choices
    ]
    total = YearLine(
        "",
        sum(one.gifts for one in lines),
        sum((one.amount for one in lines), Decimal(0)),
    )
    return [*lines, total]


def years_shown() -> list[int]:
    """This year and the four before."""
    this = timezone.localdate().year
    return list(range(this, this - 5, -1))
