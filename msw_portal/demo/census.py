"""The census of the source documents, institution by institution: invented, to the stated totals, and named as 演示.

What is stated: 2023 in the city 101 institutions with 306 workers, 54 and 194 of them tertiary; growth
over 2019 that only 19 institutions and 84 workers give. In the new area certified workers from 30 to
550, agencies from 1 to 24, 35 stations and one county centre, a base of about 500 m²; its years are
not stated and stand for the example.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from typing import Any

from departments.models.census import CensusReturn, PublishedFigure
from departments.models.organizations import Organization, OrganizationKind, Region
from departments.models.people import Role, User
from departments.services.census import entering, published, reviewing, sending
from departments.services.census.lines import COLUMNS
from departments.services.demo_access import demo_password_hash, demo_person
from departments.services.entering import house_scope, member_scope
from msw_portal.demo.places import AUTHORITY, NEW_AREA, NEW_AREA_REGION
from msw_portal.kernel.scope import INSTALLATION, scope

CITY = AUTHORITY
OFFICERS = {CITY: ("g.officer", "谢示例"), NEW_AREA: ("x.officer", "邹演示")}
HOUSES = {CITY: (110000, "示例卫健委", "SLWJ"), NEW_AREA: (NEW_AREA_REGION, "示例新区", "SLXQ")}
# The districts of the city, the inner ones first.
DISTRICTS = (
    *(110101, 110102, 110105, 110106, 110107, 110108, 110109, 110111),
    *(110112, 110113, 110114, 110115, 110116, 110117, 110118, 110119),
)
BASE, NOW = 2019, 2023
SEED = 6
BASELINE = "基线：只含三级医疗机构；逐家数字为演示，合计按来源文件推得。"
STATED = "逐家数字为演示，合计按来源文件。"
YEARS = "原文没有写明起讫年份，年份与逐行数字为演示，合计按来源文件。"
SOURCE = "来源文件：北京 2023 年 45 个医务社工多元培育服务项目；雄安新区社会工作孵化培育体系"
Rows = list[dict[str, Any]]
# code: (words, value, qualifier)
SAID: dict[str, dict[str, tuple[str, str, str]]] = {
    CITY: {
        "B2": ("开展医务社工的机构 101 家", "101", "exact"),
        "B3": ("其中三级医院 54 家", "54", "exact"),
        "B4": ("三级医院较 2019 年增长 184%", "184", "exact"),
        "B5": ("医务社工 306 人", "306", "exact"),
        "B6": ("其中三级医院 194 人", "194", "exact"),
        "B7": ("三级医院的医务社工较 2019 年增长 131%", "131", "exact"),
    },
    NEW_AREA: {
        "X1": ("持证社工由 30 人增加到 550 人", "550", "exact"),
        "X2": ("社会工作服务机构由 1 家增加到 24 家", "24", "exact"),
        "X4": ("乡镇（街道）社工站 35 个", "35", "exact"),
        "X4_centres": ("县级社会工作指导中心 1 个", "1", "exact"),
        "X5": ("基地约 500 平方米", "500", "about"),
    },
}


def build() -> int:
    """Write what is missing of the example through ordinary services; how many returns were made."""
    _regions()
    made = 0
    for name in (CITY, NEW_AREA):
        officer = _officer(_house(name))
        with _acting(officer):
            if CensusReturn.objects.filter(organization_id=officer.house_id).exists():
                continue
            returns = _city() if name == CITY else _new_area()
            for kind, year, note, rows in returns:
                _frozen(kind, year, note, rows, officer)
                made += 1
            _published(SAID[name], officer)
    return made


def waiting(head: User, year: int) -> None:
    """A hospital's own return of last year, sent and not yet reviewed."""
    with _acting(head):
        draft = entering.census_start(kind="institution", year=year, by=head)
        line = draft.lines.get()
        counts = {"workers": 8, "full_time": 7, "junior": 2, "middle": 4, "senior": 1, "beds": 640}
        first = {name: getattr(line, name) for name in COLUMNS if name != "place"}
        entering.census_save(
            census=draft,
            as_of=draft.as_of,
            note="",
            lines=[first | {"place": line.place_id} | counts],
            by=head,
        )
        authority = sending.authorities_for(head)[0]
        sending.census_submit(census=draft, authority=authority, by=head)


@contextmanager
def _acting(user: User) -> Iterator[None]:
    with member_scope(user, user.membership.uid):
        yield


def _regions() -> None:
    """The new area, in an installation without the demo world; the rest comes with the migrations."""
    with scope(org=INSTALLATION, role="system"):
        area = Region(code=NEW_AREA_REGION, name="雄安新区", level=3, parent_id=130000)
        Region.objects.bulk_create([area], ignore_conflicts=True)


def _house(name: str) -> Organization:
    region, short, code = HOUSES[name]
    found = Organization.objects.filter(name=name).first()
    if found is None:
        with scope(org=INSTALLATION, role="system"):
            found = Organization(
                kind=OrganizationKind.GOVERNMENT,
                name=name,
                short_name=short,
                code=code,
                region_id=region,
                is_tenant=True,
                is_demo=True,
                managed_by_id=INSTALLATION,
            )
            found.save(force_insert=True)
            found.managed_by = found
            found.save(update_fields=["managed_by"])
    return found


def _officer(house: Organization) -> User:
    login, name = OFFICERS[house.name]
    with house_scope(house.pk):
        user = User.objects.filter(username=login).first() or demo_person(
            username=login,
            display_name=name,
            role=Role.AUTHORITY_OFFICER,
            organization=house,
            department=None,
            password_hash=demo_password_hash(),
        )
        user.membership = user.memberships.filter(organization=house).first()
    return user


def _frozen(kind: str, year: int, note: str, rows: Rows, by: User) -> None:
    """One return from draft to frozen, by the authority itself for institutions without an account."""
    draft = entering.census_begin(kind=kind, year=year, by=by)
    day = dt.date(year, 12, 31)
    draft = entering.census_save(census=draft, as_of=day, note=note, lines=rows, by=by)
    house = Organization.objects.get(pk=by.house_id)
    sent = sending.census_submit(census=draft, authority=house, by=by)
    reviewing.census_accept(census=sent, by=by)
    reviewing.census_freeze(kind=kind, year=year, as_of=day, by=by)


def _published(said: Mapping[str, tuple[str, str, str]], by: User) -> None:
    for code, (statement, value, qualifier) in said.items():
        if not PublishedFigure.objects.filter(organization_id=by.house_id, code=code).exists():
            published.published_add(
                code=code,
                year=NOW,
                statement=statement,
                value=Decimal(value),
                qualifier=qualifier,
                as_of=None,
                source=SOURCE,
                by=by,
            )


def shared(total: int, parts: int, random: Random) -> list[int]:
    """`total` over `parts`, each at least 1, unevenly; the same for the same random.

    Raises:
        ValueError: when there is less than one for each.
    """
    if total < parts:
        raise ValueError("less than one for each")
    counts = [1] * parts
    for _one in range(total - parts):
        # Who has more is more likely to get one more.
        counts[random.choices(range(parts), weights=counts)[0]] += 1
    return sorted(counts, reverse=True)


def _staffed(
    names: Iterable[str], total: int, random: Random, grades: tuple[str, ...], category: str
) -> Rows:
    names = list(names)
    # The inner districts have more hospitals.
    weights = range(len(DISTRICTS), 0, -1)
    rows = []
    for name, workers in zip(names, shared(total, len(names), random), strict=True):
        certified = random.randint(workers // 2, workers)
        middle = certified // 2
        rows.append(
            {
                "name": name,
                "category": category,
                "grade": random.choice(grades),
                "place": random.choices(DISTRICTS, weights=weights)[0],
                "is_active": True,
                "workers": workers,
                "full_time": random.randint((workers + 1) // 2, workers),
                "junior": certified - middle,
                "middle": middle,
                "senior": 0,
                "is_counted": True,
            }
        )
    return rows


def _numbered(word: str, count: int) -> list[str]:
    return [f"{word}{n:02d}（演示）" for n in range(1, count + 1)]


def _city() -> list[tuple[str, int, str, Rows]]:
    random = Random(SEED)  # noqa: S311  invented numbers, no secret
    tertiary, grades = _numbered("三级医院", 54), ("3A", "3A", "3A", "3B", "3X")
    hospitals, primary = _numbered("二级医院", 22), _numbered("社区卫生服务中心", 25)
    then = _staffed(tertiary[:19], 84, random, grades, "hospital")
    now = _staffed(tertiary, 194, random, grades, "hospital")
    grade_of = {row["name"]: (row["grade"], row["place"]) for row in now}
    for row in then:
        row["grade"], row["place"] = grade_of[row["name"]]
    now += _staffed(hospitals, 64, random, ("2A", "2A", "2B"), "hospital")
    now += _staffed(primary, 48, random, ("",), "community_health")
    return [("institution", BASE, BASELINE, then), ("institution", NOW, STATED, now)]


def _new_area() -> list[tuple[str, int, str, Rows]]:
    random = Random(SEED)  # noqa: S311
    base = {"category": "base", "area": Decimal("500.0"), "note": "约"}
    return [
        ("certified", BASE, YEARS, _certified(30, 3, random)),
        ("certified", NOW, YEARS, _certified(550, 24, random)),
        ("agency", BASE, YEARS, _plain(_numbered("社会工作服务中心", 1), "agency")),
        ("agency", NOW, YEARS, _plain(_numbered("社会工作服务中心", 24), "agency")),
        (
            "station",
            NOW,
            YEARS,
            _plain(_numbered("乡镇（街道）社工站", 35), "station")
            + _plain(["县级社会工作指导中心（演示）"], "station_centre"),
        ),
        ("base", NOW, YEARS, [{"name": "社会工作孵化培育基地（演示）", **base}]),
    ]


def _plain(names: Iterable[str], category: str) -> Rows:
    return [{"name": name, "category": category} for name in names]


def _certified(total: int, units: int, random: Random) -> Rows:
    rows = []
    for name, held in zip(_numbered("用人单位", units), shared(total, units, random), strict=True):
        middle = held // 3
        split = {"junior": held - middle, "middle": middle, "senior": 0}
        rows.append({"name": name, "category": "unit", **split})
    return rows
