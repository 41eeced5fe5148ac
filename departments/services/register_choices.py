"""What the forms and filters of the register choose from."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from departments.models.people import User
from departments.models.register_parts import OrganizationName


def formerly_called(text: str) -> Q:
    """Bodies one of whose former names holds the text."""
    rows = OrganizationName.objects.filter(organization_id=OuterRef("pk"), name__icontains=text)
    return Q(Exists(rows))


def people_of_house(user: User) -> QuerySet[User]:
    """Who has a role in the house today."""
    return (
        User.objects.filter(
            memberships__organization_id=user.house_id,
            memberships__valid__contains=timezone.localdate(),
            is_active=True,
            is_service=False,
        )
        .distinct()
        .order_by("display_name")
    )
