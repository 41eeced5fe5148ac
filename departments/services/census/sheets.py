"""The figures as a table that leaves the house: numbers of the public rule's size are hidden."""

import csv
import io
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from departments import audit
from departments.census_permissions import can_read_figures
from departments.models.census import CensusLine
from departments.models.people import User
from departments.services.census.breakdown import COLUMNS, by_place
from departments.services.census.figures import Computed, compute
from departments.services.census.measures import MEASURES
from departments.services.census.small_cells import PUBLIC, least_shown
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.tables.writing import neutral


@command
def figures_sheet(
    *,
    lines: QuerySet[CensusLine],
    year: int | None = None,
    baseline: int | None = None,
    by: User,
) -> bytes:
    """Every figure with its formula and population, then institutions and workers by place; CSV with a byte order mark."""
    require(can_read_figures, by, None)
    least = least_shown(PUBLIC)
    found = compute(lines, year=year, baseline=baseline)
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    rows = [_heads(), *(_row(one, least) for one in found if one.value is not None)]
    if found:
        rows += _places(lines, found[0].year, least)
    for row in rows:
        writer.writerow([neutral(str(text)) for text in row])
    audit.record(
        "export.make",
        by=by,
        kind="census_figures",
        format="csv",
        count=len(found),
        year=found[0].year if found else None,
        level=1,
    )
    return target.getvalue().encode("utf-8-sig")


def _heads() -> list[str]:
    return [
        _("指标"),
        _("名称"),
        _("年度"),
        _("基线年"),
        _("数值"),
        _("单位"),
        _("统计范围"),
        _("算法"),
    ]


def _row(one: Computed, least: int) -> list[Any]:
    # A figure is hidden when any number it is made of is: it could be worked back.
    is_small = any(value is not None and 0 < value < least for value in one.inputs)
    return [
        one.figure.code,
        one.figure.name,
        one.year,
        one.baseline or "",
        f"<{least}" if is_small else one.shown,
        one.figure.unit,
        one.figure.measures[0].population,
        one.figure.words,
    ]


def _places(lines: QuerySet[CensusLine], year: int, least: int) -> list[list[Any]]:
    table = by_place(lines, year=year, least=least)
    if not table.rows:
        return []
    heads = [MEASURES[name].label for name in COLUMNS]
    return [
        [],
        [_("所在地区"), *heads],
        *([row.name, *row.cells] for row in table.rows),
        [_("合计"), *table.total],
    ]
