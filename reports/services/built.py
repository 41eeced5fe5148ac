"""Reports that people put together: indicators, up to two dimensions, a filter, a chart; kept under a name."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from reports.indicators.definition import Indicator
from reports.models import BuiltReport
from reports.permissions import can_build_report, can_end_built
from reports.services.indicator_pages import shown_value
from reports.services.indicator_tables import MONTH, dims_for, is_restricted, readable, table_cells
from reports.services.indicator_words import dim_name, value_names
from reports.services.paper import Bars, Block, Column, Table

MOST_CODES, MOST_DIMS, MOST_KEPT = 3, 2, 50
MOST_BARS, MOST_SERIES = 20, 5


@dataclass(frozen=True)
class Wish:
    """What is asked for: codes of indicators, dimensions, one filter, the kind of chart ("" for none)."""

    codes: tuple[str, ...]
    dims: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    chart: str = ""

    @property
    def body(self) -> dict[str, Any]:
        return {
            "codes": list(self.codes),
            "dims": list(self.dims),
            "where": dict(self.where),
            "chart": self.chart,
        }


@dataclass(frozen=True)
class BuiltRow:
    """The names of its dimension values, and a text and a number for each indicator."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Built:
    """A finished table; `total` is its own reading, never the sum of the rows."""

    indicators: tuple[Indicator, ...]
    dims: tuple[str, ...]
    rows: tuple[BuiltRow, ...]
    total: BuiltRow | None
    chart: Chart | None
    note: str

    @property
    def heads(self) -> list[str]:
        return [dim_label(dim) for dim in self.dims]


def dim_label(dim: str) -> str:
    return str(_("月份")) if dim == MONTH else dim_name(dim)


def wish_of(body: Mapping[str, Any]) -> Wish:
    """The wish as its row keeps it."""
    return Wish(
        tuple(body.get("codes", ())),
        tuple(body.get("dims", ())),
        dict(body.get("where", {})),
        body.get("chart", ""),
    )


def wish_checked(wish: Wish, by: Any) -> tuple[Indicator, ...]:
    """The indicators of a wish that this reader may have.

    Raises:
        DomainError: on `codes`, `dims` or `where`.
    """
    known = {one.code: one for one in readable(by)}
    codes = dict.fromkeys(wish.codes)
    if not codes or set(codes) - set(known):
        raise DomainError("built.codes", _("请从列表中选择指标。"), "code")
    if len(codes) > MOST_CODES:
        raise DomainError("built.too_many_codes", _("一张表最多三个指标。"), "code")
    if len(set(wish.dims)) != len(wish.dims) or len(wish.dims) > MOST_DIMS:
        raise DomainError("built.dims", _("最多选两个不同的维度。"), "by")
    found = tuple(known[code] for code in codes)
    for one in found:
        if wrong := (set(wish.dims) | set(wish.where)) - set(dims_for(by, one)):
            raise DomainError(
                "built.dim_of_other",
                _("「%(name)s」不能按「%(dim)s」拆分。")
                % {"name": one.name, "dim": dim_label(sorted(wrong)[0])},
                "by" if wrong & set(wish.dims) else "where",
            )
    return found


def built_make(*, wish: Wish, first: dt.date, last: dt.date, by: Any) -> Built:
    """The table of a wish from the day `first` to the day `last`: one statement for each indicator, and its total.

    Raises:
        DomainError: as wish_checked and table_cells.
    """
    found = wish_checked(wish, by)
    span = {"first": first, "last": last, "by": by, "where": wish.where}
    keys: dict[tuple[str, ...], dict[str, Decimal | None]] = {}
    for one in found:
        for cell in table_cells(one=one, dims=wish.dims, **span):
            place = tuple(cell.dims[dim] for dim in wish.dims)
            keys.setdefault(place, {})[one.code] = cell.value
    names = {
        dim: {value: value for value in {key[at] for key in keys}}
        if dim == MONTH
        else value_names(dim, {key[at] for key in keys})
        for at, dim in enumerate(wish.dims)
    }
    rows = [
        _row(
            found, by, tuple(names[dim][one] for dim, one in zip(wish.dims, key, strict=True)), got
        )
        for key, got in keys.items()
    ]
    rows.sort(key=lambda row: row.names) if MONTH in wish.dims else rows.sort(key=_largest_first)
    return Built(
        indicators=found,
        dims=wish.dims,
        rows=tuple(rows),
        total=_total(found, wish, span) if wish.dims else None,
        chart=_chart(found[0], wish, rows),
        note=_("＊为人数过少、不予显示的数字；合计按全部行计算。")
        if any(is_restricted(by, one) for one in found)
        else "",
    )


def _largest_first(row: BuiltRow) -> tuple[Decimal, tuple[str, ...]]:
    return -(row.numbers[0] or Decimal(0)), row.names


def _row(
    found: Sequence[Indicator],
    by: Any,
    names: tuple[str, ...],
    got: Mapping[str, Decimal | None],
) -> BuiltRow:
    numbers = tuple(got.get(one.code) for one in found)
    return BuiltRow(
        names,
        tuple(
            shown_value(one, value, is_hidden=is_restricted(by, one) and one.code in got)
            for one, value in zip(found, numbers, strict=True)
        ),
        numbers,
    )


def _total(found: Sequence[Indicator], wish: Wish, span: Mapping[str, Any]) -> BuiltRow | None:
    got: dict[str, Decimal | None] = {}
    for one in found:
        try:
            cells = table_cells(one=one, **span)
        except DomainError:
            return None  # of released months there is no total over what cannot be added up
        if cells:
            got[one.code] = cells[0].value
    return _row(found, span["by"], (_("合计"),), got)


def _chart(one: Indicator, wish: Wish, rows: Sequence[BuiltRow]) -> Chart | None:
    """Of the first indicator: the first dimension along, the second as series."""
    if not wish.chart or not wish.dims or not rows:
        return None
    kind = "line" if wish.chart == "line" else "bar"
    along = list(dict.fromkeys(row.names[0] for row in rows))
    along = along[-MOST_BARS:] if kind == "line" else along[:MOST_BARS]
    values = {row.names: row.numbers[0] for row in rows}
    second = (
        list(dict.fromkeys(row.names[1] for row in rows))[:MOST_SERIES]
        if len(wish.dims) > 1
        else []
    )
    series = [Series(name, [values.get((at, name)) for at in along]) for name in second] or [
        Series(str(one.unit), [values.get((at,)) for at in along])
    ]
    if wish.chart == "stacked" and len(series) > 1:
        kind = "stacked"
    return Chart(
        id="built",
        kind=kind,
        title=str(one.name),
        category_label=dim_label(wish.dims[0]),
        categories=along,
        series=series,
        definition=_("%(words)s。%(population)s，按%(by)s计。")
        % {"words": one.words, "population": one.population, "by": one.period_by},
    )


def built_blocks(built: Built, title: str) -> list[Block]:
    """The table and its chart on paper."""
    kinds = [
        "amount" if one.counts == "amount" and one.unit != "%" else "text"
        for one in built.indicators
    ]
    columns = (
        *(Column(head) for head in built.heads),
        *(
            Column(f"{one.name}（{one.unit}）", kind)
            for one, kind in zip(built.indicators, kinds, strict=True)
        ),
    )
    rows = [*built.rows, *([built.total] if built.total else [])]
    width = len(built.dims)
    table = Table(
        title,
        columns,
        tuple(
            (
                *(row.names + ("",) * width)[:width],
                *(
                    number if kind == "amount" and number is not None else text
                    for number, text, kind in zip(row.numbers, row.texts, kinds, strict=True)
                ),
            )
            for row in rows
        ),
        note=built.note,
    )
    one = built.indicators[0]
    blocks: list[Block] = [table]
    if built.chart and len(built.dims) == 1:
        bars = tuple(
            (row.names[0], row.numbers[0]) for row in built.rows if row.numbers[0] is not None
        )
        blocks.append(Bars(str(one.name), str(one.unit), bars[:MOST_BARS]))
    return blocks


@command
def built_keep(*, title: str, wish: Wish, is_shared: bool, by: User) -> BuiltReport:
    """Keep a wish under a name, for oneself or for the department.

    Raises:
        DomainError: `built_report_has_title` on `title`, `built.too_many`, those of wish_checked.
    """
    require(can_build_report, by, None)
    title = " ".join(title.split())[:40]
    if not title:
        raise DomainError("built_report_has_title", _("请给报表起个名称。"), "title")
    wish_checked(wish, by)
    if BuiltReport.objects.visible_to(by).filter(created_by=by).count() >= MOST_KEPT:
        raise DomainError("built.too_many", _("最多保存 50 份，请先删除一些。"), "title")
    report = BuiltReport(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        title=title,
        body=wish.body,
        is_shared=is_shared,
        created_by=by,
    )
    report.save(force_insert=True)
    audit.record("built_report.keep", by=by, on=report, shared=is_shared, codes=list(wish.codes))
    return report


@command
def built_end(*, report: BuiltReport, by: User) -> BuiltReport:
    """Take a kept report away; whoever has a file of it keeps the file.

    Raises:
        DomainError: `permission.can_end_built` for somebody else's.
    """
    report = BuiltReport.objects.locked().get(pk=report.pk)
    require(can_end_built, by, report)
    report.ended_at = timezone.now()
    report.save(update_fields=["ended_at"])
    audit.record("built_report.end", by=by, on=report)
    return report
