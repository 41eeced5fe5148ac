"""What a project has reached: values that were reported, and what the other apps already know of linked work."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from projects.models.cultivation import Project, ProjectIndicator, ProjectLink, ProjectValue
from projects.services.progress import Goal

Source = ProjectIndicator.Source
BEFORE, AFTER = "before", "after"
CONFIRMED = Q(service_record__state="confirmed", service_record__voided_at__isnull=True)


def computed_of(project: Project) -> dict[str, Decimal]:
    """Source of an indicator -> what the linked work of the unit adds up to today; in the unit's own scope.

    Hours and volunteers count confirmed service alone. Nothing of a person is read.
    """
    sums = ProjectLink.objects.filter(
        project=project, organization_id=project.organization_id
    ).aggregate(
        cases=Count("case"),
        groups=Count("group"),
        activities=Count("activity"),
        learning=Count("learning_event"),
        volunteers=Count("service_record__volunteer", filter=CONFIRMED, distinct=True),
        volunteer_hours=Sum("service_record__hours", filter=CONFIRMED),
    )
    return {name: Decimal(value or 0) for name, value in sums.items()}


def indicators_of(project: Project) -> list[ProjectIndicator]:
    return list(
        ProjectIndicator.objects.filter(project=project)
        .prefetch_related("values")
        .order_by("rank", "id")
    )


def goals_of(
    indicators: Iterable[ProjectIndicator], computed: dict[str, Decimal] | None = None
) -> list[Goal]:
    """Indicators with the newest reported value; with `computed` (the unit's own page) the live number wins.

    Values are totals up to the end of their period, so the newest one says what is reached.
    """
    return [_goal(one, computed) for one in indicators]


def _goal(indicator: ProjectIndicator, computed: dict[str, Decimal] | None) -> Goal:
    if computed is not None and indicator.source != Source.MANUAL:
        return Goal(indicator, computed.get(indicator.source, Decimal(0)), "", True)
    values = [one for one in indicator.values.all() if one.period not in (BEFORE, AFTER)]
    if not values:
        return Goal(indicator, None)
    newest = max(values, key=lambda one: (one.period, one.pk))
    return Goal(indicator, newest.actual, newest.period, newest.is_computed)


def before_after_of(indicators: Iterable[ProjectIndicator]) -> list[dict[str, Any]]:
    """Indicators that compare before and after, with both values and the change; None where it is not known."""
    rows = []
    for one in indicators:
        if not one.is_before_after:
            continue
        known = {value.period: value.actual for value in one.values.all()}
        before, after = known.get(BEFORE, one.baseline), known.get(AFTER)
        change = after - before if before is not None and after is not None else None
        rows.append({"indicator": one, "before": before, "after": after, "change": change})
    return rows


def value_write(
    indicator: ProjectIndicator, period: str, actual: Decimal, *, is_computed: bool, by: Any
) -> ProjectValue:
    """The value of a period, written or written anew; the caller holds the report's lock."""
    row = ProjectValue.objects.filter(indicator=indicator, period=period).first()
    row = row or ProjectValue(
        indicator=indicator,
        organization_id=indicator.organization_id,
        counterparty_id=indicator.counterparty_id,
        period=period,
        created_by=by,
    )
    row.actual, row.is_computed = actual, is_computed
    row.save()
    return row
