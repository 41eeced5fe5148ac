"""A running project of the first hospital, selected by the authority and entrusted to a partner."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.scope import INSTALLATION, scope
from projects.models.cultivation import BudgetLine, Project, ProjectIndicator, ProjectReport
from projects.services import cultivation as services
from projects.services import cultivation_events as events
from projects.services import cultivation_plan as plans
from projects.services import cultivation_reports as reports
from projects.services import incubation, kits, programmes
from tests.factories.donations import D, as_person
from tests.factories.gifts import staff_of


def make_partner(code: str = "PA", name: str = "演示培育支持协会") -> User:
    """An association with one officer who supports projects."""
    with scope(org=INSTALLATION, role="system"):
        house = Organization.objects.create(
            kind="association",
            name=name,
            short_name=name,
            code=code,
            is_tenant=True,
            region_id=110101,
            managed_by_id=INSTALLATION,
        )
    return staff_of(house, "partner", "partner_officer")


@dataclass
class Running:
    """A project at work and who stands around it."""

    project: Project
    partner: User
    report: ProjectReport | None = None


def make_project(
    authority: User, unit: Organization, *, partner: User | None = None, **given: Any
) -> Project:
    """Entered by the authority, planned and begun: one counted and one typed indicator, one budget line."""
    today = timezone.localdate()
    usual: dict[str, Any] = {
        "kind": "other",
        "title": "血液病儿童全程照护（演示）",
        "starts_on": today - dt.timedelta(days=100),
        "ends_on": today + dt.timedelta(days=99),
        "target_group": "血液病儿童及家庭",
        "approved_amount": D("50000.00"),
        "partner": partner.membership.organization if partner else None,
    }
    is_begun = given.pop("is_begun", True)
    with as_person(authority) as by:
        project = services.project_enter(unit=unit, by=by, **{**usual, **given})
        plan: dict[str, Any] = {"project": project, "by": by}
        plans.indicator_add(
            name="小组", unit="个", target=D("4"), weight=D("40"), source="groups", **plan
        )
        plans.indicator_add(
            name="服务人次", unit="人次", target=D("200"), weight=D("60"), source="manual", **plan
        )
        plans.indicator_add(
            name="医护认知度",
            unit="%",
            target=D("80"),
            weight=D("0"),
            source="manual",
            baseline=D("35"),
            is_before_after=True,
            **plan,
        )
        plans.budget_add(
            line="小组材料", unit_price=D("500"), quantity=D("40"), source="asked", **plan
        )
        if is_begun:
            project = services.project_step(project=project, step="start", by=by)
    return project


def make_running(authority: User, unit: Organization) -> Running:
    """With a partner and monthly reports planned."""
    partner = make_partner()
    project = make_project(authority, unit, partner=partner)
    with as_person(authority) as by:
        reports.reports_plan(project=project, kind="monthly", by=by)
        report = ProjectReport.objects.filter(project=project).order_by("due_on").first()
    return Running(project, partner, report)


def one_of_each(authority: User, head: User) -> dict[str, Any]:
    """Every kind of project and part that an address is about, of the head's hospital; `{kind: row}`."""
    unit, today = head.membership.organization, timezone.localdate()
    project = make_project(authority, unit)
    passed = make_project(authority, unit, title="已结项项目（演示）")
    _pass(authority, head, passed)
    programme = make_project(
        authority, authority.membership.organization, kind="programme", title="示例计划"
    )
    site = make_project(authority, unit, title="示例站点", parent=programme, is_begun=False)
    resident = make_project(authority, unit, kind="incubation", title="入驻", is_begun=False)
    purchase = make_project(authority, unit, kind="purchase", title="购买服务", is_begun=False)
    with as_person(authority) as by:
        services.project_step(project=resident, step="admit", by=by)
        reports.reports_plan(project=project, kind="monthly", by=by)
        incubation.contract_write(
            project=purchase,
            number="HT-1",
            amount=D("100000.00"),
            signed_on=today,
            starts_on=today,
            ends_on=today + dt.timedelta(days=300),
            by=by,
        )
        programmes.profile_write(project=programme, by=by, **PROFILE)
        profile = programmes.profile_publish(project=programme, by=by)
    with as_person(head) as by:
        change = events.change_ask(
            project=project, what="content", wanted="增加探访", reason="家属需要更多陪伴", by=by
        )
        planned = events.event_add(
            project=project, kind="milestone", title="中期汇报", due_on=today, by=by
        )
        coached = events.event_add(
            project=project,
            kind="coaching",
            title="一对一辅导",
            done_on=today,
            detail={"note": "梳理目标"},
            by=by,
        )
        kit = kits.kit_publish(
            project=passed, title="复制包", summary="三步", steps="一\n二", tools="", by=by
        )
        parts = _parts(project)
    rows = {"project": project, "passed_project": passed, "kit": kit, "site": site}
    return (
        rows
        | parts
        | {
            "programme_project": programme,
            "profile_of_programme": profile,
            "resident_project": resident,
            "purchase_project": purchase,
            "change_event": change,
            "planned_event": planned,
            "coaching_event": coached,
        }
    )


def _parts(project: Project) -> dict[str, Any]:
    measures = ProjectIndicator.objects.filter(project=project, is_before_after=True)
    return {
        "progress_report": ProjectReport.objects.filter(project=project).order_by("id").first(),
        "project_line": BudgetLine.objects.filter(project=project).first(),
        "project_measure": measures.first(),
    }


PROFILE: dict[str, Any] = {
    "name": "示例益站",
    "summary": "在医院设示范点",
    "begun_on": dt.date(2022, 3, 1),
    "begun_precision": "month",
    "ended_on": None,
    "themes": ["儿童", "肿瘤"],
    "services": ["病友互助", "健康教育"],
    "parties": [{"role": "initiator", "name": "示例联合会", "source": "示例出处"}],
    "versions": [{"about": "主题", "text": "另含慢性病", "source": "示例出处二"}],
}


def _pass(authority: User, head: User, project: Project) -> None:
    with as_person(head) as by:
        report = reports.report_begin(project=project, kind="closing", by=by)
        services.project_step(project=project, step="request_closing", by=by)
        report = ProjectReport.objects.select_related("project").get(pk=report.pk)
        reports.report_send(report=report, texts={"done": "全部完成"}, values={}, by=by)
    with as_person(authority) as by:
        project = Project.objects.get(pk=project.pk)
        services.project_pass(project=project, mark=D("88"), opinion="良好", by=by)
