"""What looks after accounts by itself: idle ones end after a notice, reviews fall due, alarms are raised."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from departments import audit
from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Membership, Role
from departments.services import file_sweeping, outbox
from departments.services.accounts import IDLE_TASK, last_used_on
from departments.services.credential_clocks import credentials_warn, qualifications_warn
from departments.services.entering import house_scope
from departments.services.memberships import membership_end_idle
from departments.services.policies import AccountRule, account_rule
from departments.services.privacy_registers import privacy_clocks
from departments.services.reviews import review_due_on
from departments.services.security_events import alarms_raise
from departments.services.tasks import task_open, tasks_close
from departments.signals import membership_ending
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.room import room_of_files
from msw_portal.kernel.scope import INSTALLATION, scope

REVIEW_TASK, CLOCK_TASK, DEAD_TASK, ROOM_TASK, FILES_TASK = (
    "access_review",
    "clock",
    "queue_dead",
    "storage_room",
    "files_astray",
)
ENDING_SOON, ENDED_LATELY = dt.timedelta(days=14), dt.timedelta(days=7)
MOST_SKEW = dt.timedelta(minutes=5)
FEW = 3  # so many may always end in one night; more than half of a house never do


@dataclass(frozen=True)
class Swept:
    """What one night did in one house."""

    told: int = 0
    ended: int = 0
    held_back: int = 0


def houses() -> list[int]:
    """Every house that signs in, the installation too."""
    with scope(role="system"):
        return list(Organization.objects.tenants().order_by("pk").values_list("pk", flat=True))


def clock_skew() -> dt.timedelta:
    """How far this machine's clock is from the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return abs(timezone.now() - cursor.fetchone()[0])


def accounts_sweep() -> dict[int, Swept]:
    """Once a day, house by house: notices, ends, the review's reminder. A clock in doubt ends nobody."""
    found = {}
    for house in houses():
        with house_scope(house):
            if clock_skew() > MOST_SKEW:
                _hold_back(house, 0)
                continue
            found[house] = idle_sweep(organization_id=house)
            review_remind(organization_id=house)
            roles_ending(organization_id=house)
            credentials_warn(organization_id=house)
            qualifications_warn(organization_id=house)
            privacy_clocks(organization_id=house)
    return found


def roles_ending(*, organization_id: int, today: dt.date | None = None) -> int:
    """Say of every role whose last day is near or just over that it ends; how many. Whoever hears it does so once."""
    day = today or timezone.localdate()
    rows = Membership.objects.filter(
        organization_id=organization_id,
        user__is_service=False,
        valid__endswith__gt=day - ENDED_LATELY,
        valid__endswith__lte=day + ENDING_SOON,
    )
    found = list(rows.order_by("pk"))
    for row in found:
        membership_ending.send(Membership, membership=row)
    return len(found)


def idle_sweep(*, organization_id: int, today: dt.date | None = None) -> Swept:
    """Tell who will end and end who was told in time; in a scope of the house as the system.

    When more than half of a house's accounts would end at once, none does: then it is the clock, or a
    restored backup, and the security administrator is asked.
    """
    day, rule = today or timezone.localdate(), account_rule()
    rows = Membership.objects.filter(organization_id=organization_id).active(day)
    held = list(
        rows.filter(user__is_service=False, user__is_demo=False)
        .select_related("user")
        .order_by("pk")
    )
    told = sum(_tell(row, rule, day) for row in held)
    due = [row for row in held if _is_due(row, rule, day)]
    if len(due) > max(FEW, len(held) // 2):
        _hold_back(organization_id, len(due))
        return Swept(told, 0, len(due))
    return Swept(told, sum(_end(row, rule) for row in due), 0)


def review_remind(*, organization_id: int) -> bool:
    """Open the task of the next account review in its last fortnight; whether it is new."""
    due = review_due_on(organization_id)
    if due > timezone.localdate() + dt.timedelta(days=14):
        return False
    task = task_open(
        kind=REVIEW_TASK,
        organization_id=organization_id,
        subject=Organization.objects.get(pk=organization_id),
        due_at=_evening(due),
        role=Role.SECADMIN,
        dedup_key=f"review:{due:%Y%m}",
    )
    return task is not None


def watch() -> int:
    """Every few minutes: alarms of every house; dead effects and scarce room for the system administrator."""
    made = 0
    for house in houses():
        with house_scope(house):
            made += alarms_raise(organization_id=house)
    with house_scope(INSTALLATION):
        with connection.cursor() as cursor:
            cursor.execute("SELECT outbox_dead FROM app.readiness()")
            dead = cursor.fetchone()[0]
        room = room_of_files()
        operator_tell(DEAD_TASK, "dead", dead if dead else None)
        left = None if room.state == "ok" else (room.free or 0) // 1024**2
        operator_tell(ROOM_TASK, "room", left)
    return made


def files_check() -> file_sweeping.Swept:
    """Once a night: sweep the store; what is missing, or was held back, for the system administrator."""
    swept = file_sweeping.files_sweep()
    astray = len(swept.missing) + (swept.orphans if swept.is_held_back else 0)
    with house_scope(INSTALLATION):
        operator_tell(FILES_TASK, "files", astray or None)
    return swept


def operator_tell(kind: str, what: str, n: int | None) -> None:
    """A task and a mail for the system administrator, once a day; None: it is over, and the task too."""
    if n is None:
        mine = Task.objects.filter(organization_id=INSTALLATION, kind=kind, state=Task.State.OPEN)
        mine.update(state=Task.State.DONE, closed_at=timezone.now())
        return
    task = task_open(
        kind=kind,
        organization_id=INSTALLATION,
        subject=Organization.objects.get(pk=INSTALLATION),
        role=Role.SYSADMIN,
        dedup_key=f"{what}:{timezone.localdate():%Y%m%d}",
    )
    if task is not None:
        outbox.put("administration.mail", organization_id=INSTALLATION, what=what, n=n)


def _tell(row: Membership, rule: AccountRule, day: dt.date) -> bool:
    """Notice once per idle time: a task for the security administrator, a mail for the person."""
    used = last_used_on(row)
    idle = (day - used).days
    key = f"idle:{row.uid}:{used:%Y%m%d}"
    stale = Task.objects.filter(
        organization_id=row.organization_id,
        kind=IDLE_TASK,
        subject_id=row.pk,
        state=Task.State.OPEN,
    ).exclude(dedup_key=key)
    stale.update(state=Task.State.CANCELLED, closed_at=timezone.now())
    if idle < rule.idle_days - rule.notice_days:
        return False
    last = max(used + dt.timedelta(days=rule.idle_days), day + dt.timedelta(days=rule.notice_days))
    task = task_open(
        kind=IDLE_TASK,
        organization_id=row.organization_id,
        subject=row,
        due_at=_evening(last),
        role=Role.SECADMIN,
        dedup_key=key,
    )
    if task is None:
        return False
    outbox.put(
        "account.idle_soon",
        organization_id=row.organization_id,
        subject=row.user,
        dedup_key=key,
        last_day=last.isoformat(),
    )
    return True


def _is_due(row: Membership, rule: AccountRule, day: dt.date) -> bool:
    """Idle for long enough, and told long enough ago."""
    if (day - last_used_on(row)).days < rule.idle_days:
        return False
    key = f"idle:{row.uid}:{last_used_on(row):%Y%m%d}"
    task = Task.objects.filter(organization_id=row.organization_id, dedup_key=key).first()
    return task is not None and task.due_at is not None and timezone.localdate(task.due_at) <= day


def _end(row: Membership, rule: AccountRule) -> bool:
    try:
        membership_end_idle(membership=row, idle_days=rule.idle_days)
    except DomainError:
        # The last security administrator stays, however long away: the task remains open and says so.
        return False
    tasks_close(kind=IDLE_TASK, subject=row)
    return True


def _hold_back(organization_id: int, count: int) -> None:
    task = task_open(
        kind=CLOCK_TASK,
        organization_id=organization_id,
        subject=Organization.objects.get(pk=organization_id),
        role=Role.SECADMIN,
        dedup_key=f"clock:{timezone.localdate():%Y%m%d}",
    )
    if task is not None:
        audit.record("account.hold_back", by=None, organization_id=organization_id, count=count)


def _evening(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(18)))
