"""What ready-made reports are put together from: figures with their codes, sentences that quote them, tables."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from string import Formatter

from django.utils import timezone

from reports.indicators.library import INDICATORS
from reports.services.asking import Asked
from reports.services.indicator_words import dim_name, value_names
from reports.services.indicators import Span, facts_of, indicator_read, indicators_read
from reports.services.paper import Block, Column, Paper, Table, Text, Value
from reports.services.periods import period_before, period_last

NONE = "无数据"
FORMATTER = Formatter()


class Figures:
    """Indicators of one period, each fact read once; a figure is quoted by its code."""

    def __init__(
        self, asked: Asked, codes: Iterable[str], *, first: dt.date = None, last: dt.date = None
    ):
        self.codes = list(dict.fromkeys(codes))
        span = Span(first or asked.first, last or asked.last)
        self._values: dict[str, Decimal | None] = {}
        for wanted in facts_of(INDICATORS[code] for code in self.codes).values():
            cells = indicators_read(codes=[one.code for one in wanted], span=span, by=asked.by)
            self._values |= {code: found[0].value for code, found in cells.items()}

    def __getitem__(self, code: str) -> Decimal | int | None:
        value = self._values[code]
        return int(value) if value is not None and not INDICATORS[code].digits else value

    def said(self, code: str) -> str:
        """`12 件`, `3.5 小时`; says so where nothing was counted."""
        value = self[code]
        return NONE if value is None else f"{value:,} {INDICATORS[code].unit}"

    def sentence(self, words: str) -> Text:
        """A paragraph whose `{code}` are figures; they are cited in their order."""
        cited = [name for _text, name, _spec, _turn in FORMATTER.parse(words) if name]
        return Text(words.format(**{code: self.said(code) for code in cited}), tuple(cited))


def compared(asked: Asked, name: str, codes: Sequence[str]) -> Table:
    """Figures of the period beside those of the one before, with how each is counted."""
    first = period_before(_span(asked), asked.first)
    now = Figures(asked, codes)
    before = Figures(asked, codes, first=first, last=period_last(_span(asked), first))
    return Table(
        name,
        (
            Column("指标"),
            Column("本期", "count"),
            Column("上期", "count"),
            Column("单位", "code"),
            Column("口径"),
            Column("代码", "code"),
        ),
        tuple(
            (
                str(INDICATORS[code].name),
                now[code],
                before[code],
                str(INDICATORS[code].unit),
                str(INDICATORS[code].words),
                code,
            )
            for code in codes
        ),
    )


def _span(asked: Asked) -> str:
    """The length of the asked period; what no period has is compared with the same days before."""
    return asked.params.get("span") or ("day" if asked.first == asked.last else "month")


def split(asked: Asked, name: str, code: str, dim: str) -> Table:
    """One indicator by one dimension, the greatest first."""
    cells = indicator_read(code=code, first=asked.first, last=asked.last, by=asked.by, dims=(dim,))
    names = value_names(dim, [cell.dims[dim] for cell in cells])
    digits = INDICATORS[code].digits
    rows = sorted(
        (
            (names[cell.dims[dim]], cell.value if digits else int(cell.value))
            for cell in cells
            if cell.value
        ),
        key=lambda row: (-row[1], row[0]),
    )
    heads = (Column(dim_name(dim)), Column(f"{INDICATORS[code].unit}", "count"))
    return Table(name, heads, tuple(rows), note=f"{INDICATORS[code].words}（{code}）")


def with_total(
    rows: Sequence[tuple[Value, ...]], at: Iterable[int]
) -> tuple[tuple[Value, ...], ...]:
    """The rows and a last one that adds up the columns `at`; nothing is added to no rows."""
    if not rows:
        return ()
    sums: list[Value] = [None] * len(rows[0])
    sums[0] = "合计"
    for place in at:
        sums[place] = sum((row[place] or 0 for row in rows), type(rows[0][place] or 0)(0))
    return (*rows, tuple(sums))


def paper_of(asked: Asked, title: str, blocks: Iterable[Block], *, signed_by: str = "") -> Paper:
    """A paper of the asker's house about the asked period, marked with who took it and when."""
    acting, at = asked.by.acting, timezone.localtime(asked.as_of)
    who = asked.by.display_name
    return Paper(
        title=title,
        house=acting.organization_name,
        department=acting.department_name or acting.organization_name,
        stamp=f"期间 {asked.first} 至 {asked.last}；截至 {at:%Y-%m-%d %H:%M}；生成人 {who}",
        as_of=asked.as_of,
        blocks=tuple(blocks),
        signed_by=signed_by,
        mark=f"{who} {at:%Y-%m-%d %H:%M}",
    )


def period_of(asked: Asked) -> str:
    """`2026 年第 4 季度`, `2026 年第 49 周`, in the language of papers."""
    first, last = asked.first, asked.last
    if first == last:
        return f"{first:%Y-%m-%d}"
    days = (last - first).days
    if days > 300:
        return f"{first.year} 年"
    if days > 31:
        return f"{first.year} 年第 {(first.month + 2) // 3} 季度"
    if days == 6:
        year, week, _day = first.isocalendar()
        return f"{year} 年第 {week} 周（{first:%m-%d} 至 {last:%m-%d}）"
    return f"{first.year} 年 {first.month} 月"
