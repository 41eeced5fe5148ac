"""The figures of one month: live while it runs, frozen for ever once it is over."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.codes import CaseSource, NeedCategory
from cases.workflow import CaseStage
from msw_portal.kernel.audit import canonical
from reports.indicators.figures import FIGURES
from reports.models import IndicatorSnapshot
from reports.services.dashboards import AID, CODES, MEDIAN, NINETIETH, OPEN_STAGES
from reports.services.figures import Cell, Cells, by_dim, cells_read, quantile


@dataclass(frozen=True)
class Month:
    """Everything the monthly report says; plain values, so that equal months render equal files."""

    first: dt.date
    last: dt.date
    is_frozen: bool
    as_of: dt.datetime
    summary: tuple[tuple[str, str, str, str], ...]  # name, value, unit, formula
    stages: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    needs: tuple[tuple[str, int], ...]
    aid: tuple[tuple[str, int, Decimal], ...]


def month_end(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def month_read(*, first: dt.date, by: Any) -> Month:
    """The month of the asker's department; freezes it when it is over and not frozen yet."""
    last = month_end(first)
    if last >= timezone.localdate():
        return _month(first, last, _live(first, by), is_frozen=False, as_of=timezone.now())
    frozen_at, cells = month_freeze(first=first, by=by)
    return _month(first, last, cells, is_frozen=True, as_of=frozen_at)


def _live(first: dt.date, by: Any) -> Cells:
    return cells_read(by=by, codes=CODES + AID, since=first, until=first)


def month_freeze(*, first: dt.date, by: Any) -> tuple[dt.datetime, Cells]:
    """The frozen cells of a closed month, written once per house; later corrections are new versions.

    Returns when it was frozen and the asker's own cells of it.
    """
    period = DateRange(first, month_end(first) + dt.timedelta(days=1))
    mine = IndicatorSnapshot.objects.filter(
        organization_id=by.house_id, period=period, version=1, cut=""
    )
    with connection.cursor() as cursor:
        # Two reports of one month at once: the second waits and reads what the first froze.
        cursor.execute("SELECT pg_advisory_xact_lock(7002, %s)", [by.house_id])
    if not mine.exists():
        _write_snapshot(period, _house_cells(first, by), by)
    rows = list(mine.order_by("indicator", "dims_hash"))
    frozen_at = rows[0].frozen_at if rows else timezone.now()
    cells: Cells = {}
    for row in rows:
        if (
            row.dims.get("department", by.acting.department_id) != by.acting.department_id
            and by.acting.department_id
        ):
            continue
        dims = {key: value for key, value in row.dims.items() if key != "n"}
        cells.setdefault(row.indicator, []).append(
            Cell(first, dims, int(row.dims["n"]), row.value or Decimal())
        )
    return frozen_at, cells


def _house_cells(first: dt.date, by: Any) -> Cells:
    """All departments' cells: a month is frozen for the house, whoever asks first."""
    acting = by.acting
    by.acting = replace(acting, department_id=None)
    try:
        return _live(first, by)
    finally:
        by.acting = acting


def _write_snapshot(period: DateRange, cells: Cells, by: Any) -> None:
    now = timezone.now()
    inputs = canonical(
        {
            code: [[dict(cell.dims), cell.n, cell.n2] for cell in cells[code]]
            for code in sorted(cells)
        }
    )
    digest = hashlib.sha256(inputs.encode()).digest()
    IndicatorSnapshot.objects.bulk_create(
        IndicatorSnapshot(
            organization_id=by.house_id,
            indicator=code,
            period=period,
            dims={**cell.dims, "n": cell.n},
            dims_hash=_signed_hash(cell.dims),
            value=cell.n2,
            frozen_at=now,
            inputs_hash=digest,
            created_by=by,
        )
        for code, found in cells.items()
        for cell in found
    )


def _signed_hash(dims: Mapping[str, Any]) -> int:
    return int.from_bytes(hashlib.sha256(canonical(dims).encode()).digest()[:8], "big", signed=True)


def _named(counts: Mapping[str, int], names: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    pairs = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((str(names.get(code, code)), n) for code, n in pairs if n)


def _month(
    first: dt.date, last: dt.date, cells: Cells, *, is_frozen: bool, as_of: dt.datetime
) -> Month:
    def of(code: str) -> list[Cell]:
        return cells.get(code, [])

    stages = by_dim(of("case_open"), "stage")
    # A month frozen before 12/2026 has them among the open ones.
    stages.setdefault(CaseStage.PENDING, sum(cell.n for cell in of("case_pending")))
    middle, late = (
        quantile(of("response_hours"), "hours", MEDIAN),
        quantile(of("response_hours"), "hours", NINETIETH),
    )
    counts = {
        code: sum(cell.n for cell in of(code))
        for code in ("case_open", "case_new", "case_closed", "need_found")
    }
    summary = [
        (str(FIGURES[code].name), str(n), str(FIGURES[code].unit), str(FIGURES[code].words))
        for code, n in counts.items()
    ]
    for name, value in (("首次响应中位数", middle), ("首次响应第 90 百分位", late)):
        summary.append(
            (
                name,
                "—" if value is None else str(value),
                "小时",
                str(FIGURES["response_hours"].words),
            )
        )
    return Month(
        first=first,
        last=last,
        is_frozen=is_frozen,
        as_of=as_of,
        summary=tuple(summary),
        stages=tuple((str(CaseStage(stage).label), stages.get(stage, 0)) for stage in OPEN_STAGES),
        sources=_named(by_dim(of("case_new"), "source"), dict(CaseSource.choices)),
        needs=_named(by_dim(of("need_found"), "category"), dict(NeedCategory.choices)),
        aid=tuple(
            (
                str(FIGURES[code].name),
                sum(cell.n for cell in of(code)),
                sum((cell.n2 for cell in of(code)), Decimal()),
            )
            for code in ("aid_asked", "aid_approved", "aid_paid")
        ),
    )
