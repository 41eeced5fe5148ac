"""The new area of the demo world: its sixteen projects, of which the source names five, and the incubation base."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal as D
from typing import Any

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import member_scope
from projects.models.cultivation import Project
from projects.services import cultivation as services
from projects.services import cultivation_events as events
from projects.services import cultivation_plan as plans
from projects.services import incubation

AGENCIES = (
    "安新县雄泽社会工作服务中心",
    "容城县容善社会工作服务中心",
    "容城县筑爱社会工作服务中心",
)
# The source names one resident and says "six more"; two others are named elsewhere, four are demonstration rows.
INVENTED = tuple(f"示例入驻社会工作服务中心{name}（演示）" for name in "甲乙丙丁")
RESIDENTS = AGENCIES + INVENTED
# Named in the source of the new area (two with their month); the other eleven are demonstration rows.
NAMED = (
    ("心理援助项目", dt.date(2020, 3, 1), "疫情期间的居民"),
    ("扶贫社工站项目", dt.date(2020, 4, 1), "困难群众"),
    ("征迁安置居民融入项目", None, "征迁安置居民"),
    ("护苗行动·心语小屋", None, "儿童青少年"),
    ("一老一小服务项目", None, "老年人与儿童"),
)
ALL = 16


@contextmanager
def acting(user: User) -> Iterator[User]:
    with member_scope(user, user.membership.uid):
        yield user


def enter(
    by: User, unit: Organization, title: str, start: dt.date, end: dt.date, **more: Any
) -> Project:
    given = {
        "kind": "other",
        "approved_amount": D("50000.00"),
        "target_group": "住院儿童及家庭",
        **more,
    }
    return services.project_enter(
        unit=unit, title=title, starts_on=start, ends_on=end, by=by, **given
    )


def new_area(officer: User, made: Mapping[str, Organization], today: dt.date) -> None:
    """The sixteen projects of the new area: purchased by the authority, operated by the agencies."""
    begin = dt.date(today.year, 1, 1)
    with acting(officer) as by:
        for n in range(ALL):
            named = n < len(NAMED)
            title, since, group = (
                NAMED[n] if named else (f"社工站服务项目 {n + 1}（演示）", None, "社区居民")
            )
            agency = made[AGENCIES[n % len(AGENCIES)]]
            project = enter(
                by,
                agency,
                title,
                since or begin,
                dt.date(today.year, 12, 31),
                kind="purchase" if n in (2, 4) else "station",
                target_group=group,
                approved_amount=D("120000.00"),
                settings=["community"],
                disease_themes=["youth_mood"] if "心" in title else [],
                strategies=["rural"] if "扶贫" in title else [],
            )
            if named:
                plans.budget_add(
                    project=project,
                    line="服务活动与人员",
                    unit_price=D("15000"),
                    quantity=D(10 - n % 2),
                    source="fiscal",
                    by=by,
                )
            services.project_step(project=project, step="start", by=by)
            if n in (2, 4):
                _contract(project, n, begin, today, by)


def _contract(project: Project, n: int, begin: dt.date, today: dt.date, by: User) -> None:
    contract = incubation.contract_write(
        project=project,
        number=f"演示-GM-{today.year}-{n:02d}",
        amount=D("120000.00"),
        signed_on=begin,
        starts_on=begin,
        ends_on=dt.date(today.year, 12, 31),
        by=by,
    )
    for title, amount, month in (("首付款", "60000.00", 2), ("中期验收后", "36000.00", 8)):
        due = dt.date(today.year, month, 15)
        event = incubation.payment_plan(
            contract=contract, title=title, amount=D(amount), due_on=due, by=by
        )
        if due < today:
            event.project = project
            events.event_finish(event=event, done_on=due, by=by)


def base(officer: User, made: Mapping[str, Organization], today: dt.date) -> None:
    """Residents of the base: support by its five kinds, a radar before and now, a SWOT, space, an assessment."""
    start = today - dt.timedelta(days=500)
    with acting(officer) as by:
        for n, name in enumerate(RESIDENTS):
            project = enter(
                by,
                made[name],
                f"入驻孵化：{name}",
                start,
                start + dt.timedelta(days=730),
                kind="incubation",
                approved_amount=None,
                target_group="社会工作服务机构",
            )
            services.project_step(project=project, step="admit", by=by)
            _supported(project, n, today, by)


def _supported(project: Project, n: int, today: dt.date, by: User) -> None:
    def add(kind: str, title: str, days: int, **more: Any) -> None:
        events.event_add(
            project=project,
            kind=kind,
            title=title,
            done_on=today - dt.timedelta(days=days),
            by=by,
            **more,
        )

    for place, support in enumerate(incubation.SUPPORTS):
        add(
            "service",
            f"{incubation.SUPPORTS[support]}（演示）",
            300 - 40 * place,
            hours=D(2 + place % 3),
            participants=6 + place,
            detail={"support": support},
        )
    for days, rise in ((400, 0), (60, 2)):
        scores = {axis: 3 + rise + (n + place) % 4 for place, axis in enumerate(incubation.AXES)}
        add("radar", "能力评估（演示）", days, detail=scores)
    add(
        "swot",
        "SWOT 分析（演示）",
        390,
        detail={
            "strengths": "熟悉本地社区",
            "weaknesses": "专职社工少",
            "opportunities": "政府购买服务增加",
            "threats": "人员流动",
        },
    )
    add(
        "coaching", "一对一辅导（演示）", 120, hours=D(2), detail={"note": "梳理项目书的目标与指标"}
    )
    add("space", "工位与活动室（演示）", 480, detail={"m2": str(20 + 5 * n)})
    for line, amount, source in (
        ("场地与运营", "60000", "fiscal"),
        ("人才培养", "20000", "charity"),
        ("自筹", "8000", "own"),
    ):
        plans.budget_add(
            project=project, line=line, unit_price=D(amount), quantity=D(1), source=source, by=by
        )
    incubation.resident_assess(
        project=project,
        on=today - dt.timedelta(days=130),
        stage="growing",
        result="good",
        note="服务稳定，治理制度健全（演示）。",
        by=by,
    )
