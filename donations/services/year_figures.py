"""A charity's year: figures beside the books with their source and method, and the ratios settled from both."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import DatedRule
from departments.services.rule_shapes import is_sound
from donations.disclosure_permissions import can_keep_year, can_settle_year
from donations.models.disclosure import CharityYear
from donations.models.giving import CharityProfile
from donations.models.ledger import LedgerAccount
from donations.services.disclosure import is_public_charity
from donations.services.disclosure_figures import (
    CHARITABLE,
    DONATED,
    FUNDRAISING,
    INTEREST,
    LOST,
    MANAGEMENT,
    NOTHING,
    OTHER,
    Account,
    account_of,
)
from donations.services.disclosure_rules import FOUNDATION, RATIO
from donations.services.disclosure_rules import OTHER as OTHER_FORM
from donations.services.ratios import (
    Assessment,
    Forecast,
    YearTotals,
    assess,
    forecast,
    income_counted,
    rule_of,
)
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

# What the books of the funds do not hold, in the order of the form.
FIGURES = {
    "other_income": _("其他收入（政府补助、服务、投资等）"),
    "unusable": _("因时间限定本年不能使用的收入"),
    "released": _("本年解除时间限定的净资产"),
    "activity_staff": _("慈善活动的人员费用"),
    "activity_premises": _("慈善活动的场地与设备费用"),
    "activity_other": _("慈善活动的其他费用"),
    "management_staff": _("行政管理人员费用"),
    "management_office": _("行政办公、审计、折旧等费用"),
    "fundraising": _("募捐成本"),
    "other_spend": _("其他支出"),
    "net_assets": _("年末净资产"),
    "balance": _("年末基金余额（基金会管理条例口径）"),
}
# May be below zero; nothing else is.
SIGNED = frozenset({"net_assets"})
# What a total needs: (figure of the ratio, figures of the form).
PARTS = {
    "income": ("other_income", "unusable", "released"),
    "spend": ("activity_staff", "activity_premises", "activity_other"),
    "management": ("management_staff", "management_office"),
    "total_spend": (
        "activity_staff",
        "activity_premises",
        "activity_other",
        "management_staff",
        "management_office",
        "fundraising",
        "other_spend",
    ),
    "net_assets": ("net_assets",),
    "balance": ("balance",),
}


@dataclass(frozen=True)
class Figure:
    amount: Decimal
    source: str
    method: str


def year_open(*, organization_id: int, year: int, by: Any = None) -> CharityYear:
    """The row of a year, made when it is missing; in the transaction of the caller."""
    known = CharityYear.objects.filter(organization_id=organization_id, year=year).first()
    if known is not None:
        return known
    made = CharityYear(
        organization_id=organization_id,
        year=year,
        is_public=is_public_charity(organization_id, dt.date(year, 12, 31)),
        created_by=by,
    )
    made.save(force_insert=True)
    return made


@command
def year_begin(*, year: int, by: Any) -> CharityYear:
    """Begin the figures of a year of the own house.

    Raises:
        DomainError: `charity_year.in_future` on `year`.
    """
    require(can_keep_year, by, None)
    if not 2000 <= year <= timezone.localdate().year:
        raise DomainError("charity_year.in_future", _("年度应在 2000 年到今年之间。"), "year")
    made = year_open(organization_id=by.house_id, year=year, by=by)
    audit.record("charity_year.begin", by=by, on=made, year=year)
    return made


@command
def year_figures_set(
    *,
    year: CharityYear,
    figures: Mapping[str, Figure | None],
    is_public: bool,
    base: int | None = None,
    by: Any,
) -> CharityYear:
    """Set the figures of a year; None takes one away. What was settled from other figures is unsettled.

    Raises:
        DomainError: `charity_year.needs_source` on `<name>_source`, `charity_year.negative` on
            `<name>`, `form.stale` (409).
    """
    held = CharityYear.objects.locked().get(pk=year.pk)
    require(can_keep_year, by, held)
    check_base(base, held.row_version)
    kept = dict(held.figures)
    for name, figure in figures.items():
        _check(name, figure)
        if figure is None:
            kept.pop(name, None)
        else:
            kept[name] = {
                "amount": f"{figure.amount:.2f}",
                "source": figure.source.strip(),
                "method": figure.method.strip(),
            }
    changed = sorted(name for name in FIGURES if kept.get(name) != held.figures.get(name))
    held.figures, held.is_public = kept, is_public
    _unsettle(held)
    held.save()
    # The ratios of the three years after it were made from this one's figures.
    for later in CharityYear.objects.locked().filter(
        organization_id=held.organization_id, year__range=(held.year + 1, held.year + 3)
    ):
        if later.settled_at:
            _unsettle(later)
            later.save()
    audit.record("charity_year.set", by=by, on=held, year=held.year, count=len(changed))
    return held


def _check(name: str, figure: Figure | None) -> None:
    if name not in FIGURES:
        raise ValueError(f"no figure is called {name}")
    if figure is None:
        return
    if figure.amount < 0 and name not in SIGNED:
        raise DomainError("charity_year.negative", _("金额不能是负数。"), name)
    if not figure.source.strip():
        raise DomainError(
            "charity_year.needs_source",
            _("请写明这个数字的出处，如审计报告第几页。"),
            f"{name}_source",
        )


def _unsettle(year: CharityYear) -> None:
    year.rule = year.settled_at = year.settled_by = None
    year.spend = year.spend_base = year.spend_ratio = None
    year.management = year.total_spend = year.mgmt_ratio = None
    year.is_exempt, year.missing = False, []


# ── what a year came to ──────────────────────────────────────────────────────


def books_of(organization_id: int, year: int) -> Account:
    """The account of every fund of the house in a calendar year."""
    return account_of(organization_id, Q(), dt.date(year, 1, 1), dt.date(year, 12, 31))


def totals_of(row: CharityYear | None, books: Account) -> YearTotals:
    """Books and entered figures together; None for a total that lacks one of its figures."""
    if row is None:
        return YearTotals()
    lines = books.lines

    def entered(total: str) -> Decimal | None:
        found = [row.figures.get(name) for name in PARTS[total]]
        return sum((Decimal(one["amount"]) for one in found), NOTHING) if all(found) else None

    income = None
    if entered("income") is not None:
        actual = lines.get(DONATED, NOTHING) + lines.get(INTEREST, NOTHING)
        amounts = {name: Decimal(row.figures[name]["amount"]) for name in PARTS["income"]}
        income = income_counted(
            actual + amounts["other_income"], amounts["unusable"], amounts["released"]
        )
    out = {line: -lines.get(line, NOTHING) for line in (CHARITABLE, MANAGEMENT, FUNDRAISING)}
    rest = -lines.get(LOST, NOTHING) + max(NOTHING, -lines.get(OTHER, NOTHING))
    return YearTotals(
        income=income,
        spend=_plus(entered("spend"), out[CHARITABLE]),
        management=_plus(entered("management"), out[MANAGEMENT]),
        total_spend=_plus(entered("total_spend"), sum(out.values(), NOTHING) + rest),
        net_assets=entered("net_assets"),
        balance=entered("balance"),
    )


def _plus(entered: Decimal | None, booked: Decimal) -> Decimal | None:
    return None if entered is None else entered + booked


@dataclass(frozen=True)
class YearView:
    """Everything the page of a year shows: books, totals of four years, verdicts, forecast of the running one."""

    year: CharityYear
    books: Account
    totals: Mapping[int, YearTotals]
    assessment: Assessment | None
    older: Assessment | None
    forecast: Forecast | None
    form: str


def year_view(year: CharityYear, *, today: dt.date | None = None) -> YearView:
    """Read a year of the house with the three before it."""
    rows = {
        one.year: one
        for one in CharityYear.objects.filter(
            organization_id=year.organization_id, year__range=(year.year - 3, year.year)
        )
    }
    books = {of: books_of(year.organization_id, of) for of in range(year.year - 3, year.year + 1)}
    totals = {of: totals_of(rows.get(of), books[of]) for of in books}
    profile = CharityProfile.objects.filter(organization_id=year.organization_id).first()
    is_foundation = profile is None or profile.form == CharityProfile.Form.FOUNDATION
    form = FOUNDATION if is_foundation else OTHER_FORM
    day = dt.date(year.year, 12, 31)
    rows = DatedRule.objects.filter(kind=RATIO, region__isnull=True, valid__contains=day)
    rules = [one for one in rows.order_by("applies_key") if is_sound(one)]
    asked = {
        "form": form,
        "is_public": year.is_public,
        "net_assets": totals[year.year - 1].net_assets,
    }
    rule, older = rule_of(rules, **asked), rule_of(rules, **asked, is_older=True)
    return YearView(
        year=year,
        books=books[year.year],
        totals=totals,
        assessment=assess(rule, year.year, totals) if rule else None,
        older=assess(older, year.year, totals) if older else None,
        forecast=_forecast(year, books[year.year], today or timezone.localdate()),
        form=form,
    )


def _forecast(year: CharityYear, books: Account, today: dt.date) -> Forecast | None:
    if year.year != today.year:
        return None
    committed = LedgerAccount.objects.filter(
        organization_id=year.organization_id, kind=LedgerAccount.Kind.COMMITTED
    ).aggregate(total=Sum("balance"))["total"]
    first = dt.date(year.year, 1, 1)
    days = (dt.date(year.year + 1, 1, 1) - first).days
    return forecast(
        books.spent, committed or NOTHING, days_gone=(today - first).days + 1, days=days
    )


@command
def year_settle(*, year: CharityYear, by: Any) -> CharityYear:
    """Keep the ratios of a year that is over as they are now; the approver's act.

    Raises:
        DomainError: `charity_year.runs` (409) for a year that is not over, `charity_year.missing`
            (409) naming what has not been entered.
    """
    held = CharityYear.objects.locked().get(pk=year.pk)
    require(can_settle_year, by, held)
    if held.year >= timezone.localdate().year:
        raise DomainError("charity_year.runs", _("这一年还没有结束，只有预测。"), status=409)
    view = year_view(held)
    found = view.assessment
    if found is None or found.missing:
        raise DomainError(
            "charity_year.missing", _("资料不全，还不能核定。请先补齐列出的数字。"), status=409
        )
    by_average = found.spend.is_met is False and found.average.is_met
    share = found.average if by_average else found.spend
    held.rule = found.rule
    held.spend, held.spend_base, held.spend_ratio = share.part, share.base, share.ratio
    held.management, held.total_spend = found.management.part, found.management.base
    held.mgmt_ratio, held.is_exempt = found.management.ratio, found.is_exempt
    held.settled_at, held.settled_by = timezone.now(), by
    held.save()
    audit.record(
        "charity_year.fix_ratios",
        by=by,
        on=held,
        year=held.year,
        spend_ratio=held.spend_ratio,
        mgmt_ratio=held.mgmt_ratio,
    )
    return held
