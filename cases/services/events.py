"""Community work (domain 1.5): planned, signed in, recorded with 人数 and 人次, summed up with satisfaction."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_amend_activity, can_record_activity
from cases.form_schemas.groups import EVENT_PLAN, EVENT_RECORD, EVENT_SUMMARY
from cases.group_workflow import EVENT, GROUP_RUNNING, EventState, MemberState
from cases.models.activities import Activity, SignIn
from cases.models.group_codes import EventKind, GuestKind
from cases.models.groups import Group, GroupMember
from cases.models.service_codes import ActivityKind
from cases.services.groups.figures import signed_in
from departments import audit
from departments.models.organizations import Department
from departments.models.people import User
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

KIND_OF = {
    EventKind.ASSOCIATION: ActivityKind.PATIENT_ASSOCIATION,
    EventKind.OUTREACH: ActivityKind.OUTREACH,
    EventKind.TRAINING: ActivityKind.TRAINING,
    EventKind.PROMOTION: ActivityKind.PROMOTION,
}
MOST = 10_000


def _names(schema: Any) -> tuple[str, ...]:
    return tuple(item.name for item in schema.items)


def _written(activity: Activity, given: Mapping[str, Any]) -> None:
    """Check the plan and put it on the row."""
    if given["event"] not in EventKind.values:
        raise DomainError("activity_state_known", _("请从列表中选择活动类型。"), "event")
    if not given["topic"].strip():
        raise DomainError("activity.needs_topic", _("请写明主题。"), "topic")
    if not 1 <= given["minutes"] <= 1440:
        raise DomainError("activity_minutes_in_range", _("请填 1 到 1440 分钟。"), "minutes")
    expected = given.get("expected")
    if expected is not None and not 1 <= expected <= MOST:
        raise DomainError("activity_expected_positive", _("请填 1 到 10000。"), "expected")
    named: Group | None = given.get("group")
    # As it stands now: it may have ended since the page was opened.
    group = Group.objects.get(pk=named.pk) if named is not None else None
    if (given["event"] == EventKind.ASSOCIATION) != (group is not None):
        sentence = _("请选是哪个病友会。") if group is None else _("只有病友会活动才选病友会。")
        raise DomainError("activity.association", sentence, "group")
    if group is not None and not (group.is_association and group.stage in GROUP_RUNNING):
        raise DomainError("activity.association_runs", _("请选正在活动的病友会。"), "group")
    ward: Department | None = given.get("ward")
    if ward is not None and ward.organization_id != activity.organization_id:
        raise DomainError("activity.ward_elsewhere", _("请选择本院的病区。"), "ward")
    day, at = given["occurred_on"], given.get("starts_at")
    activity.event, activity.group = given["event"], group
    activity.kind = KIND_OF.get(EventKind(given["event"]), ActivityKind.COMMUNITY)
    activity.topic, activity.place = given["topic"].strip(), (given.get("place") or "").strip()
    activity.occurred_on, activity.minutes = day, given["minutes"]
    activity.starts_at = at and timezone.make_aware(dt.datetime.combine(day, at))
    activity.ward, activity.expected = ward, expected
    activity.plan = {
        name: _plain(given[name])
        for name in _names(EVENT_PLAN)
        if given.get(name) not in (None, "")
    }


def _plain(value: Any) -> Any:
    """Rows of the budget with their amounts as text, as JSON keeps them."""
    if not isinstance(value, list):
        return value
    return [
        {key: f"{one:.2f}" if isinstance(one, Decimal) else one for key, one in row.items()}
        for row in value
    ]


@command
def event_plan(*, by: User, **given: Any) -> Activity:
    """Plan an activity of the department; `given` are `event`, `topic`, `occurred_on`, `starts_at`, `minutes`,
    `place`, `ward`, `expected`, `group` (of an association's meeting) and the items of EVENT_PLAN.

    Raises:
        DomainError: `activity.*` and `activity_*` on their field.
    """
    require(can_record_activity, by, None)
    activity = Activity(
        organization_id=by.house_id,
        department_id=by.acting.department_id,
        state=EventState.PLANNED,
        created_by=by,
    )
    _written(activity, given)
    activity.save(force_insert=True)
    write_transition(activity, EVENT, "plan", before="", by=by)
    audit.record("activity.plan", by=by, on=activity, event=activity.event)
    return activity


def _locked(activity: Activity, by: User) -> Activity:
    activity = Activity.objects.locked().get(pk=activity.pk)
    require(can_amend_activity, by, activity)
    if not activity.event:
        raise DomainError("activity.not_planned", _("这条记录没有计划。"), status=409)
    return activity


@command
def event_amend(*, activity: Activity, base: int | None = None, by: User, **given: Any) -> Activity:
    """Write the plan anew, before the day.

    Raises:
        DomainError: `activity.is_over` (409), `form.stale` (409), those of `event_plan`.
    """
    activity = _locked(activity, by)
    if activity.state != EventState.PLANNED:
        raise DomainError("activity.is_over", _("活动已经举行或取消，计划不能再改。"), status=409)
    check_base(base, activity.row_version)
    before = activity.occurred_on
    _written(activity, given)
    activity.save()
    audit.record("activity.amend", by=by, on=activity, day=[before, activity.occurred_on])
    return activity


@command
def event_cancel(*, activity: Activity, reason: str, by: User) -> Activity:
    """It does not take place.

    Raises:
        DomainError: `activity.cancel.needs_reason`, `activity.cancel.wrong_state`,
            `activity.somebody_signed_in` (409).
    """
    activity = _locked(activity, by)
    EVENT.check(activity, "cancel", reason)
    if activity.sign_ins.exists():
        raise DomainError(
            "activity.somebody_signed_in", _("已经有人签到，活动不能取消，请记录。"), status=409
        )
    move(activity, EVENT, "cancel", by=by, reason=reason)
    audit.record("activity.cancel", by=by, on=activity)
    return activity


@command
def sign_in(
    *,
    activity: Activity,
    kind: str = "",
    heads: int = 1,
    name: str = "",
    member: GroupMember | None = None,
    by: User,
) -> SignIn:
    """One line of the sign-in sheet, on the day; a name is never asked for.

    Raises:
        DomainError: `activity.not_open` (409), `sign_in_kind_known` on `kind` or `heads`,
            `sign_in_member_once` on `member`.
    """
    activity = Activity.objects.locked().get(pk=activity.pk)
    require(can_record_activity, by, None)
    if not activity.event or activity.state != EventState.PLANNED:
        raise DomainError("activity.not_open", _("活动已经记录或取消，不再签到。"), status=409)
    if activity.occurred_on > timezone.localdate():
        raise DomainError("activity.not_yet", _("活动当天才能签到。"), status=409)
    if kind not in GuestKind.values:
        raise DomainError("sign_in_kind_known", _("请选择身份。"), "kind")
    if not 1 <= heads <= 500:
        raise DomainError("sign_in_kind_known", _("请填 1 到 500。"), "heads")
    if member is not None:
        if member.group_id != activity.group_id or member.state != MemberState.JOINED:
            raise DomainError("activity.member_elsewhere", _("请从病友会成员中选。"), "member")
        if activity.sign_ins.filter(member=member).exists():
            raise DomainError("sign_in_member_once", _("这位成员在这次活动已经签到。"), "member")
    row = SignIn(
        organization_id=activity.organization_id,
        activity=activity,
        kind=kind,
        heads=heads,
        name=name.strip() or None,
        member=member,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("activity.sign_in", by=by, on=activity, count=heads)
    return row


@command
def event_record(
    *,
    activity: Activity,
    persons: int,
    person_times: int,
    volunteers: int = 0,
    base: int | None = None,
    by: User,
    **given: Any,
) -> Activity:
    """What became of it: how many people, how many contacts, how many volunteers, and the items of EVENT_RECORD.

    Raises:
        DomainError: `activity.in_future` (409), `activity.fewer_than_signed_in` on `persons`,
            `activity_person_times_cover_persons` on `person_times`, `form.stale` (409).
    """
    activity = _locked(activity, by)
    EVENT.check(activity, "hold")
    check_base(base, activity.row_version)
    if activity.occurred_on > timezone.localdate():
        raise DomainError("activity.in_future", _("日期不能在将来。"), status=409)
    sheet = signed_in(activity)
    if not 0 <= persons <= MOST or not 0 <= person_times <= MOST:
        raise DomainError("activity.count_out_of_range", _("请填 0 到 10000。"), "persons")
    if persons < sheet.heads:
        raise DomainError(
            "activity.fewer_than_signed_in",
            _("签到 %(n)s 人，人数不能比它少。") % {"n": sheet.heads},
            "persons",
        )
    if person_times < persons:
        raise DomainError(
            "activity_person_times_cover_persons", _("人次不能少于人数。"), "person_times"
        )
    if not given["content"].strip():
        raise DomainError("activity.needs_content", _("请写做了什么。"), "content")
    activity.persons, activity.person_times = persons, person_times
    activity.volunteers = volunteers or 0
    activity.record = given["content"].strip()
    activity.summary = {
        name: given[name] for name in _names(EVENT_RECORD) if name != "content" and given.get(name)
    }
    also = ("persons", "person_times", "volunteers", "record", "summary")
    move(activity, EVENT, "hold", by=by, also=also)
    audit.record("activity.hold", by=by, on=activity, persons=persons, person_times=person_times)
    return activity


@command
def event_summarize(
    *,
    activity: Activity,
    satisfaction: Decimal | None = None,
    satisfied_count: int | None = None,
    base: int | None = None,
    by: User,
    **given: Any,
) -> Activity:
    """The summary, with the mean satisfaction (1 to 5) and how many answered; both or neither.

    Raises:
        DomainError: `activity_satisfaction_counted` on `satisfaction` or `satisfied_count`,
            `activity.fewer_marks_than_given` on `satisfied_count`, `form.stale` (409).
    """
    activity = _locked(activity, by)
    EVENT.check(activity, "summarize")
    check_base(base, activity.row_version)
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise DomainError(
            "activity_satisfaction_counted", _("满意度为 1 到 5 分。"), "satisfaction"
        )
    if (satisfaction is None) != (satisfied_count is None):
        field = "satisfied_count" if satisfied_count is None else "satisfaction"
        raise DomainError(
            "activity_satisfaction_counted", _("满意度和份数一起填，或都不填。"), field
        )
    if satisfied_count is not None and not 1 <= satisfied_count <= max(activity.person_times, 1):
        raise DomainError(
            "activity_satisfaction_counted", _("份数从 1 到人次为止。"), "satisfied_count"
        )
    own = activity.satisfaction_marks.count()
    if own > (satisfied_count or 0):
        raise DomainError(
            "activity.fewer_marks_than_given",
            _("已有 %(n)s 人自己填过满意度，份数不能比它少。") % {"n": own},
            "satisfied_count",
        )
    if not given["objectives_met"].strip():
        raise DomainError("activity.needs_summary", _("请写目标达成情况。"), "objectives_met")
    activity.satisfaction, activity.satisfied_count = satisfaction, satisfied_count
    kept = {name: given[name] for name in _names(EVENT_SUMMARY) if given.get(name)}
    activity.summary = {**(activity.summary or {}), **kept}
    also = ("summary", "satisfaction", "satisfied_count")
    move(activity, EVENT, "summarize", by=by, also=also)
    audit.record("activity.summarize", by=by, on=activity, satisfaction=satisfaction)
    return activity
