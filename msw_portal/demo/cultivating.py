"""Projects at work in the demo world: a cultivated one, the new area's sixteen, its base, a programme with sites.

What the sources name is named, with the source where two of them differ; everything else is marked 演示.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal as D
from typing import Any

from cases.models.groups import Group
from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import member_scope
from msw_portal.demo.houses import Hospital
from msw_portal.demo.places import PARTNER
from projects.models.cultivation import Project, ProjectIndicator, ProjectReport
from projects.services import cultivation as services
from projects.services import cultivation_events as events
from projects.services import cultivation_plan as plans
from projects.services import cultivation_reports as reports
from projects.services import incubation, kits, programmes

CHILDREN = "首都医科大学附属北京儿童医院"
AGENCIES = (
    "安新县雄泽社会工作服务中心",
    "容城县容善社会工作服务中心",
    "容城县筑爱社会工作服务中心",
)
# Named in the source of the new area (two with their month); the other eleven are demonstration rows.
NAMED = (
    ("心理援助项目", dt.date(2020, 3, 1), "疫情期间的居民"),
    ("扶贫社工站项目", dt.date(2020, 4, 1), "困难群众"),
    ("征迁安置居民融入项目", None, "征迁安置居民"),
    ("护苗行动·心语小屋", None, "儿童青少年"),
    ("一老一小服务项目", None, "老年人与儿童"),
)
ALL = 16
S0, S3 = "来源文件 S0", "来源文件 S3"
PROFILE: dict[str, Any] = {
    "name": "暖心益站",
    "summary": "2022 至 2024 年在医院设示范点，开展病友互助、医患关系促进、心理疏导和健康教育。",
    "begun_on": dt.date(2022, 3, 1),
    "begun_precision": "month",
    "ended_on": dt.date(2024, 12, 31),
    "themes": ["儿童", "肿瘤", "心血管"],
    "services": ["病友互助", "医患关系促进", "心理疏导", "健康教育"],
    "parties": [
        {"role": "initiator", "name": "发起单位（演示）", "source": S3},
        {"role": "guide", "name": "指导单位（演示）", "source": S3},
        {"role": "sponsor", "name": "支持单位（演示）", "source": S3},
    ],
    "versions": [
        {"about": "主题", "text": "儿童、肿瘤、心血管", "source": S3},
        {"about": "主题", "text": "儿童、肿瘤、心血管、慢性病", "source": S0},
    ],
}


@contextmanager
def _acting(user: User) -> Iterator[User]:
    with member_scope(user, user.membership.uid):
        yield user


def cultivate(
    made: Mapping[str, Organization], staff: Mapping[str, User], hospital: Hospital, today: dt.date
) -> int:
    """Write them through the ordinary services; how many projects there are."""
    officer, area = staff["g.officer"], staff["x.officer"]
    _running(officer, staff["p.officer"], hospital, made[PARTNER], today)
    _passed(officer, hospital, today)
    _programme(officer, made, hospital, today)
    _new_area(area, made, today)
    _base(area, made, today)
    return 2 + 3 + ALL + len(AGENCIES)


def _plan(project: Project, by: User) -> None:
    """Two counted indicators, one typed, one before and after, and a budget of 50,000 yuan."""
    add: dict[str, Any] = {"project": project, "by": by}
    for name, unit, target, weight, source in (
        ("小组", "个", "4", "30", "groups"),
        ("志愿服务时长", "小时", "200", "20", "volunteer_hours"),
        ("服务人次", "人次", "600", "50", "manual"),
    ):
        plans.indicator_add(
            name=name, unit=unit, target=D(target), weight=D(weight), source=source, **add
        )
    plans.indicator_add(
        name="医护对医务社工的认知度",
        unit="%",
        target=D("80"),
        weight=D(0),
        source="manual",
        baseline=D("35"),
        is_before_after=True,
        **add,
    )
    for line, price, quantity in (
        ("小组材料", "150", "80"),
        ("志愿者补贴", "100", "260"),
        ("印刷", "12", "1000"),
    ):
        plans.budget_add(
            line=line, unit_price=D(price), quantity=D(quantity), source="asked", **add
        )


def _enter(
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


def _report(worker: User, report: ProjectReport, persons: str) -> None:
    with _acting(worker) as by:
        row = ProjectReport.objects.select_related("project").get(pk=report.pk)
        manual = ProjectIndicator.objects.filter(
            project=row.project, source="manual", is_before_after=False
        )
        reports.report_send(
            report=row,
            texts={
                "done": "每周病房探访两次，开展家属小组（演示）。",
                "problems": "夜间探访人手不足（演示）。",
                "plan": "增加志愿者排班（演示）。",
            },
            values={str(one.uid): D(persons) for one in manual},
            by=by,
        )


def _running(
    officer: User, partner: User, hospital: Hospital, house: Organization, today: dt.date
) -> None:
    start = (today - dt.timedelta(days=150)).replace(day=1)
    with _acting(officer) as by:
        project = _enter(
            by,
            hospital.organization,
            "血液病儿童全程照护（演示）",
            start,
            start + dt.timedelta(days=364),
            partner=house,
        )
        _plan(project, by)
        services.project_step(project=project, step="start", by=by)
        reports.reports_plan(project=project, kind="monthly", by=by)
    due = ProjectReport.objects.none()
    with _acting(hospital.head) as by:
        project = Project.objects.get(pk=project.pk)
        services.project_amend(
            project=project,
            leader=hospital.workers[0],
            target_group=project.target_group,
            summary="入院到随访一年的社工照护（演示）。",
            by=by,
        )
        due = list(ProjectReport.objects.filter(project=project).order_by("due_on")[:4])
        groups = Group.objects.visible_to(by).order_by("id")[:2]
        uids = [str(one.uid) for one in groups]
        if uids:
            events.links_add(project=project, what="group", uids=uids, by=by)
        events.change_ask(
            project=project,
            what="budget",
            wanted="印刷费调 2,000 元到小组材料",
            reason="小组比原计划多一轮",
            by=by,
        )
    for n, report in enumerate(due[:3], 1):
        _report(hospital.workers[0], report, str(90 * n))
    with _acting(officer) as by:
        for report in due[:2]:
            report = ProjectReport.objects.select_related("project").get(pk=report.pk)
            reports.report_answer(report=report, accept=True, by=by)
    with _acting(partner) as by:
        project = Project.objects.get(pk=project.pk)
        for kind, title, days, hours in (
            ("training", "医务社工基础培训（演示）", 120, "6"),
            ("supervision", "第一次立体督导（演示）", 90, "3"),
            ("resource_link", "对接儿童读物捐赠（演示）", 45, "1"),
        ):
            events.event_add(
                project=project,
                kind=kind,
                title=title,
                done_on=today - dt.timedelta(days=days),
                hours=D(hours),
                participants=12,
                by=by,
            )


def _passed(officer: User, hospital: Hospital, today: dt.date) -> None:
    """One that has passed, with its certificate and the kit that others take up."""
    start = today - dt.timedelta(days=330)
    with _acting(officer) as by:
        project = _enter(
            by,
            hospital.organization,
            "老年患者出院过渡服务（演示）",
            start,
            today - dt.timedelta(days=10),
        )
        _plan(project, by)
        services.project_step(project=project, step="start", by=by)
    with _acting(hospital.head) as by:
        project = Project.objects.get(pk=project.pk)
        events.event_add(
            project=project,
            kind="outcome",
            title="出院过渡服务手册（演示）",
            done_on=today - dt.timedelta(days=20),
            detail={"outcome": "manual", "effects": ["model", "lead"]},
            by=by,
        )
        closing = reports.report_begin(project=project, kind="closing", by=by)
        services.project_step(project=project, step="request_closing", by=by)
    _report(hospital.workers[0], closing, "640")
    with _acting(hospital.head) as by:
        measured = ProjectIndicator.objects.select_related("project").get(
            project=project, is_before_after=True
        )
        reports.measure_write(indicator=measured, before=None, after=D("78"), by=by)
    with _acting(officer) as by:
        services.project_pass(
            project=project, mark=D("91.5"), opinion="目标完成，做法可复制（演示）。", by=by
        )
    with _acting(hospital.head) as by:
        project = Project.objects.get(pk=project.pk)
        kits.kit_publish(
            project=project,
            title="出院过渡服务复制包（演示）",
            summary="从出院前一周到出院后一月的社工服务，适合有老年患者的科室。",
            steps="出院前一周评估需要\n与家属定照护安排\n出院后第 3、14、30 天电话随访\n把未满足的需要转给社区",
            tools="出院评估表\n随访提纲\n社区资源清单",
            by=by,
        )


def _programme(
    officer: User, made: Mapping[str, Organization], hospital: Hospital, today: dt.date
) -> None:
    with _acting(officer) as by:
        house = Organization.objects.get(pk=by.house_id)
        programme = _enter(
            by,
            house,
            "暖心益站",
            dt.date(2022, 3, 1),
            dt.date(2024, 12, 31),
            kind="programme",
            approved_amount=None,
        )
        flagship = _enter(
            by,
            made[CHILDREN],
            "暖心益站·北京儿童医院",
            dt.date(2022, 3, 31),
            dt.date(2024, 12, 31),
            parent=programme,
            approved_amount=None,
            is_flagship=True,
        )
        site = _enter(
            by,
            hospital.organization,
            "暖心益站·示例一院（演示）",
            dt.date(2023, 1, 1),
            dt.date(2024, 12, 31),
            parent=programme,
            approved_amount=None,
        )
        for project, title, service, persons in (
            (flagship, "病友家长互助会（演示）", "病友互助", 36),
            (flagship, "术前绘本陪伴（演示）", "心理疏导", 58),
            (site, "肿瘤科健康讲座（演示）", "健康教育", 74),
        ):
            events.event_add(
                project=project,
                kind="activity",
                title=title,
                done_on=dt.date(2024, 5, 18),
                participants=persons,
                detail={"service": service, "volunteers": 6, "note": "现场反馈良好（演示）"},
                by=by,
            )
        programmes.profile_write(project=programme, by=by, **PROFILE)
        programmes.profile_publish(project=programme, by=by)


def _new_area(officer: User, made: Mapping[str, Organization], today: dt.date) -> None:
    """The sixteen projects of the new area: purchased by the authority, operated by the agencies."""
    begin = dt.date(today.year, 1, 1)
    with _acting(officer) as by:
        for n in range(ALL):
            named = n < len(NAMED)
            title, since, group = (
                NAMED[n] if named else (f"社工站服务项目 {n + 1}（演示）", None, "社区居民")
            )
            agency = made[AGENCIES[n % len(AGENCIES)]]
            project = _enter(
                by,
                agency,
                title,
                since or begin,
                dt.date(today.year, 12, 31),
                kind="purchase" if n in (2, 4) else "station",
                target_group=group,
                approved_amount=D("120000.00"),
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


def _base(officer: User, made: Mapping[str, Organization], today: dt.date) -> None:
    """Residents of the base: support by its five kinds, a radar before and now, a SWOT, space, an assessment."""
    start = today - dt.timedelta(days=500)
    with _acting(officer) as by:
        for n, name in enumerate(AGENCIES):
            project = _enter(
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
