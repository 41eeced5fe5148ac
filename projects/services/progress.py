"""Completion, spending and the light of a project: pure arithmetic over rows, by rules that are data.

completion = sum of weight x min(actual / target, 1) over the weights; execution = spent / approved (domain
§8.5). A row `project_light` or `project_grade` of the dated rules overrides the defaults here.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from departments.models.organizations import DatedRule
from departments.services.rule_shapes import is_sound

WHOLE, ZERO = Decimal(1), Decimal(0)
LIGHT_RULE, GRADE_RULE = "project_light", "project_grade"


@dataclass(frozen=True)
class LightRule:
    """Shares of 1 by which completion may lag behind the elapsed time, and days by which a report may be late."""

    amber_behind: Decimal = Decimal("0.15")
    red_behind: Decimal = Decimal("0.30")
    amber_late_days: int = 1
    red_late_days: int = 15
    amber_spent: Decimal = Decimal("1.00")


# Grade bands of domain §1.8: from which mark of 100 on.
BANDS: tuple[tuple[str, Decimal], ...] = (
    ("excellent", Decimal(90)),
    ("good", Decimal(80)),
    ("qualified", Decimal(60)),
    ("unqualified", ZERO),
)


@dataclass(frozen=True)
class Goal:
    """An indicator with what is reached; shares are of 1, capped at 1 in `share`."""

    indicator: Any
    actual: Decimal | None
    period: str = ""
    is_computed: bool = False

    @property
    def share(self) -> Decimal:
        if not self.actual or self.actual < 0:
            return ZERO
        return min(self.actual / self.indicator.target, WHOLE)

    @property
    def percent(self) -> int:
        return percent_of(self.share)


def percent_of(share: Decimal) -> int:
    """A share of 1 as whole percents, half up."""
    return int((share * 100).quantize(WHOLE, ROUND_HALF_UP))


def completion_of(goals: Iterable[Goal]) -> Decimal:
    """The share of 1 that is reached, over the weights that are there; 0 without a weight."""
    goals = [one for one in goals if not one.indicator.is_before_after]
    weights = sum((one.indicator.weight for one in goals), ZERO)
    if not weights:
        return ZERO
    reached = sum((one.indicator.weight * one.share for one in goals), ZERO)
    return (reached / weights).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def execution_of(spent: Decimal, approved: Decimal | None) -> Decimal | None:
    """Spent by approved as a share of 1, not capped; None without an approved amount."""
    if not approved:
        return None
    return (spent / approved).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def elapsed_of(starts_on: dt.date | None, ends_on: dt.date | None, today: dt.date) -> Decimal:
    """Which share of the project's time has passed, 0 to 1; 0 while a date is open."""
    if starts_on is None or ends_on is None or today < starts_on:
        return ZERO
    days = (ends_on - starts_on).days + 1
    return min(Decimal((today - starts_on).days + 1) / days, WHOLE)


def light_of(
    *,
    completion: Decimal,
    elapsed: Decimal,
    late_days: int,
    execution: Decimal | None,
    rule: LightRule,
) -> tuple[str, list[dict[str, Any]]]:
    """green, amber or red, and why it is not green: [{"code", "light", numbers}], words by `reason_words`."""
    reasons: list[dict[str, Any]] = []
    behind = elapsed - completion
    if behind > rule.amber_behind:
        light = "red" if behind > rule.red_behind else "amber"
        done, time = percent_of(completion), percent_of(elapsed)
        reasons.append({"code": "behind", "light": light, "done": done, "time": time})
    if late_days >= rule.amber_late_days:
        light = "red" if late_days >= rule.red_late_days else "amber"
        reasons.append({"code": "late", "light": light, "days": late_days})
    if execution is not None and execution > rule.amber_spent:
        reasons.append({"code": "spent", "light": "amber", "share": percent_of(execution)})
    lights = {one["light"] for one in reasons}
    return "red" if "red" in lights else "amber" if lights else "green", reasons


WORDS = {
    "behind": gettext_lazy("完成度 %(done)s%% 落后于时间进度 %(time)s%%"),
    "late": gettext_lazy("报告逾期 %(days)s 天"),
    "spent": gettext_lazy("支出为批准金额的 %(share)s%%"),
}


def reason_words(reason: Mapping[str, Any]) -> str:
    """One reason of a light in the reader's language."""
    return str(WORDS[reason["code"]]) % reason


def light_rule(on: dt.date) -> LightRule:
    """The rule in force on a day."""
    row = _rule(LIGHT_RULE, on)
    if row is None:
        return LightRule()
    usual = LightRule()
    numbers = {
        name: Decimal(str(row[name]))
        for name in ("amber_behind", "red_behind", "amber_spent")
        if name in row
    }
    days = {name: int(row[name]) for name in ("amber_late_days", "red_late_days") if name in row}
    return LightRule(**{**usual.__dict__, **numbers, **days})


def grade_of(mark: Decimal, on: dt.date) -> str:
    """The grade of a mark of 100 by the bands in force on a day."""
    row = _rule(GRADE_RULE, on) or {}
    bands = [(name, Decimal(str(row.get(name, least)))) for name, least in BANDS]
    return next((name for name, least in bands if mark >= least), bands[-1][0])


def _rule(kind: str, on: dt.date) -> Mapping[str, Any] | None:
    row = DatedRule.objects.filter(
        kind=kind, applies_key="", region__isnull=True, valid__contains=on
    ).first()
    return row.params if row is not None and is_sound(row) else None
