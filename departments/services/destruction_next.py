"""When the next piece besides case files is due: a page with nothing on it says when there will be something."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from departments.models.people import User
from departments.services.destruction import records_closed
from departments.services.policies import retention_rule
from departments.services.retention import ends_on, years_ago

Next = Callable[..., dt.date | None]


def next_due(*, by: User) -> dt.date | None:
    """The earliest day to come on which something is due that the asker may see; None when nothing waits."""
    asked: list[Next] = [import_string(path) for path in import_string(settings.DESTRUCTION_NEXT)]
    days = [day for one in asked if (day := one(by=by)) is not None]
    return min(days, default=None)


def records_next(*, by: User) -> dt.date | None:
    """The day on which the next closed record of the registers is due; None when there is none."""
    rule = retention_rule()
    late = years_ago(rule.assessment_years)
    if late is None:
        return None
    one = records_closed(by).filter(closed_at__gte=late).first()
    return None if one is None else ends_on("assessment", timezone.localdate(one.closed_at), rule)
