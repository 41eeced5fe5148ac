"""Read the figures: one statement for all of them, at ten thousand and at a million cases alike."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from django.db import connection

NOW = dt.date(2000, 1, 1)  # the period of figures that count the present state
PRESENT = frozenset({"case_open", "case_pending", "case_load", "aid_open"})

# A filter is a part of the key: reports/migrations/0005. What a tag finds nobody for is NULL: no cells.
TAGS = {
    "": "''",
    "ward": "'/w' || %(value)s",
    "worker": "'/k' || %(value)s",
    "disease": "'/d' || hashtextextended(%(value)s, 0)",
}
# Each figure over the months that it is asked of: cells are found one figure at a time by their key. What is
# folded already has one row a cell; only what is not yet is added up here.
_ASKED = (
    "(SELECT code || {tag} AS key, since, until "
    "FROM unnest(%(codes)s::text[], %(since)s::date[], %(until)s::date[]) a(code, since, until)) asked"
)
# OFFSET keeps the planner from reading the whole table for a join that its statistics find cheap.
_FOUND = (
    "FROM {asked} CROSS JOIN LATERAL (SELECT indicator, period, dims, n, n2 FROM {table} "
    "WHERE organization_id = %(house)s AND indicator = asked.key "
    "AND period BETWEEN asked.since AND asked.until OFFSET 0) r"
)


def cells_sql(tag: str, columns: str = "{indicator}, {period}, {dims}, {n}, {n2}") -> str:
    """Two queries in one: what is folded, and what is not, of the keys that end in `tag` (an expression).

    `columns` is what each gives of a cell, for a union with other rows.
    """
    asked = _ASKED.format(tag=tag)
    folded, loose = (
        _FOUND.format(asked=asked, table=table)
        for table in ("reports_rollup", "reports_rollupdelta")
    )
    cell = {"indicator": "r.indicator", "period": "r.period", "dims": "r.dims::text"}
    one, sums = {"n": "r.n", "n2": "r.n2"}, {"n": "sum(r.n)::bigint", "n2": "sum(r.n2)"}
    return (
        f"SELECT {columns.format(**cell, **one)} {folded} UNION ALL "
        f"SELECT {columns.format(**cell, **sums)} {loose} GROUP BY r.indicator, r.period, r.dims"
    )


@dataclass(frozen=True)
class Only:
    """The figures of one ward (its id), one worker (the user's id) or one disease group alone."""

    kind: Literal["ward", "worker", "disease"]
    value: str


@dataclass(frozen=True)
class Cell:
    """One cell of one figure: a month (its first day, or NOW), what it is of, how many, how much in yuan."""

    period: dt.date
    dims: Mapping[str, Any]
    n: int
    n2: Decimal


Cells = dict[str, list[Cell]]


def months_back(last: dt.date, count: int) -> list[dt.date]:
    """The first days of `count` months ending with the month of `last`, oldest first."""
    index = last.year * 12 + last.month - 1
    return [
        dt.date(place // 12, place % 12 + 1, 1) for place in range(index - count + 1, index + 1)
    ]


def cells_read(
    *, by: Any, codes: Iterable[str], since: dt.date, until: dt.date, only: Only | None = None
) -> Cells:
    """The cells of the asker's house from the month `since` to the month `until`, plus the present state.

    Care roles see their own department's cases only; one statement, whatever the number of rows. With
    `only`, figures that are not kept by ward, worker and disease have no cells.
    """
    parameters = {"house": by.house_id, "value": only.value if only else ""}
    parameters |= months_asked(dict.fromkeys(codes, since), until)
    with connection.cursor() as cursor:
        cursor.execute(cells_sql(TAGS[only.kind if only else ""]), parameters)
        return cells_of(cursor.fetchall(), by)


def months_asked(since: Mapping[str, dt.date], until: dt.date) -> dict[str, list]:
    """The parameters of cells_sql that say which figure from which month on."""
    return {
        "codes": list(since),
        "since": [NOW if code in PRESENT else first for code, first in since.items()],
        "until": [NOW if code in PRESENT else until for code in since],
    }


def cells_of(rows: Iterable[tuple[str, dt.date, str, int, Decimal]], by: Any) -> Cells:
    """What cells_sql found, folded and not folded added up, by figure; the asker's own department alone."""
    total: dict[tuple[str, dt.date, str], tuple[int, Decimal]] = {}
    for key, period, dims, n, n2 in rows:
        had = total.get((key, period, dims))
        total[key, period, dims] = (n, n2) if had is None else (had[0] + n, had[1] + n2)
    found: Cells = defaultdict(list)
    read = cache(json.loads)  # the months repeat each other's dimensions
    for (key, period, dims), (n, n2) in sorted(total.items()):
        cell = Cell(period, read(dims), int(n), n2)
        if (n or n2) and _is_own(cell, by.acting.department_id):
            found[key.partition("/")[0]].append(cell)
    return found


def _is_own(cell: Cell, department_id: int | None) -> bool:
    return department_id is None or cell.dims.get("department", department_id) == department_id


def by_month(cells: Iterable[Cell], months: list[dt.date]) -> list[int]:
    """How many in each of the months."""
    total: dict[dt.date, int] = defaultdict(int)
    for cell in cells:
        total[cell.period] += cell.n
    return [total[month] for month in months]


def by_dim(cells: Iterable[Cell], dim: str) -> dict[str, int]:
    """How many of each value of a dimension."""
    total: dict[str, int] = defaultdict(int)
    for cell in cells:
        total[str(cell.dims.get(dim, ""))] += cell.n
    return dict(total)


def quantile(cells: Iterable[Cell], dim: str, share: Decimal) -> int | None:
    """The smallest value of a numeric dimension that `share` of the rows do not exceed; None without rows.

    Exact: the cells are the whole histogram, not a sample.
    """
    counts: dict[int, int] = defaultdict(int)
    for cell in cells:
        counts[int(cell.dims[dim])] += cell.n
    total = sum(counts.values())
    if total <= 0:
        return None
    reached = 0
    for value in sorted(counts):
        reached += counts[value]
        if reached >= total * share:
            return value
    return max(counts)
