"""What beat does about projects every night: lights, reports that are due, what waits for the issuer."""

import datetime as dt
import logging

from django.db.models import Q
from django.utils import timezone

from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.tasks import task_open
from msw_portal.kernel.scope import scope
from projects.models.cultivation import Project, ProjectEvent, ProjectReport
from projects.services.coaching import coaching_seal
from projects.services.cultivation_events import CHANGE_TASK
from projects.services.cultivation_reports import ANSWER_TASK, report_tasks_open
from projects.services.cultivation_standing import light_set
from projects.workflow.cultivation import AT_WORK, ChangeState, ReportState

log = logging.getLogger(__name__)
ANSWER_WITHIN = dt.timedelta(days=10)
# Whose desk answers, by the kind of house.
DESKS = {"government": "authority_officer", "foundation": "foundation_officer"}
AT_ONCE = 500


def projects_sweep() -> int:
    """House by house; how many lights were looked at and tasks opened."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().values_list("pk", "kind"))
    return sum(_sweep_house(house, kind) for house, kind in houses)


def _sweep_house(house: int, kind: str) -> int:
    try:
        with house_scope(house):
            return _unit(house) + (_issuer(house, DESKS[kind]) if kind in DESKS else 0)
    except Exception:
        log.exception("projects of house %s failed", house)
        return 0


def _unit(house: int) -> int:
    """The house's own projects, and those of units without an account that it answers for."""
    mine = Q(organization_id=house) | Q(counterparty_id=house, organization__is_tenant=False)
    rows = Project.objects.filter(mine, state__in=AT_WORK).select_related("leader").order_by("id")
    done = 0
    for project in rows.locked()[:AT_ONCE]:
        light_set(project)
        done += 1
        if project.organization_id == house:
            done += report_tasks_open(project, timezone.localdate())
    open_notes = ProjectEvent.objects.filter(
        organization_id=house, kind=ProjectEvent.Kind.COACHING, detail__has_key="note"
    )
    return done + coaching_seal(open_notes.order_by("id").locked()[:AT_ONCE])


def _issuer(house: int, role: str) -> int:
    """Reports and changes that wait for the issuer's answer."""
    waiting = [
        (ANSWER_TASK, one, one.submitted_at)
        for one in ProjectReport.objects.filter(
            counterparty_id=house, state=ReportState.SUBMITTED
        ).order_by("id")[:AT_ONCE]
    ]
    waiting += [
        (CHANGE_TASK, one, one.created_at)
        for one in ProjectEvent.objects.filter(
            counterparty_id=house, change_state=ChangeState.ASKED
        ).order_by("id")[:AT_ONCE]
    ]
    made = 0
    for kind, subject, since in waiting:
        task = task_open(
            kind=kind,
            organization_id=house,
            subject=subject,
            due_at=since + ANSWER_WITHIN,
            role=role,
            dedup_key=f"{kind}:{subject.uid}:{since.isoformat()}",
        )
        made += task is not None
    return made
