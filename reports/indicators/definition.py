"""What an indicator is: which events it counts, how it measures them, and what a page says under the number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise

Words = str | Promise
CARE = frozenset({"hospital", "community_health", "public_health", "agency", "association"})
CHARITY = frozenset({"foundation"})
PUBLIC = frozenset({"government", "association", "professional_body"})
ZONE = "at time zone 'Asia/Shanghai'"


class Measure(StrEnum):
    """How the rows of a fact become one number; SHARE is in percent, of `n`."""

    COUNT = "count"
    PERSONS = "persons"
    SUM = "sum"
    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"


# What may be added up over a dimension; the others have a total of their own.
ADDITIVE = frozenset({Measure.COUNT, Measure.SUM})


@dataclass(frozen=True)
class Fact:
    """One kind of event, one row each: `day`, `who`, `n`, `n2`, `department` and the columns of `dims`.

    `sql` is written here and nowhere else; it takes house, first, last (days), since, before (instants)
    and `ends` (the last day of each period, for what has a state and no date). `houses` are the kinds of
    organization it means something to. A dimension in `drifting` says what a row is now, not what it was:
    a month is not frozen by it. What `is_present` can be read for today alone: once frozen, never compared.
    """

    code: str
    sql: str
    dims: tuple[str, ...]
    population: Words
    period_by: Words
    has_persons: bool = True
    is_stock: bool = False
    houses: frozenset[str] = CARE
    source: str = ""
    drifting: tuple[str, ...] = ()
    is_present: bool = False


@dataclass(frozen=True)
class Indicator:
    """`where` narrows the fact's rows, `value` stands in the place of `n2`; `dims` are those it may be split by."""

    code: str
    name: Words
    words: Words
    unit: Words
    population: Words
    counts: str
    period_by: Words
    group: str
    fact: Fact
    measure: Measure
    where: str = ""
    value: str = ""
    dims: tuple[str, ...] = ()
    privacy_class: int = 2
    source: str = ""
    digits: int = 0

    @property
    def frozen_dims(self) -> tuple[str, ...]:
        """The dimensions a closed month is kept by."""
        return tuple(dim for dim in self.dims if dim not in self.fact.drifting)

    @property
    def is_additive(self) -> bool:
        return self.measure in ADDITIVE


@dataclass(frozen=True)
class Group:
    """A heading of the library."""

    code: str
    name: Words
    indicators: Sequence[Indicator] = field(default_factory=tuple)


def indicator(
    group: str,
    fact: Fact,
    code: str,
    name: Words,
    words: Words,
    unit: Words,
    measure: Measure,
    counts: str,
    *,
    where: str = "",
    value: str = "",
    dims: tuple[str, ...] | None = None,
    privacy_class: int = 2,
    digits: int | None = None,
    population: Words = "",
) -> Indicator:
    """An indicator with what its fact already says: population, date, dimensions, source."""
    shares = {Measure.SHARE, Measure.MEAN}
    return Indicator(
        code=code,
        name=name,
        words=words,
        unit=unit,
        population=population or fact.population,
        counts=counts,
        period_by=fact.period_by,
        group=group,
        fact=fact,
        measure=measure,
        where=where,
        value=value,
        dims=fact.dims if dims is None else dims,
        privacy_class=privacy_class,
        source=fact.source,
        digits=(1 if measure in shares else 0) if digits is None else digits,
    )


def day_of(column: str) -> str:
    """The day of an instant where the hospital stands."""
    return f"({column} {ZONE})::date"


def during(column: str) -> str:
    """An instant inside the period, so that an index on the column serves."""
    return f"{column} >= %(since)s and {column} < %(before)s"


def on_day(column: str) -> str:
    """A day inside the period."""
    return f"{column} between %(first)s and %(last)s"


def ended(column: str) -> str:
    """An instant before the end of the day `m.day` of a stock."""
    return f"{column} < ((m.day + 1)::timestamp {ZONE})"


MOMENTS = "unnest(%(ends)s::date[]) as m(day)"


def age_at(column: str, born: str = "p.birth_year") -> str:
    """An age band by the year of birth."""
    years = f"(extract(year from {column}) - {born})"
    return (
        f"case when {born} is null then '' when {years} < 7 then '0-6' when {years} < 14 then '7-13' "
        f"when {years} < 18 then '14-17' when {years} < 45 then '18-44' when {years} < 60 then '45-59' "
        "else '60+' end"
    )
