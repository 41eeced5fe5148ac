"""An attack on the tables as they are published: differences of filters, of quarters, of a year, of two audiences.

The attacker is written for the test alone: exact elimination and bounds over every sum a reader knows.
"""

import datetime as dt
import itertools
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from msw_portal.kernel.scope import INSTALLATION, scope
from reports.disclosure_control import TOTAL, Control, summed
from reports.models import OpenDataChoice, OpenTable
from reports.services.open_data.readers import Told, authority_hides, year_hides
from reports.services.open_data.releasing import open_tables_release
from tests.factories.cases import make_case

ALL = "*"


class Attacker:
    """Holds numbers by name, None where unknown, and sums: (whole, parts)."""

    def __init__(self):
        self.values, self.sums = {}, []

    def learn(self, place, cells):
        """A table with totals: {key with ALL: count or None}."""
        for key, n in cells.items():
            name = (place, *key)
            self.values[name] = n if n is not None else self.values.get(name)
        for key in cells:
            for at in [i for i, one in enumerate(key) if one == ALL]:
                parts = [
                    (place, *other)
                    for other in cells
                    if other[at] != ALL and other[:at] + other[at + 1 :] == key[:at] + key[at + 1 :]
                ]
                self.sums.append(((place, *key), parts))

    def works_out(self):
        """What is unknown and yet fixed, by name, with its value where bounds give it."""
        unknown = [name for name, n in self.values.items() if n is None]
        place = {name: at for at, name in enumerate(unknown)}
        rows = []
        for whole, parts in self.sums:
            row, right = [Fraction(0)] * len(unknown), Fraction(0)
            for name, sign in [(whole, -1), *((part, 1) for part in parts)]:
                if name in place:
                    row[place[name]] += sign
                else:
                    right -= sign * self.values[name]
            if any(row):
                rows.append([*row, right])
        found = {unknown[at]: n for at, n in _solved(rows, len(unknown)).items()}
        return found | {name: n for name, n in self._bounded().items() if name in place}

    def _bounded(self):
        low = {name: n if n is not None else 0 for name, n in self.values.items()}
        high = {name: n if n is not None else 10**6 for name, n in self.values.items()}
        for _round in range(20):
            for whole, parts in self.sums:
                low[whole] = max(low[whole], sum(low[one] for one in parts))
                high[whole] = min(high[whole], sum(high[one] for one in parts))
                for one in parts:
                    rest_low = sum(low[it] for it in parts) - low[one]
                    rest_high = sum(high[it] for it in parts) - high[one]
                    high[one] = min(high[one], high[whole] - rest_low)
                    low[one] = max(low[one], low[whole] - rest_high)
        return {name: low[name] for name in low if low[name] == high[name]}


def _solved(rows, width):
    """The unknowns that elimination fixes, with their values."""
    at = 0
    for column in range(width):
        found = next((i for i in range(at, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[at], rows[found] = rows[found], rows[at]
        rows[at] = [it / rows[at][column] for it in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[column]:
                times = row[column]
                rows[i] = [a - times * b for a, b in zip(row, rows[at], strict=True)]
        at += 1
    fixed = {}
    for row in rows:
        ones = [column for column in range(width) if row[column]]
        if len(ones) == 1:
            fixed[ones[0]] = row[-1] / row[ones[0]]
    return fixed


def _table(inner, codes):
    return summed(inner, codes, 0)


def _plain(counts, hidden):
    return {
        tuple(ALL if one is TOTAL else one for one in key): None if key in hidden else n
        for key, n in counts.items()
    }


count = st.one_of(st.integers(0, 12), st.integers(0, 60))
row = st.lists(count, min_size=3, max_size=5)


def _of(numbers):
    codes = [[f"s{at}" for at in range(len(numbers))]]
    return _table({(f"s{at}",): n for at, n in enumerate(numbers)}, codes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(count, min_size=4, max_size=4), min_size=4, max_size=4))
def test_a_year_and_its_quarters_give_no_small_count_away(quarters):
    tables = [_of(numbers) for numbers in quarters]
    told = [Told(one, frozenset(Control(one).hidden_below(10))) for one in tables]
    year = {key: sum(one[key] for one in tables) for key in tables[0]}
    hidden = year_hides(told, year, [], months_at=None, limit=10)
    attacker = Attacker()
    for at, one in enumerate(told):
        attacker.learn(at, _plain(one.counts, one.hidden))
    attacker.learn("year", _plain(year, hidden))
    for key in _plain(year, hidden):
        attacker.sums.append((("year", *key), [(at, *key) for at in range(4)]))
    assert {name for name, n in attacker.works_out().items() if n < 10} == set()
    assert all(year[key] >= 10 for key in year if key not in hidden)


@settings(max_examples=60, deadline=None)
@given(st.lists(count, min_size=4, max_size=4), st.lists(count, min_size=4, max_size=4))
def test_an_authority_works_out_no_count_below_five_of_its_own_region_or_of_others(own, rest):
    mine, others = _of(own), _of(rest)
    whole = {key: mine[key] + others[key] for key in mine}
    public = Told(whole, frozenset(Control(whole).hidden_below(10)))
    hidden = authority_hides(public, mine, limit=5)
    attacker = Attacker()
    attacker.learn("all", _plain(whole, public.hidden))
    attacker.learn("own", _plain(mine, hidden))
    if any(others.values()):
        attacker.learn("rest", _plain(others, set(others)))
        for key in _plain(mine, hidden):
            attacker.sums.append((("all", *key), [("own", *key), ("rest", *key)]))
    else:
        for key in _plain(mine, hidden):
            attacker.sums.append((("all", *key), [("own", *key)]))
    assert {name for name, n in attacker.works_out().items() if n < 5} == set()


SOURCES = ("clinician_referral", "self_request", "outreach", "family_request")
# Cases opened in each quarter of 2025 by source: small ones beside large ones, and one that differs by one only.
OPENED = ((14, 11, 3, 0), (12, 2, 11, 4), (15, 11, 4, 1), (11, 12, 12, 3))


@pytest.fixture
def released(worker, head, acting):
    """A year of cases in a hospital that takes part, released as the nightly job does it."""
    with acting(worker):
        for quarter, numbers in enumerate(OPENED):
            day = timezone.make_aware(dt.datetime(2025, 3 * quarter + 2, 10, 9))
            for source, n in zip(SOURCES, numbers, strict=True):
                for _n in range(n):
                    make_case(worker, source=source, opened_at=day)
    with acting(head):
        OpenDataChoice.objects.create(organization_id=head.house_id, takes_part=True)
    open_tables_release(today=dt.date(2026, 2, 1))
    with scope():
        return list(OpenTable.objects.filter(code="cases_opened").order_by("first", "last"))


def _published(table):
    return {tuple(cell[:-2]): cell[-2] for cell in table.cells}


def test_the_published_tables_withstand_differences_of_filters_and_quarters(released):
    quarters = [one for one in released if one.grain == "quarter" and one.first.year == 2025]
    year = next(one for one in released if one.grain == "year")
    attacker = Attacker()
    for at, one in enumerate(quarters):
        attacker.learn(at, _published(one))
    attacker.learn("year", _published(year))
    for key in _published(year):
        attacker.sums.append((("year", *key), [(at, *key) for at in range(4)]))
    assert {name for name, n in attacker.works_out().items() if n < 10} == set()
    true = {
        (at, source): n
        for at, numbers in enumerate(OPENED)
        for source, n in zip(SOURCES, numbers, strict=True)
    }
    shown = {(at, s): _published(quarters[at])[(s,)] for at, s in true}
    assert all(n in (None, true[at]) for at, n in shown.items())
    assert all(shown[at] is None for at, n in true.items() if n < 10)
    # Not everything is hidden: what may be told is told, the year as well.
    assert [_published(one)[(ALL,)] for one in quarters] == [sum(numbers) for numbers in OPENED]
    assert _published(year)[(ALL,)] == sum(itertools.chain(*OPENED))


def test_two_tables_made_apart_would_have_given_it_away(released):
    """The same attack on a table whose small cells alone are hidden: it finds them."""
    attacker = Attacker()
    naive = {(s,): n if n >= 10 else None for s, n in zip(SOURCES, (14, 11, 12, 3), strict=True)}
    attacker.learn("naive", naive | {(ALL,): 40})
    assert attacker.works_out() == {("naive", "family_request"): 3}


def test_what_is_late_changes_no_released_table(released, worker, acting):
    before = {one.uid: one.content_hash for one in released}
    with acting(worker):
        day = timezone.make_aware(dt.datetime(2025, 2, 20, 9))
        make_case(worker, source="family_request", opened_at=day)
    assert open_tables_release(today=dt.date(2026, 2, 1)) == 0
    with scope():
        rows = OpenTable.objects.filter(code="cases_opened", organization_id=INSTALLATION)
        assert {one.uid: one.content_hash for one in rows} == before
