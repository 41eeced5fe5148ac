"""Break-glass: one level-5 case for at most an hour, read only, told at once, reviewed by somebody else."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cases.models.casework import Case
from cases.models.people import Client
from cases.person_permissions import can_break_glass, can_list_glass, can_review_glass
from departments import audit
from departments.models.mechanisms import Task
from departments.models.people import AccessGrant, Membership, Role, User
from departments.services import outbox, rate
from departments.services.entering import enter_member
from departments.services.tasks import notify, task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import enter

MIN_REASON = 10
MAX_MINUTES = 60
CHOICES = (15, 30, 60)
# Whoever tries numbers must not learn which cases are sealed.
TRIES, TRIES_WINDOW = 6, 3600
REVIEW_HOUR = dt.time(18, 0)
RESULTS = {"accepted": _("合理"), "questioned": _("存疑，须谈话")}


@dataclass(frozen=True)
class Opened:
    """A case behind the wall: its id, and whether the person is named for it already."""

    case_id: int
    is_named: bool


def _sealed(number: str, client: Client | None) -> list[Opened]:
    """The level-5 cases of the own house with that number or of that person; nothing of their content."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM app.sealed_cases(%s, %s)", [number, client.root_id if client else None]
        )
        return [Opened(*row) for row in cursor.fetchall()]


def _the_one(number: str, client: Client | None) -> Opened:
    found = _sealed(number, client)
    if not found:
        raise DomainError("break_glass.not_found", _("没有找到这样的 5 级保密个案。"), "number")
    if len(found) > 1:
        raise DomainError(
            "break_glass.several", _("此人有多个 5 级保密个案，请填个案编号。"), "number"
        )
    if found[0].is_named:
        raise DomainError(
            "break_glass.is_named", _("您在这个个案的名单里，可以直接打开。"), "number", status=409
        )
    return found[0]


def _count_try(by: User) -> None:
    tried = rate.hit(f"break_glass:{by.uid}", limit=TRIES, window=TRIES_WINDOW)
    if not tried:
        raise DomainError(
            "break_glass.too_many",
            _("您一小时内已查找 %(n)s 次，请 %(minutes)s 分钟后再试，或直接联系主任。")
            % {"n": TRIES, "minutes": -(-tried.seconds_left // 60)},
            status=429,
        )


def live_glass(user: User) -> AccessGrant | None:
    """The grant under which the person reads now, None when there is none."""
    return AccessGrant.objects.filter(
        organization_id=user.house_id,
        user=user,
        kind=AccessGrant.Kind.BREAK_GLASS,
        valid__contains=timezone.now(),
    ).first()


@command
def glass_break(
    *, number: str = "", client: Client | None = None, reason: str, minutes: int, by: User
) -> Case:
    """Open one level-5 case, found by its number or its person, for `minutes`; the case.

    Head and account administrator are told at once and one of them, not the reader, reviews it by
    the end of the next day.

    Raises:
        DomainError: `break_glass.*` on number, reason or minutes; 409 while another one is open;
            429 after `TRIES` lookups in an hour, found or not.
    """
    require(can_break_glass, by, client)
    number, reason = number.strip(), reason.strip()
    if not number and client is None:
        raise DomainError("break_glass.needs_case", _("请填个案编号。"), "number")
    if len(reason) < MIN_REASON:
        raise DomainError(
            "break_glass.needs_reason", _("请写明为什么必须现在看，至少 10 个字。"), "reason"
        )
    if not 1 <= minutes <= MAX_MINUTES:
        raise DomainError("break_glass.too_long", _("最短 1 分钟，最长 60 分钟。"), "minutes")
    if live_glass(by) is not None:
        raise DomainError(
            "break_glass.one_at_a_time", _("您有一次紧急查阅还没有结束，请先结束它。"), status=409
        )
    _count_try(by)
    opened = _the_one(number, client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        since = cursor.fetchone()[0]
    grant = AccessGrant.objects.create(
        organization_id=by.house_id,
        user=by,
        compartment_id=opened.case_id,
        kind=AccessGrant.Kind.BREAK_GLASS,
        reason=reason[:300],
        valid=DateTimeTZRange(since, since + dt.timedelta(minutes=minutes)),
        created_by=by,
    )
    enter_member(by, by.acting.membership_uid)
    case = Case.objects.select_related("client", "department").get(pk=opened.case_id)
    due = dt.datetime.combine(timezone.localdate() + dt.timedelta(days=1), REVIEW_HOUR)
    own_head = by.role == Role.DEPT_HEAD and by.acting.department_id == case.department_id
    task_open(
        kind="break_glass_review",
        organization_id=by.house_id,
        subject=by,
        due_at=timezone.make_aware(due),
        role=Role.SECADMIN if own_head else Role.DEPT_HEAD,
        department_id=None if own_head else case.department_id,
        dedup_key=_key(grant),
        by=by,
    )
    outbox.put(
        "break_glass.opened",
        organization_id=by.house_id,
        subject=by,
        grant=grant.pk,
        reader=by.pk,
        case=case.pk,
        case_uid=str(case.uid),
        department=case.department_id,
        own=[one for one in (case.worker_id, case.supervisor_id) if one],
    )
    audit.record(
        "break_glass.open", by=by, on=case, minutes=minutes, client=case.client.uid, reason=reason
    )
    return case


def _key(grant: AccessGrant) -> str:
    return f"break_glass:{grant.pk}"


@command
def glass_close(*, by: User) -> AccessGrant:
    """End one's own reading before its time.

    Raises:
        DomainError: `break_glass.is_over` (409).
    """
    grant = live_glass(by)
    if grant is None:
        raise DomainError("break_glass.is_over", _("紧急查阅已经结束。"), status=409)
    case = Case.objects.get(pk=grant.compartment_id)
    grant.valid = DateTimeTZRange(grant.valid.lower, timezone.now())
    grant.save(update_fields=["valid"])
    audit.record("break_glass.end", by=by, on=case)
    return grant


def glass_read(*, case: Case, by: User) -> None:
    """Note that a page of the case was read under break-glass."""
    if by.acting.glass is not None and by.acting.glass == case.compartment_id:
        audit.record("break_glass.read", by=by, on=case)


def glass_told(
    *,
    house: int,
    reader: int,
    grant: int,
    case: int,
    case_uid: str,
    department: int,
    own: Sequence[int],
) -> int:
    """Tell who reviews (head, account administrator) and the case's worker and supervisor; how many.

    Runs in the house's scope as the system, which cannot see the case: `case` and `case_uid` only
    point at it. The reader is not told.
    """
    here = Membership.objects.filter(
        Q(role=Role.DEPT_HEAD, department_id=department) | Q(role=Role.SECADMIN),
        organization_id=house,
        valid__contains=timezone.localdate(),
        user__is_active=True,
        user__is_service=False,
    )
    heads = set(here.values_list("user_id", flat=True)) - {reader}
    person, file = User.objects.get(pk=reader), Case(pk=case, uid=case_uid)
    told = 0
    for user in sorted(heads):
        told += _tell(user, house, "break_glass.opened", person, grant)
    for user in sorted(set(own) - heads - {reader}):
        told += _tell(user, house, "break_glass.own_case", file, grant)
    enter(org=house, role="system", care=house)
    return told


def _tell(user: int, house: int, kind: str, subject: Model, grant: int) -> int:
    enter(org=house, user=user, role="system")
    return notify(
        users=[user],
        organization_id=house,
        kind=kind,
        subject=subject,
        dedup_key=f"{kind}:{grant}",
    )


@command
def glass_review(*, grant: AccessGrant, result: str, by: User) -> AccessGrant:
    """Say whether a reading was justified; never the reader, and only after it ended.

    Raises:
        DomainError: `break_glass.still_open`, `break_glass.is_reviewed` (409),
            `break_glass.result_unknown` on `result`.
    """
    grant = (
        AccessGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    )
    require(can_review_glass, by, grant)
    if grant.pk not in _numbers(by):
        raise DomainError("break_glass.other_department", _("这是别的部门的个案。"), status=403)
    if grant.reviewed_at is not None:
        raise DomainError("break_glass.is_reviewed", _("这次紧急查阅已经复核。"), status=409)
    if grant.valid.upper > timezone.now():
        raise DomainError("break_glass.still_open", _("查阅还在进行，结束后再复核。"), status=409)
    if result not in RESULTS:
        raise DomainError("break_glass.result_unknown", _("请从列表中选择。"), "result")
    grant.reviewed_by, grant.reviewed_at, grant.review_result = by, timezone.now(), result
    grant.save(update_fields=["reviewed_by", "reviewed_at", "review_result"])
    Task.objects.filter(
        organization_id=grant.organization_id, dedup_key=_key(grant), state=Task.State.OPEN
    ).update(state=Task.State.DONE, closed_at=timezone.now())
    audit.record("break_glass.review", by=by, on=grant.user, decision=result, grant=grant.pk)
    return grant


@dataclass(frozen=True)
class Reading:
    """One break-glass reading as its reviewer sees it."""

    grant: AccessGrant
    number: str
    is_open: bool
    is_one_day: bool
    result: str | Promise
    may_review: bool


def glass_numbers(*, by: User) -> dict[int, str]:
    """The grants `by` reviews, with the number of their case: a head those of the own department, the
    security administrator all."""
    require(can_list_glass, by, None)
    return _numbers(by)


def glass_grants(numbers: Mapping[int, str], *, waiting: bool, by: User) -> QuerySet[AccessGrant]:
    """The break-glass grants among `glass_numbers`."""
    require(can_list_glass, by, None)
    rows = AccessGrant.objects.filter(
        organization_id=by.house_id, kind=AccessGrant.Kind.BREAK_GLASS, pk__in=list(numbers)
    )
    return rows.filter(reviewed_at__isnull=True) if waiting else rows


def glass_readings(
    grants: Sequence[AccessGrant], numbers: Mapping[int, str], *, by: User
) -> list[Reading]:
    """What the review page shows of each."""
    now = timezone.now()
    return [
        Reading(
            one,
            numbers.get(one.pk, ""),
            one.valid.upper > now,
            timezone.localdate(one.valid.lower) == timezone.localdate(one.valid.upper),
            RESULTS.get(one.review_result, ""),
            one.reviewed_at is None and one.valid.upper <= now and can_review_glass(by, one),
        )
        for one in grants
    ]


def _numbers(by: User) -> dict[int, str]:
    """Grant -> case number, for those who may review; nothing else of the cases is said."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.glass_numbers()")
        rows = cursor.fetchall()
    department = by.acting.department_id if by.role == Role.DEPT_HEAD else None
    return {pk: number for pk, number, of in rows if department in (None, of)}
