"""Calls of every use with their applications: the third batch of a city, one that is open, an incubator, an award, a venture call.

Of the 45 projects selected in 2023 the source names four; the other 41 are invented and say so.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import User
from departments.services.entering import member_scope
from msw_portal.demo.dice import LOCAL
from msw_portal.demo.files import born, put
from msw_portal.demo.houses import Hospital
from msw_portal.demo.places import AUTHORITY, FOUNDATION, NEW_AREA
from msw_portal.kernel.scope import INSTALLATION, scope
from projects.models.applications import (
    Application,
    ApplicationParty,
    ApplicationVersion,
    FiveParty,
)
from projects.models.calls import Call, CallVersion
from projects.services.applications.inviting import co_applicant_ask
from projects.services.applications.writing import application_begin, application_write, title_key
from projects.services.calls import clock, writing
from projects.services.calls.templates import template_of

TEXT = "为推动医务社会工作发展，现面向符合条件的单位公开征集项目，请按要求填写申报书（演示）。"
CONTACT = "示例联系人 010-00000000（演示）"
NAMED = (
    ("北京大学第一医院", "儿童癫痫患者共同照护服务项目", "ward", "other", "癫痫患儿和家庭"),
    ("北京大学人民医院", "髓爱童行——血液病儿童全程照护模式", "ward", "child_blood", "血液病患儿和家庭"),
    ("首都医科大学附属北京同仁医院", "眼科老年患者全病程服务模式探索", "outpatient", "other", "眼科老年患者"),
    ("东风社区卫生服务中心", "社区健康志愿者队伍的组建与赋能", "community", "", "社区居民和志愿者"),
)  # fmt: skip
THEMES = ("infectious", "tumour", "child_blood", "cleft", "obstetrics", "cognitive", "youth_mood", "reproduction")  # fmt: skip
SETTINGS = ("ward", "emergency", "outpatient")
OUTPUTS = ("counselling", "aid", "communication", "support")
SELECTED = 45
PROVINCES = (
    *(110000, 120000, 130000, 140000, 150000, 210000, 220000, 230000, 310000, 320000),
    *(330000, 340000, 350000, 360000, 370000, 410000, 420000, 430000, 440000, 450000),
    *(460000, 500000, 510000, 520000, 530000, 610000, 620000, 630000, 640000, 650000),
)
AWARD_REGIONS = 30


def calls(
    made: Mapping[str, Organization],
    people: Mapping[str, User],
    hospitals: Mapping[str, Hospital],
    *,
    today: dt.date,
) -> int:
    """Write them; how many applications stand. Needs the role of the owner, outside any scope."""
    city, area = people["g.officer"], people["x.officer"]
    count = _third_batch(made, city)
    count += _award(made[AUTHORITY], city, today)
    count += _open_batch(city, hospitals, today)
    _published(area, "incubation", "社会工作孵化培育基地入驻机构征集（演示）", today)
    _published(people["f.officer"], "venture", "医务社工服务创投征集（演示）", today)
    clock.calls_sweep([made[name].pk for name in (AUTHORITY, NEW_AREA, FOUNDATION)])
    return count


def _published(by: User, kind: str, title: str, today: dt.date, **facts: Any) -> Call:
    opens = dt.datetime.combine(today - dt.timedelta(days=10), dt.time(9), LOCAL)
    with member_scope(by, by.membership.uid):
        call = writing.call_draft(kind=kind, title=title, year=today.year, batch=None, by=by)
        call = writing.call_edit(
            call=call,
            by=by,
            **{
                "text": TEXT,
                "contact": CONTACT,
                "opens_at": opens,
                "closes_at": opens + dt.timedelta(days=40, hours=8),
                **facts,
            },
        )
        return writing.call_publish(call=call, by=by)


def _open_batch(by: User, hospitals: Mapping[str, Hospital], today: dt.date) -> int:
    """A batch that takes applications, with drafts of two hospitals; one asks the other to join."""
    title = f"{today.year} 年医务社工多元培育服务项目征集（演示）"
    facts = {
        "track_names": ["公开申报", "定向委托"],
        "theme_names": ["重大疾病照护", "社区健康", "医患沟通"],
        "foci": ["扩大覆盖面", "提升质量", "社会资源对接和推介交流平台"],
        "max_per_unit": 3,
        "places": 45,
        "funding_ceiling": Decimal("80000.00"),
        "policy_basis": "《关于发展医务社会工作的实施意见》",
    }
    call = _published(by, "cultivation", title, today, **facts)
    head, worker, other = hospitals["A"].head, hospitals["A"].workers[0], hospitals["B"].head
    with member_scope(worker, worker.membership.uid):
        row = application_begin(
            call=call, title="住院儿童家庭支持计划（演示）", track="t1", self_test={"has_workers": True, "similar": False}, by=worker
        )  # fmt: skip
        row = application_write(
            application=row,
            section="people",
            columns={"target_group": "住院患儿和家庭"},
            answers={"people_count": 120, "people_terms": "病房转介，自愿参加（演示）"},
            by=worker,
        )
        lines = [("小组活动", "800.00", 12), ("督导费", "500.00", 10), ("宣传材料", "15.00", 200)]
        rows = [
            {"line": line, "unit_price": Decimal(price), "quantity": Decimal(n), "source": "asked"}
            for line, price, n in lines
        ]
        row = application_write(
            application=row, section="budget", columns={}, answers={}, rows=rows, by=worker
        )
        partner = hospitals["B"].organization
        co_applicant_ask(application=row, partner=partner, part="分担院外随访（演示）", by=worker)
    for who, words in ((head, "安宁疗护志愿陪伴（演示）"), (other, "门诊老年患者就医陪伴（演示）")):
        with member_scope(who, who.membership.uid):
            application_begin(call=call, title=words, track="t1", by=who)
    return 3


# ── what is over, in bulk ────────────────────────────────────────────────────


def _past(
    issuer: Organization, by: User, kind: str, title: str, at: dt.datetime, **more: Any
) -> Call:
    """A call that was decided long ago, with its announcement frozen."""
    call = Call(
        organization=issuer,
        kind=kind,
        title=title,
        slug=f"demo{kind}{at.year}"[:40],
        issuers=[{"name": issuer.name, "role": "主办"}],
        text=TEXT,
        contact=CONTACT,
        opens_at=at - dt.timedelta(days=30),
        closes_at=at,
        state="decided",
        state_entered_at=at + dt.timedelta(days=60),
        version=1,
        published_at=at - dt.timedelta(days=35),
        **{**template_of(kind), **more},
        **born(at - dt.timedelta(days=36), by),
    )
    put([call])
    content = writing.announced(call)
    version = CallVersion(
        organization=issuer,
        call=call,
        version=1,
        content=content,
        content_hash=writing.content_hash(content),
        published_at=call.published_at,
        **born(call.published_at, by),
    )
    put([version])
    return call


def _third_batch(made: Mapping[str, Organization], by: User) -> int:
    """The list of 2023: four projects by name, forty-one invented and marked."""
    at = dt.datetime(2023, 6, 30, 17, tzinfo=LOCAL)
    units = list(
        Organization.objects.filter(kind=OrganizationKind.HOSPITAL, region_id__gte=110000, region_id__lte=119999).order_by("pk")
    )  # fmt: skip
    with scope():
        call = _past(
            made[AUTHORITY], by, "cultivation", "2023 年医务社工多元培育服务项目（第三批）", at,
            year=2023, batch=3, places=SELECTED, tracks=[{"code": "t1", "name": "公开申报"}],
        )  # fmt: skip
        rows = []
        for n in range(SELECTED):
            if n < len(NAMED):
                unit, title, setting, theme, group = NAMED[n]
                house = made[unit]
            else:
                house, theme = units[n % len(units)], THEMES[n % len(THEMES)]
                title = f"演示培育项目 {n + 1:02}（名称未见于来源）"
                setting, group = SETTINGS[n % 3], "演示服务对象"
            rows.append(
                _application(
                    call,
                    house,
                    title,
                    n,
                    at,
                    by,
                    settings=[setting],
                    disease_themes=[theme] if theme else [],
                    outputs=[OUTPUTS[n % 4]],
                    target_group=group,
                    number=f"YWSG-DYPY-2023{n + 1}",
                )  # fmt: skip
            )
        _write(rows, at, by)
    return len(rows)


def _award(issuer: Organization, by: User, today: dt.date) -> int:
    """An award whose entrants come from thirty provinces and regions."""
    with scope(org=INSTALLATION, role="system"):
        houses = Organization.objects.bulk_create(
            [
                Organization(
                    kind=OrganizationKind.PROFESSIONAL_BODY,
                    name=f"示例推荐单位 {code // 10000}（演示）",
                    short_name=f"推荐单位 {code // 10000}",
                    region_id=code,
                    is_demo=True,
                    managed_by_id=INSTALLATION,
                )
                for code in PROVINCES[:AWARD_REGIONS]
            ]
        )
    at = dt.datetime(2021, 12, 31, 17, tzinfo=LOCAL)
    with scope():
        call = _past(
            issuer, by, "award", "第二届寻找最美医务社工（演示）", at,
            year=2021, batch=2, places=10, tracks=[{"code": "t1", "name": "个人"}],
        )  # fmt: skip
        rows = [
            _application(
                call,
                house,
                f"演示被推荐人 {n + 1:02}",
                n,
                at,
                by,
                number=f"ZMYWSG-2021-{n + 1:03}",
            )  # fmt: skip
            for n, house in enumerate(houses)
        ]
        for row in rows[call.places or 0 :]:
            row.state, row.selected = "not_selected", False
        _write(rows, at, by)
    return len(rows)


def _application(
    call: Call, unit: Organization, title: str, n: int, at: dt.datetime, by: User, **more: Any
) -> Application:
    sent = at - dt.timedelta(days=n % 20, minutes=17 * n)
    return Application(
        organization=unit,
        counterparty=call.organization,
        call=call,
        unit_name=unit.name,
        region_code=unit.region_id,
        title=title,
        title_key=title_key(title),
        track="t1",
        state="selected",
        state_entered_at=call.state_entered_at,
        completeness=100,
        told_version=1,
        submitted_at=sent,
        submitted_version=1,
        rank=n + 1,
        selected=True,
        **{"formality": {"is_complete": True}, **more},
        **born(sent, by),
    )


def _write(rows: list[Application], at: dt.datetime, by: User) -> None:
    put(rows)
    versions, parties = [], []
    for row in rows:
        payload = {
            "title": row.title,
            "unit": row.unit_name,
            "call": row.call.title,
            "sections": [
                {
                    "code": "basic",
                    "title": "基本信息",
                    "facts": [["项目名称", row.title], ["申报单位", row.unit_name], ["服务对象", row.target_group]],
                    "tables": [],
                }
            ],
        }  # fmt: skip
        versions.append(
            ApplicationVersion(
                organization_id=row.organization_id,
                application=row,
                version=1,
                kind="submission",
                call_version=1,
                payload=payload,
                payload_hash=writing.content_hash(payload),
                submitted_at=row.submitted_at,
                **born(row.submitted_at, by),
            )
        )
        parties += _five(row, by)
    put(versions)
    put(parties)


def _five(row: Application, by: User) -> list[ApplicationParty]:
    """Five parties, the last of them blank with its reason in every third application."""
    if row.call.kind != "cultivation":
        return []
    return [
        ApplicationParty(
            organization_id=row.organization_id,
            application=row,
            role="five",
            five=party.value,
            rank=place,
            application_state=row.state,
            application_number=row.number or "",
            **(
                {"blank_reason": "本期没有慈善资源参与（演示）"}
                if place == len(FiveParty) and (row.rank or 0) % 3 == 0
                else {"name": f"演示{party.label}", "part": "协助服务"}
            ),
            **born(row.submitted_at, by),
        )
        for place, party in enumerate(FiveParty, start=1)
    ]
