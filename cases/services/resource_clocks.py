"""Entries of the directory that nobody has confirmed for long: a task for whoever confirmed them last.

One task a person and month, not one an entry; who has left, or never was named, leaves it to the head.
"""

import datetime as dt
import logging

from django.db.models import Count
from django.utils import timezone

from cases.resource_permissions import KEEPERS
from cases.services.resources import STALE_TASK, stale
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Membership, Role, User
from departments.models.resources import ResourceService
from departments.services.entering import house_scope
from departments.services.tasks import task_open
from msw_portal.kernel.scope import scope

DAYS_TO_CONFIRM = dt.timedelta(days=14)
log = logging.getLogger(__name__)


def resources_sweep() -> int:
    """Daily, house by house: open and close what is due; how many tasks were new."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().order_by("pk").values_list("pk", flat=True))
    made = 0
    for house in houses:
        try:
            with house_scope(house):
                made += resources_remind(organization_id=house)
        except Exception:
            log.exception("stale resources of house %s cannot be told", house)
    return made


def resources_remind(*, organization_id: int, today: dt.date | None = None) -> int:
    """In a scope of the house as the system: ask for what became stale; how many tasks were new."""
    day = today or timezone.localdate()
    rows = stale(ResourceService.objects.filter(organization_id=organization_id), day)
    counts = dict(rows.order_by().values_list("assured_by").annotate(n=Count("pk")))
    here = Membership.objects.filter(organization_id=organization_id, role__in=KEEPERS).active(day)
    present = set(here.values_list("user_id", flat=True))
    asked = {person if person in present else None for person in counts}
    _close_others(organization_id, asked)
    if not asked:
        return 0
    house = Organization.objects.get(pk=organization_id)
    due = timezone.make_aware(dt.datetime.combine(day + DAYS_TO_CONFIRM, dt.time(18)))
    people = {one.pk: one for one in User.objects.filter(pk__in=asked - {None})}
    made = 0
    for person in asked:
        whose = people.get(person)
        task = task_open(
            kind=STALE_TASK,
            organization_id=organization_id,
            subject=house,
            due_at=due,
            assignee=whose,
            role="" if whose else Role.DEPT_HEAD,
            dedup_key=f"{STALE_TASK}:{whose.uid if whose else 'head'}:{day:%Y%m}",
        )
        made += task is not None
    return made


def _close_others(house: int, asked: set[int | None]) -> None:
    """Whoever has nothing stale any more has nothing to do."""
    tasks = Task.objects.filter(organization_id=house, kind=STALE_TASK, state=Task.State.OPEN)
    if None in asked:
        tasks = tasks.exclude(assignee=None)
    done = tasks.exclude(assignee__in=[one for one in asked if one is not None])
    done.update(state=Task.State.DONE, closed_at=timezone.now())
