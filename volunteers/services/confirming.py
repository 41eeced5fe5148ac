"""Hours that count: confirmed by somebody else, corrected on request, voided with a reason."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.groups import Group
from cases.models.work import Need
from departments import audit
from departments.models.people import User
from departments.services.moving import move
from departments.services.notices import people_tell
from departments.services.tasks import tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from volunteers.hour_permissions import (
    can_ask_correction,
    can_confirm_service,
    can_decide_service,
    can_link_service,
    can_void_service,
)
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Shift
from volunteers.querysets import COORDINATOR
from volunteers.services.certificates import certificates_follow
from volunteers.services.records import COUNTED, times_put
from volunteers.services.stars import star_levels, star_of
from volunteers.signals import service_confirmed
from volunteers.workflow import SERVICE, ServiceState

CONFIRM_TASK = "hours_confirm"
TIMES = ("checked_in", "checked_out", "break_minutes", "persons", "anomaly")


def volunteer_total(volunteer_id: int) -> Decimal:
    """Hours and star of a volunteer made anew from the counted records; returns the hours."""
    volunteer = Volunteer.objects.locked().get(pk=volunteer_id)
    rows = ServiceRecord.objects.filter(COUNTED, volunteer_id=volunteer_id)
    volunteer.hours = rows.aggregate(n=Sum("hours"))["n"] or Decimal(0)
    volunteer.star = star_of(volunteer.hours, star_levels())
    volunteer.save(update_fields=["hours", "star"])
    return volunteer.hours


def _locked(record: ServiceRecord) -> ServiceRecord:
    return ServiceRecord.objects.locked().get(pk=record.pk)


@command
def service_confirm(*, record: ServiceRecord, by: User) -> ServiceRecord:
    """Let the hours count; never by the volunteer.

    Raises:
        DomainError: `service_record.confirm.wrong_state` (409).
    """
    record = _locked(record)
    require(can_confirm_service, by, record)
    _confirm(record, "confirm", by=by)
    audit.record("service_record.confirm", by=by, on=record, hours=record.hours)
    return record


@command
def services_confirm(*, records: Iterable[ServiceRecord], by: User) -> int:
    """Confirm many at once, all or none; how many.

    Raises:
        DomainError: `service.none_chosen`, and those of service_confirm.
    """
    chosen: Sequence[ServiceRecord] = sorted(records, key=lambda one: one.pk)
    if not chosen:
        raise DomainError("service.none_chosen", _("请先勾选要确认的记录。"), "records")
    for record in chosen:
        service_confirm(record=record, by=by)
    return len(chosen)


def _confirm(
    record: ServiceRecord, step: str, *, by: User, reason: str = "", also: tuple[str, ...] = ()
) -> None:
    record.confirmed_by, record.confirmed_at = by, timezone.now()
    move(
        record,
        SERVICE,
        step,
        by=by,
        reason=reason,
        also=("confirmed_by", "confirmed_at", *also),
    )
    record.refresh_from_db(fields=["hours"])
    volunteer_total(record.volunteer_id)
    _close_task(record)
    service_confirmed.send(ServiceRecord, record=record, by=by)


def _close_task(record: ServiceRecord) -> None:
    """The task of the shift is done with its last record."""
    if record.shift_id is None:
        return
    waits = ServiceRecord.objects.filter(shift_id=record.shift_id, state=ServiceState.RECORDED)
    if not waits.exists():
        tasks_close(kind=CONFIRM_TASK, subject=Shift.objects.get(pk=record.shift_id))


@command
def service_ask_correction(*, record: ServiceRecord, text: str, by: User) -> ServiceRecord:
    """Say that a record is wrong, and how it was; the hours stand until somebody decides.

    Raises:
        DomainError: `service.needs_text` on `text`, `service_record.ask_correction.wrong_state` (409).
    """
    record = _locked(record)
    require(can_ask_correction, by, record)
    text = text.strip()
    if len(text) < 4:
        raise DomainError("service.needs_text", _("请写明哪里不对、应当是多少。"), "text")
    record.dispute = text
    move(record, SERVICE, "ask_correction", by=by, reason=text, also=("dispute",))
    people_tell(
        kind="hours.disputed",
        organization_id=record.organization_id,
        subject=record,
        role=COORDINATOR,
        once=f"{record.uid}:{record.row_version}",
        by=by,
    )
    audit.record(
        "service_record.ask_correction", by=by, on=record, organization_id=record.organization_id
    )
    return record


@command
def service_correct(
    *,
    record: ServiceRecord,
    checked_in: dt.datetime,
    checked_out: dt.datetime,
    break_minutes: int,
    persons: int,
    by: User,
) -> ServiceRecord:
    """Decide for the volunteer: other times, which are confirmed with that; certificates follow.

    Raises:
        DomainError: `service.*` on its field, `service_record.correct.wrong_state` (409).
    """
    record = _locked(record)
    require(can_decide_service, by, record)
    SERVICE.check(record, "correct")
    before = record.hours
    days = {timezone.localdate(record.checked_in), timezone.localdate(checked_in)}
    times_put(record, checked_in, checked_out, break_minutes, persons)
    _confirm(record, "correct", by=by, also=TIMES)
    audit.record("service_record.correct", by=by, on=record, hours=[before, record.hours])
    if record.hours != before:
        _follow(record, days, by=by)
    _tell(record, "hours.decided", by=by)
    return record


@command
def service_keep(*, record: ServiceRecord, reason: str, by: User) -> ServiceRecord:
    """Decide that the record stands, and say why.

    Raises:
        DomainError: `service_record.keep.needs_reason` on `reason`, `…wrong_state` (409).
    """
    record = _locked(record)
    require(can_decide_service, by, record)
    _confirm(record, "keep", by=by, reason=reason)
    audit.record("service_record.keep", by=by, on=record, hours=record.hours)
    _tell(record, "hours.decided", by=by)
    return record


@command
def service_void(*, record: ServiceRecord, reason: str, by: User) -> ServiceRecord:
    """Take a record out of the count for good; certificates that hold it are issued anew.

    Raises:
        DomainError: `service_record.void.needs_reason` on `reason`, `…wrong_state` (409).
    """
    record = _locked(record)
    require(can_void_service, by, record)
    counted = record.confirmed_at is not None
    record.voided_at, record.void_reason = timezone.now(), reason.strip() or None
    move(record, SERVICE, "void", by=by, reason=reason, also=("voided_at", "void_reason"))
    _close_task(record)
    audit.record("service_record.void", by=by, on=record, hours=record.hours)
    if counted:
        volunteer_total(record.volunteer_id)
        _follow(record, {timezone.localdate(record.checked_in)}, by=by)
    _tell(record, "hours.voided", by=by)
    return record


def _follow(record: ServiceRecord, days: set[dt.date], *, by: User) -> None:
    certificates_follow(volunteer_id=record.volunteer_id, days=days, by=by)


def _tell(record: ServiceRecord, kind: str, *, by: User) -> None:
    people_tell(
        kind=kind,
        organization_id=record.organization_id,
        subject=record,
        users=[record.user_id],
        once=f"{record.uid}:{record.row_version}",
        by=by,
    )


@command
def service_link(
    *,
    record: ServiceRecord,
    need: Need | None = None,
    activity: Activity | None = None,
    group: Group | None = None,
    by: User,
) -> ServiceRecord:
    """Say for which need, activity or group the service was; the volunteer and the coordinator do not see it.

    Raises:
        DomainError: `service.one_purpose` on `activity` when more than one is given, `service.need_hidden`
            (409) while the link is to a need that `by` may not see: what is not seen is not taken away.
    """
    record = _locked(record)
    require(can_link_service, by, record)
    if record.need_id and not Need.objects.visible_to(by).filter(pk=record.need_id).exists():
        raise DomainError(
            "service.need_hidden",
            _("已关联到一个您不能打开的个案，由负责那个个案的社工更改。"),
            status=409,
        )
    if sum(one is not None for one in (need, activity, group)) > 1:
        raise DomainError("service.one_purpose", _("需求、活动和小组只选一项。"), "activity")
    record.need, record.activity, record.group = need, activity, group
    record.save(update_fields=["need", "activity", "group"])
    audit.record(
        "service_record.link",
        by=by,
        on=record,
        need=need.uid if need else None,
        activity=activity.uid if activity else None,
        group=group.uid if group else None,
    )
    return record
