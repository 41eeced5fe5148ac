"""What a notice about a supervision or a course says of it, to those who may see it."""

import uuid
from collections.abc import Collection, Mapping

from departments.models.learning import LearningEvent
from departments.models.people import User
from msw_portal.kernel.display import when


def learning_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these events those the person may see: the day and the topic."""
    rows = LearningEvent.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: f"{when(one.starts_at)} · {one.theme}" for one in rows}
