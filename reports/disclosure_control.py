"""Disclosure control: which cells of a table of counts may be shown, so that no hidden one can be worked out again.

A reader is assumed to hold every total of the table and every slice of it. So a table is read whole: all combinations of
the values seen, none of them a silent nought, with the totals over each dimension. A filter is a slice of the table
controlled with the filter's dimension in it (`sliced`), never a table of its own: two tables made apart give the
difference away.

Totals are decided before what they total, each from its own table alone, so that a total is hidden or shown alike
wherever it stands. Method: cell suppression (Willenborg and de Waal, Elements of Statistical Disclosure Control, ch. 4).
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol, TypeVar

PUBLIC_LIMIT = 10
AUTHORITY_LIMIT = 5
# Sums of a table have coefficients of one; a prime of this size loses no rank of them.
PRIME = (1 << 61) - 1


class Counted(Protocol):
    """What is controlled: a frozen dataclass with its place, its value and the count behind the value."""

    @property
    def dims(self) -> Mapping[str, str | None]: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def n(self) -> int: ...


C = TypeVar("C", bound=Counted)
V = TypeVar("V", int, Decimal)


class Total:
    """The place of a total in a dimension; `None` is a value of its own, "not entered"."""

    def __repr__(self) -> str:
        return "total"


TOTAL = Total()
Key = tuple[Any, ...]
Line = tuple[Key, tuple[Key, ...]]


def suppressed(cells: Sequence[C], *, limit: int, dims: Sequence[str]) -> list[C]:
    """The cells with `value` None where the count is below `limit` or would give such a one away.

    Combinations that nobody counted are added, hidden: an absent row would say nought.
    """
    if not cells:
        return []
    counts = counted(cells, dims)
    hidden = Control(counts).hidden_below(limit)
    have = {tuple(cell.dims.get(dim) for dim in dims): cell for cell in cells}
    whole = [key for key in counts if TOTAL not in key]
    model = cells[0]
    found = []
    for key in whole:
        cell = have.get(key)
        if cell is None:
            cell = replace(
                model, dims=dict(zip(dims, key, strict=True)), value=None, n=0, n2=Decimal(0)
            )  # type: ignore[type-var]
        found.append(replace(cell, value=None, n=0, n2=Decimal(0)) if key in hidden else cell)  # type: ignore[type-var]
    return found


def shown(cells: Sequence[Counted], *, limit: int, dims: Sequence[str]) -> dict[Key, int | None]:
    """Every count of the table and of its totals (`TOTAL` in the place of a dimension), None where hidden."""
    counts = counted(cells, dims)
    hidden = Control(counts).hidden_below(limit)
    return {key: None if key in hidden else n for key, n in counts.items()}


def sliced(cells: Iterable[C], where: Mapping[str, str | None]) -> list[C]:
    """A filter, on cells that were controlled with the dimensions of the filter among theirs."""
    return [one for one in cells if all(one.dims.get(dim) == it for dim, it in where.items())]


def rounded(value: Decimal, places: int = 0) -> Decimal:
    """Half up, as on paper: 2.5 is 3."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(part: int | None, whole: int | None) -> Decimal | None:
    """A share with one decimal; None where either is hidden or the whole is nought."""
    if part is None or not whole:
        return None
    return rounded(Decimal(part) * 100 / Decimal(whole), 1)


def counted(cells: Iterable[Counted], dims: Sequence[str]) -> dict[Key, int]:
    """The count of every combination of the values seen, and of every total."""
    inner: dict[Key, int] = {}
    for cell in cells:
        key = tuple(cell.dims.get(dim) for dim in dims)
        inner[key] = inner.get(key, 0) + cell.n
    values = [sorted({key[at] for key in inner}, key=str) for at in range(len(dims))]
    return summed(inner, values, 0) if inner else {}


def summed(inner: Mapping[Key, V], values: Sequence[Sequence[Any]], nought: V) -> dict[Key, V]:
    """Every combination of `values` and every total; what `inner` does not name is `nought`."""
    found = dict.fromkeys(itertools.product(*([*one, TOTAL] for one in values)), nought)
    for key, it in inner.items():
        for over in itertools.product(*((one, TOTAL) for one in key)):
            found[over] += it
    return found


class Control:
    """Decides a table from its grand total inwards."""

    def __init__(self, counts: Mapping[Key, int]) -> None:
        self.counts = counts
        self.hidden: set[Key] = set()

    def hidden_below(self, limit: int) -> set[Key]:
        tables: dict[frozenset[int], list[Key]] = {}
        for key in self.counts:
            tables.setdefault(_split_by(key), []).append(key)
        for split in sorted(tables, key=lambda one: (len(one), sorted(one))):
            below = [key for kind, keys in tables.items() if kind <= split for key in keys]
            self._decide(tables[split], below, limit)
        return self.hidden

    def _decide(self, table: list[Key], below: list[Key], limit: int) -> None:
        self.hidden |= {key for key in table if self.counts[key] < limit}
        lines = lines_of(below)
        inner = [line for line in lines if _split_by(line[1][0]) == _split_by(table[0])]
        while True:
            while more := self._thin(inner, limit):
                self.hidden |= more
            told = determined(lines, self.hidden) or bounded(lines, self.counts, self.hidden)
            if not told or not (more := self._partners(table, inner, told)):
                return
            self.hidden |= more

    def _thin(self, lines: list[Line], limit: int) -> set[Key]:
        """Lines whose hidden part is one cell, or is itself too small a group: their smallest shown cell."""
        more = set()
        for total, parts in lines:
            gone = [key for key in parts if key in self.hidden]
            is_thin = len(gone) == 1 or sum(self.counts[key] for key in gone) < limit
            if gone and is_thin and total not in self.hidden:
                more |= self._smallest(key for key in parts if key not in self.hidden)
        return more

    def _partners(self, table: list[Key], lines: list[Line], told: set[Key]) -> set[Key]:
        """One more cell beside each that is given away; anywhere in the table when its lines are used up."""
        more = set()
        for key in told:
            near = (
                one for _total, parts in lines if key in parts or key == _total for one in parts
            )
            more |= self._smallest(one for one in near if one not in self.hidden)
        return more or self._smallest(key for key in table if key not in self.hidden)

    def _smallest(self, keys: Iterable[Key]) -> set[Key]:
        best = min(keys, key=lambda key: (self.counts[key], str(key)), default=None)
        return set() if best is None else {best}


def _split_by(key: Key) -> frozenset[int]:
    return frozenset(at for at, one in enumerate(key) if one is not TOTAL)


def lines_of(keys: Iterable[Key]) -> list[Line]:
    """Each total with what it totals along one dimension."""
    lines: dict[Key, list[Key]] = {}
    for key in keys:
        for at in _split_by(key):
            lines.setdefault((at, (*key[:at], TOTAL, *key[at + 1 :])), []).append(key)
    return [(total, tuple(parts)) for (_at, total), parts in lines.items()]


def determined(lines: Sequence[Line], hidden: set[Key]) -> set[Key]:
    """The hidden cells that the sums of the table fix, by elimination."""
    solved: dict[Key, dict[Key, int]] = {}
    for total, parts in lines:
        row = {key: 1 for key in parts if key in hidden}
        if total in hidden:
            row[total] = PRIME - 1
        for pivot in [key for key in row if key in solved]:
            _take(row, solved[pivot], pivot)
        if not row:
            continue
        pivot = next(iter(row))
        scale = pow(row[pivot], -1, PRIME)
        row = {key: it * scale % PRIME for key, it in row.items()}
        for other in solved.values():
            if pivot in other:
                _take(other, row, pivot)
        solved[pivot] = row
    return {pivot for pivot, row in solved.items() if len(row) == 1}


def bounded(lines: Sequence[Line], counts: Mapping[Key, int], hidden: set[Key]) -> set[Key]:
    """The hidden cells that the sums leave a single value, since no count is below nought."""
    most = max(counts.values(), default=0) * 2 + 1
    low = {key: 0 if key in hidden else n for key, n in counts.items()}
    high = {key: most if key in hidden else n for key, n in counts.items()}
    is_moving = True
    while is_moving:
        is_moving = False
        for total, parts in lines:
            least, top = sum(low[key] for key in parts), sum(high[key] for key in parts)
            for key in (total, *parts):
                if key not in hidden:
                    continue
                if key == total:
                    floor, ceiling = least, top
                else:
                    floor, ceiling = low[total] - top + high[key], high[total] - least + low[key]
                if floor > low[key] or ceiling < high[key]:
                    low[key], high[key] = max(low[key], floor), min(high[key], ceiling)
                    is_moving = True
                    least, top = sum(low[one] for one in parts), sum(high[one] for one in parts)
    return {key for key in hidden if low[key] == high[key]}


def _take(row: dict[Key, int], known: Mapping[Key, int], pivot: Key) -> None:
    """Subtract a solved row so that its pivot leaves."""
    times = row[pivot]
    for key, it in known.items():
        left = (row.get(key, 0) - times * it) % PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)
