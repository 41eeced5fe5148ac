"""Whether the working days of a year are known: the built-in calendar ends, and the next year is published each autumn."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.organizations import Holiday, Organization
from departments.models.people import Role
from departments.services.entering import house_scope
from departments.services.tasks import task_finish, task_open
from msw_portal.kernel.scope import INSTALLATION
from msw_portal.kernel.workdays import official_years

TASK = "calendar_missing"
# The State Council publishes the days of the next year in the first days of November.
ASKED_FROM = (11, 1)
# The seven festivals of the country; with fewer days off a year has not been entered yet.
FESTIVALS = 7


def is_calendar_known(year: int) -> bool:
    """Whether the days of a year stand in the built-in calendar or in the installation's own list."""
    first, last = official_years()
    if first <= year <= last:
        return True
    return Holiday.objects.filter(on__year=year, is_workday=False).count() >= FESTIVALS


def calendar_note(on: dt.date | dt.datetime | None) -> str:
    """What to say beside a day that was counted in working days; "" where its year is known."""
    if on is None:
        return ""
    # What ends at midnight has its last day before.
    day = timezone.localdate(on - dt.timedelta(seconds=1)) if isinstance(on, dt.datetime) else on
    if is_calendar_known(day.year):
        return ""
    return _("%(year)s 年的节假日还没有登记，这一天按周末推算。") % {"year": day.year}


def calendar_asked(today: dt.date | None = None) -> int:
    """The year whose days are to be known by now: this one, from November on the next."""
    day = today or timezone.localdate()
    return day.year + ((day.month, day.day) >= ASKED_FROM)


def calendar_check(today: dt.date | None = None) -> int:
    """Daily: one task of the system administrator for each year that is not known; 1 while one is missing."""
    year = calendar_asked(today)
    with house_scope(INSTALLATION):
        if is_calendar_known(year):
            calendar_entered(year)
            return 0
        task_open(
            kind=TASK,
            organization_id=INSTALLATION,
            subject=Organization.objects.get(pk=INSTALLATION),
            role=Role.SYSADMIN,
            due_at=timezone.make_aware(dt.datetime.combine(dt.date(year - 1, 12, 25), dt.time(18))),
            dedup_key=_key(year),
        )
    return 1


def calendar_entered(year: int) -> None:
    """The task of a year that is known now is done."""
    if is_calendar_known(year):
        task_finish(organization_id=INSTALLATION, dedup_key=_key(year))


def _key(year: int) -> str:
    return f"{TASK}:{year}"
