"""Whoever leaves hands the caseload over: the head gets a task while open cases have no successor,
as worker or as supervisor.

Runs as the system in the scope of the house; `app.caseload_count` and `app.supervised_count` count level 5 too, so that a
case nobody else may know of is not left behind.
"""

import datetime as dt
import uuid

from django.db import connection
from django.utils import timezone
from psycopg2.extras import DateRange

from cases.models.casework import Case
from cases.models.team import CaseMember
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import Membership, Role, User
from departments.services import outbox
from departments.services.tasks import task_open
from msw_portal.kernel.scope import CARE_ROLES

TOPIC = "caseload.leaving"
TASK, SUPERVISION_TASK = "hand_over", "hand_over_supervision"
SOON = dt.timedelta(days=14)


def caseload_count(user_id: int) -> int:
    """Open cases somebody works on in this house, level 5 included; 0 for readers who may not know it."""
    return _count("SELECT app.caseload_count(%s)", user_id)


def supervised_count(user_id: int) -> int:
    """Open cases somebody supervises in this house; as caseload_count."""
    return _count("SELECT app.supervised_count(%s)", user_id)


def _count(asked: str, user_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(asked, [user_id])
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
    _passed(TASK, organization_id, user)


def supervision_passed(*, organization_id: int, user: User) -> None:
    """Cases have got another supervisor: the same question."""
    _passed(SUPERVISION_TASK, organization_id, user)


def _passed(kind: str, house: int, user: User) -> None:
    waiting = Task.objects.filter(
        organization_id=house,
        kind=kind,
        state=Task.State.OPEN,
        dedup_key__startswith=f"{kind}:{user.uid}:",
    ).first()
    if waiting is not None:
        member = Membership.objects.filter(organization_id=house, uid=waiting.subject_uid)
        outbox.put(TOPIC, organization_id=house, subject=member.first(), user=user.pk)


def caseload_look(*, house: int, membership_uid: uuid.UUID | None, user: int) -> int:
    """Open the head's tasks while cases wait for another worker or supervisor, close them when none do.

    How many cases wait for a worker.
    """
    person = User.objects.get(pk=user)
    held = Membership.objects.filter(organization_id=house, user=person)
    if not held.filter(role__in=CARE_ROLES).active(timezone.localdate()).exists():
        _helper_leaves(house, person)
        names_end(house, person)
    waiting = caseload_count(user)
    soon = timezone.localdate() + SOON
    for kind, role, count in (
        (TASK, Role.WORKER, waiting),
        (SUPERVISION_TASK, Role.SUPERVISOR, supervised_count(user)),
    ):
        stays = held.filter(role=role).active(soon).exists()
        row = None if count == 0 or stays else held.filter(uid=membership_uid).first()
        if count == 0 or stays:
            _close(kind, house, person)
        elif row is not None:
            _ask_head(kind, row, person)
    return waiting


def names_end(house: int, person: User) -> int:
    """Whoever works here no longer is named for no level-5 case and no report any more; how many.

    The own cases stay until they are handed over, when this is looked at again. A later role in the
    house brings none of them back.
    """
    count = _count("SELECT app.end_names(%s)", person.pk)
    if count:
        audit.record("access_grant.end", by=None, on=person, organization_id=house, count=count)
    return count


def _close(kind: str, house: int, person: User) -> None:
    Task.objects.filter(
        organization_id=house,
        kind=kind,
        state=Task.State.OPEN,
        dedup_key__startswith=f"{kind}:{person.uid}:",
    ).update(state=Task.State.DONE, closed_at=timezone.now())


def _ask_head(kind: str, row: Membership, person: User) -> None:
    last = row.valid.upper or timezone.localdate()
    task_open(
        kind=kind,
        organization_id=row.organization_id,
        subject=row,
        due_at=timezone.make_aware(dt.datetime.combine(last, dt.time(18))),
        role=Role.DEPT_HEAD,
        department_id=row.department_id,
        dedup_key=f"{kind}:{person.uid}:{last:%Y%m%d}",
    )


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
