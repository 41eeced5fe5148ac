"""Who works in a house today: the people that forms offer."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils import timezone

from departments.models.people import Membership, User


def people_here(*, by: User, roles: Collection[str] = ()) -> QuerySet[User]:
    """Persons with a role (one of `roles`) in the house of `by` today, by name; administrators only where named."""
    held = Membership.objects.filter(
        organization_id=by.house_id, valid__contains=timezone.localdate()
    )
    held = held.filter(role__in=roles) if roles else held.filter(duty_class=0)
    rows = User.objects.filter(pk__in=held.values("user_id"), is_active=True, is_service=False)
    return rows.order_by("display_name", "pk")
