"""What a notice about a review or a letter is called, for whom it may be opened."""

import uuid
from collections.abc import Collection, Mapping

from departments.models.people import User
from projects.models.reviews import OutcomeLetter, Review


def reviews_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these reviews those the person may see, by the label of the packet."""
    rows = Review.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.label for one in rows}


def letters_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    rows = OutcomeLetter.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.number for one in rows}
