"""Eight weeks of work without a case: rounds by bed, calls, consultations, outreach, hours for the hospital."""

import datetime as dt
from random import Random

from cases.services.activities import activity_record
from departments.models.people import User
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting

DAYS = 56
WORKDAYS = 5
LINES = (
    ("emotional", "support", "夜里睡不好，陪着说了一会儿话"),
    ("policy_consult", "information", "讲了异地就医备案怎么办"),
    ("financial", "resource", "给了救助项目的单页"),
    ("", "no_need", ""),
    ("social_support", "support", "同病房病友互相鼓励"),
    ("basic_living", "resource", "借出轮椅，约定出院时归还"),
    ("communication", "information", "请主管医生下午再解释一次方案"),
)
TALKS = (
    ("consultation", "门诊特殊病种怎么办", "policy_consult", "answered"),
    ("phone", "出院后在哪里做康复", "rehab_reintegration", "answered"),
    ("consultation", "住院押金不够怎么办", "financial", "answered"),
    ("phone", "家属问心理热线", "emotional", "referred"),
)
FOR_THE_HOSPITAL = (
    ("护士站减压小课", "relieve"),
    ("病区人文角布置", "humanities"),
    ("新职工沟通培训", "staff_support"),
)


def rounds(hospital: Hospital, *, seed: int, today: dt.date) -> int:
    """Write them down for one hospital, the same for the same seed and day; how many there are."""
    random = Random(f"{seed}:rounds:{hospital.letter}")
    made = 0
    for back in range(DAYS, 0, -1):
        day = today - dt.timedelta(days=back)
        if day.weekday() >= WORKDAYS:
            continue
        worker = hospital.workers[back % len(hospital.workers)]
        with acting(worker):
            made += _day(hospital, random, day, worker)
    return made


def _day(hospital: Hospital, random: Random, day: dt.date, worker: User) -> int:
    names = sorted(name for name, room in hospital.wards.items() if room.kind == "ward")
    lines = [
        {"bed": str(random.randint(1, 48)), "need": need, "action": action, "note": note}
        for need, action, note in random.sample(LINES, random.randint(2, 5))
    ]
    activity_record(
        kind="ward_visit",
        occurred_on=day,
        minutes=random.choice((30, 45, 60, 90)),
        ward=hospital.wards[random.choice(names)],
        volunteers=random.choice((0, 0, 1, 2)),
        services=["psychological", "adapt"],
        lines=lines,
        by=worker,
    )
    kind, topic, need, result = random.choice(TALKS)
    activity_record(
        kind=kind,
        occurred_on=day,
        minutes=random.choice((10, 15, 20)),
        topic=topic,
        services=["link_community" if need == "rehab_reintegration" else "communicate"],
        result=result,
        by=worker,
    )
    if day.weekday():
        return 2
    topic, service = random.choice(FOR_THE_HOSPITAL)
    activity_record(
        kind="hospital_side",
        occurred_on=day,
        minutes=60,
        persons=random.randint(6, 20),
        topic=topic,
        services=[service],
        by=worker,
    )
    return 3
