"""What is looked at by itself and told when it is not as it should be: overdue work, the audit chain, backups."""

import datetime as dt

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.services.entering import house_scope
from departments.services.housekeeping import houses, operator_tell
from departments.services.notices import people_tell
from departments.services.tasks import task_open
from departments.services.verifying import audit_verify
from msw_portal.kernel.drills import newest_backup
from msw_portal.kernel.scope import INSTALLATION

OVERDUE, AUDIT_TASK, BACKUP_TASK = "task.overdue", "audit_broken", "backup_old"
# Work with a clock of the profession or the law: whoever it waits for hears once that its time has run out.
CLOCKED = frozenset(
    {
        *("referral", "triage", "intake", "assessment", "repeat_assessment", "plan_approval"),
        *("plan_review", "closing_approval", "co_sign", "co_sign_returned", "next_contact"),
        *("crisis_report", "consent_notice", "transfer", "group_approval", "group_summary"),
        *("follow_up", "discharge_call", "referral_reply", "referral_follow_up"),
        *("subject_request", "supplement", "assess", "opine", "check", "review", "decide"),
        *("approve", "aid_bill", "aid_revisit"),
    }
)
AT_ONCE = 500
BACKUP_AGE = dt.timedelta(hours=26)  # one a night, and two hours to make it


def overdue_tell(now: dt.datetime | None = None) -> int:
    """Hourly: whoever an overdue task waits for hears of it once, and the head of a department's; how many tasks."""
    return sum(_overdue(house, now or timezone.now()) for house in houses())


def _overdue(house: int, now: dt.datetime) -> int:
    models = {model._meta.model_name: model for model in apps.get_models()}
    with house_scope(house):
        rows = Task.objects.filter(
            organization_id=house,
            state=Task.State.OPEN,
            paused_at__isnull=True,
            kind__in=CLOCKED,
            due_at__lte=now,
            remind_at=[],
        )
        found = list(rows.order_by("due_at", "pk")[:AT_ONCE])
        for task in found:
            # A stand-in: what it is about may be closed to the system, and need not be read.
            subject = models[task.subject_kind](pk=task.subject_id, uid=task.subject_uid)
            # The kind stands at its end: the notice says what is late without reading the task.
            once = f"overdue:{task.uid}:{task.kind}"
            said = {"kind": OVERDUE, "organization_id": house, "subject": subject, "once": once}
            people_tell(
                **said,
                users=[task.assignee_id],
                role="" if task.assignee_id or task.compartment_id else task.role,
                department_id=task.department_id,
            )
            if task.department_id and task.compartment_id is None and task.role != Role.DEPT_HEAD:
                people_tell(**said, role=Role.DEPT_HEAD, department_id=task.department_id)
        Task.objects.filter(pk__in=[task.pk for task in found]).update(
            remind_at=[now.isoformat(timespec="seconds")]
        )
        return len(found)


def audit_check() -> int:
    """Daily: walk the chain of every house; a break becomes the auditor's task. How many chains are broken."""
    broken = 0
    for house in houses():
        with house_scope(house):
            made = audit_verify(organization_id=house)
            if made.is_whole:
                continue
            broken += 1
            _chain_broken(house, made.first_break.reason)
    return broken


def _chain_broken(house: int, reason: str) -> None:
    task = task_open(
        kind=AUDIT_TASK,
        organization_id=house,
        subject=Organization.objects.get(pk=house),
        role=Role.AUDITOR,
        dedup_key=f"{AUDIT_TASK}:{timezone.localdate():%Y%m%d}",
    )
    if task is not None:
        audit.record("audit.broken", by=None, organization_id=house, reason=reason)


def backups_check(now: dt.datetime | None = None) -> int:
    """Daily: the newest backup is not older than a night; where the folder is not here, nothing is known. 1 if late."""
    folder = settings.MSW_BACKUPS
    if not folder.is_dir():
        return 0
    made = newest_backup(folder)
    age = None if made is None else (now or timezone.now()) - made
    is_late = age is None or age > BACKUP_AGE
    hours = int(age.total_seconds() // 3600) if age else 0
    with house_scope(INSTALLATION):
        operator_tell(BACKUP_TASK, "backup", hours if is_late else None)
    return int(is_late)
