"""When a schedule is due, and which period it then covers."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from departments.services.registers import holidays_between
from msw_portal.kernel.workdays import add_working_days, is_working_day
from reports.models import ReportSchedule
from reports.services.periods import ONE, period_before, period_first, period_last

SPAN_OF = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
Holidays = Mapping[dt.date, bool]


@dataclass(frozen=True)
class Slot:
    """One time at which a schedule makes its report, and the first day of the period that is over by then."""

    at: dt.datetime
    first: dt.date

    @property
    def code(self) -> str:
        return f"{self.first:%Y%m%d}"


def holidays_around(today: dt.date) -> Holidays:
    """The installation's own list for every slot that is looked at today."""
    return holidays_between(today - dt.timedelta(days=400), today + dt.timedelta(days=800))


def slot_next(schedule: ReportSchedule, after: dt.datetime, holidays: Holidays) -> Slot:
    """The first slot after an instant."""
    span = SPAN_OF[schedule.cadence]
    # One period back: a day near the end of a month may have been put off into the next.
    first = period_before(span, timezone.localdate(after))
    while True:
        day = _day(schedule, first, holidays)
        at = timezone.make_aware(dt.datetime.combine(day, dt.time(schedule.hour)))
        if at > after:
            return Slot(at, period_before(span, first))
        first = period_last(span, first) + ONE


def with_next(
    schedules: Iterable[ReportSchedule],
) -> list[tuple[ReportSchedule, dt.datetime | None]]:
    """Each with its next time; None for one that is paused."""
    now, listed = timezone.now(), list(schedules)
    holidays = holidays_around(timezone.localdate(now)) if listed else {}
    return [
        (one, slot_next(one, max(one.since, now), holidays).at if one.is_active else None)
        for one in listed
    ]


def slot_due(schedule: ReportSchedule, now: dt.datetime, holidays: Holidays) -> Slot | None:
    """The newest slot that has come since the last one made; those before it are past, one report says it all."""
    found, slot = None, slot_next(schedule, schedule.since, holidays)
    while slot.at <= now:
        found, slot = slot, slot_next(schedule, slot.at, holidays)
    return found


def _day(schedule: ReportSchedule, first: dt.date, holidays: Holidays) -> dt.date:
    """The day of the slot in the period that begins on `first`; a daily or weekly report knows no day off.

    Were one of a week put off, a week of days off would have it in the next one, where that one's stands.
    """
    if schedule.cadence == ReportSchedule.Cadence.DAILY:
        return period_first("day", first)
    if schedule.cadence == ReportSchedule.Cadence.WEEKLY:
        return first + ONE * (schedule.day - 1)
    if schedule.counting == ReportSchedule.Counting.WORKDAY:
        return add_working_days(first - ONE, schedule.day, holidays).on
    day = first + dt.timedelta(days=schedule.day - 1)
    return day if is_working_day(day, holidays)[0] else add_working_days(day, 1, holidays).on
