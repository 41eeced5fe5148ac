"""What volunteers are told, and what a notice is about for the one who reads it."""

import uuid
from collections.abc import Collection, Mapping

from django.utils import timezone

from departments.models.people import User
from departments.services.notices import people_tell
from volunteers.models.shifts import Signup
from volunteers.workflow import SignupState

Uids = Collection[uuid.UUID]
Named = Mapping[uuid.UUID, str]


def promotion_told(*, house: int, signup_uid: uuid.UUID) -> None:
    """Tell whoever moved up; nobody where the promise is over again or has no account behind it."""
    row = Signup.objects.filter(
        organization_id=house, uid=signup_uid, state=SignupState.CONFIRMED
    ).first()
    if row is not None:
        people_tell(kind="signup.promoted", organization_id=house, subject=row, users=[row.user_id])


def signups_named(user: User, uids: Uids) -> Named:
    """Of these promises those the person may see: the post and when."""
    rows = Signup.objects.visible_to(user).filter(uid__in=uids)
    return {
        one.uid: f"{one.title} {timezone.localtime(one.during.lower):%m-%d %H:%M}" for one in rows
    }
