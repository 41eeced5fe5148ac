"""A project's plan: indicators and budget, and what has been spent on it."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from projects.models.cultivation import BudgetLine, Project, ProjectIndicator
from projects.permissions.cultivation import (
    can_judge_project,
    can_keep_project,
    can_lead_project,
)
from projects.services.cultivation import project_locked
from projects.services.cultivation_standing import light_set
from projects.workflow.cultivation import AT_WORK, ProjectState

P = ProjectState


@command
def indicator_add(
    *,
    project: Project,
    name: str,
    unit: str,
    target: Decimal,
    weight: Decimal,
    source: str,
    baseline: Decimal | None = None,
    is_before_after: bool = False,
    by: User,
) -> ProjectIndicator:
    """Add an indicator before the project begins, or later by its issuer; weights stay within 100 together.

    Raises:
        DomainError: `project.weights_over` on `weight`, `project.plan_is_fixed` (409).
    """
    project = _planned(project, by)
    given = ProjectIndicator.objects.filter(project=project, is_before_after=False)
    weights = given.aggregate(sum=Sum("weight"))["sum"] or Decimal(0)
    if not is_before_after and weights + weight > 100:
        raise DomainError(
            "project.weights_over",
            _("权重合计不能超过 100，还剩 %(left)s。") % {"left": f"{100 - weights:g}"},
            "weight",
        )
    row = ProjectIndicator(
        organization_id=project.organization_id,
        project=project,
        rank=ProjectIndicator.objects.filter(project=project).count() + 1,
        name=name,
        unit=unit,
        target=target,
        weight=Decimal(0) if is_before_after else weight,
        source=source,
        baseline=baseline,
        is_before_after=is_before_after,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("project.indicator", by=by, on=project, indicator=row.uid)
    return row


@command
def budget_add(
    *,
    project: Project,
    line: str,
    unit_price: Decimal,
    quantity: Decimal,
    source: str,
    is_management: bool = False,
    by: User,
) -> BudgetLine:
    """Add a line to the budget.

    Raises:
        DomainError: `project.plan_is_fixed` (409).
    """
    project = _planned(project, by)
    row = BudgetLine(
        organization_id=project.organization_id,
        project=project,
        rank=BudgetLine.objects.filter(project=project).count() + 1,
        line=line,
        unit_price=unit_price,
        quantity=quantity,
        amount=(unit_price * quantity).quantize(Decimal("0.01"), "ROUND_HALF_UP"),
        source=source,
        is_management=is_management,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("project.budget", by=by, on=project, line=row.uid, amount=row.amount)
    return row


def _planned(project: Project, by: User) -> Project:
    """The unit plans until the project begins; the issuer may add to the plan until it is over."""
    is_issuer = can_judge_project(by, project)
    project = project_locked(project, by, can_judge_project if is_issuer else can_lead_project)
    open_for = AT_WORK | {P.APPROVED} if is_issuer else {P.APPROVED}
    if project.state not in open_for:
        raise DomainError(
            "project.plan_is_fixed",
            _("项目已开始实施，指标和预算要经变更申请才能改。"),
            status=409,
        )
    return project


@command
def spending_write(*, line: BudgetLine, spent: Decimal, by: User) -> BudgetLine:
    """What has been spent on a line of the budget so far; the light follows.

    Raises:
        DomainError: `budget_line_not_negative` on `spent`.
    """
    project = project_locked(line.project, by, can_keep_project)
    line = BudgetLine.objects.locked().get(pk=line.pk, project=project)
    if spent < 0:
        raise DomainError("budget_line_not_negative", _("支出不能是负数。"), "spent")
    before, line.spent = line.spent, spent
    line.save(update_fields=["spent"])
    light_set(project)
    audit.record("project.spend", by=by, on=project, line=line.uid, spent=[before, spent])
    return line
