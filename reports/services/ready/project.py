"""Projects of a period with what they reached, spent and were graded; for the middle and the end of a project."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from projects.models.cultivation import BudgetLine, Project, ProjectIndicator
from projects.services.cultivation_values import goals_of
from projects.services.progress import completion_of, execution_of
from reports.services.asking import Asked, ReportKind
from reports.services.paper import Bars, Column, Paper, Table
from reports.services.ready.parts import paper_of, period_of

COLUMNS = (
    Column("编号", "code"),
    Column("项目名称"),
    Column("单位"),
    Column("状态"),
    Column("进度灯"),
    Column("完成率", "share"),
    Column("批准金额（元）", "amount"),
    Column("已支出（元）", "amount"),
    Column("执行率", "share"),
    Column("等次"),
)
GOALS = (
    Column("编号", "code"),
    Column("项目名称"),
    Column("指标"),
    Column("权重", "count"),
    Column("目标值", "count"),
    Column("实际值", "count"),
    Column("完成率", "share"),
)


def _plain(number: Decimal | None) -> Decimal | int | None:
    """A target of 4 times is no 4.00; half an hour stays one."""
    return int(number) if number is not None and number == int(number) else number


def _make(asked: Asked) -> Paper:
    running = Q(starts_on__isnull=True) | Q(starts_on__lte=asked.last)
    running &= Q(ends_on__isnull=True) | Q(ends_on__gte=asked.first)
    projects = list(Project.objects.visible_to(asked.by).filter(running).order_by("number", "id"))
    keys = [one.pk for one in projects]
    goals = defaultdict(list)
    for goal in goals_of(ProjectIndicator.objects.filter(project__in=keys).order_by("id")):
        goals[goal.indicator.project_id].append(goal)
    asked.progress(1, 2)
    lines = BudgetLine.objects.filter(project__in=keys).order_by().values("project")
    spent = {row["project"]: row["sum"] for row in lines.annotate(sum=Sum("spent"))}
    rows, parts = [], []
    for one in projects:
        paid = spent.get(one.pk) or Decimal(0)
        rows.append(
            (
                one.number,
                one.title,
                one.unit_name,
                str(one.get_state_display()),
                str(one.get_light_display()),
                completion_of(goals[one.pk]),
                one.approved_amount,
                paid,
                execution_of(paid, one.approved_amount),
                str(one.get_grade_display()),
            )
        )
        parts.extend(
            (
                one.number,
                one.title,
                goal.indicator.name,
                _plain(goal.indicator.weight),
                _plain(goal.indicator.target),
                _plain(goal.actual),
                goal.share,
            )
            for goal in goals[one.pk]
        )
    asked.progress(2, 2)
    states: dict[str, int] = defaultdict(int)
    for row in rows:
        states[row[3]] += 1
    blocks = [
        Bars("项目状态", "项", tuple(sorted(states.items(), key=lambda item: (-item[1], item[0])))),
        Table("项目", COLUMNS, tuple(rows), "完成率 = Σ 权重 × min(实际 ÷ 目标, 1) ÷ Σ 权重。"),
        Table("项目指标", GOALS, tuple(parts)),
    ]
    return paper_of(asked, f"项目进展报告（{period_of(asked)}）", blocks)


PROJECTS = ReportKind(
    "projects",
    _("项目进展报告"),
    frozenset({"dept_head", "foundation_officer", "foundation_approver", "authority_officer"}),
    ("quarter", "year"),
    ("pdf", "xlsx", "docx", "csv"),
    _make,
)
