"""What a task about a body of the register says of it."""

import uuid
from collections.abc import Collection, Mapping

from departments.models.organizations import Organization
from departments.models.people import User


def organizations_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these bodies those the person may see: the short name, else the name."""
    rows = Organization.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.short_name or one.name for one in rows}
