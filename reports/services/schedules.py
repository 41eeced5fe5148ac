"""Reports made by themselves: their rhythm kept by the head of a department, due ones made once per slot."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import Membership, User
from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.housekeeping import houses
from departments.services.jobs import job_create_for
from departments.services.notices import people_tell
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError
from reports.models import ReportRecipient, ReportSchedule
from reports.permissions import SCHEDULE_KEEPERS, can_ask_report, can_keep_schedule
from reports.services.kinds import KINDS, ReportKind
from reports.services.periods import period_last
from reports.services.runs import formats_checked, kind_known, params_checked, run_new
from reports.services.slots import SPAN_OF, Slot, holidays_around, slot_due

TOPIC, PAUSED = "report.due", "report.schedule_paused"
MOST_WORKDAYS = 20  # no month is sure to have more
WEEK_DAYS = 7


def recipients_for(*, by: User) -> QuerySet[Membership]:
    """Who may be sent a report here: those of the department acted in whose role may ask for any."""
    roles = {role for kind in KINDS.values() for role in kind.roles}
    rows = Membership.objects.filter(
        organization_id=by.house_id, department_id=by.acting.department_id, role__in=roles
    ).active(timezone.localdate())
    return rows.select_related("user").order_by("user__display_name", "pk")


@command
def schedule_create(
    *,
    kind: str,
    cadence: str,
    counting: str,
    day: int,
    hour: int,
    formats: Sequence[str],
    recipients: Iterable[Membership],
    by: User,
    params: Mapping[str, Any] | None = None,
) -> ReportSchedule:
    """Let a report be made by itself after every period; the first time is the next slot from now on.

    `params` names the row that the kind is made of, as report_ask's.

    Raises:
        DomainError: as `_checked`; `permission.can_keep_schedule`.
    """
    require(can_keep_schedule, by, None)
    known = _checked(kind, cadence, counting, day, by)
    schedule = ReportSchedule(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        owner_id=by.acting.membership_id,
        kind=known.code,
        params=params_checked(known, params or {}, by),
        cadence=cadence,
        counting=counting,
        day=day,
        hour=hour,
        formats=formats_checked(known, formats),
        since=timezone.now(),
        created_by=by,
    )
    schedule.save(force_insert=True)
    people = _recipients_set(schedule, known, recipients, by)
    audit.record(
        "report_schedule.create", by=by, on=schedule, **_said(schedule), recipients=len(people)
    )
    return schedule


@command
def schedule_change(
    *,
    schedule: ReportSchedule,
    kind: str,
    cadence: str,
    counting: str,
    day: int,
    hour: int,
    formats: Sequence[str],
    recipients: Iterable[Membership],
    by: User,
    params: Mapping[str, Any] | None = None,
    base: int | None = None,
) -> ReportSchedule:
    """Another rhythm, other files or other recipients; slots are counted from now on.

    Raises:
        DomainError: as `schedule_create`; `form.stale` (409) when somebody saved since `base`.
    """
    schedule = ReportSchedule.objects.locked().get(pk=schedule.pk)
    require(can_keep_schedule, by, schedule)
    check_base(base, schedule.row_version)
    known = _checked(kind, cadence, counting, day, by)
    before = _said(schedule)
    schedule.kind, schedule.cadence, schedule.counting = known.code, cadence, counting
    schedule.day, schedule.hour = day, hour
    schedule.params = params_checked(known, params or {}, by)
    schedule.formats = formats_checked(known, formats)
    schedule.owner_id, schedule.since = by.acting.membership_id, timezone.now()
    schedule.save()
    people = _recipients_set(schedule, known, recipients, by)
    now = _said(schedule)
    changed = {name: [before[name], now[name]] for name in now if before[name] != now[name]}
    audit.record("report_schedule.change", by=by, on=schedule, **changed, recipients=len(people))
    return schedule


@command
def schedule_move(*, schedule: ReportSchedule, what: str, by: User) -> ReportSchedule:
    """Pause it, let it go on (as the one who says so) or end it for good: `pause`, `resume`, `end`.

    Raises:
        DomainError: `report_schedule.not_now` (409) where it stands otherwise.
    """
    schedule = ReportSchedule.objects.locked().get(pk=schedule.pk)
    require(can_keep_schedule, by, schedule)
    State = ReportSchedule.State
    moves = {
        "pause": ({State.ACTIVE}, State.PAUSED),
        "resume": ({State.PAUSED}, State.ACTIVE),
        "end": ({State.ACTIVE, State.PAUSED}, State.ENDED),
    }
    sources, target = moves.get(what, (set(), ""))
    if schedule.state not in sources:
        raise DomainError(
            "report_schedule.not_now", _("这份定时报表现在不能这样处理。"), status=409
        )
    schedule.state = target
    if what == "resume":
        schedule.owner_id, schedule.since = by.acting.membership_id, timezone.now()
    schedule.save()
    audit.record(f"report_schedule.{what}", by=by, on=schedule)
    if what == "pause":
        _pause_tell(schedule, by=by, users=[schedule.owner.user_id])
    return schedule


def schedules_sweep(now: dt.datetime | None = None) -> int:
    """Put what is due into the outbox, once per slot; pause what nobody answers for any more. How many were due."""
    moment = now or timezone.now()
    due = 0
    for house in houses():
        with house_scope(house):
            due += _sweep(house, moment)
    return due


def _sweep(house: int, now: dt.datetime) -> int:
    # The second of two beats waits here, and then finds the slot made.
    rows = ReportSchedule.objects.locked().filter(
        organization_id=house, state=ReportSchedule.State.ACTIVE
    )
    found, due = list(rows.order_by("pk")), 0
    if not found:
        return 0
    holidays = holidays_around(timezone.localdate(now))
    owners = _answering(house, {one.owner_id for one in found})
    gone = _without_subject(house, found)
    for schedule in found:
        if schedule.owner_id not in owners or schedule.pk in gone:
            _pause(schedule)
        elif slot := slot_due(schedule, now, holidays):
            due += _put(schedule, slot)
    return due


def _answering(house: int, owners: set[int]) -> set[int]:
    rows = Membership.objects.filter(
        organization_id=house, pk__in=owners, role__in=SCHEDULE_KEEPERS, user__is_active=True
    )
    return set(rows.active(timezone.localdate()).values_list("pk", flat=True))


def _without_subject(house: int, schedules: Iterable[ReportSchedule]) -> set[int]:
    """Those made of a row that is no longer kept: a retired sheet, a table somebody ended."""
    gone: set[int] = set()
    by_kind: dict[str, dict[str, list[int]]] = {}
    for one in schedules:
        kind = KINDS.get(one.kind)
        if kind and kind.subjects and (uid := one.params.get(kind.subjects.param)):
            by_kind.setdefault(kind.code, {}).setdefault(uid, []).append(one.pk)
    for code, wanted in by_kind.items():
        subjects = KINDS[code].subjects
        rows = subjects.model.objects.filter(subjects.standing, organization_id=house)
        there = {str(uid) for uid in rows.filter(uid__in=wanted).values_list("uid", flat=True)}
        gone.update(pk for uid, pks in wanted.items() if uid not in there for pk in pks)
    return gone


def _pause(schedule: ReportSchedule) -> None:
    """Whoever answered for it, or what it is made of, is no longer there: nothing is sent on, and the head is told."""
    schedule.state = ReportSchedule.State.PAUSED
    schedule.save(update_fields=["state"])
    audit.record(
        "report_schedule.pause", by=None, on=schedule, organization_id=schedule.organization_id
    )
    role = "dept_head" if schedule.department_id else "foundation_officer"
    _pause_tell(schedule, role=role, department_id=schedule.department_id)


def _pause_tell(schedule: ReportSchedule, **to: Any) -> None:
    people_tell(
        kind=PAUSED,
        organization_id=schedule.organization_id,
        subject=schedule,
        once=f"{schedule.uid}:{schedule.row_version}",
        **to,
    )


def _put(schedule: ReportSchedule, slot: Slot) -> bool:
    schedule.since = slot.at
    schedule.save(update_fields=["since"])
    key = f"{schedule.uid}:{slot.code}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM departments_outbox WHERE organization_id = %s AND topic = %s AND dedup_key = %s)",
            [schedule.organization_id, TOPIC, key],
        )
        if cursor.fetchone()[0]:
            return False
    outbox.put(
        TOPIC,
        organization_id=schedule.organization_id,
        subject=schedule,
        dedup_key=key,
        first=slot.first.isoformat(),
    )
    return True


def schedule_due(*, house: int, schedule_uid: Any, first: dt.date) -> int:
    """Make the runs of one slot, one for every recipient who may still have it; in a scope of the house."""
    schedule = ReportSchedule.objects.filter(
        organization_id=house, uid=schedule_uid, state=ReportSchedule.State.ACTIVE
    ).first()
    if schedule is None or schedule.kind not in KINDS:
        return 0
    kind = KINDS[schedule.kind]
    people = Membership.objects.filter(
        organization_id=house,
        pk__in=schedule.recipients.values("membership_id"),
        department_id=schedule.department_id,
        role__in=kind.roles,
        user__is_active=True,
    ).active(timezone.localdate())
    made = sum(_run(schedule, kind, one, first) for one in people.order_by("pk"))
    audit.record(
        "report_schedule.due",
        by=None,
        on=schedule,
        organization_id=house,
        period=first.isoformat(),
        runs=made,
    )
    return made


def _run(schedule: ReportSchedule, kind: ReportKind, to: Membership, first: dt.date) -> bool:
    slot = f"{schedule.pk}:{first:%Y%m%d}:{to.pk}"
    job = job_create_for(membership=to, kind="report", args={}, dedup_key=slot)
    if job is None:
        return False
    span = SPAN_OF[schedule.cadence]
    run_new(
        kind=kind,
        params={
            **schedule.params,
            "span": span,
            "first": first.isoformat(),
            "last": period_last(span, first).isoformat(),
            "formats": [one for one in kind.formats if one in schedule.formats],
            "department": to.department_id,
        },
        job=job,
        scope={"role": to.role, "membership": str(to.uid)},
        slot=slot,
        schedule=schedule,
    )
    return True


def _checked(kind: str, cadence: str, counting: str, day: int, by: User) -> ReportKind:
    """The kind, once it goes together with the rhythm.

    Raises:
        DomainError: `report.unknown_kind` on `kind`, `report.not_this_span` on `cadence`,
            `report_schedule.few_workdays` and `report_schedule.week_is_short` on `day`.
    """
    known = kind_known(kind)
    require(can_ask_report, by, known)
    if SPAN_OF.get(cadence) not in known.spans:
        raise DomainError("report.not_this_span", _("这种报表没有这样的周期。"), "cadence")
    if cadence == ReportSchedule.Cadence.WEEKLY and day > WEEK_DAYS:
        raise DomainError("report_schedule.week_is_short", _("一周只有七天，请填 1 到 7。"), "day")
    monthly = cadence == ReportSchedule.Cadence.MONTHLY
    if monthly and counting == ReportSchedule.Counting.WORKDAY and day > MOST_WORKDAYS:
        raise DomainError(
            "report_schedule.few_workdays",
            _("一个月未必有这么多工作日，请填 1 到 %(most)s。") % {"most": MOST_WORKDAYS},
            "day",
        )
    return known


def _recipients_set(
    schedule: ReportSchedule, kind: ReportKind, recipients: Iterable[Membership], by: User
) -> set[int]:
    """Raises DomainError `report_schedule.not_for_them` or `report_schedule.not_shared` on field `recipients`."""
    wanted = {one.pk: one for one in recipients}
    if not wanted:
        raise DomainError("report_schedule.no_recipient", _("请至少选一位收件人。"), "recipients")
    allowed = set(recipients_for(by=by).filter(role__in=kind.roles).values_list("pk", flat=True))
    if set(wanted) - allowed:
        raise DomainError(
            "report_schedule.not_for_them", _("有的人不能看这种报表，请去掉。"), "recipients"
        )
    if set(wanted) - {by.acting.membership_id} and not _is_shared(schedule, kind):
        raise DomainError(
            "report_schedule.not_shared",
            _("这份自建报表没有共享给本部门，只能发给您自己。"),
            "recipients",
        )
    there = set(schedule.recipients.values_list("membership_id", flat=True))
    schedule.recipients.exclude(membership_id__in=wanted).delete()
    ReportRecipient.objects.bulk_create(
        ReportRecipient(
            organization_id=schedule.organization_id,
            schedule=schedule,
            membership_id=pk,
            created_by=by,
        )
        for pk in sorted(set(wanted) - there)
    )
    return set(wanted)


def _is_shared(schedule: ReportSchedule, kind: ReportKind) -> bool:
    """Whether others may have what it is made of."""
    subjects = kind.subjects
    uid = schedule.params.get(subjects.param) if subjects else None
    return uid is None or subjects.model.objects.filter(subjects.shared, uid=uid).exists()


def _said(schedule: ReportSchedule) -> dict[str, Any]:
    names = ("kind", "cadence", "counting", "day", "hour", "formats")
    return {
        **{name: getattr(schedule, name) for name in names},
        "made_of": schedule.params.get("title", ""),
    }
