"""G1 to G4 and the papers of an activity, as A4; members are masked or under their alias."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.door_permissions import can_record_activity
from cases.form_schemas.groups import (
    COLUMNS,
    EVENT_PLAN,
    EVENT_RECORD,
    EVENT_SUMMARY,
    G1,
    G1_ASSOCIATION,
    G2,
    G3,
    G4,
)
from cases.form_schemas.parts import Group as Part
from cases.form_schemas.parts import Schema
from cases.group_permissions import can_view_group_inside
from cases.models.activities import Activity
from cases.models.groups import Attendance, Group, GroupMember, GroupSession
from cases.services.form_facts import Known
from cases.services.groups.figures import Figures, figures_of, signed_in
from cases.services.groups.scales import differences, scales_of
from cases.services.papers import Sheet, group_blocks
from cases.services.printing import PAPER_LANGUAGE, paper_about
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.masking import mask_phone

NOTHING = "—"


def _sheet(schema: Schema, blocks: list[dict[str, Any]], *, number: str, title: str = "") -> Sheet:
    numbers = _("小组编号 %(number)s") % {"number": number or NOTHING}
    signers = [str(one) for one in schema.signers]
    return Sheet(schema.kind, title or str(schema.title), numbers, blocks=blocks, signers=signers)


def _known(title: Any, pairs: Iterable[tuple[str, Any]] = (), **table: Any) -> list[dict[str, Any]]:
    known = Known([(label, str(value)) for label, value in pairs], **table)
    return group_blocks(Part(title), {}, known, is_blank=False)


def _parts(
    schema: Schema, values: dict[str, Any], *, without: frozenset[str] = frozenset()
) -> list:
    blocks: list[dict[str, Any]] = []
    for part in schema.groups:
        items = tuple(item for item in part.items if item.name not in without)
        if items:
            blocks += group_blocks(Part(part.title, items), values, None, is_blank=False)
    return blocks


def _day(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if value else NOTHING


def _who(group: Group) -> str:
    beside = "、".join(one.user.display_name for one in group.co_leaders.select_related("user"))
    return (
        f"{group.leader.display_name}（{_('协同')} {beside}）"
        if beside
        else group.leader.display_name
    )


def _head(group: Group) -> list[tuple[str, Any]]:
    return [
        (_("小组名称"), group.name),
        (_("小组类型"), group.get_kind_display()),
        (_("带领者"), _who(group)),
        (_("阶段"), group.get_stage_display()),
    ]


def _plan(group: Group) -> Sheet:
    schema = G1_ASSOCIATION if group.is_association else G1
    values = {**group.plan, **{name: getattr(group, name) for name in COLUMNS}}
    blocks = _known(_("带领者"), [(_("带领者"), _who(group)), (_("部门"), group.department.name)])
    blocks += _parts(schema, values, without=frozenset({"sessions", "budget"}))
    sessions = list(group.sessions.order_by("number"))
    if sessions:
        head = [
            _("节"),
            _("主题"),
            _("日期"),
            _("分钟"),
            _("目标"),
            _("内容"),
            _("物资"),
            _("负责人"),
        ]
        rows = [
            [
                str(one.number),
                one.title,
                _day(one.held_on),
                str(one.minutes),
                one.aim,
                one.content,
                one.materials,
                one.in_charge,
            ]  # fmt: skip
            for one in sessions
        ]
        blocks += _known(_("各节安排"), head=head, rows=rows)
    blocks += _budget(group)
    if group.approved_by:
        said = f"{group.approved_by.display_name} {_day(timezone.localdate(group.approved_at))}"
        pairs = [(_("批准"), said), (_("督导意见"), group.supervisor_comment or NOTHING)]
        blocks += _known(_("督导意见"), pairs)
    return _sheet(schema, blocks, number=group.number)


def _budget(group: Group) -> list[dict[str, Any]]:
    lines = list(group.budget_lines.order_by("id"))
    if not lines:
        return []
    head = [_("用途"), _("数量"), _("单价"), _("预算"), _("支出")]
    rows = [
        [
            one.what,
            str(one.quantity),
            f"{one.unit_price:,.2f}",
            f"{one.planned:,.2f}",
            "" if one.spent is None else f"{one.spent:,.2f}",
        ]  # fmt: skip
        for one in lines
    ]
    spent = [one.spent for one in lines if one.spent is not None]
    planned = sum(one.planned for one in lines)
    rows.append([_("合计"), "", "", f"{planned:,.2f}", f"{sum(spent):,.2f}" if spent else ""])
    return _known(_("预算"), head=head, rows=rows)


def _members(group: Group) -> list[GroupMember]:
    rows = group.members.select_related("client__root", "consent")
    return list(rows.order_by("joined_on", "id"))


def _agreement(member: GroupMember) -> str:
    if member.consent is not None:
        who = member.consent.get_signer_relation_display()
        on = _day(timezone.localdate(member.consent.signed_at))
        return f"{member.consent.get_kind_display()}\n{who}\n{on}"
    if member.agreed_on is not None:
        return f"{member.get_agreed_by_display()}\n{_day(member.agreed_on)}"
    return NOTHING


def _short(title: str) -> str:
    """A scale by its abbreviation, `GAD-7`, where its title ends with one."""
    return title.rstrip("）").rpartition("（")[2] if title.endswith("）") else title


def _register(group: Group) -> Sheet:
    before = {
        row.member_id: f"{_short(row.questionnaire.title)} {(row.score or {}).get('total', '')}"
        for row in scales_of(group)
        if row.moment == "before"
    }
    head = [
        _("组员"),
        _("状态"),
        _("联系方式"),
        _("筛选记录"),
        _("同意"),
        _("入组、退出"),
        _("前测"),
    ]
    rows = [
        [
            one.shown_name,
            str(one.get_state_display()),
            mask_phone(one.contact) if one.contact else "",
            one.screening or "",
            _agreement(one),
            "\n".join(filter(None, (_day(one.joined_on), one.left_on and _day(one.left_on)))),
            before.get(one.pk, ""),
        ]
        for one in _members(group)
    ]
    blocks = _known(_("小组"), _head(group)) + _known(_("组员"), head=head, rows=rows)
    return _sheet(G2, blocks, number=group.number)


def _session(session: GroupSession) -> Sheet:
    group = session.group
    rows = list(session.attendances.select_related("member__client__root").order_by("member_id"))
    came = sum(row.has_attended for row in rows)
    when = " ".join(filter(None, (_day(session.held_on), f"{session.starts_at:%H:%M}" if session.starts_at else "")))  # fmt: skip
    pairs = [
        *_head(group)[:3],
        (_("第几节"), f"{session.number}　{session.title}"),
        (_("时间"), f"{when}　{session.minutes} {_('分钟')}"),
        (_("地点"), session.place or NOTHING),
        (_("目标"), session.aim or NOTHING),
        (_("出席"), _("应到 %(n)d 人，出席 %(m)d 人") % {"n": len(rows), "m": came}),
    ]
    blocks = _known(_("小组"), pairs)
    table = [
        [row.member.shown_name, str(row.get_presence_display()), row.note or ""] for row in rows
    ]
    blocks += _known(_("出勤"), head=[_("组员"), _("出勤"), _("个别观察")], rows=table)
    blocks += _parts(G3, {**(session.record or {}), "attainment": session.attainment})
    return _sheet(G3, blocks, number=group.number)


def counted(group: Group) -> Figures:
    """The figures of a group, read by the service itself."""
    return figures_of(
        group,
        members=_members(group),
        sessions=list(group.sessions.all()),
        attendances=list(Attendance.objects.filter(session__group=group)),
        own_marks=group.satisfaction_marks.values_list("mark", flat=True),
    )


def _summary(group: Group) -> Sheet:
    numbers = counted(group)
    rate = NOTHING if numbers.attendance_rate is None else f"{numbers.attendance_rate}%"
    marks = NOTHING if numbers.satisfaction is None else _("%(mean)s 分（%(n)d 份）") % {"mean": numbers.satisfaction, "n": numbers.satisfied_count}  # fmt: skip
    pairs = [
        *_head(group),
        (_("节数"), str(numbers.held)),
        (_("人数"), str(numbers.unique_persons)),
        (_("人次"), str(numbers.person_times)),
        (_("出席率"), f"{rate}（{numbers.attended}/{numbers.expected}）"),
        (_("满意度"), marks),
    ]
    blocks = _known(_("小组"), pairs)
    scales = differences(scales_of(group))
    if scales:
        head = [_("量表"), _("前后都做的人数"), _("前测平均"), _("后测平均"), _("变化")]
        rows = [
            [
                one.sheet.title,
                str(one.both),
                *(
                    NOTHING if number is None else str(number)
                    for number in (one.before, one.after, one.change)
                ),
            ]  # fmt: skip
            for one in scales
        ]
        blocks += _known(_("前后测"), head=head, rows=rows)
    blocks += _parts(G4, group.summary or {}) + _budget(group)
    if group.ended_by and group.stage == "closed":
        said = f"{group.ended_by.display_name} {_day(timezone.localdate(group.ended_at))}"
        pairs = [(_("审核"), said), (_("督导意见"), group.closing_comment or NOTHING)]
        blocks += _known(_("督导意见"), pairs)
    return _sheet(G4, blocks, number=group.number)


MAKERS = {"G1": _plan, "G2": _register, "G4": _summary}


@command
def group_print(*, group: Group, kind: str, by: User) -> bytes:
    """G1, G2 or G4 as a PDF. Who may print has been found through `inside_of` by the caller's view.

    Raises:
        KeyError: for another kind.
    """
    require(can_view_group_inside, by, group)
    with translation.override(PAPER_LANGUAGE):
        content = paper_about(group, [MAKERS[kind](group)], by=by)
    audit.record("group.print", by=by, on=group, kind=kind)
    return content


@command
def session_print(*, session: GroupSession, by: User) -> bytes:
    """G3 of one session as a PDF."""
    require(can_view_group_inside, by, session.group)
    with translation.override(PAPER_LANGUAGE):
        content = paper_about(session.group, [_session(session)], by=by)
    audit.record("group.print", by=by, on=session.group, kind="G3", number=session.number)
    return content


@command
def event_print(*, activity: Activity, by: User) -> bytes:
    """Plan, record and summary of an activity on one paper."""
    require(can_record_activity, by, activity)
    with translation.override(PAPER_LANGUAGE):
        content = paper_about(activity, [_event(activity)], by=by)
    audit.record("activity.print", by=by, on=activity, kind="C1")
    return content


def _event(one: Activity) -> Sheet:
    at = timezone.localtime(one.starts_at).strftime("%H:%M") if one.starts_at else ""
    pairs = [
        (_("主题"), one.topic),
        (_("活动类型"), one.get_event_display()),
        (_("时间"), f"{_day(one.occurred_on)} {at}　{one.minutes} {_('分钟')}"),
        (_("地点"), one.place or (one.ward.name if one.ward else NOTHING)),
        (_("预计人数"), one.expected or NOTHING),
        (_("签到"), _("%(n)d 人") % {"n": signed_in(one).heads}),
        (_("人数"), one.persons),
        (_("人次"), one.person_times),
        (_("志愿者人数"), one.volunteers),
        (
            _("满意度"),
            NOTHING if one.satisfaction is None else f"{one.satisfaction}（{one.satisfied_count}）",
        ),
    ]
    record = {**(one.summary or {}), "content": one.record}
    blocks = _known(_("活动"), pairs) + _parts(EVENT_PLAN, one.plan or {})
    if one.record:
        blocks += _parts(EVENT_RECORD, record)
    if one.state == "summarized":
        blocks += _parts(EVENT_SUMMARY, record)
    signers = [str(word) for word in EVENT_PLAN.signers]
    return Sheet("C1", _("社区活动记录"), "", blocks=blocks, signers=signers)
