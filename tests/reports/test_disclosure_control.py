"""Hidden cells stay hidden: against sums, against slices, against what is small by itself."""

import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from reports.disclosure_control import TOTAL, percent, rounded, shown, sliced, suppressed

LIMIT = 10


@dataclass(frozen=True)
class Cell:
    dims: dict = field(default_factory=dict)
    value: Decimal | None = None
    n: int = 0
    n2: Decimal = Decimal(0)


def cells_of(rows, dims=("ward", "source")):
    cells = []
    for at in itertools.product(*(range(n) for n in shape(rows))):
        n = rows
        for one in at:
            n = n[one]
        place = {dim: f"{dim}{one}" for dim, one in zip(dims, at, strict=False)}
        cells.append(Cell(place, Decimal(n), n))
    return cells


def shape(rows):
    return (len(rows), *shape(rows[0])) if isinstance(rows, list) else ()


def rank(rows):
    """Of a small matrix, in exact fractions; written for the test alone."""
    rows, found = [[Fraction(it) for it in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        at = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if at is None:
            continue
        rows[found], rows[at] = rows[at], rows[found]
        for i in range(found + 1, len(rows)):
            times = rows[i][column] / rows[found][column]
            rows[i] = [a - times * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def worked_out(table):
    """What a reader of the table and of all its totals works out: by sums (rank), then by bounds from nought."""
    unknown = [key for key, n in table.items() if n is None]
    sums = []
    for key in table:
        for at in [i for i, one in enumerate(key) if one is TOTAL]:
            parts = [
                k for k in table if k[:at] + k[at + 1 :] == key[:at] + key[at + 1 :] and k != key
            ]
            sums.append((key, parts))
    matrix = [[(k in parts) - (k == total) for k in unknown] for total, parts in sums]
    whole = rank(matrix)
    fixed = {
        key
        for at, key in enumerate(unknown)
        if rank([row[:at] + row[at + 1 :] for row in matrix]) == whole - 1
    }
    low = {key: n if n is not None else 0 for key, n in table.items()}
    high = {key: n if n is not None else 10**6 for key, n in table.items()}
    for _round in range(12):
        for total, parts in sums:
            low[total] = max(low[total], sum(low[k] for k in parts))
            high[total] = min(high[total], sum(high[k] for k in parts))
            for k in parts:
                rest_low = sum(low[o] for o in parts) - low[k]
                rest_high = sum(high[o] for o in parts) - high[k]
                high[k] = min(high[k], high[total] - rest_low)
                low[k] = max(low[k], low[total] - rest_high)
    return fixed | {key for key in unknown if low[key] == high[key]}


count = st.one_of(st.integers(0, 14), st.integers(0, 80))


def tables(*sizes):
    built = count
    for size in reversed(sizes):
        built = st.lists(built, min_size=size, max_size=size)
    return built


small = st.tuples(st.integers(1, 3), st.integers(1, 4)).flatmap(lambda size: tables(*size))


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.one_of(small, tables(5), tables(2, 2, 2)))
@example([[[0, 1], [38, 0]], [[0, 38], [0, 2]]])  # given away by no count being below nought
def test_no_hidden_cell_is_worked_out_from_totals_and_slices(rows):
    dims = ("ward", "source", "sex")[: len(shape(rows))]
    table = shown(cells_of(rows, dims), limit=LIMIT, dims=dims)
    assert worked_out(table) == set()
    assert all(n is None or n >= LIMIT for n in table.values())


@settings(max_examples=60, deadline=None)
@given(small)
def test_the_difference_of_two_filters_gives_no_hidden_cell(rows):
    """By ward without a filter, less by ward filtered to each source that is shown: a lone rest is no hidden cell."""
    dims = ("ward", "source")
    cells = cells_of(rows)
    by_ward = {
        one.dims["ward"]: one.value
        for one in suppressed(summed(cells), limit=LIMIT, dims=("ward",))
    }
    controlled = suppressed(cells, limit=LIMIT, dims=dims)
    for ward, whole in by_ward.items():
        row = sliced(controlled, {"ward": ward})
        hidden = [one for one in row if one.value is None]
        if whole is not None and hidden:
            rest = whole - sum(one.value for one in row if one.value is not None)
            assert len(hidden) > 1
            assert rest >= LIMIT


def summed(cells):
    wards: dict[str, int] = {}
    for one in cells:
        wards[one.dims["ward"]] = wards.get(one.dims["ward"], 0) + one.n
    return [Cell({"ward": ward}, Decimal(n), n) for ward, n in wards.items()]


@settings(max_examples=60, deadline=None)
@given(small)
def test_a_total_is_decided_alike_alone_and_beside_its_cells(rows):
    cells = cells_of(rows)
    alone = shown(summed(cells), limit=LIMIT, dims=("ward",))
    beside = shown(cells, limit=LIMIT, dims=("ward", "source"))
    assert alone == {(ward,): n for (ward, source), n in beside.items() if source is TOTAL}


def test_a_lone_small_cell_takes_the_smallest_neighbour_along():
    found = suppressed(cells_of([3, 50, 60]), limit=LIMIT, dims=("ward",))
    assert [one.value for one in found] == [None, None, Decimal(60)]


def test_large_cells_are_all_shown():
    found = suppressed(cells_of([[30, 50], [60, 70]]), limit=LIMIT, dims=("ward", "source"))
    assert [one.value for one in found] == [30, 50, 60, 70]


def test_a_combination_nobody_counted_is_listed_and_hidden():
    cells = [
        Cell({"ward": "a", "source": "x"}, Decimal(40), 40),
        Cell({"ward": "b", "source": "y"}, Decimal(40), 40),
    ]
    found = suppressed(cells, limit=LIMIT, dims=("ward", "source"))
    assert len(found) == 4
    assert {one.n for one in found if one.value is None} == {0}


def test_a_hidden_cell_carries_neither_its_count_nor_its_sum():
    cells = [Cell({"ward": "a"}, Decimal(3), 3, Decimal(900)), Cell({"ward": "b"}, Decimal(4), 4)]
    found = suppressed(cells, limit=LIMIT, dims=("ward",))
    assert [(one.value, one.n, one.n2) for one in found] == [(None, 0, 0), (None, 0, 0)]


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [("2.5", 0, "3"), ("3.5", 0, "4"), ("0.125", 2, "0.13"), ("-2.5", 0, "-3"), ("2.4", 0, "2")],
)
def test_halves_are_rounded_up(value, places, said):
    assert rounded(Decimal(value), places) == Decimal(said)


def test_a_share_of_a_hidden_part_is_hidden():
    assert [percent(1, 3), percent(None, 3), percent(1, None), percent(1, 0)] == [
        Decimal("33.3"), None, None, None,
    ]  # fmt: skip
