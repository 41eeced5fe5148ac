"""Closed months are kept as they were told; what is corrected later stands beside them as a restatement.

On the third working day of a month (or the day the house sets) the month before is frozen: every indicator of the
library, in total and by each dimension. Every night the last thirteen frozen months are computed again, and a cell
that has changed gets a new version that names the one it restates. Of a hospital the authority of its region reads
copies in which what is small is hidden; they have no ward, no person and no name in them.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateRange

from departments import audit
from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.house_settings import setting_read
from departments.services.registers import holidays_between
from msw_portal.kernel.audit import canonical
from msw_portal.kernel.scope import scope
from msw_portal.kernel.workdays import add_working_days
from reports.disclosure_control import AUTHORITY_LIMIT, TOTAL, shown
from reports.indicators.definition import CARE, Indicator
from reports.indicators.library import INDICATORS
from reports.models import IndicatorSnapshot
from reports.services.figures import months_back
from reports.services.indicator_words import is_coded
from reports.services.indicators import Cell, Span, facts_of, indicators_read

log = logging.getLogger(__name__)
MONTHS = 13
WORKDAY, WORKDAY_SETTING = 3, "reports.freeze_workday"
TOTAL_CUT = "total"
RELEASED_CLASS = 2
LOCK = 7003
Key = tuple[str, dt.date, int]


@dataclass(frozen=True)
class House:
    """The sweep reading one house as a whole."""

    pk: int
    kind: str
    region_id: int | None

    @property
    def house_id(self) -> int:
        return self.pk

    @property
    def acting(self) -> Any:
        return SimpleNamespace(department_id=None, role="system", organization_kind=self.kind)


@dataclass(frozen=True)
class Wanted:
    """A cell as it should stand."""

    indicator: str
    month: dt.date
    cut: str
    dims: Mapping[str, str]
    value: Decimal | None
    n: int | None
    is_released: bool = False
    is_suppressed: bool = False

    @property
    def key(self) -> Key:
        place = {"cut": self.cut, "released": self.is_released, **self.dims}
        digest = hashlib.sha256(canonical(place).encode()).digest()
        return self.indicator, self.month, int.from_bytes(digest[:8], "big", signed=True)

    @property
    def said(self) -> tuple[Decimal | None, int | None]:
        return self.value, self.n


def houses_that_count() -> list[House]:
    """Every house with figures of its own; one for training has none."""
    with scope():
        rows = Organization.objects.filter(is_tenant=True, is_training=False).exclude(
            kind="installation"
        )
        return [House(*row) for row in rows.order_by("pk").values_list("pk", "kind", "region_id")]


def months_sweep(*, today: dt.date | None = None) -> int:
    """Freeze and compare every house, each in a transaction of its own; how many cells were written."""
    today, written = today or timezone.localdate(), 0
    for house in houses_that_count():
        try:
            with house_scope(house.pk, care=True):
                written += house_months(house=house, today=today)
        except Exception:
            # The next house must not wait for this one; the next night tries again.
            log.exception("months of house %s were not frozen", house.pk)
    return written


def house_months(*, house: House, today: dt.date) -> int:
    """The closed months of a house, in its open scope: the missing ones frozen, the others compared; cells written."""
    months = months_back(today, MONTHS + 1)[:-1]
    if today < freeze_day(house.pk, today):
        months = months[:-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, house.pk])
    standing = _standing(house, months)
    frozen = {month for _code, month, _hash in standing}
    wanted = {one.key: one for one in month_cells(house=house, months=months)}
    rows = list(_changes(house, wanted, standing, frozen))
    IndicatorSnapshot.objects.bulk_create(rows, batch_size=2000)
    restated = sum(row.restates_id is not None for row in rows)
    for month in sorted(set(months) - frozen):
        audit.record("indicators.freeze", by=None, organization_id=house.pk, month=f"{month:%Y-%m}")
    if restated:
        audit.record("indicators.restate", by=None, organization_id=house.pk, cells=restated)
    return len(rows)


def freeze_day(organization_id: int, today: dt.date) -> dt.date:
    """The day of this month on which the month before is frozen."""
    first = today.replace(day=1)
    days = int(setting_read(organization_id, WORKDAY_SETTING, WORKDAY))
    holidays = holidays_between(first, first + dt.timedelta(days=60))
    return add_working_days(first - dt.timedelta(days=1), days, holidays).on


def month_cells(*, house: House, months: list[dt.date]) -> Iterator[Wanted]:
    """Every cell of these months: total and by each dimension that keeps; one statement for each fact."""
    span = Span(months[0], _after(months[-1]) - dt.timedelta(days=1), by_month=True)
    known = [one for one in INDICATORS.values() if house.kind in one.fact.houses]
    for found in facts_of(known).values():
        dims = list(dict.fromkeys(dim for one in found for dim in one.frozen_dims))
        cells = indicators_read(
            codes=[one.code for one in found],
            span=span,
            by=house,
            cuts=[(), *((dim,) for dim in dims)],
        )
        for one in found:
            yield from _of_indicator(house, one, cells[one.code], months)


def _of_indicator(
    house: House, one: Indicator, cells: list[Cell], months: list[dt.date]
) -> Iterator[Wanted]:
    by_cut: dict[tuple[dt.date, str], list[Cell]] = {}
    for cell in cells:
        cut = next(iter(cell.dims), TOTAL_CUT)
        if cut == TOTAL_CUT or cut in one.frozen_dims:
            by_cut.setdefault((cell.month, cut), []).append(cell)
    is_released = (
        house.kind in CARE and one.fact.houses >= CARE and one.privacy_class <= RELEASED_CLASS
    )
    for month in months:
        total = by_cut.get((month, TOTAL_CUT)) or [Cell({}, _nought(one), 0)]
        for cut in (TOTAL_CUT, *one.frozen_dims):
            found = total if cut == TOTAL_CUT else by_cut.get((month, cut), [])
            for cell in found:
                yield Wanted(one.code, month, cut, cell.dims, cell.value, cell.n)
            if is_released and house.region_id and (cut == TOTAL_CUT or is_coded(cut)):
                yield from _released(one, month, cut, found, total[0])


def _nought(one: Indicator) -> Decimal | None:
    return Decimal(0) if one.is_additive or one.measure == "persons" else None


def _released(
    one: Indicator, month: dt.date, cut: str, cells: list[Cell], total: Cell
) -> Iterator[Wanted]:
    """Copies for the authority: below five hidden, and one more where a hidden one could be worked out."""
    dims = () if cut == TOTAL_CUT else (cut,)
    counts = shown(cells, limit=AUTHORITY_LIMIT, dims=dims)
    is_small = total.n < AUTHORITY_LIMIT or (dims and counts.get((TOTAL,)) is None)
    for cell in cells:
        hidden = is_small or counts[tuple(cell.dims.get(dim) for dim in dims)] is None
        yield Wanted(
            one.code,
            month,
            cut,
            cell.dims,
            None if hidden else cell.value,
            None if hidden else cell.n,
            is_released=True,
            is_suppressed=bool(hidden),
        )


def _standing(house: House, months: list[dt.date]) -> dict[Key, IndicatorSnapshot]:
    """The version of every cell that stands."""
    rows = IndicatorSnapshot.objects.filter(
        organization_id=house.pk,
        period__startswith__gte=months[0],
        period__startswith__lte=months[-1],
    ).exclude(cut="")
    rows = rows.order_by("version", "pk").only(
        "indicator", "cut", "dims", "dims_hash", "period", "value", "n", "version", "released_at"
    )
    return {(row.indicator, row.period.lower, row.dims_hash): row for row in rows.iterator()}


def _changes(
    house: House,
    wanted: Mapping[Key, Wanted],
    standing: Mapping[Key, IndicatorSnapshot],
    frozen: set[dt.date],
) -> Iterator[IndicatorSnapshot]:
    now = timezone.now()
    for key, one in wanted.items():
        before = standing.get(key)
        if before is None:
            yield _row(house, one, now)
        elif not INDICATORS[one.indicator].fact.is_present and one.said != (before.value, before.n):
            yield _row(house, one, now, before)
    for key, before in standing.items():
        if key in wanted or before.indicator not in INDICATORS or not (before.n or before.value):
            continue
        if not INDICATORS[before.indicator].fact.is_present:
            # Nothing is counted there any more.
            gone = Wanted(
                before.indicator,
                before.period.lower,
                before.cut,
                before.dims,
                Decimal(0),
                0,
                is_released=before.released_at is not None,
            )
            yield _row(house, gone, now, before)


def _row(
    house: House, one: Wanted, now: dt.datetime, before: IndicatorSnapshot | None = None
) -> IndicatorSnapshot:
    digest = hashlib.sha256(canonical([one.value, one.n, dict(one.dims)]).encode()).digest()
    return IndicatorSnapshot(
        organization_id=house.pk,
        indicator=one.indicator,
        cut=one.cut,
        period=DateRange(one.month, _after(one.month)),
        dims=dict(one.dims),
        dims_hash=one.key[2],
        value=one.value,
        n=one.n,
        is_suppressed=one.is_suppressed,
        region_code=house.region_id if one.is_released else None,
        released_at=now if one.is_released else None,
        frozen_at=now,
        restates=before,
        version=before.version + 1 if before else 1,
        inputs_hash=digest,
    )


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)
