"""Tables of the library as a reader may see them: live rows of the own house, or what was released to the authority.

Who may not see the rows behind a number (a foundation, an authority) reads no small one: the table is controlled
with the dimensions of its filter among its own, so that no slice of it gives a hidden cell away.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError
from reports.disclosure_control import AUTHORITY_LIMIT, sliced, suppressed
from reports.indicators.definition import CARE, Indicator
from reports.indicators.library import INDICATORS
from reports.models import IndicatorSnapshot
from reports.permissions import can_read_indicator
from reports.services.freezing import RELEASED_CLASS, TOTAL_CUT
from reports.services.indicator_words import is_coded
from reports.services.indicators import Cell, Span, indicators_read, library_for

MONTH, HOSPITAL = "month", "hospital"


def readable(by: Any) -> list[Indicator]:
    """The indicators this reader may open, in the order of the library."""
    own = {one.code for one in library_for(by)}
    return [
        one
        for one in INDICATORS.values()
        if (one.code in own or is_from_released(by, one)) and can_read_indicator(by, one)
    ]


def is_from_released(by: Any, one: Indicator) -> bool:
    """An authority reads the hospitals' indicators from what was released to it, never from rows."""
    is_theirs = by.acting.organization_kind == "government" and by.role == "authority_officer"
    return is_theirs and one.fact.houses >= CARE and one.privacy_class <= RELEASED_CLASS


def is_restricted(by: Any, one: Indicator) -> bool:
    """Whether the reader's house does not see the persons behind the number."""
    kind = by.acting.organization_kind
    return kind not in CARE and bool(one.fact.houses & CARE) and one.fact.has_persons


def dims_for(by: Any, one: Indicator) -> tuple[str, ...]:
    """The dimensions this reader may split the indicator by."""
    if is_from_released(by, one):
        return (MONTH, HOSPITAL, *(dim for dim in one.frozen_dims if is_coded(dim)))
    if is_restricted(by, one):
        hidden = {"department", "ward", "worker"}
        return (MONTH, *(dim for dim in one.dims if dim not in hidden))
    return (MONTH, *one.dims)


def table_cells(
    *,
    one: Indicator,
    first: dt.date,
    last: dt.date,
    by: Any,
    dims: Sequence[str] = (),
    where: Mapping[str, str] | None = None,
) -> list[Cell]:
    """The cells of a table of one indicator; a hidden one has no value. `month` is a dimension too.

    Raises:
        DomainError: `indicator.unknown_dim` for a dimension the reader may not split it by.
    """
    where = dict(where or {})
    if MONTH in where or not set(dims) | set(where) <= set(dims_for(by, one)):
        raise DomainError("indicator.unknown_dim", _("这个指标不能按所选的维度拆分。"), "dims")
    if is_from_released(by, one):
        return _released(one, first, last, by, dims, where)
    if is_restricted(by, one):
        return _controlled(one, first, last, by, tuple(dims), where)
    return _live(one, first, last, by, tuple(dims), where)


def _live(
    one: Indicator,
    first: dt.date,
    last: dt.date,
    by: Any,
    dims: tuple[str, ...],
    where: Mapping[str, str] | None,
) -> list[Cell]:
    plain = tuple(dim for dim in dims if dim != MONTH)
    span = Span(first, last, by_month=MONTH in dims)
    found = indicators_read(codes=[one.code], span=span, by=by, cuts=[plain], where=where)
    return [_placed(cell) for cell in found[one.code]]


def _placed(cell: Cell) -> Cell:
    if cell.month is None:
        return cell
    return replace(cell, dims={MONTH: f"{cell.month:%Y-%m}", **cell.dims})


def _controlled(
    one: Indicator,
    first: dt.date,
    last: dt.date,
    by: Any,
    dims: tuple[str, ...],
    where: Mapping[str, str],
) -> list[Cell]:
    """Read whole, controlled, then sliced: a filter is a slice of a table, never a table of its own."""
    whole = tuple(dict.fromkeys((*dims, *where)))
    plain = tuple(dim for dim in whole if dim != MONTH)
    span = Span(first, last, by_month=MONTH in whole)
    found = indicators_read(
        codes=[one.code], span=span, by=by, cuts=[plain, ()] if plain else [()]
    )[one.code]
    totals = {cell.month: cell.n for cell in found if not cell.dims}
    cells = [
        _placed(cell) for cell in found if len(cell.dims) == len(plain) and (cell.n or not plain)
    ]
    cells = suppressed(cells, limit=AUTHORITY_LIMIT, dims=whole)
    thin = {month and f"{month:%Y-%m}" for month, n in totals.items() if n < AUTHORITY_LIMIT}
    cells = [_hidden(cell) if cell.dims.get(MONTH) in thin else cell for cell in cells]
    kept = sliced(cells, where)
    return [replace(cell, dims={dim: cell.dims[dim] for dim in dims}) for cell in kept]


def _hidden(cell: Cell) -> Cell:
    return replace(cell, value=None, n=0)


def _released(
    one: Indicator,
    first: dt.date,
    last: dt.date,
    by: Any,
    dims: Sequence[str],
    where: Mapping[str, str],
) -> list[Cell]:
    """From the released copies of frozen months; a sum with a hidden part is hidden."""
    coded = [dim for dim in (*dims, *where) if dim not in {MONTH, HOSPITAL}]
    if len(set(coded)) > 1:
        raise DomainError(
            "indicator.one_dim", _("公开的月份只按一个维度保存，请只选一个。"), "dims"
        )
    if not one.is_additive and not {MONTH, HOSPITAL} <= set(dims):
        raise DomainError(
            "indicator.not_additive", _("比率和人数不能相加，请同时按月份和医院列出。"), "dims"
        )
    rows = IndicatorSnapshot.objects.visible_to(by).newest()
    rows = rows.filter(
        indicator=one.code,
        cut=coded[0] if coded else TOTAL_CUT,
        period__startswith__gte=first.replace(day=1),
        period__startswith__lte=last,
    )
    found: dict[tuple[str, ...], Cell] = {}
    facts = rows.order_by("period", "pk").values_list(
        "organization_id", "period", "dims", "value", "n", "is_suppressed"
    )
    for house, period, said, value, n, is_suppressed in facts:
        place = {MONTH: f"{period.lower:%Y-%m}", HOSPITAL: str(house), **said}
        if any(place.get(dim) != wanted for dim, wanted in where.items()):
            continue
        key = tuple(place[dim] for dim in dims)
        cell = Cell(dict(zip(dims, key, strict=True)), None if is_suppressed else value, n or 0)
        found[key] = _summed(found[key], cell) if key in found else cell
    return list(found.values())


def _summed(one: Cell, other: Cell) -> Cell:
    if one.value is None or other.value is None:
        return replace(one, value=None, n=0)
    return replace(one, value=Decimal(one.value + other.value), n=one.n + other.n)
