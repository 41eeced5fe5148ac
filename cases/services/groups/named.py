"""What a notice about a group says: its name, to who may read the plan; nothing of a member."""

import uuid
from collections.abc import Collection, Mapping

from cases.models.groups import Group, GroupMember
from departments.models.people import User


def groups_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these groups those of the person's house."""
    return {one.uid: one.name for one in Group.objects.visible_to(user).filter(uid__in=uids)}


def members_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these members those whom the person may see, by the group's name alone."""
    rows = GroupMember.objects.visible_to(user).filter(uid__in=uids).select_related("group")
    return {one.uid: one.group.name for one in rows}
