"""Once a month the head is asked to look at the files whose time has run: one task a department, while there are any."""

import datetime as dt
import logging
from collections import defaultdict

from django.utils import timezone

from cases.models.casework import Case
from cases.services.clocks import end_of_day
from cases.services.retention import TASK, dues_at, late_in
from departments.models.organizations import Department, Organization
from departments.models.people import Role
from departments.services.entering import house_scope
from departments.services.tasks import task_open
from msw_portal.kernel.scope import scope

DAYS_TO_LOOK = dt.timedelta(days=14)
LOOKED_AT = 200  # of a department, the oldest: whether there is anything to do, and not how much
log = logging.getLogger(__name__)


def retention_sweep() -> int:
    """Daily, house by house; how many departments were asked anew."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().order_by("pk").values_list("pk", flat=True))
    made = 0
    for house in houses:
        try:
            with house_scope(house, care=True):
                made += retention_ask(house)
        except Exception:
            log.exception("files of house %s whose time has run cannot be told", house)
    return made


def retention_ask(house: int) -> int:
    """In a scope of the house as the system, which sees nothing of level 5: those the head finds on the page."""
    waiting: dict[int, list[Case]] = defaultdict(list)
    rows = Case.objects.filter(late_in(house), organization_id=house, erased_on__isnull=True)
    rows = rows.finished().select_related("client__root", "episode", "department")
    for case in rows.order_by("closed_at", "id")[: LOOKED_AT * 10].iterator(LOOKED_AT):
        if len(waiting[case.department_id]) < LOOKED_AT:
            waiting[case.department_id].append(case)
    today = timezone.localdate()
    made = 0
    for department, cases in waiting.items():
        if not any(one.is_due and not one.is_listed for one in dues_at(cases, house=house)):
            continue
        task = task_open(
            kind=TASK,
            organization_id=house,
            subject=Department.objects.get(pk=department),
            due_at=end_of_day(today + DAYS_TO_LOOK),
            role=Role.DEPT_HEAD,
            department_id=department,
            dedup_key=f"{TASK}:{department}:{today:%Y%m}",
        )
        made += task is not None
    return made
