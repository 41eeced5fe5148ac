"""Service as it is done: in by a code, out, written down afterwards; the hours come from the times."""

import datetime as dt

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services import outbox
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from volunteers.hour_permissions import (
    can_amend_service,
    can_check_in,
    can_check_out,
    can_enter_service,
)
from volunteers.models.codes import LONG_DAY_HOURS, Anomaly
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Post, Shift, Signup
from volunteers.workflow import SERVICE, SERVING, SIGNUP, ServiceState, SignupState

EARLY = dt.timedelta(minutes=60)  # how long before the beginning one may check in
CODE_LENGTH = 4
WAITING = "service.recorded"
# A correction that is asked for changes nothing until somebody decides.
COUNTED = Q(state=ServiceState.CONFIRMED) | Q(
    state=ServiceState.DISPUTED, confirmed_at__isnull=False
)


def shift_code(*, organization_id: int, shift_id: int) -> str:
    """The four digits read out at the place: made of our key, stored nowhere, another for every shift."""
    digest = salted_hmac(
        "volunteers.shift_code", f"{organization_id}:{shift_id}", algorithm="sha256"
    ).digest()
    return f"{int.from_bytes(digest[:4]) % 10**CODE_LENGTH:0{CODE_LENGTH}d}"


@command
def service_check_in(
    *, signup: Signup, code: str = "", at: dt.datetime | None = None, by: User
) -> ServiceRecord:
    """Begin a service that was promised: by the volunteer with the code of the shift, or by the house.

    `at` is for the house alone: when the volunteer really came, if that was earlier.

    Raises:
        DomainError: `check_in.*` (on `code` or `at`), `signup.check_in.wrong_state` (409).
    """
    signup = Signup.objects.locked().get(pk=signup.pk)
    require(can_check_in, by, signup)
    if signup.user_id == by.pk:
        at = None
        known = shift_code(organization_id=signup.organization_id, shift_id=signup.shift_id)
        if not constant_time_compare(code.strip(), known):
            raise DomainError(
                "check_in.code", _("码不对，请看现场的四位数字，或问带教社工。"), "code"
            )
    return begin(signup, at=at or timezone.now(), by=by)


def begin(signup: Signup, *, at: dt.datetime, by: User | None) -> ServiceRecord:
    """The first half of a service, of a sign-up that this transaction holds."""
    during = signup.during
    if at > timezone.now():
        raise DomainError("check_in.in_future", _("签到时间不能在将来。"), "at")
    if at < during.lower - EARLY:
        raise DomainError(
            "check_in.too_early",
            _("开始前 %(n)s 分钟起可以签到。") % {"n": EARLY // dt.timedelta(minutes=1)},
            "at",
        )
    if at >= during.upper:
        raise DomainError("check_in.too_late", _("这一班已经结束，请管理员补记服务。"), "at")
    volunteer = Volunteer.objects.get(pk=signup.volunteer_id)
    if volunteer.state not in SERVING:
        raise DomainError(
            "check_in.not_serving", _("目前不在册，不能签到，请联系志愿者管理员。"), status=409
        )
    _refuse_open(volunteer)
    move(signup, SIGNUP, "check_in", by=by)
    record = ServiceRecord(
        organization_id=signup.organization_id,
        volunteer_id=signup.volunteer_id,
        shift_id=signup.shift_id,
        post_id=_post_of(signup),
        checked_in=at,
        created_by=by,
    )
    record.save(force_insert=True)
    record.refresh_from_db(fields=["title", "user"])
    write_transition(record, SERVICE, "check_in", before="", by=by)
    audit.record(
        "service_record.check_in",
        by=by,
        on=record,
        organization_id=record.organization_id,
        checked_in=at,
    )
    return record


def _refuse_open(volunteer: Volunteer) -> None:
    if ServiceRecord.objects.filter(volunteer=volunteer, state=ServiceState.OPEN).exists():
        raise DomainError(
            "check_in.open_elsewhere", _("还有一次服务没有签退，请先签退。"), status=409
        )


def _post_of(signup: Signup) -> int:
    # A volunteer may not read a shift that is closed for sign-up; the post of the own promise is named.
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.post_of_signup(%s)", [signup.pk])
        return cursor.fetchone()[0]


@command
def service_check_out(
    *,
    record: ServiceRecord,
    persons: int = 0,
    content: str = "",
    break_minutes: int = 0,
    at: dt.datetime | None = None,
    by: User,
) -> ServiceRecord:
    """End a service: how long the break was, how many persons were served, what was done.

    Raises:
        DomainError: `service.*` on its field, `service_record.check_out.wrong_state` (409).
    """
    record = ServiceRecord.objects.locked().get(pk=record.pk)
    require(can_check_out, by, record)
    if record.user_id == by.pk:
        at = None
    return finish(
        record,
        at=at or timezone.now(),
        persons=persons,
        content=content,
        break_minutes=break_minutes,
        by=by,
    )


def finish(
    record: ServiceRecord,
    *,
    at: dt.datetime,
    persons: int,
    content: str,
    break_minutes: int,
    by: User | None,
    anomaly: str = "",
) -> ServiceRecord:
    """The second half of a service that this transaction holds; the house hears that it waits."""
    record.checked_out, record.break_minutes = at, break_minutes
    record.persons, record.content = persons, content.strip() or None
    times_check(record)
    record.anomaly = anomaly or long_day_of(record)
    move(
        record,
        SERVICE,
        "check_out",
        by=by,
        also=("checked_out", "break_minutes", "persons", "content", "anomaly"),
    )
    record.refresh_from_db(fields=["hours"])
    outbox.put(WAITING, organization_id=record.organization_id, subject=record)
    audit.record(
        "service_record.check_out",
        by=by,
        on=record,
        organization_id=record.organization_id,
        checked_out=at,
        hours=record.hours,
        **({"anomaly": record.anomaly} if record.anomaly else {}),
    )
    return record


@command
def service_enter(
    *,
    volunteer: Volunteer,
    post: Post,
    shift: Shift | None = None,
    checked_in: dt.datetime,
    checked_out: dt.datetime,
    break_minutes: int = 0,
    persons: int = 0,
    content: str = "",
    anomaly: str = Anomaly.ENTERED,
    by: User,
) -> ServiceRecord:
    """Write down a service that nobody checked in for; it waits for its confirmation like any other.

    Raises:
        DomainError: `service.*` on its field, `service_records_do_not_overlap` on `checked_in`.
    """
    require(can_enter_service, by, volunteer)
    if post.organization_id != by.house_id:
        raise DomainError("service.post_elsewhere", _("请选择本院的岗位。"), "post")
    record = ServiceRecord(
        organization_id=by.house_id,
        volunteer=volunteer,
        shift=shift,
        post=post,
        checked_in=checked_in,
        checked_out=checked_out,
        break_minutes=break_minutes,
        persons=persons,
        content=content.strip() or None,
        state=ServiceState.RECORDED,
        created_by=by,
    )
    times_check(record)
    record.anomaly = long_day_of(record) or anomaly
    record.save(force_insert=True)
    record.refresh_from_db(fields=["hours", "title", "user"])
    _attended(record, by)
    write_transition(record, SERVICE, "enter", before="", by=by)
    outbox.put(WAITING, organization_id=record.organization_id, subject=record)
    audit.record(
        "service_record.enter",
        by=by,
        on=record,
        checked_in=checked_in,
        checked_out=checked_out,
        hours=record.hours,
    )
    return record


def _attended(record: ServiceRecord, by: User) -> None:
    """The promise for the shift is kept, whatever was noted before."""
    promised = Signup.objects.filter(
        shift_id=record.shift_id,
        volunteer_id=record.volunteer_id,
        state__in=[SignupState.CONFIRMED, SignupState.NO_SHOW],
    )
    signup = promised.locked().first() if record.shift_id else None
    if signup is not None:
        move(signup, SIGNUP, "check_in", by=by)


@command
def service_amend(
    *,
    record: ServiceRecord,
    checked_in: dt.datetime,
    checked_out: dt.datetime,
    break_minutes: int,
    persons: int,
    content: str = "",
    by: User,
) -> ServiceRecord:
    """Put right what has not been confirmed yet; old and new times stay in the audit.

    Raises:
        DomainError: `service.*` on its field, `service.not_waiting` (409).
    """
    record = ServiceRecord.objects.locked().get(pk=record.pk)
    require(can_amend_service, by, record)
    if record.state != ServiceState.RECORDED:
        raise DomainError(
            "service.not_waiting", _("只有待确认的记录可以直接改；已确认的请走更正。"), status=409
        )
    before = (record.checked_in, record.checked_out, record.break_minutes, record.persons)
    times_put(record, checked_in, checked_out, break_minutes, persons)
    record.content = content.strip() or None
    record.save(
        update_fields=[
            *("checked_in", "checked_out", "break_minutes", "persons", "content", "anomaly")
        ]
    )
    record.refresh_from_db(fields=["hours"])
    audit.record(
        "service_record.amend",
        by=by,
        on=record,
        checked_in=[before[0], checked_in],
        checked_out=[before[1], checked_out],
        break_minutes=[before[2], break_minutes],
        persons=[before[3], persons],
    )
    return record


def times_put(
    record: ServiceRecord,
    checked_in: dt.datetime,
    checked_out: dt.datetime,
    break_minutes: int,
    persons: int,
) -> None:
    """Other times on a record that this transaction holds; checked, not saved."""
    record.checked_in, record.checked_out = checked_in, checked_out
    record.break_minutes, record.persons = break_minutes, persons
    times_check(record)
    record.anomaly = long_day_of(record)


def times_check(record: ServiceRecord) -> None:
    """The times of a whole service.

    Raises:
        DomainError: `service.*` on `checked_in`, `checked_out`, `break_minutes` or `persons`.
    """
    begins, ends = record.checked_in, record.checked_out
    if ends <= begins:
        raise DomainError("service.out_before_in", _("签退时间要晚于签到时间。"), "checked_out")
    if ends > timezone.now():
        raise DomainError("service.in_future", _("签退时间不能在将来。"), "checked_out")
    if ends - begins > dt.timedelta(hours=24):
        raise DomainError(
            "service.within_a_day", _("一次服务不能超过 24 小时，请核对日期。"), "checked_out"
        )
    if not 0 <= record.break_minutes <= (ends - begins) // dt.timedelta(minutes=1):
        raise DomainError("service.break_within", _("休息时间不能超过服务时间。"), "break_minutes")
    if not 0 <= record.persons <= 10_000:
        raise DomainError("service.persons", _("请填 0 到 10000。"), "persons")


def long_day_of(record: ServiceRecord) -> str:
    """Whether the day is longer than eight hours with this service (domain §7.2): an alarm, no refusal."""
    day = timezone.localtime(record.checked_in).replace(hour=0, minute=0, second=0, microsecond=0)
    others = ServiceRecord.objects.live().filter(
        volunteer_id=record.volunteer_id,
        checked_in__gte=day,
        checked_in__lt=day + dt.timedelta(days=1),
    )
    served = others.exclude(pk=record.pk).aggregate(n=Sum("hours"))["n"] or 0
    minutes = (record.checked_out - record.checked_in) / dt.timedelta(minutes=1)
    own = int((minutes - record.break_minutes) // 30) / 2
    return Anomaly.LONG_DAY if float(served) + own > LONG_DAY_HOURS else ""
