"""Released tables as anybody reads them: a transaction of nobody, and as many queries for one row as for all."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from departments.services.public_entries import csv_of
from departments.services.public_face import Line, Part
from msw_portal.kernel.display import NOTHING
from msw_portal.kernel.scope import INSTALLATION, scope
from msw_portal.kernel.tables.writing import neutral
from reports.models import OpenTable
from reports.noise import spread_of
from reports.open_periods import Period, period_of
from reports.services.open_data.releasing import ALL
from reports.services.open_data.tables import TABLES, Spec

MOST_LISTED = 200
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.zh-hans"


@dataclass(frozen=True)
class Row:
    """One line of a page: the names of its codes, then the texts of its cells; `is_total` closes the table."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    is_total: bool


@dataclass(frozen=True)
class Shown:
    """A table as a page shows it; `left_out` rows have nothing that may be told."""

    table: OpenTable
    spec: Spec
    period: Period
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int
    note: str


@dataclass(frozen=True)
class Page:
    """A period with its tables, the other periods, and what houses released with noise."""

    period: Period
    periods: Sequence[Period]
    tables: Sequence[Shown]
    noisy: Sequence[tuple[OpenTable, Spec]]
    houses: int

    @property
    def note(self) -> str:
        """What was done to the tables of the period that are of people's affairs."""
        return next((one.note for one in self.tables if one.table.least), "")


def page_read(period: Period | None) -> Page | None:
    """The tables of a period, the newest without one; None for a period that has none. Three queries."""
    with scope():
        rows = OpenTable.objects.public()
        mine = rows.filter(organization_id=INSTALLATION)
        days = mine.order_by("-first", "last").values_list("first", "last").distinct()
        periods = [period_of(*pair) for pair in days[:MOST_LISTED]]
        if period is None and periods:
            period = next((one for one in periods if one.quarter), periods[0])
        if period not in periods:
            return None
        found = list(mine.filter(first=period.first, last=period.last))
        noisy = rows.filter(epsilon__isnull=False).select_related("organization")
        listed = noisy.defer("cells", "dims").order_by("-first", "-id")[:MOST_LISTED]
        released = [(one, TABLES[one.code]) for one in listed if one.code in TABLES]
    order = list(TABLES)
    found = sorted(
        (one for one in found if one.code in TABLES), key=lambda one: order.index(one.code)
    )
    return Page(period, periods, [shown_of(one) for one in found], released, found[0].houses)


def table_read(uid: uuid.UUID) -> OpenTable | None:
    """A public table; None for every other."""
    with scope():
        row = OpenTable.objects.public().filter(uid=uid).select_related("organization").first()
    return row if row and row.code in TABLES else None


def catalogue_read() -> list[OpenTable]:
    """Every public table without its cells, the newest first."""
    with scope():
        rows = OpenTable.objects.public().select_related("organization").defer("cells", "dims")
        return list(rows.order_by("-first", "last", "code", "id")[: MOST_LISTED * 10])


def shown_of(table: OpenTable) -> Shown:
    """The table as lines, one for each combination of codes; those that tell nothing are counted and left out."""
    spec = TABLES[table.code]
    names = _names(table)
    told = [
        Row(
            tuple(names[at][code] for at, code in enumerate(cell[:-2])),
            _texts(spec, table, cell),
            set(cell[:-2]) == {ALL},
        )
        for cell in table.cells
        if cell[-2] is not None or set(cell[:-2]) == {ALL}
    ]
    return Shown(
        table,
        spec,
        table.period,
        tuple(_(dim["label"]) for dim in table.dims),
        tuple(_heads(spec, table)),
        tuple(told),
        len(table.cells) - len(told),
        note_of(table),
    )


def _names(table: OpenTable) -> list[dict[str, str]]:
    """The name of every code of every dimension, in the language of the request."""
    return [{one[0]: _named(*one) for one in dim["codes"]} | {ALL: _("合计")} for dim in table.dims]


def _named(_code: str, chinese: str, english: str = "") -> str:
    return english if english and get_language() == "en" else _(chinese)


def _has_value(spec: Spec, table: OpenTable) -> bool:
    return bool(spec.value) and table.epsilon is None


def _heads(spec: Spec, table: OpenTable) -> list[str]:
    return [str(spec.counts), *([str(spec.value)] if _has_value(spec, table) else [])]


def _texts(spec: Spec, table: OpenTable, cell: list) -> tuple[str, ...]:
    """The count, and the value where the table has one; a hidden cell says so, and not how small it is."""
    width = 2 if _has_value(spec, table) else 1
    if cell[-2] is None:
        return (_("不显示"),) * width
    return (f"{cell[-2]:,}", f"{Fraction(cell[-1] or 0).numerator:,}")[:width]


def note_of(table: OpenTable) -> str:
    """What was done to the table so that nobody is found in it."""
    if table.epsilon is not None:
        return _(
            "每格加了离散拉普拉斯噪声，ε = %(epsilon)s，约 95%% 的格子与真数相差不超过 %(k)s；负数记为 0，合计是加噪后各格之和。"
            "同一张表只抽取一次噪声，不再重抽。"
        ) % {"epsilon": table.epsilon.normalize(), "k": spread_of(Fraction(table.epsilon))}
    if not table.least:
        return _("本表是机构和项目的数，不涉及个人，全部显示。")
    return _(
        "小于 %(least)s 的数不显示；由合计能倒推的，另有格子一并不显示，因此不显示的不一定小。金额按未取整的数合计后四舍五入。"
        "冻结后不再改，迟到的登记不计入任何一期。"
    ) % {"least": table.least}


def metadata(table: OpenTable) -> dict[str, Any]:
    """What stands beside a download; texts in the language of the request."""
    spec = TABLES[table.code]
    return {
        "code": table.code,
        "title": str(spec.name),
        "definition": str(spec.words),
        "population": str(spec.population),
        "houses": table.houses,
        "publisher": table.organization.name,
        "period": {
            "code": table.period.code,
            "first": table.first.isoformat(),
            "last": table.last.isoformat(),
        },
        "frozen_at": table.created_at.isoformat(),
        "method": "noise"
        if table.epsilon is not None
        else "suppression"
        if table.least
        else "none",
        "hidden_below": table.least,
        "epsilon": None if table.epsilon is None else f"{table.epsilon.normalize():f}",
        "note": note_of(table),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "content_sha256": table.content_hash,
    }


def table_json(table: OpenTable) -> dict[str, Any]:
    """The whole table for programs; a null count is hidden, "*" is the total. `content_sha256` is that of {dims, cells}."""
    spec = TABLES[table.code]
    return metadata(table) | {
        "measures": [str(spec.counts), str(spec.value) if _has_value(spec, table) else None],
        "dims": table.dims,
        "cells": table.cells,
    }


def table_csv(table: OpenTable) -> bytes:
    """Every cell on a line of its own, hidden ones empty, then what a reader must know of it."""
    spec = TABLES[table.code]
    heads = [_(dim["label"]) for dim in table.dims] + _heads(spec, table)
    names = _names(table)
    width = 2 if _has_value(spec, table) else 1
    rows = [
        [
            *(neutral(names[at][code]) for at, code in enumerate(cell[:-2])),
            *("" if it is None else str(it) for it in cell[-2:][:width]),
        ]
        for cell in table.cells
    ]
    said = metadata(table)
    about = [
        ("", ""),
        (_("表"), said["title"]),
        (_("定义"), said["definition"]),
        (_("统计范围"), said["population"]),
        (_("期间"), f"{said['period']['first']} – {said['period']['last']}"),
        (_("参加机构数"), str(table.houses)),
        (_("公布机构"), said["publisher"]),
        (_("说明"), said["note"]),
        (_("许可"), f"{LICENCE} {LICENCE_URL}"),
        ("SHA-256", said["content_sha256"]),
    ]
    return csv_of(heads, [*rows, *([neutral(label), neutral(text)] for label, text in about)])


HEADLINES = {
    "volunteer_hours": gettext_lazy("志愿服务"),
    "cases_opened": gettext_lazy("新开个案"),
    "groups": gettext_lazy("小组与活动"),
    "aid_paid": gettext_lazy("拨付救助"),
    "funds": gettext_lazy("基金与余额"),
}


def headline() -> Part | None:
    """The totals of the newest year, or of the newest quarter until one is whole, for the front page."""
    with scope():
        rows = OpenTable.objects.public().filter(organization_id=INSTALLATION, code__in=HEADLINES)
        found = list(rows.order_by("-first", "last")[: 6 * len(HEADLINES)])
    if not found:
        return None
    year = next((one.period for one in found if not one.period.quarter), None)
    period = year or found[0].period
    shown = {one.code: one for one in found if one.period == period}
    # A balance is of a day: that of the newest quarter, whatever the year.
    shown |= {one.code: one for one in reversed(found) if one.code == "funds"}
    return Part(
        "figures",
        _("这些工作有多少"),
        _("%(period)s，各机构相加；小的数不显示。") % {"period": period.name},
        [_headline(shown[code]) for code in HEADLINES if code in shown],
        reverse("figures:figures"),
        _("全部公开统计"),
        is_figures=True,
    )


def _headline(table: OpenTable) -> Line:
    spec, name = TABLES[table.code], str(HEADLINES[table.code])
    address = reverse("figures:table", args=[table.uid])
    whole = [cell for cell in table.cells if set(cell[:-2]) == {ALL}] or table.cells
    if any(cell[-2] is None for cell in whole):
        return Line(name, address, _("小的数不显示"), NOTHING)
    _what, unit = _measured(spec.counts)
    beside = [] if spec.adds_up else [table.period.name]
    if spec.value:
        what, of = _measured(spec.value)
        summed = sum(Fraction(cell[-1] or 0) for cell in whole).numerator
        beside.insert(0, f"{what} {summed:,} {of if of != what else ''}".strip())
    return Line(name, address, " · ".join(beside), f"{sum(cell[-2] for cell in whole):,}", unit)


def _measured(head: object) -> tuple[str, str]:
    """What a column counts and in what: `拨付金额（元）`; `人次` is both."""
    found = re.fullmatch(r"(.+?)\s*[（(](.+)[)）]", str(head))
    return (found[1], found[2]) if found else (str(head), str(head))
