"""Who keeps the directory of resources."""

from typing import Any

from departments.models.resources import ResourceService
from msw_portal.kernel.scope import CARE_ROLES

KEEPERS = CARE_ROLES - {"intern"}


def can_add_resource(user: Any, service: ResourceService | None) -> bool:
    """Whoever looks for help for people writes down what was found; an intern reads."""
    return user.role in KEEPERS


def can_keep_resource(user: Any, service: ResourceService) -> bool:
    """The entries of the own house; what others have published is theirs."""
    return user.role in KEEPERS and service.organization_id == user.house_id
