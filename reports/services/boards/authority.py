"""An authority's dashboard: months that the hospitals of its region released, by the regions one level down.

Every number is a sum of cells that were released to this authority one by one, small ones already hidden by
their house, so that no sum gives away more than its parts. How many cells are hidden stands beside it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from departments.models.organizations import Region
from departments.services.regions import region_span
from msw_portal.kernel.charts import Chart, Series
from msw_portal.kernel.display import figure
from reports.services.boards.asking import Asking
from reports.services.boards.facts import Tile, one_decimal
from reports.services.boards.words import said

# What may be added up over hospitals and months.
CODES = (
    "case_new",
    "case_closed",
    "contact_done",
    "need_found",
    "referral_in",
    "group_attendance",
    "activity_held",
    "volunteer_hours",
    "aid_paid",
)
CHARTED = CODES[:6]
READ = """
SELECT s.indicator, s.month, s.part, r.name, sum(s.value), count(DISTINCT s.organization_id),
       count(*) FILTER (WHERE s.is_suppressed)
  FROM (SELECT DISTINCT ON (organization_id, indicator, period)
               organization_id, indicator, lower(period) AS month, value, is_suppressed,
               region_code / %(step)s * %(step)s AS part
          FROM reports_indicatorsnapshot
         WHERE released_at IS NOT NULL AND indicator = ANY (%(codes)s) AND dims - 'n' = '{}'
           AND region_code BETWEEN %(low)s AND %(high)s
           AND lower(period) BETWEEN %(since)s AND %(until)s
         ORDER BY organization_id, indicator, period, version DESC) s
  LEFT JOIN departments_region r ON r.code = s.part
 GROUP BY s.indicator, s.month, s.part, r.name
UNION ALL
SELECT '', NULL, code, name, level, parent_id, NULL FROM departments_region WHERE code = ANY (%(around)s)
"""


@dataclass(frozen=True)
class Released:
    """The released cells of one indicator, month and region: their sum, of how many houses, how many hidden."""

    month: dt.date
    part: int
    name: str
    value: Decimal | None
    houses: int
    hidden: int


@dataclass(frozen=True)
class Ground:
    """The region that is looked at, and where one came from."""

    region: Region
    above: str = ""


@dataclass(frozen=True)
class Found:
    """A region with what was released of it, by indicator."""

    ground: Ground
    cells: dict[str, list[Released]]


def released_read(*, by: Any, query: Mapping[str, str], asking: Asking) -> Found:
    """The region asked for, inside the authority's own, and its months; its own when it is none or another.

    One statement, two for a region that does not exist.
    """
    own = by.acting.region_id or Region.COUNTRY
    low, high = region_span(own)
    text = query.get("region", "")
    code = int(text) if text.isascii() and text.isdigit() and len(text) == 6 else own
    regions, cells = _read(code if low <= code <= high else own, asking)
    if not regions:
        regions, cells = _read(own, asking)
    region = regions[0]
    is_below = region.pk != own and region.parent_id is not None
    return Found(Ground(region, str(region.parent_id) if is_below else ""), cells)


def _read(code: int, asking: Asking) -> tuple[list[Region], dict[str, list[Released]]]:
    """The region with those above it (none when there is no such region), and what was released of it."""
    low, high = region_span(code)
    step = {Region.COUNTRY: 10000}.get(code) or (100 if low % 10000 == 0 else 1)
    parameters = {
        "codes": list(CODES),
        "low": low,
        "high": high,
        "step": step,
        "since": min(asking.trend[0], asking.before[0]),
        "until": asking.last,
        # What a region lies in is told by its code.
        "around": [code, code // 100 * 100, code // 10000 * 10000, Region.COUNTRY],
    }
    cells: dict[str, list[Released]] = defaultdict(list)
    around: dict[int, Region] = {}
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        for indicator, month, part, name, *rest in cursor.fetchall():
            if indicator:
                cells[indicator].append(Released(month, part, name, *rest))
            else:
                around[part] = Region(code=part, name=name, level=int(rest[0]), parent_id=rest[1])
    for region in around.values():
        if region.parent_id in around:
            region.parent = around[region.parent_id]
    return [around[code]] if code in around else [], cells


@dataclass(frozen=True)
class Board:
    """Tiles and charts of one region."""

    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]


def region_board(*, region: Found, asking: Asking) -> Board:
    """What the region's hospitals released: key figures of the span, then each by region and by month."""
    ground, found = region.ground, region.cells
    known = [code for code in CODES if code in found]
    return Board(
        tuple(_tile(code, found[code], asking) for code in known),
        tuple(
            chart
            for code in known
            if code in CHARTED
            for chart in (
                _by_region(code, found[code], asking, ground),
                _by_month(code, found[code], asking),
            )
        ),
    )


def _sum(cells: list[Released]) -> Decimal | None:
    """None where every cell is hidden: nought would be a statement."""
    values = [cell.value for cell in cells if cell.value is not None]
    return sum(values, Decimal()) if values else None


def _written(value: Decimal | None) -> int | Decimal | None:
    if value is None:
        return None
    return int(value) if value == int(value) else one_decimal(value)


def _definition(code: str) -> str:
    return _("%(name)s：%(words)s。%(basis)s") % {
        "name": said(code).name,
        "words": said(code).words,
        "basis": _("各院月度合计经冻结放出后相加；不足 5 的由本院隐去，不在其中。"),
    }


def _tile(code: str, cells: list[Released], asking: Asking) -> Tile:
    span = [cell for cell in cells if cell.month in asking.span]
    before = _sum([cell for cell in cells if cell.month in asking.before])
    hidden = sum(cell.hidden for cell in span)
    return Tile(
        said(code).name,
        figure(_written(_sum(span))),
        said(code).unit,
        _("上一期 %(before)s；隐去 %(hidden)s 格")
        % {"before": figure(_written(before)), "hidden": figure(hidden)},
        _("按%(by)s计；已放出的月份") % {"by": said(code).period_by},
    )


def _by_region(code: str, cells: list[Released], asking: Asking, ground: Ground) -> Chart:
    parts: dict[int, list[Released]] = defaultdict(list)
    for cell in cells:
        if cell.month in asking.span:
            parts[cell.part].append(cell)
    keys = sorted(parts, key=lambda part: (-(_sum(parts[part]) or 0), part))
    names = [_part_name(part, parts[part][0].name, ground) for part in keys]
    return Chart(
        id=f"{code}-regions".replace("_", "-"),
        kind="bar",
        title=_("%(name)s，按地区") % {"name": said(code).name},
        category_label=_("地区"),
        categories=names,
        series=[
            Series(
                said(code).unit,
                [_written(_sum(parts[part])) for part in keys],
                urls=[_below(part, ground, asking) for part in keys],
            )
        ],
        columns=[
            Series(_("机构"), [max(cell.houses for cell in parts[part]) for part in keys]),
            Series(_("隐去的格"), [sum(cell.hidden for cell in parts[part]) for part in keys]),
        ],
        definition=_definition(code),
    )


def _part_name(part: int, name: str | None, ground: Ground) -> str:
    """What is registered with the region itself stands apart from its parts, some of which bear its name."""
    if part != ground.region.pk:
        return name or ground.region.name
    return _("%(region)s（未细分到下级）") % {"region": ground.region.name}


def _below(part: int, ground: Ground, asking: Asking) -> str:
    """One level down; a county has no more levels."""
    if part == ground.region.pk or part % 100:
        return ""
    return region_address(asking, part)


def region_address(asking: Asking, code: int | str) -> str:
    return f"{reverse('reports:dashboard')}?{asking.query}&{urlencode({'region': code})}"


def _by_month(code: str, cells: list[Released], asking: Asking) -> Chart:
    months: dict[dt.date, list[Released]] = defaultdict(list)
    for cell in cells:
        months[cell.month].append(cell)
    return Chart(
        id=f"{code}-months".replace("_", "-"),
        kind="line",
        title=_("%(name)s，按月") % {"name": said(code).name},
        category_label=_("月份"),
        categories=[f"{month:%Y-%m}" for month in asking.trend],
        series=[Series(said(code).unit, [_written(_sum(months[month])) for month in asking.trend])],
        columns=[
            Series(
                _("隐去的格"),
                [sum(cell.hidden for cell in months[month]) for month in asking.trend],
            )
        ],
        definition=_definition(code),
    )
