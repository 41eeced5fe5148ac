"""Who publishes for a house."""

from typing import Any

from departments.models.organizations import Organization
from departments.models.people import Role

PUBLISHERS = frozenset(
    {
        Role.FOUNDATION_OFFICER,
        Role.FOUNDATION_APPROVER,
        Role.FOUNDATION_CASHIER,
        Role.DEPT_HEAD,
        Role.AUTHORITY_OFFICER,
    }
)


def can_publish_entry(user: Any, organization: Organization) -> bool:
    """The house's own people of these roles, and the clock; what is published decides further by itself.

    A house for practice publishes nothing that anybody else sees: its entries are left out of `public`.
    """
    if user is None:
        return True
    return user.house_id == organization.pk and user.role in PUBLISHERS


def can_answer_objection(user: Any, objection: Any) -> bool:
    """Whoever publishes for the house; that it is another person than the publisher the service says."""
    return user.house_id == objection.organization_id and user.role in PUBLISHERS
