"""What the portal does by itself: every task of beat with what it is for, its last run and its next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from departments.models.people import User
from departments.models.queues import TaskRun
from departments.permissions import can_operate
from departments.services.scheduler_words import WORDS
from msw_portal.kernel.access import require

DAYS_OF_WEEK = 7
# A task is late when so many of its rhythms have gone by without a run.
PATIENCE = 3
LEAST_PATIENCE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Scheduled:
    """One task: what it does and why, how often, its last run (None: none noted yet), its next."""

    code: str
    what: str | Promise
    rule: str | Promise
    rhythm: str
    last: TaskRun | None
    next_at: dt.datetime
    is_late: bool

    @property
    def seconds(self) -> str:
        return f"{self.last.ms / 1000:.1f}" if self.last else ""


def scheduled(*, by: User) -> list[Scheduled]:
    """Every task of the schedule, those in trouble first, then by name."""
    require(can_operate, by, None)
    mine = TaskRun.objects.visible_to(by)
    newest = mine.values("task").annotate(newest=Max("id")).values("newest")
    last = {run.task: run for run in mine.filter(id__in=newest)}
    now = timezone.now()
    rows = [
        _scheduled(code, entry, last.get(entry["task"]), now)
        for code, entry in settings.CELERY_BEAT_SCHEDULE.items()
    ]
    return sorted(
        rows, key=lambda one: (not (one.last and one.last.error), not one.is_late, one.code)
    )


def _scheduled(
    code: str, entry: dict[str, Any], last: TaskRun | None, now: dt.datetime
) -> Scheduled:
    words, rhythm = WORDS[code], entry["schedule"]
    after = last.started_at if last else now
    next_at = max(next_after(rhythm, after), now)
    is_late = last is not None and now - last.started_at > patience(rhythm)
    return Scheduled(code, words.what, words.rule, rhythm_words(rhythm), last, next_at, is_late)


def next_after(rhythm: Any, after: dt.datetime) -> dt.datetime:
    """The next time of a rhythm after an instant."""
    if not isinstance(rhythm, crontab):
        return after + dt.timedelta(seconds=float(rhythm))
    due = timezone.localtime(after).replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    while not _fits_day(rhythm, due):
        due = due.replace(hour=0, minute=0) + dt.timedelta(days=1)
    while due.minute not in rhythm.minute or due.hour not in rhythm.hour:
        due += dt.timedelta(minutes=1)
        if not _fits_day(rhythm, due):
            return next_after(rhythm, due.replace(hour=23, minute=59))
    return due


def _fits_day(rhythm: crontab, day: dt.datetime) -> bool:
    return (
        day.day in rhythm.day_of_month
        and day.month in rhythm.month_of_year
        and day.isoweekday() % DAYS_OF_WEEK in rhythm.day_of_week
    )


def patience(rhythm: Any) -> dt.timedelta:
    """How long after a run nobody worries."""
    if isinstance(rhythm, crontab):
        now = timezone.now()
        first = next_after(rhythm, now)
        every = next_after(rhythm, first) - first
    else:
        every = dt.timedelta(seconds=float(rhythm))
    return max(every * PATIENCE, LEAST_PATIENCE)


def rhythm_words(rhythm: Any) -> str:
    """`每 5 秒`, `每小时第 20 分`, `每天 04:10`, `每月 1 日 03:00`."""
    if not isinstance(rhythm, crontab):
        return _every(int(float(rhythm)))
    minutes, hours = sorted(rhythm.minute), sorted(rhythm.hour)
    if len(hours) == 24:
        if (
            len(minutes) > 1
            and len({b - a for a, b in zip(minutes, minutes[1:], strict=False)}) == 1
        ):
            return _every(60 * (minutes[1] - minutes[0]))
        return _("每小时第 %(minutes)s 分") % {"minutes": _listed(minutes)}
    at = "、".join(f"{hour:02d}:{minute:02d}" for hour in hours for minute in minutes)
    if len(rhythm.month_of_year) < 12:
        months, days = _listed(sorted(rhythm.month_of_year)), _listed(sorted(rhythm.day_of_month))
        return _("%(months)s 月 %(days)s 日 %(at)s") % {"months": months, "days": days, "at": at}
    if len(rhythm.day_of_month) < 31:
        days = _listed(sorted(rhythm.day_of_month))
        return _("每月 %(days)s 日 %(at)s") % {"days": days, "at": at}
    if len(rhythm.day_of_week) < DAYS_OF_WEEK:
        days = _listed(sorted(day or DAYS_OF_WEEK for day in rhythm.day_of_week))
        return _("每周星期 %(days)s %(at)s") % {"days": days, "at": at}
    return _("每天 %(at)s") % {"at": at}


def _listed(numbers: Iterable[int]) -> str:
    return "、".join(str(number) for number in numbers)


def _every(seconds: int) -> str:
    if seconds < 60:
        return _("每 %(n)s 秒") % {"n": seconds}
    if seconds < 3600:
        return _("每 %(n)s 分钟") % {"n": seconds // 60}
    return _("每 %(n)s 小时") % {"n": seconds // 3600}
