"""What the demo register knows beyond names: stations, incubator, associations, and what two hospitals keep of theirs.

Of real bodies only what the documents state is here; what is invented to fill a stated total is
marked 演示, and belongs to invented bodies.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg2.extras import DateRange

from departments.models.organizations import (
    Code,
    Department,
    DepartmentKind,
    Organization,
    OrganizationKind,
)
from departments.models.people import User
from departments.models.register_parts import (
    DepartmentName,
    DepartmentYear,
    OrganizationCredential,
    OrganizationLink,
    PracticeBase,
    PracticePlacement,
)
from departments.services.entering import house_scope
from msw_portal.demo import incubating
from msw_portal.demo.places import HOSPITAL_A, HOSPITAL_B
from msw_portal.kernel.scope import INSTALLATION, scope

BASE = "雄安新区社会工作孵化培育基地"
OPERATOR, CONSORTIUM, SOCIETY, SCHOOL = (
    "示例社会工作服务中心",
    "示例市健康共同体",
    "示例市医务社会工作协会",
    "示例大学",
)
INVENTED = (
    (OrganizationKind.AGENCY, OPERATOR),
    (OrganizationKind.ASSOCIATION, CONSORTIUM),
    (OrganizationKind.PROFESSIONAL_BODY, SOCIETY),
    (OrganizationKind.UNIVERSITY, SCHOOL),
    *((OrganizationKind.AGENCY, name) for name in incubating.INVENTED),
)
COUNTIES = (130629, 130632)
STATIONS = 35
UNITS = ("临床社工小组", "社工督导组", "志愿服务队")
# Posts of the documents (systems 24 and 37), for whoever names a post.
POSTS = (
    ("clinical_msw_assistant", "临床医务社工助理", "Clinical medical social work assistant"),
    ("msw_project_director", "医务社工项目总监", "Director of medical social work projects"),
)


def build(made: dict[str, Organization], people: Mapping[str, User], today: dt.date) -> None:
    """Enter it all; needs the role of the owner or app, outside any scope."""
    with scope(org=INSTALLATION, role="system"):
        public(made)
        _own(made, today)
    for letter, name in (("a", HOSPITAL_A), ("b", HOSPITAL_B)):
        with house_scope(made[name].pk):
            _file(made[name], made[SCHOOL], people, letter, today)


def public(made: dict[str, Organization]) -> None:
    """What everybody reads: invented partners, names of posts, stations; in an open scope of the system."""
    made |= {name: _invented(kind, name) for kind, name in INVENTED}
    Code.objects.bulk_create(
        [
            Code(scheme="post", code=code, zh=zh, en=en, rank=rank)
            for rank, (code, zh, en) in enumerate(POSTS, 1)
        ],
        ignore_conflicts=True,
    )
    _documents(made)
    _stations(made)


def _invented(kind: str, name: str) -> Organization:
    row = Organization(
        kind=kind, name=name, region_id=110000, is_demo=True, managed_by_id=INSTALLATION
    )
    row.save(force_insert=True)
    return row


def _documents(made: Mapping[str, Organization]) -> None:
    agency = made["南京市鼓楼区仁医社会工作发展服务中心"]
    Department.objects.filter(organization=made["江苏省人民医院"], kind="msw").update(
        linked_agency=agency
    )
    dongfeng = made["东风社区卫生服务中心"]
    dongfeng.hospital_type = "community_centre"
    dongfeng.save(update_fields=["hospital_type"])


def _stations(made: Mapping[str, Organization]) -> None:
    base, operator = made[BASE], made[OPERATOR]

    def station(kind: str, name: str, **facts: Any) -> Department:
        return Department(
            organization=base,
            managed_by_id=INSTALLATION,
            operator=operator if kind != DepartmentKind.INCUBATOR else None,
            kind=kind,
            name=name,
            **facts,
        )

    station(
        DepartmentKind.INCUBATOR,
        "孵化培育基地",
        founded_on=dt.date(2022, 1, 1),
        founded_precision="year",
        area_m2=500,
        area_is_about=True,
        region_id=COUNTIES[0],
        note="入驻社工机构至少 7 家（文件：“还有六家”）",
    ).save(force_insert=True)
    station(
        DepartmentKind.STATION_CENTRE,
        "县级社会工作指导中心",
        level="county",
        region_id=COUNTIES[0],
        note="演示：名称与运营机构为示例，文件只写明 1 个",
    ).save(force_insert=True)
    Department.objects.bulk_create(
        [
            station(
                DepartmentKind.STATION,
                f"社工站（演示 {number:02}）",
                level="township",
                region_id=COUNTIES[number % 2],
                township=f"演示乡镇 {number:02}",
                note="演示：文件只写明共 35 个",
            )
            for number in range(1, STATIONS + 1)
        ]
    )


def _own(made: Mapping[str, Organization], today: dt.date) -> None:
    """The two invented hospitals: what they are, their units, posts, former name, association and title."""
    links = OrganizationLink.Kind
    for place, name in enumerate((HOSPITAL_A, HOSPITAL_B)):
        house = made[name]
        Organization.objects.filter(pk=house.pk).update(
            hospital_type="general",
            ownership="public",
            affiliation="city",
            msw_active_from=dt.date(2019, 3, 1),
        )
        msw = Department.objects.get(organization=house, kind="msw")
        Department.objects.filter(pk=msw.pk).update(
            posts_set=6 - place,
            posts_filled=5 - place,
            rooms=4,
            area_m2=120,
            linked_agency=made[OPERATOR],
            methods="个案、小组、社区活动、病房探访",
        )
        DepartmentName(
            department=msw,
            managed_by=house,
            name="社会服务科",
            valid=DateRange(dt.date(2014, 6, 1), dt.date(2019, 3, 1)),
            precision="month",
        ).save(force_insert=True)
        Department.objects.bulk_create(
            [
                Department(
                    organization=house,
                    managed_by=house,
                    kind=DepartmentKind.TEAM,
                    name=unit,
                    parent=msw,
                )
                for unit in UNITS
            ]
        )
        OrganizationLink.objects.bulk_create(
            [
                OrganizationLink(
                    from_organization=house,
                    to_organization=made[other],
                    managed_by=house,
                    kind=kind,
                    post=post,
                )
                for other, kind, post in (
                    (SOCIETY, links.ASSOCIATION_MEMBER, ("副会长单位", "理事单位")[place]),
                    (CONSORTIUM, links.CONSORTIUM, ("牵头医院", "")[place]),
                    (OPERATOR, links.SISTER_AGENCY, ""),
                )
            ]
        )
    OrganizationCredential(
        organization=made[HOSPITAL_A],
        managed_by=made[HOSPITAL_A],
        kind="designation",
        title="示例市医务社会工作示范单位",
        issued_on=today - dt.timedelta(days=1050),
        valid=DateRange(today - dt.timedelta(days=1050), today + dt.timedelta(days=45)),
    ).save(force_insert=True)


def _file(
    house: Organization,
    school: Organization,
    people: Mapping[str, User],
    letter: str,
    today: dt.date,
) -> None:
    msw = Department.objects.get(organization=house, kind="msw")
    assistant = people.get(f"{letter}.assistant") or people[f"{letter}.worker"]
    wards = Department.objects.filter(organization=house, kind="ward")
    wards.filter(name="血液科一病区").update(liaison=assistant)
    DepartmentYear.objects.bulk_create(
        [
            DepartmentYear(
                organization=house,
                department=msw,
                year=today.year - back,
                budget=Decimal(180000 + 20000 * (3 - back)),
                spent=Decimal("96500.00") if back == 0 else Decimal(171300 + 21500 * (3 - back)),
            )
            for back in (2, 1, 0)
        ]
    )
    base = PracticeBase(
        organization=house,
        department=msw,
        school=school,
        school_name=school.name,
        valid=DateRange(dt.date(today.year - 2, 9, 1), dt.date(today.year + 1, 9, 1)),
    )
    base.save(force_insert=True)
    PracticePlacement.objects.bulk_create(
        [
            PracticePlacement(
                organization=house,
                base=base,
                level=level,
                students=students,
                starts_on=dt.date(today.year - back, 3, 1),
                ends_on=dt.date(today.year - back, 6, 30),
                hours_each=hours,
                guide=people[f"{letter}.supervisor"],
            )
            for back, level, students, hours in (
                (1, "undergraduate", 4, 400),
                (0, "graduate", 3, 800),
            )
        ]
    )
