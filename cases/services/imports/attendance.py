"""Sign-in sheets of groups: a line is a member at a session of a group that its importer keeps."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.group_permissions import can_keep_group
from cases.group_workflow import GROUP_RUNNING, SessionState
from cases.models.group_codes import Presence
from cases.models.groups import Group, GroupMember, GroupSession
from cases.querysets import LISTING_ROLES
from cases.services.groups.marking import attendance_mark
from departments.models.people import User
from departments.services.importing import values as cells
from departments.services.importing.kinds import Column, Kind, Line, Lines, one_by_one

PRESENCE_WORDS = {
    "到": Presence.PRESENT,
    "已到": Presence.PRESENT,
    "是": Presence.PRESENT,
    "√": Presence.PRESENT,
    "✓": Presence.PRESENT,
    "未到": Presence.ABSENT,
    "否": Presence.ABSENT,
    "×": Presence.ABSENT,
}
COLUMNS = (
    Column(
        "group",
        _("小组编号"),
        cells.line_text(40),
        ("小组", "编号"),
        required=True,
        example="HA-G-2026-0001",
    ),
    Column(
        "session",
        _("第几节"),
        cells.whole(1, 200),
        ("节次", "第几次", "次数"),
        required=True,
        example="1",
    ),
    Column(
        "member",
        _("组员"),
        cells.line_text(60),
        ("姓名", "组内代号", "代号"),
        required=True,
        mask="name",
        note=_("服务对象写姓名，其他组员写组内代号"),
        example="小树",
    ),
    Column(
        "presence",
        _("出勤"),
        cells.code(Presence, PRESENCE_WORDS),
        ("考勤", "到场", "签到"),
        required=True,
        example="出席",
        choices=cells.labels(Presence),
    ),
    Column("note", _("个别观察"), cells.text(500), ("备注", "观察")),
)


def settle(line: Line) -> None:
    """A line says all by itself."""


def check(lines: Lines, by: User) -> None:
    """Groups that the person keeps, sessions that have come, members of that day."""
    _resolve(lines, by)


Found = dict[int, tuple[GroupSession, GroupMember]]


def _resolve(lines: Lines, by: User) -> Found:
    numbers = {line.values["group"] for line in lines}
    groups = {
        one.number: one
        for one in Group.objects.visible_to(by).filter(number__in=numbers)
        if can_keep_group(by, one)
    }
    ids = [one.pk for one in groups.values()]
    sessions = {
        (one.group_id, one.number): one
        for one in GroupSession.objects.visible_to(by).filter(group__in=ids).select_related("group")
    }
    members: dict[tuple[int, str], list[GroupMember]] = {}
    rows = GroupMember.objects.visible_to(by).filter(group__in=ids, joined_on__isnull=False)
    for one in rows.select_related("client__root"):
        name = one.client.person.name if one.client_id else one.alias
        members.setdefault((one.group_id, name), []).append(one)
    found: Found = {}
    for line in lines:
        group = groups.get(line.values["group"])
        if group is None:
            line.refuse("group", _("没有这个编号的小组，或者不是您带的组。"))
        elif group.stage not in GROUP_RUNNING:
            line.refuse("group", _("计划批准之后、提交总结之前才能登记出勤。"))
        else:
            session = sessions.get((group.pk, line.values["session"]))
            named = members.get((group.pk, line.values["member"]), [])
            _settle_one(line, session, named, found)
    return found


def _settle_one(
    line: Line, session: GroupSession | None, named: list[GroupMember], found: Found
) -> None:
    if session is None or session.state == SessionState.CANCELLED:
        line.refuse("session", _("小组没有这一节，或者已经取消。"))
        return
    if session.held_on > timezone.localdate():
        line.refuse("session", _("这一节还没有到日子。"))
        return
    there = [
        one
        for one in named
        if one.joined_on <= session.held_on
        and (one.left_on is None or one.left_on >= session.held_on)
    ]
    if len(there) == 1:
        found[line.line] = (session, there[0])
    elif there:
        line.refuse("member", _("这一节有几位同名的组员，请在页面上登记。"))
    else:
        line.refuse("member", _("这一天没有这位组员：请核对姓名或组内代号。"))


def apply(lines: Lines, by: User) -> None:
    """Each as if it were ticked on the page; the record of the session starts from it."""
    found = _resolve(lines, by)

    def make(line: Line, by: User) -> None:
        session, member = found[line.line]
        attendance_mark(
            session=session,
            member=member,
            presence=line.values["presence"],
            note=line.values.get("note") or "",
            by=by,
        )

    one_by_one(make)([line for line in lines if not line.faults], by)


def key(values: Mapping[str, Any]) -> str:
    """The same member at the same session: a sheet brought again changes nothing."""
    return "|".join([values["group"], str(values["session"]), values["member"]])


ATTENDANCE = Kind(
    code="attendance",
    label=_("小组出勤"),
    lead=_("一行一位组员的一节；只收您带的组，已开过的日子。过程记录打开时带着这些出勤。"),
    roles=LISTING_ROLES,
    columns=COLUMNS,
    key=key,
    settle=settle,
    check=check,
    apply=apply,
    shown=("group", "session"),
)
