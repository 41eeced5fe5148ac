"""Who may bring a case into a supervision, take it off again, and print the record."""

from typing import Any

from cases.models.supervision import SupervisionCase
from departments.models.learning import LearningEvent
from departments.staff_permissions import can_keep_learning
from msw_portal.kernel.scope import CARE_ROLES


def takes_part(user: Any, event: LearningEvent) -> bool:
    """Leads it, keeps it, or is on its list."""
    return can_keep_learning(user, event) or any(
        row.user_id == user.pk for row in event.attendances.all()
    )


def can_discuss_case(user: Any, event: LearningEvent) -> bool:
    """Whoever takes part, of a case whose file the person may open: the service asks for both."""
    return (
        user.role in CARE_ROLES
        and user.house_id is not None
        and event.organization_id == user.house_id
        and event.is_supervised
        and takes_part(user, event)
    )


def can_drop_discussed_case(user: Any, row: SupervisionCase) -> bool:
    """Who wrote it down, or who keeps the record."""
    return row.organization_id == user.house_id and (
        row.created_by_id == user.pk or can_keep_learning(user, row.event)
    )


def can_print_supervision(user: Any, event: LearningEvent) -> bool:
    """Its own people, and who leads the department."""
    return can_discuss_case(user, event) or (
        user.role in {"supervisor", "dept_head"}
        and event.organization_id == user.house_id
        and event.is_supervised
    )
