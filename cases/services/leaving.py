"""Whoever leaves hands the caseload over: the head gets a task while open cases have no successor.

Runs as the system in the scope of the house; `app.caseload_count` counts level 5 too, so that a
case nobody else may know of is not left behind.
"""

import datetime as dt
import uuid

from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.casework import Case
from cases.models.team import CaseMember
from departments.models.mechanisms import Task
from departments.models.people import Membership, Role, User
from departments.services import outbox
from departments.services.tasks import task_open
from msw_portal.kernel.scope import CARE_ROLES

TOPIC = "caseload.leaving"
TASK = "hand_over"
SOON = dt.timedelta(days=14)


def caseload_count(user_id: int) -> int:
    """Open cases somebody works on in this house, level 5 included; 0 for readers who may not know it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.caseload_count(%s)", [user_id])
        return int(cursor.fetchone()[0])


def leaving_note(*, membership: Membership) -> None:
    """Ask the relay to look at the caseload of somebody whose role ends, or has ended."""
    if membership.role in CARE_ROLES:
        outbox.put(
            TOPIC,
            organization_id=membership.organization_id,
            subject=membership,
            user=membership.user_id,
        )


def caseload_passed(*, organization_id: int, user: User) -> None:
    """A case has gone to another worker: where somebody leaves, ask the relay whether that was the last."""
    waiting = Task.objects.filter(
        organization_id=organization_id,
        kind=TASK,
        state=Task.State.OPEN,
        dedup_key__startswith=f"{TASK}:{user.uid}:",
    ).first()
    if waiting is not None:
        member = Membership.objects.filter(organization_id=organization_id, uid=waiting.subject_uid)
        outbox.put(
            TOPIC,
            organization_id=organization_id,
            subject=member.first(),
            user=user.pk,
        )


def caseload_look(*, house: int, membership_uid: uuid.UUID | None, user: int) -> int:
    """Open the head's task while cases wait for a successor, close it when none do; how many wait."""
    person = User.objects.get(pk=user)
    waiting = caseload_count(user)
    held = Membership.objects.filter(organization_id=house, user=person)
    if not held.filter(role__in=CARE_ROLES).active(timezone.localdate()).exists():
        _helper_leaves(house, person)
    soon = timezone.localdate() + SOON
    if waiting == 0 or held.filter(role=Role.WORKER).active(soon).exists():
        Task.objects.filter(
            organization_id=house,
            kind=TASK,
            state=Task.State.OPEN,
            dedup_key__startswith=f"{TASK}:{person.uid}:",
        ).update(state=Task.State.DONE, closed_at=timezone.now())
        return waiting
    row = held.filter(uid=membership_uid).first()
    if row is None:
        return waiting
    last = row.valid.upper or timezone.localdate()
    due = timezone.make_aware(dt.datetime.combine(last, dt.time(18)))
    task_open(
        kind=TASK,
        organization_id=house,
        subject=row,
        due_at=due,
        role=Role.DEPT_HEAD,
        department_id=row.department_id,
        dedup_key=f"{TASK}:{person.uid}:{last:%Y%m%d}",
    )
    return waiting


def _helper_leaves(house: int, person: User) -> None:
    """Whoever helped on cases of others helps no longer; what was left to do goes to the workers of the cases."""
    today = timezone.localdate()
    for member in CaseMember.objects.filter(organization_id=house, user=person):
        upper = member.valid.upper
        if upper is not None and upper <= today:
            continue
        # A range may not be empty: a membership of today is written as yesterday's.
        lower = min(member.valid.lower, today - dt.timedelta(days=1))
        member.valid = DateRange(lower, today)
        member.save(update_fields=["valid"])
        Task.objects.filter(
            organization_id=house,
            subject_kind=Case._meta.model_name,
            subject_id=member.case_id,
            state=Task.State.OPEN,
            assignee=person,
        ).update(assignee=member.case.worker)
