"""Where a project stands today: what was spent, how late reports are, its light."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Min, Sum
from django.utils import timezone

from projects.models.cultivation import BudgetLine, Project, ProjectReport
from projects.services.cultivation_values import goals_of, indicators_of
from projects.services.progress import (
    completion_of,
    elapsed_of,
    execution_of,
    light_of,
    light_rule,
)
from projects.workflow.cultivation import AT_WORK, ReportState


def spent_of(project: Project) -> Decimal:
    """The sum of what was spent on its lines, in yuan."""
    return BudgetLine.objects.filter(project=project).aggregate(sum=Sum("spent"))["sum"] or Decimal(
        0
    )


def standing_of(project: Project) -> Mapping[str, Any]:
    """Completion, execution, elapsed time, light and reasons today, from what was reported."""
    today = timezone.localdate()
    goals = goals_of(indicators_of(project))
    completion = completion_of(goals)
    execution = execution_of(spent_of(project), project.approved_amount)
    elapsed = elapsed_of(project.starts_on, project.ends_on, today)
    light, reasons = light_of(
        # Nothing was set to be reached: nothing can lag behind.
        completion=completion if any(one.indicator.weight for one in goals) else elapsed,
        elapsed=elapsed,
        late_days=late_days_of(project, today),
        execution=execution,
        rule=light_rule(today),
    )
    return {
        "completion": completion,
        "execution": execution,
        "elapsed": elapsed,
        "light": light if project.state in AT_WORK else "",
        "reasons": reasons,
    }


def late_days_of(project: Project, today: dt.date) -> int:
    """By how many days its oldest report is overdue; 0 when none is."""
    oldest = ProjectReport.objects.filter(
        project=project, state__in=[ReportState.DRAFT, ReportState.RETURNED], due_on__lt=today
    ).aggregate(oldest=Min("due_on"))["oldest"]
    return (today - oldest).days if oldest else 0


def light_set(project: Project) -> str:
    """Write the light as it stands; the caller may write the project."""
    standing = standing_of(project)
    reasons = standing["reasons"] if standing["light"] else []
    if (project.light, project.light_reasons) != (standing["light"], reasons):
        project.light, project.light_reasons = standing["light"], reasons
        project.save(update_fields=["light", "light_reasons"])
    return project.light
