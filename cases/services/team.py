"""Who works here: the people a case may be given to."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from cases.models.casework import Case
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
            is_service=False,
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
            is_service=False,
        )
        .distinct()
        .order_by("display_name", "pk")
    )


@dataclass(frozen=True)
class Holder:
    """Who answers for open cases: how many `by` may see, and whether the post has ended."""

    user: User
    count: int
    has_left: bool


def caseload_holders(*, by: User) -> list[Holder]:
    """The workers of today and everybody else who still answers for an open case, who has left first."""
    rows = Case.objects.visible_to(by).open().exclude(worker=None).order_by()
    counts = dict(rows.values_list("worker").annotate(n=Count("pk")))
    here = {one.pk: one for one in colleagues(role="worker", by=by)}
    gone = User.objects.filter(pk__in=counts.keys() - here.keys()).order_by("display_name", "pk")
    return [
        *(Holder(one, counts[one.pk], True) for one in gone),
        *(Holder(one, counts.get(one.pk, 0), False) for one in here.values()),
    ]
