"""Warnings before what a person or a body holds ends: tasks for whoever renews it, a signal for other apps.

People: certificates and registrations. Bodies of the register: public-fundraising certificates, tax
status, ratings, registrations, designations, warned of in the house that keeps the row.
"""

import datetime as dt

from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import Membership, Role
from departments.models.register_parts import OrganizationCredential
from departments.models.staff import StaffCredential
from departments.services.policies import rule_for
from departments.services.tasks import task_open
from departments.signals import credential_expiring, qualification_expiring

TASK, BODY_TASK = "credential_expiring", "qualification_expiring"
WARN_DAYS = 90
# Who renews what a body holds, by the kind of the house that keeps the row; elsewhere the head.
RENEWS: dict[str, str] = {
    OrganizationKind.FOUNDATION: Role.FOUNDATION_OFFICER,
    OrganizationKind.ASSOCIATION: Role.FOUNDATION_OFFICER,
    OrganizationKind.GOVERNMENT: Role.AUTHORITY_OFFICER,
    OrganizationKind.INSTALLATION: Role.SYSADMIN,
}


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


# ── what bodies hold ─────────────────────────────────────────────────────────


def qualifications_warn(*, organization_id: int, today: dt.date | None = None) -> int:
    """Daily, in a scope of the house as the system: open the tasks that are due; how many were new.

    Of every body the house keeps. Told once for each row; a later one of the same kind and title
    silences it, and so does the end of the body.
    """
    day = today or timezone.localdate()
    until = day + dt.timedelta(days=warn_days(day))
    rows = (
        OrganizationCredential.objects.filter(managed_by_id=organization_id, valid__contains=day)
        .exclude(organization__ended_on__lte=day)
        .select_related("organization")
        .order_by("pk")
    )
    newest: dict[tuple[int, str, str], OrganizationCredential] = {}
    for row in rows:
        key = (row.organization_id, row.kind, row.title)
        if key not in newest or _lasts_longer(row, newest[key]):
            newest[key] = row
    due = [row for row in newest.values() if row.last_day is not None and row.last_day <= until]
    if not due:
        return 0
    keeper = Organization.objects.get(pk=organization_id)
    return sum(_warn_of(row, keeper) for row in due)


def _lasts_longer(row: OrganizationCredential, other: OrganizationCredential) -> bool:
    if row.last_day is None or other.last_day is None:
        return row.last_day is None
    return row.last_day > other.last_day


def _warn_of(row: OrganizationCredential, keeper: Organization) -> bool:
    task = task_open(
        kind=BODY_TASK,
        organization_id=keeper.pk,
        subject=row.organization,
        due_at=timezone.make_aware(dt.datetime.combine(row.last_day, dt.time(18))),
        role=RENEWS.get(keeper.kind, Role.DEPT_HEAD),
        dedup_key=f"{BODY_TASK}:{row.pk}",
    )
    if task is None:
        return False
    qualification_expiring.send(OrganizationCredential, credential=row, keeper=keeper)
    return True


def qualification_clocks_stop(*, organization: Organization, kind: str, title: str = "") -> int:
    """Nothing is due any more about what a body holds of a kind: renewed, or taken back; how many tasks were open."""
    held = OrganizationCredential.objects.filter(
        organization=organization, kind=kind, title=title
    ).values_list("pk", flat=True)
    return Task.objects.filter(
        organization_id=organization.managed_by_id,
        kind=BODY_TASK,
        dedup_key__in=[f"{BODY_TASK}:{pk}" for pk in held],
        state=Task.State.OPEN,
    ).update(state=Task.State.DONE, closed_at=timezone.now())
