"""The days of a duty that comes again and again: of a campaign, an emergency, a project, a trust."""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from cases.services.clocks import months_after

AHEAD = dt.timedelta(days=100)  # how far a series is planned before its days
MOST_PAST = 60  # so many of the past are planned at once; what is to come is never cut off


def series(
    asked: Mapping[str, Any], on: dt.date, until: dt.date | None
) -> Iterator[tuple[dt.date, dt.date, dt.date, str]]:
    """(period from, period to, due on, calendar) of the series that began `on`, counted from today."""
    today = timezone.localdate()
    last = today + AHEAD if until is None else min(today + AHEAD, until)
    past = _passed(asked, on, today)
    begin = max(past - MOST_PAST, 0)
    first = on if begin == 0 else _nth(asked, on, begin) + dt.timedelta(days=1)
    for count in itertools.count(begin + 1):
        due = _nth(asked, on, count)
        if due > last:
            return
        yield first, due, due, "natural"
        first = due + dt.timedelta(days=1)


def _nth(asked: Mapping[str, Any], on: dt.date, count: int) -> dt.date:
    """The day on which the `count`th of a series is due."""
    if "every_days" in asked:
        return on + dt.timedelta(days=count * asked["every_days"])
    return months_after(on, count * asked["every_months"])


def _passed(asked: Mapping[str, Any], on: dt.date, today: dt.date) -> int:
    """How many of a series were due by today, one more or less."""
    if "every_days" in asked:
        return (today - on).days // asked["every_days"]
    return ((today.year - on.year) * 12 + today.month - on.month) // asked["every_months"]
