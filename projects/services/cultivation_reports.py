"""Progress reports: planned with due dates, filled from what the other apps know, sent in versions, answered."""

import calendar
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Code
from departments.models.people import User
from departments.services.moving import move, write_transition
from departments.services.tasks import task_finish, task_open, tasks_close
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import Project, ProjectIndicator, ProjectReport
from projects.permissions.cultivation import (
    can_judge_project,
    can_keep_project,
    can_lead_project,
)
from projects.services.cultivation_standing import light_set, spent_of
from projects.services.cultivation_values import computed_of, indicators_of, value_write
from projects.services.progress import Goal, completion_of
from projects.workflow.cultivation import REPORT, ReportState

Kind = ProjectReport.Kind
Source = ProjectIndicator.Source
TASK = "project_report"
ANSWER_TASK = "project_report_check"
DAYS_AFTER = 10  # a report is due so many days after its period
TEXTS = ("done", "problems", "plan")
AREAS = "station_area"
AREA_FIGURES = ("persons", "times", "hours")
STEPS = {Kind.MONTHLY: 1, Kind.STATION_MONTH: 1, Kind.QUARTERLY: 3}


def period_of(day: dt.date, kind: str) -> str:
    """`2026-03` or `2026-Q1`."""
    if kind == Kind.QUARTERLY:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day:%Y-%m}"


def _month_ends(first: dt.date, last: dt.date, step: int) -> list[dt.date]:
    """The last days of the months, or quarters, that end within the span; the last one may be cut short."""
    ends, year, month = [], first.year, first.month
    while (year, month) <= (last.year, last.month):
        if month % step == 0 or (year, month) == (last.year, last.month):
            ends.append(dt.date(year, month, calendar.monthrange(year, month)[1]))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return ends


@command
def reports_plan(*, project: Project, kind: str, by: User) -> int:
    """Write an empty report with its due date for every month or quarter of the project; how many are new.

    Raises:
        DomainError: `project.needs_period` (409) while begin or end is not known.
    """
    require(can_judge_project if can_judge_project(by, project) else can_lead_project, by, project)
    if project.starts_on is None or project.ends_on is None:
        raise DomainError("project.needs_period", _("项目还没有起止日期。"), status=409)
    known = set(
        ProjectReport.objects.filter(project=project, kind=kind).values_list("period", flat=True)
    )
    ends = _month_ends(project.starts_on, project.ends_on, STEPS[Kind(kind)])
    new = [day for day in ends if period_of(day, kind) not in known]
    for day in new:
        report_make(project, kind, period_of(day, kind), day + dt.timedelta(days=DAYS_AFTER), by=by)
    audit.record("project.reports_plan", by=by, on=project, kind=kind, count=len(new))
    return len(new)


def report_make(
    project: Project, kind: str, period: str, due_on: dt.date | None, *, by: User
) -> ProjectReport:
    """An empty report."""
    report = ProjectReport(
        project=project,
        organization_id=project.organization_id,
        counterparty_id=project.counterparty_id,
        partner_id=project.partner_id,
        kind=kind,
        period=period,
        due_on=due_on,
        created_by=by,
    )
    report.save(force_insert=True)
    write_transition(report, REPORT, "plan", before="", by=by)
    return report


@command
def report_begin(*, project: Project, kind: str, by: User) -> ProjectReport:
    """The mid-term or closing report, one of each.

    Raises:
        DomainError: `project_report_once` (409).
    """
    require(can_lead_project, by, project)
    if ProjectReport.objects.filter(project=project, kind=kind).exists():
        raise DomainError("project_report_once", _("这一期的报告已经有了。"), "period", status=409)
    report = report_make(project, kind, f"{timezone.localdate():%Y-%m}", project.ends_on, by=by)
    audit.record("project.reports_plan", by=by, on=project, kind=kind, count=1)
    return report


@command
def report_send(
    *,
    report: ProjectReport,
    texts: Mapping[str, str],
    values: Mapping[str, Decimal],
    areas: Mapping[str, Mapping[str, str]] | None = None,
    staff: int | None = None,
    by: User,
) -> ProjectReport:
    """Send a report: the linked work is counted now, what is typed by hand stands beside it, all of it is frozen.

    `values`: uid of a manual indicator -> its total so far; `texts` by TEXTS; a station's month has
    `areas` (code of `station_area` -> AREA_FIGURES) and `staff`. A returned report goes on as its next version.

    Raises:
        DomainError: `project_report.submit.wrong_state` (409), `project.report_needs_text` on `done`,
            `project.value_not_negative` on `values`.
    """
    require(can_keep_project, by, report.project)
    project = Project.objects.locked().get(pk=report.project_id)
    report = ProjectReport.objects.locked().get(pk=report.pk)
    REPORT.check(report, "submit")
    if not texts.get("done", "").strip():
        raise DomainError("project.report_needs_text", _("请写本期做了什么。"), "done")
    if any(value < 0 for value in values.values()):
        raise DomainError("project.value_not_negative", _("完成值不能是负数。"), "values")
    goals = _goals_written(project, report, values, by=by)
    if report.state == ReportState.RETURNED:
        report.version += 1
    report.submitted_at = timezone.now()
    report.payload = {
        **{name: texts.get(name, "").strip() for name in TEXTS},
        "goals": [_told(goal) for goal in goals],
        "completion": str(completion_of(goals)),
        "spent": str(spent_of(project)),
        **({"areas": areas, "staff": staff} if areas is not None else {}),
    }
    move(report, REPORT, "submit", by=by, also=("version", "submitted_at", "payload"))
    tasks_close(kind=TASK, subject=report)
    light_set(project)
    audit.record(
        "project.report_submit",
        by=by,
        on=project,
        report=report.uid,
        kind=report.kind,
        period=report.period,
        version=report.version,
    )
    return report


def _goals_written(
    project: Project, report: ProjectReport, values: Mapping[str, Decimal], *, by: User
) -> list[Goal]:
    computed, goals = computed_of(project), []
    for one in indicators_of(project):
        if one.is_before_after:
            continue
        is_computed = one.source != Source.MANUAL
        actual = computed[one.source] if is_computed else values.get(str(one.uid))
        if actual is not None:
            value_write(one, report.period, actual, is_computed=is_computed, by=by)
        goals.append(Goal(one, actual, report.period, is_computed))
    return goals


def _told(goal: Goal) -> dict[str, Any]:
    one = goal.indicator
    return {
        "name": one.name,
        "unit": one.unit,
        "weight": f"{one.weight.normalize():f}",
        "target": f"{one.target.normalize():f}",
        "actual": f"{goal.actual.normalize():f}" if goal.actual is not None else None,
        "percent": goal.percent,
        "is_computed": goal.is_computed,
    }


@command
def report_answer(
    *, report: ProjectReport, accept: bool, note: str = "", by: User
) -> ProjectReport:
    """Take a report, or send it back with what is wrong.

    Raises:
        DomainError: `project_report.<step>.wrong_state` (409), `...needs_reason` on `note`.
    """
    require(can_judge_project, by, report.project)
    report = ProjectReport.objects.locked().get(pk=report.pk)
    if not accept and not note.strip():
        raise DomainError("project_report.return.needs_reason", _("请写明退回的理由。"), "note")
    report.payload = {**report.payload, "answer": note}
    move(report, REPORT, "accept" if accept else "return", by=by, reason=note, also=("payload",))
    task_finish(
        organization_id=report.counterparty_id,
        dedup_key=f"{ANSWER_TASK}:{report.uid}:{report.submitted_at.isoformat()}",
    )
    audit.record(
        "project.report_answer", by=by, on=report.project, report=report.uid, state=report.state
    )
    return report


@command
def measure_write(
    *, indicator: ProjectIndicator, before: Decimal | None, after: Decimal | None, by: User
) -> ProjectIndicator:
    """How it was before and after: awareness, posts, certificates.

    Raises:
        DomainError: `project.measure_needs_value` on `before`, `project.value_not_negative`.
    """
    require(can_keep_project, by, indicator.project)
    if before is None and after is None:
        raise DomainError("project.measure_needs_value", _("请填培育前或培育后的数值。"), "before")
    for period, value in (("before", before), ("after", after)):
        if value is None:
            continue
        if value < 0:
            raise DomainError("project.value_not_negative", _("完成值不能是负数。"), period)
        value_write(indicator, period, value, is_computed=False, by=by)
    audit.record("project.measure", by=by, on=indicator.project, indicator=indicator.uid)
    return indicator


# ── the clock ────────────────────────────────────────────────────────────────


def report_tasks_open(project: Project, today: dt.date) -> int:
    """A task for every report whose period is over and which is not sent; how many are new."""
    rows = ProjectReport.objects.filter(
        project=project,
        state__in=[ReportState.DRAFT, ReportState.RETURNED],
        due_on__lte=today + dt.timedelta(days=DAYS_AFTER),
    ).select_related("project")
    made = 0
    for report in rows:
        due_at = timezone.make_aware(dt.datetime.combine(report.due_on, dt.time(18)))
        task = task_open(
            kind=TASK,
            organization_id=project.organization_id,
            subject=report,
            due_at=due_at,
            assignee=project.leader,
            role="" if project.leader_id else "dept_head",
            dedup_key=f"{TASK}:{report.uid}:{report.version}:{report.state}",
        )
        made += task is not None
    return made


def areas_of(on: dt.date) -> list[Code]:
    """The areas of a station's month, basic ones first; names are the installation's code list."""
    rows = Code.objects.filter(scheme=AREAS).order_by("rank", "code")
    return [one for one in rows if one.valid is None or on in one.valid]
