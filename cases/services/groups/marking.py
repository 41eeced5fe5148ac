"""Attendance that comes before the record: from a sign-in sheet, one member and one session at a time."""

from django.utils.translation import gettext_lazy as _

from cases.group_permissions import can_keep_group
from cases.group_workflow import GroupStage, SessionState
from cases.models.group_codes import Presence
from cases.models.groups import Attendance, GroupMember, GroupSession
from cases.services.groups.members import check_running, members_on
from cases.services.groups.planning import group_locked
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def attendance_mark(
    *, session: GroupSession, member: GroupMember, presence: str, note: str = "", by: User
) -> Attendance:
    """Whether a member was at a session. The record (G3) starts from it; only held sessions are counted.

    Raises:
        DomainError: `group_session.cancelled`, `group_session.not_begun`, `attendance.not_expected` (409),
            `attendance_presence_known` on `presence`.
    """
    group = group_locked(session.group)
    require(can_keep_group, by, group)
    check_running(group)
    session = GroupSession.objects.locked().get(pk=session.pk)
    if session.state == SessionState.CANCELLED:
        raise DomainError("group_session.cancelled", _("这一节已经取消。"), status=409)
    if group.stage == GroupStage.PREPARATION:
        raise DomainError(
            "group_session.not_begun", _("小组还在筹备期，请先进入形成期。"), status=409
        )
    if presence not in Presence.values:
        raise DomainError("attendance_presence_known", _("请从列表中选择出勤。"), "presence")
    if member.pk not in {one.pk for one in members_on(group, session.held_on)}:
        raise DomainError(
            "attendance.not_expected", _("这一天这位组员不在组里。"), "member", status=409
        )
    row = session.attendances.filter(member=member).first() or Attendance(
        organization_id=session.organization_id, session=session, member=member, created_by=by
    )
    row.presence = presence
    if note.strip():
        row.note = note.strip()
    row.save()
    audit.record("attendance.mark", by=by, on=session, group=group.uid, number=session.number)
    return row
