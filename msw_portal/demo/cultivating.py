"""Projects at work in the demo world: a cultivated one, one that has passed, a programme with sites.

What the sources name is named, with the source where two of them differ; everything else is marked 演示.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal as D
from typing import Any

from cases.models.groups import Group
from departments.models.organizations import Organization
from departments.models.people import User
from donations.models.giving import Fund
from donations.services import project_requests as asking
from donations.services.programmes import programme_open, version_publish, version_write
from donations.services.readiness import DECLARATIONS
from msw_portal.demo.houses import Hospital
from msw_portal.demo.incubating import ALL, RESIDENTS, acting, base, enter, new_area
from msw_portal.demo.places import PARTNER
from msw_portal.demo.programmes import SLA, STAGES
from projects.models.cultivation import Project, ProjectIndicator, ProjectReport
from projects.services import cultivation as services
from projects.services import cultivation_events as events
from projects.services import cultivation_plan as plans
from projects.services import cultivation_reports as reports
from projects.services import kits, programmes

COMMUNITY, TEAM = "东风社区卫生服务中心", "社区健康志愿者队伍的组建与赋能"
CHILDREN = "首都医科大学附属北京儿童医院"
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


def cultivate(
    made: Mapping[str, Organization], staff: Mapping[str, User], hospital: Hospital, today: dt.date
) -> int:
    """Write them through the ordinary services; how many projects there are."""
    officer, area = staff["g.officer"], staff["x.officer"]
    project = _running(officer, staff["p.officer"], hospital, made[PARTNER], today)
    _asks(staff, hospital, project, today)
    _passed(officer, hospital, today)
    _volunteers(officer, made[COMMUNITY])
    _programme(officer, made, hospital, today)
    _unfunded(staff["f.officer"], hospital, made[CHILDREN], today)
    new_area(area, made, today)
    base(area, made, today)
    return 2 + 3 + 1 + 2 + ALL + len(RESIDENTS)


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


def _report(worker: User, report: ProjectReport, persons: str) -> None:
    with acting(worker) as by:
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
) -> Project:
    start = (today - dt.timedelta(days=150)).replace(day=1)
    with acting(officer) as by:
        project = enter(
            by,
            hospital.organization,
            "血液病儿童全程照护（演示）",
            start,
            start + dt.timedelta(days=364),
            partner=house,
            disease_themes=["child_blood"],
            settings=["ward"],
        )
        _plan(project, by)
        plans.budget_add(
            project=project,
            line="家属小组加办（经费未落实）",
            unit_price=D("500"),
            quantity=D(30),
            source="charity",
            by=by,
        )
        services.project_step(project=project, step="start", by=by)
        reports.reports_plan(project=project, kind="monthly", by=by)
    due = ProjectReport.objects.none()
    with acting(hospital.head) as by:
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
    with acting(officer) as by:
        for report in due[:2]:
            report = ProjectReport.objects.select_related("project").get(pk=report.pk)
            reports.report_answer(report=report, accept=True, by=by)
    with acting(partner) as by:
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
    return project


def _asks(staff: Mapping[str, User], hospital: Hospital, project: Project, today: dt.date) -> None:
    """A programme of the foundation for projects, and the running project's request to it."""
    content: dict[str, Any] = {
        "name": "医务社工服务项目资助（演示）",
        "summary": "资助在办的医务社工服务项目，补足经费缺口（演示）。",
        "asker": "project",
        "stages": list(STAGES),
        "caps": {"per_request": "30000"},
        "payout_modes": ["to_hospital"],
        "needs_agreement": False,
        "sla": dict(SLA),
    }
    with acting(staff["f.officer"]) as by:
        programme = programme_open(
            fund=Fund.objects.visible_to(by).get(number="F-02"), name=content["name"], by=by
        )
        version = version_write(programme=programme, content=content, valid_from=today, by=by)
    with acting(staff["f.approver"]) as by:
        version = version_publish(version=version, by=by)
    with acting(hospital.head) as by:
        request = asking.project_request_draft(
            project=Project.objects.get(pk=project.pk), programme_version=version, by=by
        )
        asking.project_request_amend(
            request=request,
            requested=D("12000.00"),
            budget=D("80000.00"),
            other=D("50000.00"),
            own=D("15000.00"),
            story="增加两轮家属小组和志愿者培训，服务约 200 人次（演示）。",
            by=by,
        )
        asking.project_request_submit(request=request, declarations=list(DECLARATIONS), by=by)


def _passed(officer: User, hospital: Hospital, today: dt.date) -> None:
    """One that has passed, with its certificate and the kit that others take up."""
    start = today - dt.timedelta(days=330)
    with acting(officer) as by:
        project = enter(
            by,
            hospital.organization,
            "老年患者出院过渡服务（演示）",
            start,
            today - dt.timedelta(days=10),
            disease_themes=["cognitive", "other"],
            settings=["ward", "community"],
            integration=["chronic"],
        )
        _plan(project, by)
        services.project_step(project=project, step="start", by=by)
    with acting(hospital.head) as by:
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
    with acting(hospital.head) as by:
        measured = ProjectIndicator.objects.select_related("project").get(
            project=project, is_before_after=True
        )
        reports.measure_write(indicator=measured, before=None, after=D("78"), by=by)
    with acting(officer) as by:
        services.project_pass(
            project=project, mark=D("91.5"), opinion="目标完成，做法可复制（演示）。", by=by
        )
    with acting(hospital.head) as by:
        project = Project.objects.get(pk=project.pk)
        kits.kit_publish(
            project=project,
            title="出院过渡服务复制包（演示）",
            summary="从出院前一周到出院后一月的社工服务，适合有老年患者的科室。",
            steps="出院前一周评估需要\n与家属定照护安排\n出院后第 3、14、30 天电话随访\n把未满足的需要转给社区",
            tools="出院评估表\n随访提纲\n社区资源清单",
            by=by,
        )


def _volunteers(officer: User, unit: Organization) -> None:
    """The project of 2023 that began with twenty volunteers."""
    with acting(officer) as by:
        project = enter(
            by, unit, TEAM, dt.date(2023, 6, 1), dt.date(2024, 5, 31), target_group="社区居民",
            settings=["community"], fields=["community_health"],
        )  # fmt: skip
        plans.indicator_add(
            project=project,
            name="志愿者",
            unit="人",
            baseline=D("20"),
            target=D("40"),
            weight=D("100"),
            source="manual",
            by=by,
        )


def _unfunded(officer: User, hospital: Hospital, children: Organization, today: dt.date) -> None:
    """Two projects of the foundation that money is still looked for: what a donor's wish is matched with."""
    start = today.replace(month=1, day=1)
    with acting(officer) as by:
        for unit, title, diseases, settings, approved in (
            (hospital.organization, "病房学校（演示）", ["child_blood", "tumour"], ["ward"], "30000.00"),
            (children, "唇腭裂患儿家庭喂养支持（演示）", ["cleft"], ["outpatient"], "20000.00"),
        ):  # fmt: skip
            project = enter(
                by,
                unit,
                title,
                start,
                start + dt.timedelta(days=364),
                approved_amount=D(approved),
                disease_themes=diseases,
                settings=settings,
            )
            plans.budget_add(
                project=project,
                line="教具与志愿者",
                unit_price=D("600"),
                quantity=D(100),
                source="charity",
                by=by,
            )
            services.project_step(project=project, step="start", by=by)


def _programme(
    officer: User, made: Mapping[str, Organization], hospital: Hospital, today: dt.date
) -> None:
    with acting(officer) as by:
        house = Organization.objects.get(pk=by.house_id)
        programme = enter(
            by,
            house,
            "暖心益站",
            dt.date(2022, 3, 1),
            dt.date(2024, 12, 31),
            kind="programme",
            approved_amount=None,
        )
        flagship = enter(
            by,
            made[CHILDREN],
            "暖心益站·北京儿童医院",
            dt.date(2022, 3, 31),
            dt.date(2024, 12, 31),
            parent=programme,
            approved_amount=None,
            is_flagship=True,
            disease_themes=["child_blood", "tumour"],
            settings=["ward", "outpatient"],
        )
        site = enter(
            by,
            hospital.organization,
            "暖心益站·示例一院（演示）",
            dt.date(2023, 1, 1),
            dt.date(2024, 12, 31),
            parent=programme,
            approved_amount=None,
            disease_themes=["tumour"],
            settings=["ward"],
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
