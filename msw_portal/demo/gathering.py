"""Groups, a patient association and activities of the demo hospitals: planned, approved, held and summed up in their own time."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from cases.models.activities import Activity
from cases.models.casework import Case
from cases.models.groups import Group, GroupMember
from cases.services import events
from cases.services.groups import course, members, planning, scales, sessions, summing
from cases.services.satisfaction import mark_keep
from departments.models.people import User
from msw_portal.demo.clock import Clock
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting

DAY = dt.timedelta(days=1)
NAMES = ("向日葵", "小帆船", "橘子", "蒲公英", "石榴", "云朵", "松果")
SUPPORT = {
    "kind": "support",
    "work_model": "interaction",
    "openness": "closed",
    "background": "近三个月血液科转介的家长里，多半写着睡不好、不敢和孩子谈病情。",
    "theory": ["psychosocial", "strengths"],
    "theory_use": "从家长已经在用的办法讲起，互相看见各自的力量。",
    "aims": "让患儿家长在治疗期有人可说、有办法可用。",
    "objectives": "每位家长说出自己的三个压力来源\n学会两种放松办法\n结束后有至少一位可以联系的同伴",
    "target_group": "血液科住院患儿的主要照顾者",
    "recruitment": "病区海报、护士长推荐、查房时当面邀请",
    "screening_rule": "能坚持四次；近期有自伤风险的先做个案",
    "size_least": 3,
    "size_most": 10,
    "place": "血液科示教室",
    "session_time": dt.time(15, 0),
    "volunteers": "2 位志愿者看护孩子",
    "budget_source": "department",
    "difficulties": "孩子临时发热，家长来不了",
    "responses": "允许请假，会后把要点发给家长",
    "evaluation": ["attendance", "scale", "satisfaction"],
    "scales": ["gad7"],
}
SESSIONS = (
    ("认识彼此", "说出来的第一步", "自我介绍、立小组约定、画我的一天"),
    ("压力从哪里来", "看清自己的压力", "压力地图、呼吸放松"),
    ("和孩子谈病情", "敢开口、会开口", "情景练习、护士长答疑"),
    ("带着力量回去", "看见改变、道别", "回顾、互赠卡片、后测"),
)
# Who came how often: one is late now and then, one falls ill.
PRESENCES = ("present", "present", "late", "present", "leave", "present", "absent")
LINES = (
    {"what": "茶点", "quantity": 4, "unit_price": Decimal("60.00")},
    {"what": "画材", "quantity": 1, "unit_price": Decimal("120.00")},
)


def _plan(by: User, name: str, first: dt.date, **given: Any) -> Group:
    rows = [
        {
            "title": title,
            "held_on": first + 7 * DAY * n,
            "minutes": 90,
            "aim": aim,
            "content": content,
            "materials": "画纸、彩笔",
            "in_charge": by.display_name,
        }  # fmt: skip
        for n, (title, aim, content) in enumerate(SESSIONS)
    ]
    plan = {"sessions": rows, "budget": LINES, **SUPPORT, **given}
    with acting(by):
        group = planning.group_plan(name=name, starts_on=first, by=by, **plan)
        return course.group_submit(group=group, by=by)


def _approved(group: Group, hospital: Hospital) -> None:
    supervisor = hospital.supervisors[0]
    with acting(supervisor):
        course.group_approve(group=group, comment="同意，注意家长的情绪起伏。", by=supervisor)


def _persons(by: User) -> list[Any]:
    """Two persons of the worker's cases who have agreed to be helped."""
    found: list[Any] = []
    cases = Case.objects.visible_to(by).open().filter(compartment_id__isnull=True)
    for case in cases.select_related("client__root").order_by("pk")[:12]:
        person = case.client.person
        if len(found) < 2 and person.pk not in {one.pk for one in found}:
            found.append(person)
    return found


def _join(group: Group, by: User, on: dt.date, count: int) -> list[GroupMember]:
    """Registered and admitted: persons of the register where a consent is live, aliases for the rest."""
    joined = []
    with acting(by):
        for person in _persons(by):
            live = members.consents_for(person, on)
            if live and person.deceased_on is None:
                one = members.member_register(group=group, client=person, by=by)
                one = members.member_admit(member=one, joined_on=on, consent=live[0], by=by)
                joined.append(one)
        for name in NAMES[: count - len(joined)]:
            one = members.member_register(
                group=group, alias=name, screening="愿意每周来，能和大家说话", by=by
            )
            given = {"joined_on": on, "agreed_by": "self", "agreed_on": on, "by": by}
            joined.append(members.member_admit(member=one, **given))
    return joined


def _measure(
    group: Group, by: User, hospital: Hospital, joined: list[GroupMember], moment: str
) -> None:
    sheet = hospital.questionnaires["gad7"]
    codes = [item["code"] for item in sheet.definition["items"]]
    with acting(by):
        for place, one in enumerate(joined):
            worse = 2 if moment == "before" else 1
            answers = {code: (worse + (place + n) % 2) % 4 for n, code in enumerate(codes)}
            scales.member_answer(
                member=one, questionnaire=sheet, moment=moment, answers=answers, by=by
            )


def _hold(group: Group, by: User, number: int) -> None:
    with acting(by):
        session = group.sessions.get(number=number)
        came = {
            one.uid: {
                "presence": PRESENCES[(place + number) % len(PRESENCES)],
                "note": "主动安慰旁边的妈妈" if place == number else "",
            }
            for place, one in enumerate(members.members_on(group, session.held_on))
        }
        sessions.session_record(
            session=session,
            attendance=came,
            attainment=4 if number > 1 else 3,
            flow=f"签到，回顾上一次；{session.content}；收尾一句话。",
            performance="开头拘谨，说到孩子夜里发热时大家接上了话。",
            dynamics="橘子常常带头，云朵坐得远，第三次才开口。",
            self_evaluation="时间控制得住，放松练习讲得快了。",
            adjustment="下一次先留十分钟自由聊。",
            photos="none",
            by=by,
        )


def _said(subject: Group | Activity, by: User, *marks: int, words: str = "") -> None:
    """What people gave by the code, on their own phones."""
    with acting(by):
        for place, mark in enumerate(marks):
            mark_keep(subject=subject, mark=mark, words="" if place else words)


def _advance(group: Group, by: User, count: int = 1) -> None:
    with acting(by):
        for _n in range(count):
            course.group_advance(group=group, by=by)


def finished(clock: Clock, hospital: Hospital, until: dt.datetime) -> Iterator[dt.datetime]:
    """A support group that ran its whole course and is closed."""
    by = hospital.workers[0]
    start = until - 80 * DAY
    yield start
    group = _plan(by, "演示：血液科家长支持小组", (start + 14 * DAY).date())
    yield start + 2 * DAY
    _approved(group, hospital)
    yield start + 14 * DAY
    joined = _join(group, by, clock.now.date(), 7)
    _measure(group, by, hospital, joined, "before")
    _advance(group, by)
    for number in range(1, 5):
        yield start + (14 + 7 * (number - 1)) * DAY + dt.timedelta(hours=9)
        _hold(group, by, number)
        if number < 4:
            _advance(group, by)
    yield start + 37 * DAY
    _measure(group, by, hospital, joined[:-1], "after")
    with acting(by):
        summing.group_summarize(
            group=group,
            satisfactions={one.uid: 5 - place % 2 for place, one in enumerate(joined[:-1])},
            spent={one.uid: one.planned - 10 for one in group.budget_lines.all()},
            aims_met="七位家长里六位坚持到最后，都说出了自己的压力来源，也学会了呼吸放松。",
            changes="焦虑分数平均下降；两位家长开始和孩子谈治疗。",
            follow_up="一位睡眠仍差，转个案跟进。",
            reflection="封闭式更安全；孩子看护的志愿者要早一周落实。",
            by=by,
        )
    yield start + 39 * DAY
    supervisor = hospital.supervisors[0]
    with acting(supervisor):
        summing.group_close(group=group, comment="总结具体，后续跟进要写进个案。", by=supervisor)


def running(clock: Clock, hospital: Hospital, until: dt.datetime) -> Iterator[dt.datetime]:
    """A group in its work: two sessions held, the next ones planned."""
    by = hospital.workers[-1]
    start = until - 24 * DAY
    yield start
    group = _plan(by, "演示：手术前焦虑减压小组", (start + 10 * DAY).date(), kind="educational")
    yield start + DAY
    _approved(group, hospital)
    yield start + 9 * DAY + dt.timedelta(hours=10)
    joined = _join(group, by, clock.now.date(), 5)
    _measure(group, by, hospital, joined, "before")
    _advance(group, by)
    for number in (1, 2):
        yield start + (10 + 7 * (number - 1)) * DAY + dt.timedelta(hours=9)
        _hold(group, by, number)
        _advance(group, by)
    _said(group, by, 5, 4, 5, words="演示：第一次有人听我说完")


def waiting(hospital: Hospital, until: dt.datetime) -> Iterator[dt.datetime]:
    """A plan that the supervisor has on the desk."""
    yield until - dt.timedelta(hours=16)
    _plan(
        hospital.workers[0], "演示：骨髓移植病友成长小组", (until + 12 * DAY).date(), kind="growth"
    )


def association(clock: Clock, hospital: Hospital, until: dt.datetime) -> Iterator[dt.datetime]:
    """A patient association that meets."""
    by = hospital.workers[0]
    start = until - 100 * DAY
    yield start
    plan = {name: SUPPORT[name] for name in ("background", "aims", "target_group", "size_least", "size_most", "place", "budget_source", "evaluation")}  # fmt: skip
    with acting(by):
        group = planning.group_plan(
            is_association=True,
            name="演示：白血病病友会",
            starts_on=start.date(),
            rhythm="每月第一个周六",
            by=by,
            **plan,
        )
        course.group_submit(group=group, by=by)
    yield start + 2 * DAY
    _approved(group, hospital)
    yield start + 8 * DAY
    joined = _join(group, by, clock.now.date(), 6)
    _advance(group, by)
    for ago, topic in ((62, "病友分享：化疗后的第一个春节"), (27, "病友分享：回学校")):
        yield until - (ago + 7) * DAY
        meeting = _planned(by, "association", topic, (until - ago * DAY).date(), group=group)
        yield until - ago * DAY + dt.timedelta(hours=10)
        with acting(by):
            for one in joined[:4]:
                events.sign_in(activity=meeting, kind="patient", member=one, by=by)
            events.sign_in(activity=meeting, kind="family", heads=5, by=by)
        _told(meeting, by, persons=9, person_times=9, volunteers=1)
    yield until - 2 * DAY
    _planned(by, "association", "病友分享：移植仓里的日子", (until + 9 * DAY).date(), group=group)


def _planned(by: User, event: str, topic: str, day: dt.date, **given: Any) -> Activity:
    with acting(by):
        return events.event_plan(
            event=event,
            topic=f"演示：{topic}",
            occurred_on=day,
            starts_at=dt.time(14, 0),
            minutes=90,
            place="门诊大厅" if event == "free_clinic" else "住院部会议室",
            expected=30,
            need="查房和门诊问得最多的问题",
            objectives="听得懂、带得走",
            target_group="患者与家属",
            flow="签到、讲解、提问、发单页",
            staffing="社工 1 人，志愿者 2 人，护士 1 人",
            risk_plan="体力差的坐前排，备轮椅和急救包",
            by=by,
            **given,
        )


def _told(activity: Activity, by: User, **counts: int) -> None:
    with acting(by):
        events.event_record(
            activity=activity,
            content="按流程进行，提问踊跃，发单页 40 份。",
            effects="多数人说听懂了，三位留下来单独咨询。",
            problems="话筒不够。",
            photos="none",
            by=by,
            **counts,
        )


def activities(hospital: Hospital, until: dt.datetime) -> Iterator[dt.datetime]:
    """A free clinic that was summed up, a lecture that was held, a festival that is planned."""
    by, told = (
        hospital.workers[-1],
        ((48, "free_clinic", "社区义诊"), (19, "lecture", "化疗期怎么吃")),
    )
    for ago, event, topic in told:
        yield until - (ago + 10) * DAY
        activity = _planned(by, event, topic, (until - ago * DAY).date())
        yield until - ago * DAY + dt.timedelta(hours=10)
        with acting(by):
            for kind, heads in (("patient", 12), ("family", 15), ("resident", 7)):
                events.sign_in(activity=activity, kind=kind, heads=heads, by=by)
        _told(activity, by, persons=36, person_times=41, volunteers=2)
        if event == "lecture":
            _said(activity, by, 5, 5, 4, 5, 3, words="演示：想要一份食谱")
        if event == "free_clinic":
            with acting(by):
                events.event_summarize(
                    activity=Activity.objects.get(pk=activity.pk),
                    satisfaction=Decimal("4.60"),
                    satisfied_count=25,
                    objectives_met="达到预期，来的人比预计多六位。",
                    reflection="下次分两个时段。",
                    by=by,
                )
    yield until - 3 * DAY
    _planned(by, "festival", "病房里的生日会", (until + 6 * DAY).date())


def all_of(
    clock: Clock, hospitals: Mapping[str, Hospital], until: dt.datetime
) -> Iterator[Iterator[dt.datetime]]:
    """Every actor of the two hospitals."""
    first, second = hospitals["A"], hospitals["B"]
    yield finished(clock, first, until)
    yield running(clock, first, until)
    yield waiting(first, until)
    yield association(clock, first, until)
    yield activities(first, until)
    yield running(clock, second, until)
    yield activities(second, until)
