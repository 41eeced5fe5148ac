"""Who works here: the people a case may be given to."""

from django.db.models import QuerySet
from django.utils import timezone

from departments.models.people import User


def colleagues(*, role: str, by: User, department_id: int | None = None) -> QuerySet[User]:
    """Users who hold `role` in the house of `by` today (in one department, if given), by name."""
    where = {"memberships__department_id": department_id} if department_id else {}
    return (
        User.objects.filter(
            memberships__organization_id=by.house_id,
            memberships__role=role,
            memberships__valid__contains=timezone.localdate(),
            is_active=True,
            **where,
        )
        .distinct()
        .order_by("display_name", "pk")
    )


CARE_TEAM = ("worker", "assistant", "intern", "supervisor", "dept_head")


def team_mates(*, by: User) -> QuerySet[User]:
    """Everybody of the house of `by` who may meet cases today, by name."""
    return (
        User.objects.filter(
            memberships__organization_id=by.house_id,
            memberships__role__in=CARE_TEAM,
            memberships__valid__contains=timezone.localdate(),
            is_active=True,
        )
        .distinct()
        .order_by("display_name", "pk")
    )
