"""Spending and management ratios of a charity: pure arithmetic on the figures of years, by dated rules.

Shares are compared exactly and only then written with four places: a spending ratio is cut off, a
management ratio rounded up, so that no limit is met by rounding. What is not known stays unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any, Protocol

PLACES = Decimal("0.0001")
ZERO = Decimal(0)


class Rule(Protocol):
    applies_key: str
    applies: Mapping[str, Any]
    params: Mapping[str, Any]


@dataclass(frozen=True)
class YearTotals:
    """What one year came to, in yuan; None where a figure has not been entered.

    `income` is 上年总收入 as the rule counts it: income − what could not be used yet for a limit of time
    + net assets released that year. `net_assets` and `balance` are at the end of the year.
    """

    income: Decimal | None = None
    spend: Decimal | None = None
    management: Decimal | None = None
    total_spend: Decimal | None = None
    net_assets: Decimal | None = None
    balance: Decimal | None = None


def income_counted(actual: Decimal, unusable: Decimal, released: Decimal) -> Decimal:
    """上年总收入: actual income − time-restricted income not usable that year + net assets released that year."""
    return actual - unusable + released


@dataclass(frozen=True)
class Share:
    """`part` of `base`, against a limit; `missing` names (year, figure) that are not known."""

    part: Decimal | None = None
    base: Decimal | None = None
    limit: Decimal | None = None
    is_floor: bool = True
    missing: tuple[tuple[int, str], ...] = ()

    @property
    def ratio(self) -> Decimal | None:
        """With four places; None without its inputs or on a base of nothing."""
        if self.part is None or not self.base or self.base < 0:
            return None
        way = ROUND_DOWN if self.is_floor else ROUND_UP
        return (self.part / self.base).quantize(PLACES, way)

    @property
    def is_met(self) -> bool | None:
        """Exactly, without rounding; None when it cannot be judged."""
        if self.part is None or self.base is None or self.limit is None:
            return None
        if self.is_floor:
            return self.part >= self.base * self.limit
        return self.part <= self.base * self.limit if self.base > 0 else None

    @property
    def needed(self) -> Decimal | None:
        """How much the part still lacks to reach a floor; 0 when it is met."""
        if self.part is None or self.base is None or self.limit is None or not self.is_floor:
            return None
        return max(ZERO, self.base * self.limit - self.part)


@dataclass(frozen=True)
class Assessment:
    """The ratios of a year under one rule; `spend` by the year before, `average` by three of them."""

    rule: Rule
    spend: Share
    average: Share
    income_floor: Share | None
    management: Share
    is_exempt: bool

    @property
    def spend_is_met(self) -> bool | None:
        """By last year's figure or by the average of three years, whichever is met (P-189 10)."""
        answers = (self.spend.is_met, self.average.is_met)
        if self.income_floor is not None:
            floor = self.income_floor.is_met
            if floor is False:
                return False
            if floor is None:
                return None
        if True in answers:
            return True
        return False if self.spend.is_met is False else None

    @property
    def management_is_met(self) -> bool | None:
        return True if self.is_exempt else self.management.is_met

    @property
    def missing(self) -> tuple[tuple[int, str], ...]:
        """(year, figure) that the verdict waits for, each once; an average that is not needed waits for nothing."""
        shares = [self.spend, *([self.income_floor] if self.income_floor else [])]
        if not self.is_exempt:
            shares.append(self.management)
        return tuple(dict.fromkeys(one for share in shares for one in share.missing))


def rule_of(
    rules: Iterable[Rule],
    *,
    form: str,
    is_public: bool,
    net_assets: Decimal | None,
    is_older: bool = False,
) -> Rule | None:
    """The row that applies; None when the tier hangs on net assets that are not known.

    A tier begins at its lower bound, which belongs to it, and ends below its upper one.
    """
    for rule in rules:
        asked = rule.applies
        if asked.get("form") != form or asked.get("public") is not is_public:
            continue
        if bool(asked.get("older")) is not is_older:
            continue
        if "from" not in asked:
            return rule
        if net_assets is None:
            continue
        held = max(net_assets, ZERO)  # debts above assets are the smallest tier
        low, high = Decimal(asked["from"]), asked.get("below")
        if held >= low and (not high or held < Decimal(high)):
            return rule
    return None


def assess(rule: Rule, year: int, years: Mapping[int, YearTotals]) -> Assessment:
    """The ratios of `year` by a rule, from the totals of that year and the three before it."""
    params = rule.params
    this = years.get(year, YearTotals())
    base_name, least = params["base"], Decimal(params["least"])
    spend = _share(this.spend, [(year - 1, base_name)], years, least, year, "spend")
    average = _share(
        this.spend, [(year - n, base_name) for n in (1, 2, 3)], years, least, year, "spend"
    )
    floor = None
    if params.get("income_least"):
        floor = _share(
            this.spend,
            [(year - 1, "income")],
            years,
            Decimal(params["income_least"]),
            year,
            "spend",
        )
    most = Decimal(params["management_most"])
    lacking = [name for name in ("management", "total_spend") if getattr(this, name) is None]
    management = Share(
        this.management,
        this.total_spend,
        most,
        is_floor=False,
        missing=tuple((year, name) for name in lacking),
    )
    below = params.get("exempt_below")
    is_exempt = bool(below and this.management is not None and this.management < Decimal(below))
    return Assessment(rule, spend, average, floor, management, is_exempt)


def _share(
    part: Decimal | None,
    bases: Sequence[tuple[int, str]],
    years: Mapping[int, YearTotals],
    limit: Decimal,
    year: int,
    name: str,
) -> Share:
    values = [(of, what, getattr(years.get(of, YearTotals()), what)) for of, what in bases]
    missing = [(of, what) for of, what, value in values if value is None]
    if part is None:
        missing.insert(0, (year, name))
    known = [value for _of, _what, value in values if value is not None]
    base = sum(known, ZERO) / len(values) if len(known) == len(values) else None
    return Share(part, base, limit, missing=tuple(missing))


@dataclass(frozen=True)
class Forecast:
    """The running year: `sure` is spent or promised already, `paced` goes on as it has until today."""

    spent: Decimal
    committed: Decimal
    paced: Decimal

    @property
    def sure(self) -> Decimal:
        return self.spent + self.committed


def forecast(spent: Decimal, committed: Decimal, *, days_gone: int, days: int) -> Forecast:
    """What the year may come to. `days_gone` of its `days` are over (at least one)."""
    paced = (spent * days / max(1, days_gone)).quantize(Decimal("0.01"))
    return Forecast(spent, committed, max(paced, spent + committed))
