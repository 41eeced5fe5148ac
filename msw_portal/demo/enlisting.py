"""Volunteers of the first hospital: people in every state, three posts with their risks, two weeks of shifts."""

import datetime as dt
from collections.abc import Mapping
from random import Random

from departments.models.people import User
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Post, Shift
from volunteers.services import facts, people, shifts, signups, standing

COORDINATOR = "a.coordinator"
# Who signs in, in the order of the list below.
ACCOUNTS = ("a.volunteer", "a.volunteer2")
# (name, sex, born, source, skills, state): every name says that it is invented.
VOLUNTEERS = (
    ("何志示例", "2", 1962, "society", ("company", "guiding"), "active"),
    ("余愿演示", "1", 2004, "student", ("play", "tutoring"), "active"),
    ("俞示例", "2", 1985, "patient", ("company", "organizing"), "active"),
    ("岑演示", "1", 1970, "society", ("guiding",), "active"),
    ("费示例", "2", 1998, "company", ("photography", "computers"), "active"),
    ("鲍演示", "2", 2003, "student", ("play", "arts"), "active"),
    ("史示例", "1", 1958, "society", ("hairdressing",), "active"),
    ("唐演示", "2", 1991, "employee", ("medical", "listening"), "active"),
    ("薛示例", "1", 2005, "student", ("play",), "training"),
    ("雷演示", "2", 2009, "student", ("arts",), "training"),
    ("贺示例", "2", 1979, "patient", ("company",), "applied"),
    ("倪演示", "1", 1988, "company", ("languages",), "applied"),
    ("汤示例", "2", 1966, "society", ("guiding",), "paused"),
    ("滕演示", "1", 1994, "society", ("organizing",), "left"),
)
# (title, ward's place in the list, place, duties, risks, starts, ends, places, weekdays)
POSTS = (
    (
        "门诊导诊",
        None,
        "门诊一楼服务台",
        "带患者找诊室、取号、打印报告，协助行动不便的人。",
        "人流密集，可能接触呼吸道感染者：戴口罩、勤洗手；不搬抬患者，需要时叫工作人员。",
        ("08:00", "11:30"),
        6,
        (0, 1, 2, 3, 4),
    ),
    (
        "病区儿童阅览",
        0,
        "病区活动室",
        "陪住院的孩子读绘本、做手工；只和活动室里的孩子在一起，不进病房。",
        "孩子免疫力低，有感冒、发热、皮疹请不要来；可能看到治疗场面，心里难受请马上告诉带教社工。",
        ("14:30", "16:30"),
        3,
        (1, 3, 5),
    ),
    (
        "出院患者电话关怀",
        None,
        "社工部办公室",
        "按社工给的提纲打电话问候，记下对方的需要交给社工。",
        "可能听到悲伤或生气的话：不答应、不评论，不留自己的电话，难办的交给社工。",
        ("09:00", "11:00"),
        2,
        (2, 4),
    ),
)
DAYS_AHEAD = 14


def enlist(
    hospital: Hospital, people_by_login: Mapping[str, User], *, seed: int, today: dt.date
) -> int:
    """Make them by the house's own services, the same for the same seed and day; how many sign-ups."""
    random = Random(f"{seed}:enlisting:{hospital.letter}")
    coordinator = people_by_login[COORDINATOR]
    with acting(coordinator):
        roll = [
            _volunteer(line, n, coordinator, random, today) for n, line in enumerate(VOLUNTEERS)
        ]
        for login, one in zip(ACCOUNTS, roll, strict=False):
            people.volunteer_link_account(volunteer=one, account=login, by=coordinator)
        made = [_post(hospital, line, coordinator) for line in POSTS]
        planned = [
            shift
            for post, line in zip(made, POSTS, strict=True)
            for shift in _shifts(post, line, coordinator, today)
        ]
        return _fill(planned, [one for one in roll if one.state == "active"], coordinator, random)


def _volunteer(line: tuple, number: int, by: User, random: Random, today: dt.date) -> Volunteer:
    name, sex, born, source, skills, state = line
    guarded = {
        "guardian_name": "雷母演示",
        "guardian_relation": "母亲",
        "guardian_phone": "13900007777",
    }
    one = people.volunteer_register(
        name=name,
        sex=sex,
        id_type="none",
        id_no="",
        birth_date=dt.date(born, 1 + number % 12, 1 + number),
        phone=f"1390000{8000 + number}",
        source=source,
        skills=list(skills),
        availability=random.sample(["2-pm", "4-pm", "6-am", "6-pm", "7-am"], 3),
        emergency_name="家属演示",
        emergency_relation="配偶" if born < 1990 else "父母",
        emergency_phone=f"1390001{8000 + number}",
        by=by,
        **(guarded if today.year - born < 19 else {}),
    )
    if state == "applied":
        return one
    standing.volunteer_review(volunteer=one, by=by)
    if state == "training":
        return Volunteer.objects.get(pk=one.pk)
    since = today - dt.timedelta(days=60 + 17 * number)
    facts.volunteer_record_add(
        volunteer=one,
        kind="training",
        course="病区志愿者岗前培训",
        score=str(80 + number),
        happened_on=since,
        hours=4,
        passed=True,
        valid_from=since,
        valid_to=since + dt.timedelta(days=730),
        by=by,
    )
    facts.volunteer_record_add(
        volunteer=one,
        kind="insurance",
        insurer="演示财险",
        policy=f"演示-{2026000 + number}",
        happened_on=since,
        valid_from=since,
        valid_to=today + dt.timedelta(days=200 - 9 * number),
        by=by,
    )
    standing.volunteer_enrol(volunteer=one, by=by)
    if state == "paused":
        standing.volunteer_pause(volunteer=one, reason="外出照顾家人，下月恢复", by=by)
    if state == "left":
        standing.volunteer_leave(volunteer=one, reason="搬到外地", by=by)
    return Volunteer.objects.get(pk=one.pk)


def _post(hospital: Hospital, line: tuple, by: User) -> Post:
    title, ward, place, duties, risks, *_rest = line
    return shifts.post_create(
        title=title,
        ward=None if ward is None else list(hospital.wards.values())[ward],
        place=place,
        duties=duties,
        requirements="守时，穿志愿者马甲，遵守保密约定",
        risks=risks,
        minimum_age=18,
        training_required=True,
        insurance_required=True,
        health_check_required=False,
        supervisor=hospital.workers[0],
        is_open=True,
        by=by,
    )


def _shifts(post: Post, line: tuple, by: User, today: dt.date) -> list[Shift]:
    starts, ends = (dt.time.fromisoformat(one) for one in line[5])
    made = []
    for ahead in range(1, DAYS_AHEAD + 1):
        day = today + dt.timedelta(days=ahead)
        if day.weekday() in line[7]:
            made += shifts.shift_create(
                post=post, on=day, starts=starts, ends=ends, capacity=line[6], by=by
            )
    return made


def _fill(planned: list[Shift], roll: list[Volunteer], by: User, random: Random) -> int:
    """About half of the places, some shifts with a waiting list."""
    count = 0
    for shift in planned:
        wanted = min(len(roll), shift.capacity + random.choice((-2, -1, 0, 2)))
        for one in random.sample(roll, max(1, wanted)):
            refusal = signups.why_not(one, shift)
            if refusal is None and not signups.stands_beside(one, shift):
                signups.shift_sign_up(shift=shift, volunteer=one, by=by)
                count += 1
    return count
