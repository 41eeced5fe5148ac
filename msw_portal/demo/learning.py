"""Who works in the demo hospitals as what, three months of supervision, the fundraising course and the simulation."""

import datetime as dt
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.models.casework import Case
from cases.services.supervision import supervision_case_add
from departments.models.learning import LearningAttendance, LearningEvent
from departments.models.people import User
from departments.services.learning import learning_plan
from departments.services.learning_papers import learning_material_add
from departments.services.learning_record import learning_hold, learning_sign
from departments.services.staff import credential_add, staff_profile_add
from msw_portal.demo.dice import LOCAL
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting
from msw_portal.kernel.typesetting import typeset

DAY = dt.timedelta(days=1)
ROLES = LearningAttendance.Role
GRADES = ("social_worker", "assistant", "social_worker", "assistant", "assistant")
# theme, functions, what was talked about, advice, a follow-up, the reflection
TALKS = (
    (
        "哀伤家庭的陪伴与界限",
        ("supportive", "relieving"),
        "患儿离世后家属仍每天来电，社工觉得放不下。讨论了陪伴的边界和哀伤的阶段。",
        "约定固定的回电时间；下次把期待说清楚；自己也要有人可说。",
        "与家属约定每周一次回电，写进计划",
        "我把“停下来”当成了抛下他们，其实说清楚时间对双方都好。",
    ),
    (
        "救助材料为什么总被退回",
        ("administrative", "educational"),
        "本月三份申请被要求补件，多是费用清单与发票对不上。",
        "申请前先用费用计算核一遍；清单、发票、结算单按日期排好再上传。",
        "整理一页材料核对单，放到部门共享",
        "我太急着交，核对单能省下来回的时间。",
    ),
    (
        "怎样与主管医生谈出院",
        ("educational",),
        "出院计划定得太晚，家属没有准备。演练了查房时的三句话。",
        "入院三天内就问出院后谁照顾；查房时带着问题去，不带着抱怨去。",
        "下次 MDT 前写好要问医生的两个问题",
        "演练之后我敢开口了，下次先说家属的困难再说请求。",
    ),
    (
        "保密的例外",
        ("educational", "administrative"),
        "青少年说“别告诉我妈”。讨论哪些必须报告、怎样先告诉本人。",
        "先说清楚例外再谈；有危险先报告，再补材料。",
        "重读同意书里保密例外一节",
        "我以前把例外放在最后说，对方会觉得被骗。",
    ),
)
# System 9: situational teaching, empathic narrative, task guidance, innovation training, and service practice.
FUNDRAISING = """情景化教学：用演示患儿的一份病案，分角色走一遍从入院到求助
共情叙事：写一段 300 字的求助故事，不写姓名，不渲染苦难
任务指引：列出一次募捐要交的材料、要守的期限
创新训练：为同一笔缺口设计两种不同的筹资办法
服务实践：跟随一位社工完成一次救助申请的填报"""
# System 50: the six steps of case management.
SIMULATION = """接案：在练习机构登记一位演示患者，问清来意，说明保密及其例外
预估：做需求与风险快筛，写心理社会预估
计划：把需求写成能看见结果的目标，请对方签署
介入：记两次接触，链接一项资源
评估：逐个评定目标达成等级
结案：写结案报告，约定随访"""


def learning(hospital: Hospital, *, today: dt.date) -> int:
    """Posts and papers of everybody, supervision and courses up to this morning; how many meetings."""
    people = _people(hospital)
    _posts(hospital, people, today)
    made = _supervision(hospital, today)
    if hospital.letter == "A":
        made += _courses(hospital, today)
    return made


def _people(hospital: Hospital) -> list[User]:
    others = (hospital.assistant, hospital.intern)
    return [
        *hospital.workers,
        *hospital.supervisors,
        hospital.head,
        *(one for one in others if one is not None),
    ]


def _posts(hospital: Hospital, people: list[User], today: dt.date) -> None:
    with acting(hospital.head):
        for place, person in enumerate(people):
            is_intern = person == hospital.intern
            is_half = person in hospital.workers and place == 3
            post = staff_profile_add(
                user=person,
                department=hospital.msw,
                title="社工部主任" if person == hospital.head else "",
                employment="intern" if is_intern else "part_time" if is_half else "full_time",
                weekly_hours=Decimal("20.0") if is_half else Decimal("40.0"),
                is_counted=not is_intern,
                since=today - (200 if is_intern else 900 + 37 * place) * DAY,
                by=hospital.head,
            )
            if is_intern or person == hospital.assistant:
                continue
            _papers(hospital, post, place, today)


def _papers(hospital: Hospital, post, place: int, today: dt.date) -> None:
    grade = "senior" if post.user == hospital.head else GRADES[place % len(GRADES)]
    since = today - (1020 if place == 1 else 300 + 90 * place) * DAY
    number = f"演示{hospital.letter}{place + 1:04d}"
    given = {"profile": post, "grade": grade, "by": hospital.head}
    credential_add(kind="certificate", number=f"{number}-证", issued_on=since - 400 * DAY, **given)
    credential_add(
        kind="registration",
        number=f"{number}-登",
        issued_on=since,
        valid_from=since,
        valid_to=since + 1095 * DAY,
        **given,
    )
    credential_add(
        profile=post,
        kind="cpd",
        title="省社会工作协会面授（演示）",
        issued_on=since + 60 * DAY,
        hours=Decimal(24 + 12 * (place % 4)),
        by=hospital.head,
    )


def _at(day: dt.date, hour: int) -> dt.datetime:
    while day.weekday() >= 5:
        day -= DAY
    return dt.datetime.combine(day, dt.time(hour), LOCAL)


def _supervision(hospital: Hospital, today: dt.date) -> int:
    """Every worker once a month by the first supervisors; the last one waits for signatures, one is planned."""
    made = 0
    for month in range(3, 0, -1):
        for place, worker in enumerate(hospital.workers):
            back = 30 * month - 4 * place
            talk = TALKS[(month + place) % len(TALKS)]
            leader = hospital.supervisors[place % len(hospital.supervisors)]
            is_last = month == 1 and place == 0
            _meeting(hospital, worker, leader, _at(today - back * DAY, 15), talk, not is_last)
            made += 1
    leader = hospital.supervisors[0]
    with acting(leader):
        learning_plan(
            kind="supervision",
            manner="group",
            functions=["educational", "supportive"],
            theme="下月病房轮转前的团体督导",
            starts_at=_at(today + 6 * DAY, 14),
            hours=Decimal("2.0"),
            place="社工部会议室",
            leader=leader,
            attendees=list(hospital.workers),
            by=leader,
        )
    return made + 1


def _meeting(
    hospital: Hospital,
    worker: User,
    leader: User,
    at: dt.datetime,
    talk: tuple,
    is_signed: bool,
) -> None:
    theme, functions, notes, advice, action, reflection = talk
    with acting(leader):
        event = learning_plan(
            kind="supervision",
            manner="individual",
            functions=functions,
            theme=theme,
            starts_at=at,
            hours=Decimal("1.0"),
            place="社工部",
            leader=leader,
            attendees=[worker],
            by=leader,
        )
        due = timezone.localdate(at) + 10 * DAY
        event = _recorded(
            event,
            leader,
            notes=notes,
            advice=advice,
            actions=[{"text": action, "user": worker, "due_on": due}],
        )
        case = Case.objects.visible_to(leader).filter(worker=worker).order_by("pk").first()
        if case is not None:
            supervision_case_add(
                event=event,
                case=case,
                excerpt="阿山（化名）的家属近两周来得少，社工担心支持断了。",
                advice="先问原因，再看要不要请病友会的人去看看。",
                by=leader,
            )
        if is_signed:
            learning_sign(attendance=event.attendances.get(role=ROLES.LEADER), by=leader)
    if is_signed:
        with acting(worker):
            row = event.attendances.get(role=ROLES.ATTENDEE)
            learning_sign(attendance=row, reflection=reflection, by=worker)


def _recorded(event: LearningEvent, by: User, people: dict | None = None, **given) -> LearningEvent:
    rows = event.attendances.filter(role=ROLES.ATTENDEE)
    said = {str(row.uid): {"presence": "present"} for row in rows} | (people or {})
    return learning_hold(event=event, people=said, by=by, **given)


def _courses(hospital: Hospital, today: dt.date) -> int:
    """System 9 and system 50, with their material, steps and results; a training that is still to come."""
    leader = hospital.supervisors[-1]
    done = (
        ("training", "lecture", "筹资教学", FUNDRAISING, "6.0", 40, "本次课程 5 个环节全部完成。"),
        ("simulation", "practice", "个案管理虚拟仿真", SIMULATION, "8.0", 12, "在练习机构完成。"),
    )
    for kind, form, theme, outline, hours, back, notes in done:
        with acting(leader):
            event = learning_plan(
                kind=kind,
                manner=form,
                theme=theme,
                starts_at=_at(today - back * DAY, 9),
                hours=Decimal(hours),
                place="示教室",
                leader=leader,
                is_cpd=True,
                outline=outline,
                attendees=[
                    *hospital.workers,
                    *(one for one in (hospital.assistant, hospital.intern) if one),
                ],
                by=leader,
            )
            learning_material_add(event=event, file=_handout(event), by=leader)
            rows = list(event.attendances.filter(role=ROLES.ATTENDEE).order_by("pk"))
            said = {}
            for place, row in enumerate(rows):
                missed = place == len(rows) - 1 and kind == "simulation"
                steps = range(len(event.outline) - (2 if missed else 0))
                said[str(row.uid)] = {
                    "presence": "present",
                    "result": "failed" if missed else "passed",
                    "score": Decimal(58 if missed else 78 + 3 * place),
                    "steps_done": list(steps),
                }
            event = _recorded(event, leader, said, notes=notes)
            learning_sign(attendance=event.attendances.get(role=ROLES.LEADER), by=leader)
    with acting(hospital.head):
        learning_plan(
            kind="workshop",
            manner="practice",
            theme="小组工作工作坊",
            is_open=True,
            starts_at=_at(today + 20 * DAY, 9),
            hours=Decimal("6.0"),
            place="示教室",
            leader_name="演示讲师",
            is_cpd=True,
            outline="破冰与契约\n冲突怎么处理\n结束与分离",
            attendees=list(hospital.workers[:3]),
            by=hospital.head,
        )
    return len(done) + 1


def _handout(event: LearningEvent) -> SimpleUploadedFile:
    """The tasks on one page, as the teacher hands them out."""
    content = {
        "title": event.theme,
        "house": "",
        "training": False,
        "lines": [f"{one['title']}　{one['task']}" for one in event.outline],
    }
    paper = typeset("learning_handout.typ", content, at=event.starts_at)
    return SimpleUploadedFile(f"{event.theme}任务单.pdf", paper, content_type="application/pdf")
