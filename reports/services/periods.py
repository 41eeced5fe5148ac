"""Periods that a report can cover: their days, their names, the last one before a day."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SPAN_NAMES = {
    "day": gettext_lazy("日"),
    "week": gettext_lazy("周"),
    "month": gettext_lazy("月"),
    "quarter": gettext_lazy("季度"),
    "year": gettext_lazy("年"),
}
SPANS = tuple(SPAN_NAMES)
OFFERED = {"day": 31, "week": 13, "month": 24, "quarter": 8, "year": 6}
ONE, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_first(span: str, day: dt.date) -> dt.date:
    """The first day of the period that holds `day`.

    Raises:
        KeyError: for a span that is not in SPANS.
    """
    if span == "day":
        return day
    if span == "week":  # of ISO 8601: it begins on Monday
        return day - ONE * day.weekday()
    months = MONTHS[span]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def period_last(span: str, day: dt.date) -> dt.date:
    """The last day of the period that holds `day`."""
    if span == "day":
        return day
    first = period_first(span, day)
    if span == "week":
        return first + WEEK - ONE
    months = MONTHS[span]
    # No period has more than this many days, and the day after its last is in the next one.
    return period_first(span, first + dt.timedelta(days=31 * months)) - ONE


def period_before(span: str, day: dt.date) -> dt.date:
    """The first day of the period before the one that holds `day`."""
    return period_first(span, period_first(span, day) - ONE)


def periods_offered(span: str, today: dt.date) -> Iterator[dt.date]:
    """The first days of the running period and those before it, newest first."""
    first = period_first(span, today)
    for _n in range(OFFERED[span]):
        yield first
        first = period_before(span, first)


def period_name(span: str, first: dt.date) -> str:
    """`2026-11`, `2026 年第 4 季度`, `2026 年`, `2026 年第 49 周（11-30 至 12-06）`, `2026-11-30`."""
    if span == "week":
        year, week, _day = first.isocalendar()
        last = period_last(span, first)
        given = {"year": year, "week": week, "first": f"{first:%m-%d}", "last": f"{last:%m-%d}"}
        return _("%(year)s 年第 %(week)s 周（%(first)s 至 %(last)s）") % given
    if span == "quarter":
        given = {"year": first.year, "quarter": (first.month + 2) // 3}
        return _("%(year)s 年第 %(quarter)s 季度") % given
    if span == "year":
        return _("%(year)s 年") % {"year": first.year}
    return f"{first:%Y-%m}" if span == "month" else f"{first:%Y-%m-%d}"
