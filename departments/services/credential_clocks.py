"""Warnings before a certificate or a registration ends: a task for its holder, one for the head, a signal for other apps."""

import datetime as dt

from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.people import Membership, Role
from departments.models.staff import StaffCredential
from departments.services.policies import rule_for
from departments.services.tasks import task_open
from departments.signals import credential_expiring

TASK = "credential_expiring"
WARN_DAYS = 90


def warn_days(on: dt.date | None = None) -> int:
    """How many days before its end a credential is warned of: the dated rule `cpd_hours`/`warning`, or 90."""
    rule = rule_for("cpd_hours", "warning", on=on)
    value = rule.params.get("days") if rule else None
    return value if isinstance(value, int) and value > 0 else WARN_DAYS


def credentials_warn(*, organization_id: int, today: dt.date | None = None) -> int:
    """Daily, in a scope of the house as the system: open the tasks that are due; how many credentials were new.

    Told once for each credential; a newer registration of the same person silences the older one.
    """
    day = today or timezone.localdate()
    rows = (
        StaffCredential.objects.standing()
        .filter(
            organization_id=organization_id,
            staff__valid__contains=day,
            valid__contains=day,
            valid__upper_inf=False,
        )
        .select_related("staff")
        .order_by("pk")
    )
    until = day + dt.timedelta(days=warn_days(day))
    newest: dict[tuple[int, str], StaffCredential] = {}
    for row in rows:
        key = (row.staff_id, row.kind)
        if key not in newest or newest[key].valid.upper < row.valid.upper:
            newest[key] = row
    due = [row for row in newest.values() if row.valid.upper <= until]
    return sum(_warn(row) for row in due)


def _warn(row: StaffCredential) -> bool:
    due_at = timezone.make_aware(dt.datetime.combine(row.expires_on, dt.time(18)))
    task = task_open(
        kind=TASK,
        organization_id=row.organization_id,
        subject=row.staff,
        due_at=due_at,
        role=Role.DEPT_HEAD,
        department_id=row.staff.department_id,
        dedup_key=f"{TASK}:{row.uid}",
    )
    if task is None:
        return False
    if row.staff.user_id and _works_here(row):
        task_open(
            kind=TASK,
            organization_id=row.organization_id,
            subject=row.staff,
            due_at=due_at,
            assignee=row.staff.user,
            dedup_key=f"{TASK}:{row.uid}:own",
        )
    credential_expiring.send(StaffCredential, credential=row)
    return True


def _works_here(row: StaffCredential) -> bool:
    rows = Membership.objects.filter(organization_id=row.organization_id, user_id=row.staff.user_id)
    return rows.active(timezone.localdate()).exists()


def clocks_stop(credential: StaffCredential) -> int:
    """Nothing is due any more about a credential that was renewed or taken back; how many tasks were open."""
    return Task.objects.filter(
        organization_id=credential.organization_id,
        kind=TASK,
        dedup_key__startswith=f"{TASK}:{credential.uid}",
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
