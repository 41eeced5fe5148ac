"""Read an indicator: one statement from the rows themselves, by event date, for the asker's house.

Cases of secrecy level 5 are counted like any other, whoever asks: a number must not depend on who is named for
a case, nor change when one is raised. Their rows stay shut; only the count of the house leaves the statement.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone

from reports.disclosure_control import rounded
from reports.indicators.definition import Fact, Indicator, Measure
from reports.indicators.library import INDICATORS

ZERO = Decimal(0)
# Before the counting statement every compartment of the house is opened, and shut again after it.
OPEN_ALL = """
SELECT set_config('app.compartments_kept', coalesce(current_setting('app.compartments', true), ''), true);
SELECT set_config('app.compartments', coalesce((SELECT array_agg(DISTINCT compartment_id)::text
  FROM departments_accessgrant WHERE organization_id = %(house)s), '{}'), true);
"""
SHUT = "SELECT set_config('app.compartments', current_setting('app.compartments_kept', true), true)"


class Reader(Protocol):
    """Who reads: a user acting in a role, or the sweep inside one house."""

    @property
    def house_id(self) -> int: ...
    @property
    def acting(self) -> Any: ...


@dataclass(frozen=True)
class Cell:
    """`n` is how many persons stand behind the value (rows where nobody is counted), for suppression."""

    dims: Mapping[str, str]
    value: Decimal | None
    n: int
    n2: Decimal = ZERO
    month: dt.date | None = None


@dataclass(frozen=True)
class Span:
    """A period, whole or cut into months."""

    first: dt.date
    last: dt.date
    by_month: bool = False

    @property
    def ends(self) -> list[dt.date]:
        """The last day of each period that has begun; the running one ends today."""
        today = timezone.localdate()
        if not self.by_month:
            return [min(self.last, today)]
        ends, first = [], self.first.replace(day=1)
        while first <= min(self.last, today):
            after = (first + dt.timedelta(days=32)).replace(day=1)
            ends.append(min(after - dt.timedelta(days=1), self.last, today))
            first = after
        return ends or [min(self.last, today)]


def indicator_read(
    *,
    code: str,
    first: dt.date,
    last: dt.date,
    by: Reader,
    dims: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
) -> list[Cell]:
    """The cells of an indicator from the day `first` to the day `last`, split by `dims`, narrowed by `where`.

    Without `dims` one cell, also when nothing was counted. A role of a department reads its own department.

    Raises:
        KeyError: for a code or a dimension that the library does not have.
    """
    return indicators_read(
        codes=[code], span=Span(first, last), by=by, cuts=[tuple(dims)], where=where
    )[code]


def indicators_read(
    *,
    codes: Iterable[str],
    span: Span,
    by: Reader,
    cuts: Sequence[tuple[str, ...]] = ((),),
    where: Mapping[str, Any] | None = None,
) -> dict[str, list[Cell]]:
    """Several indicators of one fact in one statement, by each of `cuts`; a cell's dims say which cut it is of.

    Raises:
        KeyError: for an unknown code or dimension; ValueError: for codes of different facts.
    """
    wanted = [INDICATORS[code] for code in codes]
    fact = wanted[0].fact
    if any(one.fact is not fact for one in wanted):
        raise ValueError("one statement reads one fact")
    for dim in {dim for cut in cuts for dim in cut} | set(where or {}):
        if dim not in fact.dims:
            raise KeyError(dim)
    sql, parameters = _statement(wanted, fact, span, cuts, dict(where or {}), by)
    found: dict[str, list[Cell]] = {one.code: [] for one in wanted}
    for row in _rows(sql, parameters):
        month, mask, *rest = row
        names = _dims_of(cuts)
        dims = {
            dim: rest[at] for at, dim in enumerate(names) if not mask >> (len(names) - 1 - at) & 1
        }
        for at, one in enumerate(wanted):
            value, n = rest[len(names) + 2 * at : len(names) + 2 * at + 2]
            if n or not (dims or month):
                found[one.code].append(Cell(dims, _rounded(value, one), n, month=month))
    return found


def facts_of(indicators: Iterable[Indicator]) -> dict[str, list[Indicator]]:
    """The indicators by the fact they are read from."""
    found: dict[str, list[Indicator]] = {}
    for one in indicators:
        found.setdefault(one.fact.code, []).append(one)
    return found


def library_for(by: Reader) -> list[Indicator]:
    """The indicators that mean something to the house of the asker."""
    kind = by.acting.organization_kind
    return [one for one in INDICATORS.values() if kind in one.fact.houses]


def _rounded(value: Any, one: Indicator) -> Decimal | None:
    return None if value is None else rounded(Decimal(value), one.digits)


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ALL + sql, parameters)
        rows = cursor.fetchall()
        cursor.execute(SHUT)
    return rows


def _dims_of(cuts: Sequence[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(dim for cut in cuts for dim in cut))


def _measured(one: Indicator) -> str:
    """Value and count of an indicator, as two columns."""
    only = f" filter (where {one.where})" if one.where else ""
    value = f"({one.value or 'n2'})"
    ratio = f"sum({value}){only} / nullif(sum(n){only}, 0)"
    measured = {
        Measure.COUNT: f"coalesce(sum(n){only}, 0)",
        Measure.PERSONS: f"count(distinct who){only}",
        Measure.SUM: f"coalesce(sum({value}){only}, 0)",
        Measure.SHARE: f"100.0 * {ratio}",
        Measure.MEAN: f"1.0 * {ratio}",
        Measure.MEDIAN: f"percentile_disc(0.5) within group (order by {value}){only}",
        Measure.P90: f"percentile_disc(0.9) within group (order by {value}){only}",
    }[one.measure]
    behind = "count(distinct who)" if one.fact.has_persons else "count(*)"
    return f"({measured})::numeric, {behind}{only}"


def _statement(
    wanted: Sequence[Indicator],
    fact: Fact,
    span: Span,
    cuts: Sequence[tuple[str, ...]],
    where: dict[str, Any],
    by: Reader,
) -> tuple[str, dict[str, Any]]:
    names = _dims_of(cuts)
    month = "date_trunc('month', day)::date" if span.by_month else "null::date"
    inner = "".join(f", coalesce({name}::text, '') as d_{name}" for name in names)
    head = [f"d_{name}" for name in names]
    sets = ", ".join(
        "(" + ", ".join((["month"] if span.by_month else []) + [f"d_{dim}" for dim in cut]) + ")"
        for cut in cuts
    )
    mask = f"grouping({', '.join(head)})" if head else "0"
    columns = ["month" if span.by_month else "null::date", mask, *head, *map(_measured, wanted)]
    conditions, parameters = _conditions(fact, where, by)
    parameters |= {
        "house": by.house_id,
        "first": span.first,
        "last": span.last,
        "since": _midnight(span.first),
        "before": _midnight(span.last + dt.timedelta(days=1)),
        "ends": span.ends,
    }
    return (
        f"SELECT {', '.join(columns)} FROM (SELECT f.*, {month} AS month{inner} FROM ({fact.sql}) f "
        f"WHERE {conditions}) g GROUP BY GROUPING SETS ({sets}) ORDER BY 1, 2{_order(head)}",
        parameters,
    )


def _order(head: Sequence[str]) -> str:
    return "".join(f", {at}" for at in range(3, 3 + len(head)))


def _conditions(fact: Fact, where: dict[str, Any], by: Reader) -> tuple[str, dict[str, Any]]:
    """What narrows the rows: the asker's department, a worker's own rows, the filter."""
    conditions, parameters = ["true"], {}
    if by.acting.department_id is not None and "department" in fact.dims:
        conditions.append("(department = %(department)s or department is null)")
        parameters["department"] = by.acting.department_id
    if by.acting.role == "worker" and "worker" in fact.dims:
        where = {**where, "worker": by.pk}
    for at, (dim, value) in enumerate(sorted(where.items())):
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        conditions.append(f"coalesce({dim}::text, '') = any (%(where_{at})s)")
        parameters[f"where_{at}"] = [str(one) for one in values]
    return " and ".join(conditions), parameters


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
