"""The organisations of the source documents with their stated facts, and the two invented demo hospitals.

Facts are those the documents state; where a document gives only a month, the first of it stands. No
real hospital is a tenant: patients live only in the two invented ones.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extras import DateRange

from departments.models.organizations import (
    Department,
    DepartmentKind,
    Organization,
    OrganizationKind,
    Region,
)
from departments.models.register_parts import (
    OrganizationCredential,
    OrganizationLink,
    OrganizationName,
)
from msw_portal.kernel.scope import INSTALLATION, scope

K = OrganizationKind


@dataclass(frozen=True)
class House:
    """One organisation as it is entered."""

    kind: str
    name: str
    region: int
    grade: str = ""
    founded: dt.date | None = None
    precision: str = "day"
    charity: str = ""
    active_from: dt.date | None = None
    profile: dict[str, Any] = field(default_factory=dict)
    short: str = ""
    code: str = ""
    tenant: bool = False
    demo: bool = False


def month(year: int, number: int) -> dt.date:
    return dt.date(year, number, 1)


HOSPITAL_A, HOSPITAL_B = "示例市第一医院", "示例市第二医院"
FOUNDATION, AUTHORITY = "示例慈善基金会", "示例市卫生健康委员会"
PARTNER = "示例健康管理协会（培育支持）"


def _payee(name: str, last: str) -> dict[str, str]:
    """The account a foundation pays to; no bank has such numbers."""
    return {"name": name, "bank": "示例银行示例市分行", "account": f"99000000000000{last}"}


NEW_AREA = "示例新区社会工作主管部门"
# The statistical code of the new area: the register's list of regions is GB/T 2260, which has none.
NEW_AREA_REGION = 133100
HOUSES = (
    # invented tenants
    House(
        K.HOSPITAL,
        HOSPITAL_A,
        110102,
        "3A",
        profile={"payee": _payee(HOSPITAL_A, "0001")},
        short="示例一院",
        code="SLYY",
        tenant=True,
        demo=True,
    ),
    House(
        K.HOSPITAL,
        HOSPITAL_B,
        110101,
        "3A",
        profile={"payee": _payee(HOSPITAL_B, "0002")},
        short="示例二院",
        code="SLEY",
        tenant=True,
        demo=True,
    ),
    House(
        K.FOUNDATION, FOUNDATION, 110101, short="示例基金会", code="SLJJ", tenant=True, demo=True
    ),
    House(K.GOVERNMENT, AUTHORITY, 110000, short="示例卫健委", code="SLWJ", tenant=True, demo=True),
    House(K.ASSOCIATION, PARTNER, 110000, short="示例协会", code="SLXH", tenant=True, demo=True),
    House(
        K.GOVERNMENT,
        NEW_AREA,
        NEW_AREA_REGION,
        short="示例新区",
        code="SLXQ",
        tenant=True,
        demo=True,
    ),
    # hospitals and primary care of the documents
    House(
        K.HOSPITAL,
        "湖北省肿瘤医院",
        420100,
        profile={"facts": ["湖北省首家设立医务社工部的公立医院（2018 年 5 月）"]},
    ),
    House(
        K.HOSPITAL,
        "首都医科大学附属北京儿童医院",
        110102,
        short="北京儿童医院",
        profile={"methods": ["随诊", "病房探访", "个案", "小组"]},
    ),
    House(K.HOSPITAL, "河南省胸科医院", 410100, profile={"facts": ["双医联动"]}),
    House(
        K.HOSPITAL,
        "江苏省人民医院",
        320100,
        profile={
            "service_modes": ["嵌入协作型临床社工", "双工融合型志愿服务", "医社联动型社区外展"]
        },
    ),
    House(
        K.HOSPITAL,
        "武汉儿童医院",
        420100,
        profile={"facts": ["“社工+慈善救助”模式；设临床医务社工助理"]},
    ),
    House(K.HOSPITAL, "云南省肿瘤医院", 530100),
    House(K.HOSPITAL, "南京鼓楼医院", 320100),
    House(K.HOSPITAL, "江苏省儿童医院", 320100),
    House(K.HOSPITAL, "北京大学第一医院", 110102),
    House(K.HOSPITAL, "北京大学人民医院", 110102),
    House(K.HOSPITAL, "首都医科大学附属北京同仁医院", 110101),
    House(K.HOSPITAL, "广东医科大学顺德妇女儿童医院", 440606),
    House(K.HOSPITAL, "和祐医院", 440606),
    House(
        K.COMMUNITY_HEALTH,
        "东风社区卫生服务中心",
        110000,
        profile={"facts": ["社区健康志愿者起步 20 人"]},
    ),
    # agencies, stations, incubation
    House(K.AGENCY, "南京市鼓楼区仁医社会工作发展服务中心", 320100),
    House(K.AGENCY, "安新县雄泽社会工作服务中心", 130632),
    House(
        K.AGENCY, "容城县容善社会工作服务中心", 130629, founded=month(2020, 5), precision="month"
    ),
    House(K.AGENCY, "容城县筑爱社会工作服务中心", 130629),
    House(
        K.GOVERNMENT,
        "雄安新区社会工作孵化培育基地",
        130629,
        founded=dt.date(2022, 1, 1),
        precision="year",
        profile={
            "area_m2": 500,
            "qualifier": "约",
            "resident_agencies_at_least": 7,
            "county_centres": 1,
            "stations": 35,
        },
    ),
    # charities, platforms
    House(K.FOUNDATION, "北京新阳光慈善基金会", 110000, charity="foundation"),
    House(K.FOUNDATION, "北京同心圆慈善基金会", 110000, charity="foundation"),
    House(K.FOUNDATION, "北京慈缘慈善基金会", 110000, charity="foundation"),
    House(K.FOUNDATION, "北京春苗慈善基金会", 110000, charity="foundation"),
    House(K.FOUNDATION, "北京大医公益基金会", 110000, charity="foundation"),
    House(K.FOUNDATION, "北京微爱公益基金会", 110000, charity="foundation"),
    House(K.FOUNDATION, "广东省和的慈善基金会", 440606, charity="foundation"),
    House(K.FOUNDATION, "社会工作发展专项基金", 100000, charity="special_fund"),
    House(K.FOUNDATION, "社工人才发展基金", 440606, charity="special_fund"),
    House(K.ASSOCIATION, "顺德区慈善会", 440606, charity="federation"),
    House(K.PLATFORM, "字节跳动公益", 110000, charity="platform"),
    House(K.PLATFORM, "新浪微公益", 110000, charity="platform"),
    House(K.PLATFORM, "轻松集团", 110000, charity="platform"),
    House(K.PLATFORM, "米公益", 110000, charity="platform"),
    House(K.COMPANY, "联想集团华北大区", 110000, profile={"esg": "爱心企业：捐赠 100 个爱心书包"}),
    # government and associations
    House(K.GOVERNMENT, "顺德区委社会工作部", 440606),
    House(K.GOVERNMENT, "顺德区卫生健康局", 440606),
    House(K.GOVERNMENT, "顺德区民政和人力资源社会保障局", 440606),
    House(K.PROFESSIONAL_BODY, "中国社会工作联合会", 100000),
    House(K.PROFESSIONAL_BODY, "北京健康管理协会", 110000, profile={"role": "培育支持机构"}),
    House(K.PROFESSIONAL_BODY, "江苏省社会工作协会", 320000),
    House(K.PROFESSIONAL_BODY, "北京市社会工作联合会", 110000),
    House(K.PROFESSIONAL_BODY, "天津市社会工作协会", 120000),
    House(K.PROFESSIONAL_BODY, "浙江省社会工作协会", 330000),
    House(K.PROFESSIONAL_BODY, "湖北省医院协会医务社会工作专业委员会", 420000),
    House(K.PROFESSIONAL_BODY, "宁波市医务社会工作专业委员会", 330200),
    House(K.MEDIA, "公益时报社", 110000),
)
WARDS = (
    ("血液科一病区", 45),
    ("心外科三病区", 38),
    ("肿瘤科二病区", 52),
    ("神经内科二病区", 40),
    ("产科一病区", 36),
    ("骨科二病区", 44),
    ("儿科一病区", 42),
    ("急诊科", 30),
    ("重症医学科", 24),
    ("老年医学科", 48),
)
MSW_SETTINGS = {"triage_hours": 24, "crisis_hours": 2, "contact_lock_hours": 24}


def build() -> dict[str, Organization]:
    """Enter every organisation, its departments, links and names; by name. Needs the role of the owner or app."""
    with scope(org=INSTALLATION, role="system"):
        Region.objects.bulk_create(
            [Region(code=NEW_AREA_REGION, name="雄安新区", level=3, parent_id=130000)],
            ignore_conflicts=True,
        )
        made = {house.name: _enter(house) for house in HOUSES}
        _departments(made)
        _links(made)
    return made


def _enter(house: House) -> Organization:
    organization = Organization(
        kind=house.kind,
        name=house.name,
        short_name=house.short,
        code=house.code,
        region_id=house.region,
        grade=house.grade,
        founded_on=house.founded,
        founded_precision=house.precision,
        charity_type=house.charity,
        msw_active_from=house.active_from,
        profile=house.profile,
        is_tenant=house.tenant,
        is_demo=house.demo,
        managed_by_id=INSTALLATION,
    )
    organization.save(force_insert=True)
    if house.tenant:
        organization.managed_by = organization
        organization.save(update_fields=["managed_by"])
    return organization


def _department(made: dict[str, Organization], house: str, name: str, **facts: Any) -> Department:
    owner = made[house]
    if "founded_on" in facts:
        facts.setdefault("founded_precision", "month")
    department = Department(
        organization=owner,
        managed_by_id=owner.pk if owner.is_tenant else INSTALLATION,
        name=name,
        kind=facts.pop("kind", DepartmentKind.MSW),
        **facts,
    )
    department.save(force_insert=True)
    return department


def _departments(made: dict[str, Organization]) -> None:
    for house in (HOSPITAL_A, HOSPITAL_B):
        _department(
            made,
            house,
            "医务社会工作部",
            setup_type="independent",
            founded_on=month(2019, 3),
            settings=MSW_SETTINGS,
            beds_open=sum(beds for _name, beds in WARDS),
        )
        for name, beds in WARDS:
            _department(made, house, name, kind=DepartmentKind.WARD, beds_open=beds)
    hubei = _department(
        made,
        "湖北省肿瘤医院",
        "医务社工部",
        founded_on=month(2018, 5),
        setup_type="independent",
        is_first_in_province=True,
    )
    for unit in ("临床社工小组", "社工督导组", "社工技术支持组", "志愿服务队"):
        _department(made, "湖北省肿瘤医院", unit, kind=DepartmentKind.TEAM, parent=hubei)
    _department(
        made,
        "首都医科大学附属北京儿童医院",
        "医务社会工作部",
        founded_on=month(2020, 11),
        methods="随诊、病房探访、个案、小组",
        note="整合成立",
    )
    now = _department(
        made,
        "河南省胸科医院",
        "医疗事业发展和社会工作部",
        founded_on=month(2020, 4),
    )
    _department(
        made,
        "河南省胸科医院",
        "社会工作部",
        founded_on=month(2013, 8),
        ended_on=month(2020, 4),
        successor=now,
    )
    _department(made, "江苏省人民医院", "社会工作办公室")
    _department(made, "武汉儿童医院", "社会服务部")
    _department(made, "云南省肿瘤医院", "医务部", kind=DepartmentKind.CLINICAL)


def _links(made: dict[str, Organization]) -> None:
    links = OrganizationLink.Kind
    pairs = (
        ("江苏省人民医院", "南京市鼓楼区仁医社会工作发展服务中心", links.SISTER_AGENCY),
        ("安新县雄泽社会工作服务中心", "雄安新区社会工作孵化培育基地", links.COOPERATES),
        ("容城县容善社会工作服务中心", "雄安新区社会工作孵化培育基地", links.COOPERATES),
        ("容城县筑爱社会工作服务中心", "雄安新区社会工作孵化培育基地", links.COOPERATES),
        ("北京大医公益基金会", "首都医科大学附属北京儿童医院", links.COOPERATES),
        ("联想集团华北大区", "北京大医公益基金会", links.COOPERATES),
    )
    OrganizationLink.objects.bulk_create(
        [
            OrganizationLink(
                from_organization=made[a],
                to_organization=made[b],
                kind=kind,
                managed_by_id=INSTALLATION,
            )
            for a, b, kind in pairs
        ]
    )
    OrganizationCredential.objects.bulk_create(
        [
            OrganizationCredential(
                organization=made["北京微爱公益基金会"], kind="rating", grade="4A"
            ),
            OrganizationCredential(
                organization=made["北京微爱公益基金会"],
                kind="public_fundraising",
            ),
            OrganizationCredential(
                organization=made[FOUNDATION],
                kind="charity_status",
                valid=DateRange(dt.date(2019, 1, 1), None),
            ),
        ]
    )
    OrganizationName.objects.bulk_create(
        [
            OrganizationName(
                organization=made[HOSPITAL_A],
                name=HOSPITAL_A,
                valid=DateRange(dt.date(1990, 1, 1), None),
            )
        ]
    )
