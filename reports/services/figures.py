"""Read the figures: one query for all of them, at ten thousand and at a million cases alike."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

NOW = dt.date(2000, 1, 1)  # the period of figures that count the present state

# A filter is a part of the key: reports/migrations/0005.
KEYS = """
SELECT array_agg(code || CASE %(only)s WHEN 'ward' THEN '/w' || %(value)s WHEN 'worker' THEN '/k' || %(value)s
                              WHEN 'disease' THEN '/d' || hashtextextended(%(value)s, 0) ELSE '' END)
  FROM unnest(%(codes)s::text[]) code
"""
PART = (
    "SELECT indicator, period, dims, n, n2 FROM {} WHERE organization_id = %(house)s "
    f"AND indicator = ANY (({KEYS})::text[]) AND {{}}"
)
PARTS = " UNION ALL ".join(
    PART.format(table, when)
    for table in ("reports_rollup", "reports_rollupdelta")
    for when in ("period BETWEEN %(since)s AND %(until)s", "period = %(now)s")
)
READ = f"""
SELECT split_part(indicator, '/', 1), period, dims, sum(n)::bigint, sum(n2) FROM ({PARTS}) cells
 GROUP BY indicator, period, dims HAVING sum(n) <> 0 OR sum(n2) <> 0
 ORDER BY indicator, period, dims
"""


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
    parameters = {
        "house": by.house_id,
        "codes": list(codes),
        "since": since,
        "until": until,
        "now": NOW,
        "only": only.kind if only else "",
        "value": only.value if only else "",
    }
    found: Cells = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        for code, period, dims, n, n2 in cursor.fetchall():
            cell = Cell(period, json.loads(dims), int(n), n2)
            if _is_own(cell, by.acting.department_id):
                found[code].append(cell)
    return found


def _is_own(cell: Cell, department_id: int | None) -> bool:
    return department_id is None or cell.dims.get("department", department_id) == department_id


def by_month(cells: Iterable[Cell], months: list[dt.date]) -> list[int]:
    """How many in each of the months."""
    total: dict[dt.date, int] = defaultdict(int)
    for cell in cells:
        total[cell.period] += cell.n
    return [total[month] for month in months]


def money_by_month(cells: Iterable[Cell], months: list[dt.date]) -> list[Decimal]:
    """How much, in yuan, in each of the months."""
    total: dict[dt.date, Decimal] = defaultdict(Decimal)
    for cell in cells:
        total[cell.period] += cell.n2
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
