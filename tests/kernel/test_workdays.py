"""Working days: the official calendar with its make-up days, the house's list, and weekends beyond."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.workdays import Source, WorkingDay, add_working_days, is_working_day


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "works", "source"),
    [
        ("2026-11-23", True, Source.OFFICIAL),
        ("2026-11-22", False, Source.OFFICIAL),
        ("2026-10-01", False, Source.OFFICIAL),
        ("2026-10-10", True, Source.OFFICIAL),  # a Saturday worked for the National Day week
        ("2024-02-04", True, Source.OFFICIAL),  # a Sunday worked for the Spring Festival
        ("2050-10-03", True, Source.WEEKENDS),
        ("2050-10-01", False, Source.WEEKENDS),
        ("1999-10-01", True, Source.WEEKENDS),
    ],
)
def test_kinds_of_days(on, works, source):
    assert is_working_day(day(on)) == (works, source)


def test_the_house_s_own_list_goes_first():
    own = {day("2026-11-23"): True, day("2026-11-22"): False}
    assert is_working_day(day("2026-11-23"), own) == (False, Source.HOUSE)
    assert is_working_day(day("2026-11-22"), own) == (True, Source.HOUSE)


@pytest.mark.parametrize(
    ("start", "n", "on", "source"),
    [
        ("2026-11-23", 0, "2026-11-23", Source.HOUSE),
        ("2026-11-23", 1, "2026-11-24", Source.OFFICIAL),
        ("2026-11-27", 1, "2026-11-30", Source.OFFICIAL),
        ("2026-09-30", 1, "2026-10-08", Source.OFFICIAL),
        ("2026-10-09", 1, "2026-10-10", Source.OFFICIAL),
        ("2026-11-22", 5, "2026-11-27", Source.OFFICIAL),
        ("2026-12-31", 2, "2027-01-04", Source.WEEKENDS),
        ("2050-12-30", 10, "2051-01-13", Source.WEEKENDS),
    ],
)
def test_the_start_is_not_counted(start, n, on, source):
    assert add_working_days(day(start), n) == WorkingDay(day(on), source)


def test_a_house_holiday_moves_the_day():
    assert add_working_days(day("2026-11-23"), 1, {day("2026-11-24"): True}).on == day("2026-11-25")


def test_working_days_are_counted_forwards():
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(day("2026-11-23"), -1)


def test_a_list_without_working_days_ends():
    own = {day("2026-11-23") + dt.timedelta(days=n): True for n in range(1, 500)}
    with pytest.raises(ValueError, match="too few"):
        add_working_days(day("2026-11-23"), 1, own)


@given(st.dates(day("2005-01-01"), day("2040-01-01")), st.integers(1, 30), st.integers(1, 30))
@trials(max_examples=100, deadline=None)
def test_days_add_up_and_always_end_on_a_working_day(start, n, m):
    end = add_working_days(start, n).on
    assert is_working_day(end)[0]
    assert add_working_days(end, m).on == add_working_days(start, n + m).on
