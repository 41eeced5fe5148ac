"""What beat does about hours: forgotten check-outs, those who never came, confirmations that wait too long."""

import datetime as dt
import logging
import uuid

from django.utils import timezone

from departments.models.mechanisms import Task
from departments.models.organizations import Organization
from departments.models.people import Membership
from departments.services.entering import house_scope
from departments.services.moving import move
from departments.services.notices import people_tell
from departments.services.tasks import task_open
from msw_portal.kernel.scope import scope
from volunteers.models.codes import Anomaly
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Shift, Signup
from volunteers.querysets import COORDINATOR
from volunteers.services.confirming import CONFIRM_TASK
from volunteers.services.records import finish
from volunteers.workflow import SIGNUP, ServiceState, SignupState

log = logging.getLogger(__name__)
GRACE = dt.timedelta(hours=2)  # after the end of a shift, before the portal decides by itself
CONFIRM_WITHIN = dt.timedelta(days=3)
LATE = dt.timedelta(days=7)
AT_ONCE = 200


def hours_sweep() -> int:
    """Hourly, house by house; how many records and sign-ups were settled."""
    with scope(role="system"):
        houses = list(Organization.objects.tenants().values_list("pk", flat=True))
    return sum(_sweep_house(house) for house in houses)


def _sweep_house(house: int) -> int:
    done = 0
    for settle in (_forgotten, _missed, _late):
        try:
            with house_scope(house):
                done += settle(house, timezone.now())
        except Exception:
            log.exception("%s of house %s failed", settle.__name__, house)
    return done


def _forgotten(house: int, now: dt.datetime) -> int:
    """Nobody checked out: the service ends with its shift, marked, and somebody looks at it."""
    rows = ServiceRecord.objects.filter(
        organization_id=house,
        state=ServiceState.OPEN,
        shift__isnull=False,
        shift__ends_at__lt=now - GRACE,
    ).order_by("id")
    held = list(rows.locked().select_related("shift")[:AT_ONCE])
    for record in held:
        ends = max(record.shift.ends_at, record.checked_in + dt.timedelta(minutes=1))
        finish(
            record,
            at=ends,
            persons=record.persons,
            content=record.content or "",
            break_minutes=0,
            by=None,
            anomaly=Anomaly.FORGOTTEN,
        )
    return len(held)


def _missed(house: int, now: dt.datetime) -> int:
    """Confirmed for a shift that is over, and never checked in."""
    rows = Signup.objects.filter(
        organization_id=house,
        state=SignupState.CONFIRMED,
        during__endswith__lt=now - GRACE,
    ).order_by("id")
    held = list(rows.locked()[:AT_ONCE])
    for signup in held:
        move(signup, SIGNUP, "miss", by=None)
    return len(held)


def _late(house: int, now: dt.datetime) -> int:
    """Hours that nobody has confirmed for a week: the coordinator hears of them once a week."""
    rows = ServiceRecord.objects.filter(
        organization_id=house, state=ServiceState.RECORDED, checked_out__lt=now - LATE
    )
    oldest = rows.order_by("checked_out", "id").first()
    if oldest is None:
        return 0
    year, week, _day = timezone.localdate(now).isocalendar()
    people_tell(
        kind="hours.late",
        organization_id=house,
        subject=oldest,
        role=COORDINATOR,
        once=f"hours.late:{house}:{year}-{week}",
    )
    return 0


def hours_wait(*, record_uid: uuid.UUID) -> None:
    """A service is over: its shift's supervisor, or the coordinators, find it among their tasks."""
    record = (
        ServiceRecord.objects.filter(uid=record_uid, state=ServiceState.RECORDED)
        .select_related("shift", "post")
        .first()
    )
    if record is None or record.shift is None:
        return
    open_ones = Task.objects.filter(
        organization_id=record.organization_id,
        kind=CONFIRM_TASK,
        subject_kind=Shift._meta.model_name,
        subject_id=record.shift_id,
        state=Task.State.OPEN,
    )
    if open_ones.exists():
        return
    who = record.post.supervisor_id
    works = Membership.objects.filter(
        organization_id=record.organization_id, user_id=who, valid__contains=timezone.localdate()
    )
    is_there = who is not None and who != record.user_id and works.exists()
    task_open(
        kind=CONFIRM_TASK,
        organization_id=record.organization_id,
        subject=record.shift,
        due_at=record.checked_out + CONFIRM_WITHIN,
        assignee=record.post.supervisor if is_there else None,
        role="" if is_there else COORDINATOR,
        department_id=record.post.department_id,
        dedup_key=f"{CONFIRM_TASK}:{record.uid}",
    )
