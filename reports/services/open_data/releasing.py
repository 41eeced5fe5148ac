"""The nightly job: every quarter that is over is counted once, controlled, and frozen for good.

Each house is counted in its own scope and leaves nothing but its counts in memory; only their sums are kept, by the
installation and by the authorities of the region. What comes late is in no table: a second version would tell who.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils import timezone

from departments import audit
from departments.models.organizations import Organization
from departments.services.census.small_cells import HOUSE, PUBLIC, least_shown
from departments.services.entering import house_scope
from departments.services.regions import region_span
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.rounding import half_up
from msw_portal.kernel.scope import INSTALLATION, scope
from reports.disclosure_control import TOTAL, Control, Key, summed
from reports.models import OpenCount, OpenDataChoice, OpenTable
from reports.open_periods import Period, quarters_over
from reports.services.open_data.counting import Counts, Tally, counts_of
from reports.services.open_data.readers import Told, authority_hides, year_hides
from reports.services.open_data.tables import TABLES, Spec, dims_of

ALL = "*"


@dataclass(frozen=True)
class Asked:
    """A tenant of the portal, as far as this job asks."""

    id: int
    kind: str
    region: int | None


def open_tables_release(*, today: dt.date | None = None) -> int:
    """Release every quarter and year that is due and not released; how many tables were made."""
    quarters = quarters_over(today or timezone.localdate())
    done = _periods_done()
    made = sum(_release_quarter(one) for one in quarters if one.first not in done[0])
    first_quarters = _periods_done()[0]
    for year in sorted({one.year for one in quarters}):
        period = Period(year)
        is_whole = all(one.first in first_quarters for one in period.quarters)
        if is_whole and period.first not in done[1]:
            made += _release_year(period)
    return made


def _periods_done() -> tuple[set[dt.date], set[dt.date]]:
    """The first days of the quarters and of the years that the installation has released."""
    with scope(org=INSTALLATION, role="system"):
        rows = OpenTable.objects.filter(organization_id=INSTALLATION)
        pairs = set(rows.values_list("grain", "first").distinct())
    return (
        {first for grain, first in pairs if grain == OpenTable.Grain.QUARTER},
        {first for grain, first in pairs if grain == OpenTable.Grain.YEAR},
    )


def _tenants() -> list[Asked]:
    with scope():
        rows = Organization.objects.filter(
            is_tenant=True, is_training=False, ended_on__isnull=True
        ).exclude(pk=INSTALLATION)
        return [Asked(*row) for row in rows.order_by("pk").values_list("pk", "kind", "region_id")]


def _takes_part(house: int) -> bool:
    with house_scope(house):
        return OpenDataChoice.objects.filter(organization_id=house, takes_part=True).exists()


def _release_quarter(period: Period) -> int:
    tenants = _tenants()
    houses = [one for one in tenants if _takes_part(one.id)]
    if not houses:
        return 0
    counted = _counted(houses, period)
    if not _is_anything(counted):
        return 0
    with scope():
        limits = {one: least_shown(one, period.last) for one in (PUBLIC, HOUSE)}
        domains = {code: dims_of(spec, period.first) for code, spec in TABLES.items()}
    made = {
        code: Made(TABLES[code], domains[code], counted[code].values(), limits[PUBLIC])
        for code in TABLES
    }
    for authority in (one for one in tenants if one.kind == "government" and one.region):
        _release_to(authority, period, houses, counted, made, limits[HOUSE])
    with scope(org=INSTALLATION, role="system"):
        for code, one in made.items():
            _write(INSTALLATION, code, period, one, one.hidden, len(houses), limits[PUBLIC])
    return len(made)


def _counted(houses: Sequence[Asked], period: Period) -> dict[str, dict[int, Counts]]:
    """The counts of every table and house, each from inside its own house."""
    counted: dict[str, dict[int, Counts]] = {code: {} for code in TABLES}
    for house in houses:
        with house_scope(house.id, care=True):
            for code in TABLES:
                counted[code][house.id] = counts_of(
                    code, house=house.id, first=period.first, last=period.last
                )
    return counted


def _is_anything(counted: Mapping[str, Mapping[int, Counts]]) -> bool:
    return any(
        tally.n
        for code, houses in counted.items()
        if TABLES[code].is_personal
        for counts in houses.values()
        for tally in counts.values()
    )


class Made:
    """The sums of a table over houses, and what the public is not told of them."""

    def __init__(
        self, spec: Spec, dims: list[dict[str, Any]], houses: Iterable[Counts], limit: int
    ) -> None:
        sums: Counts = {}
        for counts in houses:
            for key, tally in counts.items():
                sums[key] = sums.get(key, Tally()) + tally
        self.spec, self.dims = spec, _with_seen(dims, sums)
        self.counts, self.values = spread(sums, self.dims)
        self.hidden = Control(self.counts).hidden_below(limit) if spec.is_personal else set()


def _with_seen(dims: Sequence[dict[str, Any]], sums: Counts) -> list[dict[str, Any]]:
    """The lists of codes with those that rows have and the lists have not, by their own name."""
    found = []
    for at, dim in enumerate(dims):
        known = {pair[0] for pair in dim["codes"]}
        more = sorted({key[at] for key in sums} - known)
        found.append(dim | {"codes": [*dim["codes"], *([code, code] for code in more)]})
    return found


def spread(
    sums: Counts, dims: Sequence[Mapping[str, Any]]
) -> tuple[dict[Key, int], dict[Key, Decimal]]:
    """Counts and values of every combination of the codes, and of every total."""
    codes = [[pair[0] for pair in dim["codes"]] for dim in dims]
    counts = summed({key: one.n for key, one in sums.items()}, codes, 0)
    values = summed({key: one.value for key, one in sums.items()}, codes, Decimal())
    return counts, values


def _release_to(
    authority: Asked,
    period: Period,
    houses: Sequence[Asked],
    counted: Mapping[str, Mapping[int, Counts]],
    made: Mapping[str, Made],
    limit: int,
) -> None:
    low, high = region_span(authority.region or 0)
    inside = [one.id for one in houses if one.region and low <= one.region <= high]
    if not inside:
        return
    with house_scope(authority.id):
        known = set(
            OpenTable.objects.filter(
                organization_id=authority.id, first=period.first, last=period.last
            ).values_list("code", flat=True)
        )
        for code, public in made.items():
            if code in known or not public.spec.is_personal:
                continue
            own = Made(public.spec, public.dims, [counted[code][one] for one in inside], limit)
            told = Told(public.counts, frozenset(public.hidden))
            hidden = authority_hides(told, own.counts, limit=limit)
            _write(authority.id, code, period, own, hidden, len(inside), limit)


def _write(
    owner: int,
    code: str,
    period: Period,
    made: Made,
    hidden: set[Key],
    houses: int,
    limit: int,
) -> OpenTable:
    spec = made.spec
    cells = cells_of(made.counts, made.values, hidden, spec)
    table = OpenTable.objects.create(
        organization_id=owner,
        code=code,
        grain=OpenTable.Grain.QUARTER if period.quarter else OpenTable.Grain.YEAR,
        first=period.first,
        last=period.last,
        houses=houses,
        least=limit if spec.is_personal else 0,
        dims=made.dims,
        cells=cells,
        content_hash=content_hash(made.dims, cells),
        visible_from=database_now() if owner == INSTALLATION else None,
    )
    if period.quarter and spec.is_personal:
        OpenCount.objects.create(
            organization_id=owner,
            table=table,
            counts=[
                [*_plain(key), n, str(made.values[key]), key in hidden]
                for key, n in made.counts.items()
            ],
        )
    audit.record(
        "open_table.release",
        by=None,
        on=table,
        organization_id=owner,
        code=code,
        period=period.code,
        content_hash=table.content_hash,
    )
    return table


def database_now() -> dt.datetime:
    """The wall of the table compares with the clock of the database: nothing is released after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def _plain(key: Key) -> list[str]:
    return [ALL if one is TOTAL else one for one in key]


def cells_of(
    counts: Mapping[Key, int], values: Mapping[Key, Decimal], hidden: set[Key], spec: Spec
) -> list[list[Any]]:
    """The cells as a release keeps them: codes, the count and the value, both None where hidden."""
    return [
        [*_plain(key), None, None]
        if key in hidden
        else [*_plain(key), n, _rounded(values[key], spec.step) if spec.value else None]
        for key, n in counts.items()
        if spec.adds_up or TOTAL not in key
    ]


def _rounded(value: Decimal, step: int) -> str:
    """To whole steps, half up, from the exact value: totals are not sums of rounded parts."""
    return f"{half_up(Fraction(value) / step) * step:f}"


def content_hash(dims: Any, cells: Any) -> str:
    """The hexadecimal SHA-256 of the canonical JSON of dims and cells, as anybody recomputes it."""
    return hashlib.sha256(canonical({"dims": dims, "cells": cells}).encode()).hexdigest()


def _read_counts(
    owner: int, code: str, year: Period
) -> list[tuple[Told, dict[Key, Decimal]] | None]:
    """The counts behind the four quarters of a year in the open scope of their owner; None where there is none."""
    rows = {
        row.table.first: row
        for row in OpenCount.objects.filter(
            organization_id=owner,
            table__code=code,
            table__first__gte=year.first,
            table__last__lte=year.last,
        ).select_related("table")
    }
    return [_told(rows[one.first]) if one.first in rows else None for one in year.quarters]


def _told(row: OpenCount) -> tuple[Told, dict[Key, Decimal]]:
    counts: dict[Key, int] = {}
    values: dict[Key, Decimal] = {}
    hidden = set()
    for *plain, n, value, is_hidden in row.counts:
        key = tuple(TOTAL if one == ALL else one for one in plain)
        counts[key], values[key] = n, Decimal(value)
        if is_hidden:
            hidden.add(key)
    return Told(counts, frozenset(hidden)), values


def _release_year(period: Period) -> int:
    """A year is the sum of its frozen quarters, and tells what their readers may add to what they know."""
    codes = [code for code, spec in TABLES.items() if spec.is_personal and spec.adds_up]
    own: dict[str, list[list[Told | None]]] = {code: [] for code in codes}
    for authority in (one for one in _tenants() if one.kind == "government"):
        with house_scope(authority.id):
            for code in codes:
                found = _read_counts(authority.id, code, period)
                own[code].append([one[0] if one else None for one in found])
    made = 0
    with scope(org=INSTALLATION, role="system"):
        limits = {one: least_shown(one, period.last) for one in (PUBLIC, HOUSE)}
        for code in codes:
            quarters = [one for one in _read_counts(INSTALLATION, code, period) if one]
            if len(quarters) < 4 or not _have_one_shape(quarters, TABLES[code]):
                continue
            whole = _year_of(TABLES[code], period, quarters)
            whole.hidden = year_hides(
                [one[0] for one in quarters],
                whole.counts,
                [(tables, limits[HOUSE]) for tables in own[code] if any(tables)],
                months_at=TABLES[code].months_at,
                limit=limits[PUBLIC],
            )
            houses = _least_houses(code, period)
            _write(INSTALLATION, code, period, whole, whole.hidden, houses, limits[PUBLIC])
            made += 1
    return made


def _over_months(spec: Spec, key: Key) -> Key | None:
    """The key of a year for a key of a quarter; None for a single month."""
    at = spec.months_at
    if at is None:
        return key
    return (*key[:at], *key[at + 1 :]) if key[at] is TOTAL else None


def _have_one_shape(quarters: Sequence[tuple[Told, Any]], spec: Spec) -> bool:
    """Whether all quarters have the same list of codes: a list that changed within the year makes no year."""
    shapes = {
        frozenset(year for key in told.counts if (year := _over_months(spec, key)) is not None)
        for told, _values in quarters
    }
    return len(shapes) == 1


def _year_of(
    spec: Spec, period: Period, quarters: Sequence[tuple[Told, Mapping[Key, Decimal]]]
) -> Made:
    made = Made(spec, dims_of(spec, period.first, is_year=True), [], 0)
    counts: dict[Key, int] = {}
    values: dict[Key, Decimal] = {}
    for told, amounts in quarters:
        for key, n in told.counts.items():
            year = _over_months(spec, key)
            if year is not None:
                counts[year] = counts.get(year, 0) + n
                values[year] = values.get(year, Decimal()) + amounts[key]
    made.counts, made.values = counts, values
    return made


def _least_houses(code: str, period: Period) -> int:
    """How many houses took part in the quarter that had the fewest."""
    rows = OpenTable.objects.filter(
        organization_id=INSTALLATION,
        code=code,
        first__gte=period.first,
        last__lte=period.last,
        grain=OpenTable.Grain.QUARTER,
    )
    return min(rows.values_list("houses", flat=True))
