"""Deadlines of a case, in hours of its department's settings."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import connection, models
from django.db.models import ExpressionWrapper, F, QuerySet, Value
from django.utils import timezone

from cases.models.casework import Case
from cases.models.people import Client
from departments.models.mechanisms import Task
from departments.models.organizations import Department
from departments.services.notices import people_tell
from departments.services.tasks import task_open

DEFAULT_HOURS = {
    "triage_hours": 24,
    "crisis_hours": 2,
    "intake_hours": 72,
    "assessment_hours": 168,
    "contact_lock_hours": 24,
    "crisis_report_hours": 24,
    "later_notice_hours": 72,
    # 立即 (未成年人保护法第十一条): as short as a crisis.
    "mandatory_report_hours": 2,
}
# What goes on after a case has ended: calls to the family, and what a consent asks of the house.
AFTER_THE_END = frozenset(
    {"follow_up", "discharge_call", "consent_notice", "consent_paper", "consent_withdrawn"}
    | {"reconsent_14", "reconsent_18", "reconsent_text"}
)
# Runs on while a case is suspended: dangers, consents, and what authorities and colleagues wait for.
RUNS_ON = (
    AFTER_THE_END - {"follow_up", "discharge_call"}
    | {"risk_alert", "crisis_report", "transfer"}
    | {"co_sign", "co_sign_returned", "state_aid"}
)
FOLLOW_UP_MONTHS = (1, 3, 6)
# Tasks whose opening is news for whom they are given to, when somebody else gives them.
TOLD = {
    "risk_alert": "risk_alert.raised",
    "crisis_report": "crisis_report.due",
    "plan_approval": "plan.submitted",
    "closing_approval": "closing.proposed",
    "co_sign": "co_sign.asked",
    "co_sign_returned": "co_sign.returned",
    "consent_withdrawn": "consent_withdrawn",
}


def hours(department: Department | None, key: str) -> dt.timedelta:
    """A span the department may set for itself; DEFAULT_HOURS otherwise."""
    settings = department.settings if department is not None else {}
    value = settings.get(key, DEFAULT_HOURS[key])
    return dt.timedelta(hours=value)


def triage_due(
    department: Department | None, *, is_crisis: bool, since: dt.datetime
) -> dt.datetime:
    """By when somebody must have decided: 24 h, 2 h in a crisis."""
    return since + hours(department, "crisis_hours" if is_crisis else "triage_hours")


def end_of_day(day: dt.date) -> dt.datetime:
    """The last second of a local day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day: 31 January + 1 is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def case_task(
    case: Case,
    kind: str,
    *,
    due_at: dt.datetime | None,
    assignee=None,
    role: str = "",
    key: str = "",
    by,
) -> None:
    """Open a task on the case and tell whom it is for; a second one of the same key is not opened.

    `assignee` is a person or a person's id.
    """
    task = task_open(
        kind=kind,
        organization_id=case.organization_id,
        subject=case,
        due_at=due_at,
        assignee=assignee,
        role=role,
        department_id=case.department_id,
        dedup_key=key,
        by=by,
    )
    if task is not None and case.suspended_at is not None and kind not in RUNS_ON:
        Task.objects.filter(pk=task.pk).update(paused_at=timezone.now())
    if task is not None and kind in TOLD:
        people_tell(
            kind=TOLD[kind],
            organization_id=case.organization_id,
            subject=case,
            users=[getattr(assignee, "pk", assignee)],
            role=role,
            department_id=case.department_id,
            once=str(task.uid),
            by=by,
        )


def case_tell(case: Case, kind: str, *, users: Iterable[int | None], once: str = "", by) -> None:
    """Tell persons of something on the case, except who did it."""
    people_tell(
        kind=kind,
        organization_id=case.organization_id,
        subject=case,
        users=users,
        once=once,
        by=by,
    )


def case_tasks(case: Case, kind: str, *, dues: Mapping[str, dt.datetime], by) -> None:
    """Open the worker's tasks of a kind that nobody is told of, by key, in one statement; those that stand stay."""
    common = {
        "kind": kind,
        "organization_id": case.organization_id,
        "subject_kind": case._meta.model_name,
        "subject_id": case.pk,
        "subject_uid": case.uid,
        "compartment_id": case.compartment_id,
        "assignee_id": case.worker_id,
        "department_id": case.department_id,
        "created_by": by,
    }
    rows = [Task(**common, dedup_key=key, due_at=due_at) for key, due_at in dues.items()]
    Task.objects.bulk_create(rows, ignore_conflicts=True)


def close_all(case: Case) -> None:
    """Nothing is due any more on a case that ended, but what comes after the end."""
    rows = _open_tasks(case).exclude(kind__in=AFTER_THE_END)
    rows.update(state=Task.State.CANCELLED, closed_at=timezone.now())


def calls_cancel(client: Client) -> int:
    """Nobody calls for somebody who has died: follow-ups, discharge calls and agreed contacts; how many.

    Of every case of the person in the house, those of level 5 among them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.cancel_calls(%s)", [client.root_id])
        return int(cursor.fetchone()[0])


def _open_tasks(case: Case) -> QuerySet[Task]:
    return Task.objects.filter(
        organization_id=case.organization_id,
        subject_kind=case._meta.model_name,
        subject_id=case.pk,
        state=Task.State.OPEN,
    )


def clocks_rest(case: Case) -> None:
    """The case is suspended: nobody is asked, reminded or late until it is resumed."""
    rows = _open_tasks(case).exclude(kind__in=RUNS_ON)
    rows.update(paused_at=case.suspended_at)


def clocks_run(case: Case, at: dt.datetime) -> None:
    """A suspension does not count: what rested is due so much later, and reminded of anew."""
    rows = _open_tasks(case).filter(paused_at__isnull=False)
    later = ExpressionWrapper(F("due_at") + (Value(at) - F("paused_at")), models.DateTimeField())
    rows.update(due_at=later, remind_at=[], paused_at=None)
