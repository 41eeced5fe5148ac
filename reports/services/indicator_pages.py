"""What the pages of the library show: a group with this month and last, an indicator with its year and what moved."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.display import figure, money
from reports.disclosure_control import percent
from reports.indicators.definition import Group, Indicator
from reports.indicators.library import GROUPS
from reports.models import IndicatorSnapshot
from reports.services.case_balance import PARTS, Balance, balances_of
from reports.services.figures import months_back
from reports.services.freezing import TOTAL_CUT
from reports.services.indicator_tables import (
    MONTH,
    is_from_released,
    is_restricted,
    readable,
    table_cells,
)
from reports.services.indicator_words import dim_name, value_names
from reports.services.indicators import Cell, Span, facts_of, indicators_read

MONTHS = 12
MOVED = 8
HIDDEN = "＊"


@dataclass(frozen=True)
class Line:
    """An indicator of a group: this month and last, as texts."""

    indicator: Indicator
    this: str
    last: str


@dataclass(frozen=True)
class Move:
    """What a part did between two months; `share` is its part of the whole difference, in percent."""

    name: str
    last: str
    this: str
    change: str
    share: str


@dataclass(frozen=True)
class Split:
    """The parts of one dimension."""

    dim: str
    name: str
    moves: Sequence[Move]


@dataclass(frozen=True)
class Restated:
    """A version of a frozen month after its first."""

    month: dt.date
    before: str
    after: str
    at: dt.datetime


@dataclass(frozen=True)
class Course:
    """An indicator's page."""

    indicator: Indicator
    chart: Chart
    months: Sequence[dt.date]
    splits: Sequence[Split]
    said: str
    restated: Sequence[Restated]
    is_from_released: bool
    balances: Sequence[Balance] = ()


def shown_value(one: Indicator, value: Decimal | None, *, is_hidden: bool = False) -> str:
    """A number as it is printed; hidden ones with a mark, absent ones with a dash."""
    if value is None:
        return HIDDEN if is_hidden else "—"
    if one.counts == "amount" and one.unit != "%":
        return money(value)
    return figure(int(value) if value == value.to_integral_value() and not one.digits else value)


def groups_for(by: Any) -> list[Group]:
    """The groups in which this reader may open something."""
    codes = {one.code for one in readable(by)}
    return [group for group in GROUPS if any(one.code in codes for one in group.indicators)]


def group_lines(*, group: Group, by: Any, today: dt.date | None = None) -> list[Line]:
    """This month and last of a group's indicators: one statement for each of its facts."""
    codes = {one.code for one in readable(by)}
    found = [one for one in group.indicators if one.code in codes]
    months = months_back(today or timezone.localdate(), 2)
    values: dict[tuple[str, dt.date | None], Cell] = {}
    for same in facts_of(one for one in found if not is_from_released(by, one)).values():
        span = Span(months[0], _last_day(months[1]), by_month=True)
        for code, cells in indicators_read(
            codes=[one.code for one in same], span=span, by=by
        ).items():
            values |= {(code, cell.month): cell for cell in cells}
    return [
        Line(one, *(_said(one, by, values.get((one.code, month))) for month in months[::-1]))
        for one in found
    ]


def _said(one: Indicator, by: Any, cell: Cell | None) -> str:
    if cell is None:
        is_nought = one.is_additive or one.measure == "persons"
        return "0" if is_nought and not is_from_released(by, one) else "—"
    is_hidden = is_restricted(by, one) and 0 < cell.n < 5
    return shown_value(one, None if is_hidden else cell.value, is_hidden=is_hidden)


def course_of(*, one: Indicator, by: Any, today: dt.date | None = None) -> Course:
    """Twelve months, the parts of this month against the last, and the restatements of frozen months."""
    today = today or timezone.localdate()
    months = months_back(today, MONTHS)
    is_released = is_from_released(by, one)
    cells = (
        []
        if is_released
        else table_cells(one=one, first=months[0], last=_last_day(months[-1]), by=by, dims=(MONTH,))
    )
    if is_released and one.is_additive:
        cells = table_cells(one=one, first=months[0], last=today, by=by, dims=(MONTH,))
    values = {cell.dims[MONTH]: cell for cell in cells}
    names = [f"{month:%Y-%m}" for month in months]
    points = [values[name].value if name in values else _empty(one) for name in names]
    chart = Chart(
        id="course",
        kind="line",
        title=_("%(name)s，近 12 个月") % {"name": one.name},
        category_label=_("月份"),
        categories=names,
        series=[Series(str(one.unit), points)],
        definition=_("%(words)s。%(population)s，按%(by)s计。")
        % {"words": one.words, "population": one.population, "by": one.period_by},
    )
    splits = [] if is_released or is_restricted(by, one) else _splits(one, by, months[-2:])
    has_balance = one.code in PARTS and not is_released
    return Course(
        indicator=one,
        chart=chart,
        months=months[-2:],
        splits=splits,
        said=_moved(one, splits, points),
        restated=_restated(one, by),
        is_from_released=is_released,
        balances=balances_of(months=months[-2:], by=by) if has_balance else (),
    )


def _empty(one: Indicator) -> Decimal | None:
    return Decimal(0) if one.is_additive or one.measure == "persons" else None


def _splits(one: Indicator, by: Any, months: Sequence[dt.date]) -> list[Split]:
    """Every dimension's parts in both months, largest change first; one statement."""
    span = Span(months[0], _last_day(months[1]), by_month=True)
    cells = indicators_read(
        codes=[one.code], span=span, by=by, cuts=[(), *((dim,) for dim in one.dims)]
    )[one.code]
    totals = {cell.month: cell.value or Decimal(0) for cell in cells if not cell.dims}
    whole = totals.get(months[1], Decimal(0)) - totals.get(months[0], Decimal(0))
    return [_split(one, dim, cells, months, whole) for dim in one.dims]


def _split(
    one: Indicator, dim: str, cells: list[Cell], months: Sequence[dt.date], whole: Decimal
) -> Split:
    parts: dict[str, dict[dt.date | None, Cell]] = {}
    for cell in cells:
        if dim in cell.dims:
            parts.setdefault(cell.dims[dim], {})[cell.month] = cell
    names = value_names(dim, parts)
    rows = []
    for value, found in parts.items():
        last, this = (found.get(month) for month in months)
        before, after = (cell.value if cell else _empty(one) for cell in (last, this))
        change = None if before is None or after is None else after - before
        rows.append((abs(change or 0), names[value], before, after, change))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return Split(
        dim,
        dim_name(dim),
        [
            Move(
                name,
                shown_value(one, before),
                shown_value(one, after),
                _signed(one, change),
                _share(one, change, whole),
            )
            for _size, name, before, after, change in rows[:MOVED]
        ],
    )


def _signed(one: Indicator, change: Decimal | None) -> str:
    if change is None:
        return "—"
    return ("+" if change > 0 else "") + shown_value(one, change)


def _share(one: Indicator, change: Decimal | None, whole: Decimal) -> str:
    if not one.is_additive or not whole or not change:
        return ""
    part = percent(int(change * 100), int(whole * 100))
    return "" if part is None else f"{part}%"


def _moved(one: Indicator, splits: Sequence[Split], points: Sequence[Decimal | None]) -> str:
    """One sentence: how much it moved and which part carries most of it."""
    last, this = points[-2:]
    if last is None or this is None:
        return ""
    if last == this:
        return _("本月与上月相同。")
    said = _("本月 %(this)s，上月 %(last)s，%(change)s。") % {
        "this": shown_value(one, this),
        "last": shown_value(one, last),
        "change": _signed(one, this - last),
    }
    carried = [
        (split.name, split.moves[0])
        for split in splits
        if len(split.moves) > 1 and split.moves[0].share
    ]
    if not carried:
        return said
    name, most = max(carried, key=lambda pair: float(pair[1].share[:-1]))
    return _("%(said)s变化最多的一项：%(dim)s「%(name)s」%(change)s，占全部变化的 %(share)s。") % {
        "said": said,
        "dim": name,
        "name": most.name,
        "change": most.change,
        "share": most.share,
    }


def _restated(one: Indicator, by: Any) -> list[Restated]:
    rows = IndicatorSnapshot.objects.visible_to(by).filter(
        indicator=one.code, cut=TOTAL_CUT, restates__isnull=False
    )
    return [
        Restated(
            row.period.lower,
            shown_value(one, row.restates.value, is_hidden=row.restates.is_suppressed),
            shown_value(one, row.value, is_hidden=row.is_suppressed),
            row.frozen_at,
        )
        for row in rows.select_related("restates").order_by("-frozen_at", "-pk")[:24]
    ]


def _last_day(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
