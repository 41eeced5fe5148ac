"""Calls of every use with their applications: a batch that is open, an incubator, an award, a venture call.

The third batch of 2023 stands in reviewing.py.
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
    ApplicationVersion,
)
from projects.models.calls import Call, CallVersion
from projects.services.applications.inviting import co_applicant_ask
from projects.services.applications.writing import application_begin, application_write, title_key
from projects.services.calls import clock, writing
from projects.services.calls.templates import template_of

TEXT = "为推动医务社会工作发展，现面向符合条件的单位公开征集项目，请按要求填写申报书（演示）。"
CONTACT = "示例联系人 010-00000000（演示）"
PROVINCES = (
    *(110000, 120000, 130000, 140000, 150000, 210000, 220000, 230000, 310000, 320000),
    *(330000, 340000, 350000, 360000, 370000, 410000, 420000, 430000, 440000, 450000),
    *(460000, 500000, 510000, 520000, 530000, 610000, 620000, 630000, 640000, 650000),
)
AWARD_REGIONS = 30
# What is known of entrants of long ago is in a list: nothing else was asked of them here.
LISTED_FORM = {
    "sections": [
        {
            "code": "basic",
            "title": "基本信息",
            "hint": "",
            "fields": [
                {"code": "title", "type": "column", "is_required": True},
                {"code": "track", "type": "column", "is_required": True},
            ],
            "table": "",
            "least": 0,
        }
    ]
}


def calls(
    made: Mapping[str, Organization],
    people: Mapping[str, User],
    hospitals: Mapping[str, Hospital],
    *,
    today: dt.date,
) -> int:
    """Write them; how many applications stand. Needs the role of the owner, outside any scope."""
    city, area = people["g.officer"], people["x.officer"]
    count = _award(made[AUTHORITY], city, today)
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
            form=LISTED_FORM,
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
    versions = []
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
    put(versions)
