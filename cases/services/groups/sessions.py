"""Sessions: added and moved while the group runs, recorded with attendance (G3), cancelled with a reason."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.groups import G3
from cases.group_permissions import can_keep_group
from cases.group_workflow import SESSION, GroupStage, SessionState
from cases.models.group_codes import Attainment, Presence
from cases.models.groups import Attendance, Group, GroupMember, GroupSession
from cases.services.groups.members import check_running, members_on
from cases.services.groups.planning import group_locked
from departments import audit
from departments.models.people import User
from departments.services.moving import move, write_transition
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import check_base, command
from msw_portal.kernel.errors import DomainError

OUTLINE = (
    *("title", "held_on", "starts_at", "minutes", "place"),
    *("aim", "content", "materials", "in_charge"),
)
RECORDED = tuple(item.name for item in G3.items if item.name != "attainment")


def _outline(session: GroupSession, group: Group, given: Mapping[str, Any]) -> None:
    for name in ("title", "aim"):
        if not given[name].strip():
            raise DomainError(f"group_session.needs_{name}", _("请填写这一项。"), name)
    if not 10 <= given["minutes"] <= 600:
        raise DomainError("group_session_minutes_in_range", _("每节 10 到 600 分钟。"), "minutes")
    if given["held_on"] < group.starts_on:
        raise DomainError("group_session.before_group", _("这一天小组还没有开始。"), "held_on")
    for name in OUTLINE:
        value = given.get(name)
        setattr(session, name, value.strip() if isinstance(value, str) else value)


@command
def session_add(*, group: Group, by: User, **given: Any) -> GroupSession:
    """One more session, numbered after the last; `given` are the names of OUTLINE.

    Raises:
        DomainError: `group_session.*` on its field, `group.is_association`, `group.not_running` (409).
    """
    group = group_locked(group)
    require(can_keep_group, by, group)
    check_running(group)
    if group.is_association:
        raise DomainError("group.is_association", _("病友会的聚会请登记为活动。"), status=409)
    last = group.sessions.aggregate(last=Max("number"))["last"] or 0
    session = GroupSession(
        organization_id=group.organization_id, group=group, number=last + 1, created_by=by
    )
    _outline(session, group, given)
    session.save(force_insert=True)
    write_transition(session, SESSION, "plan", before="", by=by)
    audit.record("group_session.add", by=by, on=session, group=group.uid, number=session.number)
    return session


def _locked(session: GroupSession) -> GroupSession:
    group = group_locked(session.group)
    session = GroupSession.objects.locked().get(pk=session.pk)
    session.group = group
    return session


@command
def session_amend(
    *, session: GroupSession, base: int | None = None, by: User, **given: Any
) -> GroupSession:
    """Another day, place or outline, before it is held.

    Raises:
        DomainError: `group_session.is_over` (409), `form.stale` (409), those of `session_add`.
    """
    session = _locked(session)
    require(can_keep_group, by, session.group)
    check_running(session.group)
    if session.state != SessionState.PLANNED:
        raise DomainError(
            "group_session.is_over", _("这一节已经开过或取消，安排不能再改。"), status=409
        )
    check_base(base, session.row_version)
    before = session.held_on
    _outline(session, session.group, given)
    session.save()
    audit.record(
        "group_session.amend",
        by=by,
        on=session,
        group=session.group.uid,
        held_on=[before, session.held_on],
    )
    return session


@command
def session_cancel(*, session: GroupSession, reason: str, by: User) -> GroupSession:
    """It does not take place.

    Raises:
        DomainError: `group_session.cancel.needs_reason`, `group_session.cancel.wrong_state`.
    """
    session = _locked(session)
    require(can_keep_group, by, session.group)
    check_running(session.group)
    move(session, SESSION, "cancel", by=by, reason=reason)
    audit.record("group_session.cancel", by=by, on=session, group=session.group.uid)
    return session


def _check_attendance(expected: list[GroupMember], given: Mapping[UUID, Mapping[str, str]]) -> None:
    if not expected:
        raise DomainError("group_session.needs_members", _("这一天还没有组员入组。"), status=409)
    for member in expected:
        presence = given.get(member.uid, {}).get("presence", "")
        if presence not in Presence.values:
            raise DomainError(
                "attendance_presence_known",
                _("请逐人选出勤：%(who)s。") % {"who": member.shown_name},
                f"presence-{member.uid}",
            )


@command
def session_record(
    *,
    session: GroupSession,
    attendance: Mapping[UUID, Mapping[str, str]],
    attainment: int,
    base: int | None = None,
    by: User,
    **given: Any,
) -> GroupSession:
    """G3: what happened, who was there, how far the aims were reached; the first time the session is held.

    `attendance` says for each member of that day `presence` and, if any, `note`; `given` are the other
    items of G3. It may be written anew until the summary is submitted.

    Raises:
        DomainError: `group_session.in_future`, `group_session.needs_members` (409), `attendance_presence_known`
            on `presence-<uid>`, `group_session.needs_flow` on `flow`, `form.stale` (409).
    """
    session = _locked(session)
    group = session.group
    require(can_keep_group, by, group)
    check_running(group)
    check_base(base, session.row_version)
    if session.state == SessionState.CANCELLED:
        SESSION.check(session, "hold")
    if group.stage == GroupStage.PREPARATION:
        raise DomainError(
            "group_session.not_begun", _("小组还在筹备期，请先进入形成期。"), status=409
        )
    if session.held_on > timezone.localdate():
        raise DomainError(
            "group_session.in_future", _("这一节还没有到日子；提前开了请先改日期。"), status=409
        )
    if not given["flow"].strip():
        raise DomainError("group_session.needs_flow", _("请写活动流程。"), "flow")
    if attainment not in Attainment.values:
        raise DomainError("group_session_state_known", _("请选目标达成。"), "attainment")
    expected = members_on(group, session.held_on)
    _check_attendance(expected, attendance)
    session.record = {name: given[name] for name in RECORDED if given.get(name)}
    session.attainment, session.recorded_at, session.recorded_by = attainment, timezone.now(), by
    if session.state == SessionState.PLANNED:
        also = ("record", "attainment", "recorded_at", "recorded_by")
        move(session, SESSION, "hold", by=by, also=also)
    else:
        session.save()
    _attendance_keep(session, expected, attendance, by)
    audit.record(
        "group_session.record",
        by=by,
        on=session,
        group=group.uid,
        number=session.number,
        attended=sum(attendance[one.uid]["presence"] in ("present", "late") for one in expected),
        expected=len(expected),
    )
    return session


def _attendance_keep(
    session: GroupSession,
    expected: list[GroupMember],
    given: Mapping[UUID, Mapping[str, str]],
    by: User,
) -> None:
    """One row for each expected member; rows of who is not expected any more go."""
    kept = {row.member_id: row for row in session.attendances.all()}
    for member in expected:
        row = kept.pop(member.pk, None) or Attendance(
            organization_id=session.organization_id, session=session, member=member, created_by=by
        )
        row.presence = given[member.uid]["presence"]
        row.note = given[member.uid].get("note", "").strip() or None
        row.save()
    for row in kept.values():
        row.delete()


def outline_of(session: GroupSession) -> dict[str, Any]:
    """What the form of the outline starts from."""
    return {name: getattr(session, name) for name in OUTLINE}
