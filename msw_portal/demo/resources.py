"""The directory of each hospital: thirty invented services of ten invented bodies, some not checked for long."""

import datetime as dt
from random import Random

from cases.services.resources import place_add, resource_add
from departments.models.organizations import Organization, Region
from departments.models.people import User
from departments.services.organizations import organization_add
from departments.services.regions import region_span
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting

BODIES = (
    ("晴川社会工作服务中心", "agency"),
    ("同行家属互助会", "volunteer_body"),
    ("暖灯心理援助热线", "association"),
    ("安居陪护之家", "agency"),
    ("长青居家照护站", "agency"),
    ("启明法律援助工作站", "government"),
    ("小桥儿童陪伴社", "volunteer_body"),
    ("回家康复驿站", "agency"),
    ("善缘病友基金会", "foundation"),
    ("静园安宁疗护中心", "community_health"),
)
WEEKDAYS, ALL_DAYS = "MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR,SA,SU"
# body, name, needs, ages, insurance, papers, price, days, hours, how
SERVICES = (
    (0, "住院困难家庭咨询", ("financial", "policy_consult"), (None, None), (), ("身份证", "住院证明"), "", WEEKDAYS, ("09:00", "17:00"), "医务社工转介或本人来电"),
    (0, "出院计划陪同", ("discharge_planning", "rehab_reintegration"), (18, None), (), ("出院小结",), "", WEEKDAYS, ("09:00", "17:00"), "出院前三天联系"),
    (0, "照顾者喘息服务", ("family_caregiver",), (None, None), (), ("身份证",), "40", ALL_DAYS, ("08:00", "20:00"), "提前两天预约"),
    (1, "肿瘤家属支持小组", ("emotional", "social_support"), (18, None), (), (), "", "SA", ("14:00", "16:00"), "直接参加"),
    (1, "新病友一对一陪伴", ("illness_adaptation", "social_support"), (18, None), (), (), "", ALL_DAYS, ("09:00", "21:00"), "扫码登记"),
    (1, "病友家庭厨房", ("basic_living",), (None, None), (), ("住院证明",), "", ALL_DAYS, ("10:00", "19:00"), "现场登记"),
    (2, "二十四小时心理热线", ("emotional", "crisis"), (None, None), (), (), "", ALL_DAYS, ("00:00", "23:59"), "直接拨打"),
    (2, "青少年心理辅导", ("emotional", "child_education"), (10, 18), (), ("监护人身份证",), "120", "WE,SA", ("14:00", "18:00"), "监护人电话预约"),
    (2, "哀伤辅导", ("palliative_bereavement", "emotional"), (18, None), (), (), "", "TU,TH", ("18:00", "21:00"), "电话预约"),
    (3, "异地就医短住", ("basic_living",), (None, None), (), ("身份证", "住院证明"), "30", ALL_DAYS, ("08:00", "22:00"), "提前一天看有没有空房"),
    (3, "儿童患者家庭房", ("basic_living", "child_education"), (0, 14), (), ("户口簿", "诊断证明"), "", ALL_DAYS, ("08:00", "22:00"), "医务社工转介"),
    (3, "轮椅与护理床出借", ("basic_living", "rehab_reintegration"), (None, None), (), ("身份证",), "", WEEKDAYS, ("09:00", "16:00"), "押金可免"),
    (4, "居家护理上门", ("discharge_planning", "rehab_reintegration"), (60, None), ("employee", "resident"), ("出院小结", "医保卡"), "60", ALL_DAYS, ("08:00", "18:00"), "出院当天登记"),
    (4, "失能老人日间照料", ("family_caregiver",), (60, None), (), ("身份证", "评估表"), "80", WEEKDAYS, ("08:00", "17:00"), "先上门评估"),
    (4, "送药与复诊陪同", ("rehab_reintegration", "social_support"), (60, None), (), (), "20", WEEKDAYS, ("08:00", "17:00"), "提前一天预约"),
    (5, "工伤与交通事故法律咨询", ("legal_rights",), (None, None), (), ("身份证", "诊断证明"), "", "MO,WE,FR", ("09:00", "17:00"), "现场或电话"),
    (5, "监护与财产法律援助", ("legal_rights", "unidentified"), (None, None), (), ("困难证明",), "", "TU,TH", ("09:00", "17:00"), "符合条件免费"),
    (5, "受暴者保护令协助", ("abuse_violence", "legal_rights"), (None, None), (), (), "", ALL_DAYS, ("00:00", "23:59"), "可由社工陪同"),
    (6, "病房课堂", ("child_education",), (3, 14), (), (), "", "TU,TH,SA", ("15:00", "17:00"), "病房报名"),
    (6, "医疗游戏辅导", ("child_education", "emotional"), (3, 12), (), (), "", WEEKDAYS, ("09:00", "11:30"), "医务社工转介"),
    (6, "兄弟姐妹周末营", ("family_caregiver", "child_education"), (6, 14), (), ("监护人同意书",), "", "SA,SU", ("09:00", "17:00"), "每月第一周报名"),
    (7, "社区康复训练", ("rehab_reintegration",), (18, None), ("employee", "resident"), ("出院小结",), "35", WEEKDAYS, ("08:30", "16:30"), "康复师评估后排期"),
    (7, "重返工作辅导", ("rehab_reintegration", "social_support"), (18, 60), (), (), "", "WE", ("13:00", "17:00"), "电话预约"),
    (7, "辅具适配", ("rehab_reintegration",), (None, None), (), ("残疾人证",), "", WEEKDAYS, ("09:00", "16:00"), "持证可申请补贴"),
    (8, "血液病患者应急金咨询", ("financial",), (0, 18), (), ("诊断证明", "低保或困难证明"), "", WEEKDAYS, ("09:00", "17:00"), "医务社工提交材料"),
    (8, "异地患者路费补助咨询", ("financial", "basic_living"), (None, None), (), ("车票", "住院证明"), "", WEEKDAYS, ("09:00", "17:00"), "每季度一次"),
    (8, "捐献与移植家庭支持", ("transplant_donation", "emotional"), (None, None), (), (), "", WEEKDAYS, ("09:00", "17:00"), "移植中心转介"),
    (9, "居家安宁疗护", ("palliative_bereavement",), (18, None), ("employee", "resident"), ("诊断证明",), "50", ALL_DAYS, ("08:00", "18:00"), "先做家庭会议"),
    (9, "安宁病房入住咨询", ("palliative_bereavement", "communication"), (18, None), (), ("诊断证明",), "", WEEKDAYS, ("08:00", "17:00"), "医生与社工共同转介"),
    (9, "丧亲家庭随访", ("palliative_bereavement",), (None, None), (), (), "", "WE,SU", ("14:00", "17:00"), "电话登记"),
)  # fmt: skip


def resources(hospital: Hospital, *, seed: int, today: dt.date) -> int:
    """Write them into the hospital's directory, the same for the same seed and day; how many there are."""
    random = Random(f"{seed}:resources:{hospital.letter}")
    low, high = region_span(hospital.organization.region_id // 10_000 * 10_000)
    regions = list(Region.objects.filter(level=4, code__range=(low, high)).order_by("code"))
    with acting(hospital.head):
        bodies = [_body(name, kind, hospital) for name, kind in BODIES]
    for n, row in enumerate(SERVICES):
        worker = hospital.workers[n % len(hospital.workers)]
        with acting(worker):
            _service(row, bodies, random, regions, today, n, worker)
    return len(SERVICES)


def _body(name: str, kind: str, hospital: Hospital) -> Organization:
    full = f"演示{hospital.letter}·{name}"
    return organization_add(name=full, kind=kind, short_name=name[:20], by=hospital.head)


def _service(
    row: tuple,
    bodies: list[Organization],
    random: Random,
    regions: list[Region],
    today: dt.date,
    number: int,
    worker: User,
) -> None:
    body, name, needs, (low, high), insurance, papers, price, days, (opens, closes), how = row
    service = resource_add(
        provider=bodies[body],
        name=name,
        description=f"演示资料：{name}",
        status="active" if number % 15 else "temporarily closed",
        categories=list(needs),
        area=None,
        min_age=low,
        max_age=high,
        eligibility="",
        insurance=list(insurance),
        documents=list(papers),
        costs=[{"option": "每次", "amount": price}] if price else [],
        fees="" if price else "免费",
        schedules=[{"freq": "WEEKLY", "byday": days, "opens_at": opens, "closes_at": closes}],
        languages=["手语"] if number % 7 == 0 else [],
        application=how,
        phone=f"000-{random.randint(10_000_000, 99_999_999)}",
        email="",
        url="",
        capacity="",
        alert="",
        # Every fifth has not been checked for more than half a year.
        assured_on=today - dt.timedelta(days=random.randint(190, 320) if number % 5 == 4 else random.randint(1, 150)),
        is_public=number % 6 == 0,
        by=worker,
    )  # fmt: skip
    if name != "二十四小时心理热线" and regions:
        region = random.choice(regions)
        place_add(
            resource=service,
            name=f"{region.name}服务点",
            type="physical",
            region=region,
            address=f"演示路 {number + 1} 号",
            by=worker,
        )
