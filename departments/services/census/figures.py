"""The figures of the census as data: formula, population, unit; computed from lines, rounded half up.

Codes are those of the published figures (domain dossier, 6.4): B2 to B8, X1, X2, X4, X5.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from departments.models.census import CensusLine
from departments.services.census.measures import MEASURES, Measure, Numbers, numbers, years_of
from msw_portal.kernel.display import figure
from msw_portal.kernel.rounding import half_up

PERCENT = "%"
Value = Fraction | None
Formula = Callable[[Sequence[Fraction]], Value]


def _same(values: Sequence[Fraction]) -> Value:
    return values[0]


def quotient(values: Sequence[Fraction]) -> Value:
    """The first over the second; None over nothing."""
    return values[0] / values[1] if values[1] else None


def share(values: Sequence[Fraction]) -> Value:
    """The first of the second in per cent."""
    part = quotient(values)
    return None if part is None else part * 100


def growth(values: Sequence[Fraction]) -> Value:
    """From the second to the first in per cent of the second."""
    part = quotient([values[0] - values[1], values[1]])
    return None if part is None else part * 100


@dataclass(frozen=True)
class Figure:
    """A figure: measures of the year, and with `+` of the baseline year (`tertiary+`), put through `formula`.

    `places` are the decimals in tables, `published` those of the published wording.
    """

    code: str
    name: str | Promise
    takes: tuple[str, ...]
    formula: Formula
    words: str | Promise
    sign: str
    unit: str | Promise
    places: int = 0
    published: int = 0

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(MEASURES[name.rstrip("+")] for name in self.takes)

    @property
    def kind(self) -> str:
        return self.measures[0].kind

    @property
    def has_baseline(self) -> bool:
        return any(name.endswith("+") for name in self.takes)


ONE, TIMES = "{0}", "{0} ÷ {1}"
GROWN, PART = "({0} − {1}) ÷ {1}", "{0} ÷ {1} × 100"
COUNTED = _("计入统计的行数")
ADDED = _("各行相加")
OF_ALL = _("三级 ÷ 全部 × 100")
GROWTH = _("（本年 − 基线年）÷ 基线年 × 100，四舍五入到整数")
MEAN = _("医务社工人数 ÷ 机构数")
MANY = _("本年 ÷ 基线年")
PER = _("人/家")


def _growth(code: str, name: str | Promise, measure: str) -> Figure:
    return Figure(code, name, (measure, f"{measure}+"), growth, GROWTH, GROWN, PERCENT, places=1)


def _many(code: str, name: str | Promise, measure: str) -> Figure:
    return Figure(
        code, name, (measure, f"{measure}+"), quotient, MANY, TIMES, _("倍"), places=2, published=2
    )


FIGURES: Mapping[str, Figure] = {
    one.code: one
    for one in (
        Figure("B2", _("开展医务社工的机构"), ("institutions",), _same, COUNTED, ONE, _("家")),
        Figure("B3", _("其中三级医院"), ("tertiary",), _same, COUNTED, ONE, _("家")),
        Figure(
            "B3_share",
            _("三级医院占比"),
            ("tertiary", "institutions"),
            share,
            OF_ALL,
            PART,
            PERCENT,
            places=1,
            published=1,
        ),
        _growth("B4", _("三级医院比基线增长"), "tertiary"),
        Figure("B5", _("医务社工"), ("workers",), _same, ADDED, ONE, _("人")),
        Figure(
            "B6", _("其中三级医院的医务社工"), ("tertiary_workers",), _same, ADDED, ONE, _("人")
        ),
        Figure(
            "B6_share",
            _("三级医院的医务社工占比"),
            ("tertiary_workers", "workers"),
            share,
            OF_ALL,
            PART,
            PERCENT,
            places=1,
            published=1,
        ),
        _growth("B7", _("三级医院的医务社工比基线增长"), "tertiary_workers"),
        Figure(
            "B8", _("每家机构平均"), ("workers", "institutions"), quotient, MEAN, TIMES, PER, 2, 2
        ),
        Figure(
            "B8_tertiary",
            _("每家三级医院平均"),
            ("tertiary_workers", "tertiary"),
            quotient,
            MEAN,
            TIMES,
            PER,
            2,
            2,
        ),
        Figure("X1", _("持证社工"), ("certified",), _same, ADDED, ONE, _("人")),
        _many("X1_times", _("持证社工是基线的几倍"), "certified"),
        _growth("X1_growth", _("持证社工比基线增长"), "certified"),
        Figure("X2", _("社会工作服务机构"), ("agencies",), _same, COUNTED, ONE, _("家")),
        _many("X2_times", _("社会工作服务机构是基线的几倍"), "agencies"),
        _growth("X2_growth", _("社会工作服务机构比基线增长"), "agencies"),
        Figure("X4", _("乡镇（街道）社工站"), ("stations",), _same, COUNTED, ONE, _("个")),
        Figure("X4_centres", _("县级社会工作指导中心"), ("centres",), _same, COUNTED, ONE, _("个")),
        Figure("X5", _("孵化培育基地面积"), ("base_area",), _same, ADDED, ONE, _("平方米")),
    )
}


@dataclass(frozen=True)
class Computed:
    """A figure of a year: its exact value, None while a number it needs is not there."""

    figure: Figure
    year: int
    baseline: int | None
    value: Value
    inputs: tuple[Value, ...] = field(default_factory=tuple)

    @property
    def shown(self) -> str:
        """As tables show it: growth and shares with one decimal."""
        return written(self.value, self.figure.places)

    @property
    def rounded(self) -> Decimal | None:
        """As it is published: growth to whole per cent."""
        return None if self.value is None else half_up(self.value, self.figure.published)

    @property
    def worked(self) -> str:
        """The formula with its numbers: `(54 − 19) ÷ 19`; "" for a plain number."""
        if self.value is None or self.figure.sign == ONE:
            return ""
        return self.figure.sign.format(*(written(one, 0) for one in self.inputs))

    @property
    def sources(self) -> list[tuple[Measure, int, str]]:
        """(measure, year, number) of everything the figure is made of."""
        found = []
        for name, measure, value in zip(
            self.figure.takes, self.figure.measures, self.inputs, strict=True
        ):
            year = self.baseline if name.endswith("+") else self.year
            if year is not None:
                found.append((measure, year, written(value, 0)))
        return found


def written(value: Value, places: int) -> str:
    """`1,733.3`; a dash for nothing. A whole number that is not whole keeps one decimal."""
    if value is None:
        return "—"
    if places == 0 and value.denominator != 1:
        places = 1
    return figure(half_up(value, places))


def compute(
    lines: QuerySet[CensusLine], *, year: int | None = None, baseline: int | None = None
) -> list[Computed]:
    """Every figure of `year` (the newest frozen) against `baseline` (the oldest frozen before it), from these lines."""
    year, baseline = chosen_years(lines, year, baseline)
    if year is None:
        return []
    known = numbers(lines, [one for one in (year, baseline) if one is not None])
    return [_computed(one, known, year, baseline) for one in FIGURES.values()]


def chosen_years(
    lines: QuerySet[CensusLine], year: int | None, baseline: int | None
) -> tuple[int | None, int | None]:
    """The year and the baseline asked for, or the newest year and the oldest before it."""
    years = years_of(lines)
    if year is None:
        year = years[0] if years else None
    if baseline is None and year is not None:
        baseline = min((one for one in years if one < year), default=None)
    return year, baseline


def _computed(one: Figure, known: Numbers, year: int, baseline: int | None) -> Computed:
    inputs = tuple(
        known.get((name.rstrip("+"), baseline if name.endswith("+") else year))
        for name in one.takes
    )
    value = None if None in inputs else one.formula(inputs)
    return Computed(one, year, baseline if one.has_baseline else None, value, inputs)


def as_json(one: Computed) -> dict[str, Any]:
    """A figure as programs read it; numbers as text, so that no float rounds them again."""
    return {
        "id": one.figure.code,
        "name": str(one.figure.name),
        "year": one.year,
        "baseline": one.baseline,
        "value": None if one.value is None else str(half_up(one.value, one.figure.places)),
        "rounded": None if one.rounded is None else str(one.rounded),
        "unit": str(one.figure.unit),
        "exact": None if one.value is None else str(one.value),
        "population": str(one.figure.measures[0].population),
        "formula": str(one.figure.words),
        "worked": one.worked,
        "rows": [
            {"measure": measure.name, "year": year, "value": value}
            for measure, year, value in one.sources
        ],
    }


def source_words(returns: int, as_of: Any) -> str:
    """Where a number comes from: `12 份冻结的年报，截至 2023-12-31`."""
    if not returns:
        return _say("没有冻结的年报")
    return _say("%(n)s 份冻结的年报，截至 %(day)s") % {"n": returns, "day": f"{as_of:%Y-%m-%d}"}
