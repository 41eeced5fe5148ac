"""Working days in mainland China: the house's own list, then the official calendar, then weekends."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import chinese_calendar


class Source(IntEnum):
    """Where a day's kind was read; a larger value is less certain."""

    HOUSE = 0
    OFFICIAL = 1
    WEEKENDS = 2


@dataclass(frozen=True)
class WorkingDay:
    """A day, and the least certain source that was needed to reach it."""

    on: dt.date
    source: Source


def is_working_day(
    day: dt.date, holidays: Mapping[dt.date, bool] | None = None
) -> tuple[bool, Source]:
    """Whether people work on a day, and where that was read.

    `holidays` is the house's own list: True for a day off, False for a day of work (调休).
    """
    if holidays and day in holidays:
        return not holidays[day], Source.HOUSE
    first, last = official_years()
    if first <= day.year <= last:
        return chinese_calendar.is_workday(day), Source.OFFICIAL
    return day.weekday() < 5, Source.WEEKENDS


def add_working_days(
    start: dt.date, n: int, holidays: Mapping[dt.date, bool] | None = None
) -> WorkingDay:
    """The n-th working day after `start`, which itself is not counted; 0 gives `start`.

    Raises:
        ValueError: for a negative n, or a list of holidays that leaves too few working days.
    """
    if n < 0:
        raise ValueError("working days are counted forwards")
    day, left, source = start, n, Source.HOUSE
    for _step in range(7 * n + 400):
        if not left:
            return WorkingDay(day, source)
        day += dt.timedelta(days=1)
        works, read = is_working_day(day, holidays)
        source = max(source, read)
        left -= works
    raise ValueError("the holidays leave too few working days")


@cache
def official_years() -> tuple[int, int]:
    """The first and the last year of the built-in calendar."""
    # The library lists only the days that differ; a year without any is a year without data.
    years = {day.year for day in chinese_calendar.constants.holidays}
    return min(years), max(years)
