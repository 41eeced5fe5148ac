"""What the other house hears of the census; each runs in a scope of that house, worked by the relay."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from departments.models.census import CensusReturn
from departments.models.organizations import Organization
from departments.models.people import Role, User
from departments.services.census.sending import due_key
from departments.services.notices import people_tell
from departments.services.tasks import task_open

WEEKS = 2


def authority_told(*, house: int, subject_uid: uuid.UUID, payload: Mapping[str, Any]) -> None:
    """A return has arrived."""
    people_tell(
        kind="census.submitted",
        organization_id=house,
        subject=CensusReturn(pk=payload["pk"], uid=subject_uid),
        role=Role.AUTHORITY_OFFICER,
    )


def house_told(*, house: int, subject_uid: uuid.UUID, payload: Mapping[str, Any]) -> None:
    """Accepted, sent back or frozen."""
    people_tell(
        kind=f"census.{payload['step']}",
        organization_id=house,
        subject=CensusReturn(pk=payload["pk"], uid=subject_uid),
        role=Role.DEPT_HEAD,
        once=payload["once"],
    )


def house_reminded(*, house: int, once: str, payload: Mapping[str, Any]) -> None:
    """The authority waits: a task for the head until the return is sent."""
    organization = Organization.objects.get(pk=house)
    kind, year = payload["kind"], payload["year"]
    task_open(
        kind="census_due",
        organization_id=house,
        subject=organization,
        role=Role.DEPT_HEAD,
        due_at=timezone.now() + dt.timedelta(weeks=WEEKS),
        dedup_key=due_key(kind, year),
    )
    people_tell(
        kind="census.remind",
        organization_id=house,
        subject=organization,
        role=Role.DEPT_HEAD,
        once=once,
    )


def returns_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these returns those the person may see: whose, which, of what year."""
    rows = CensusReturn.objects.visible_to(user).filter(uid__in=uids)
    return {
        one.uid: f"{one.organization.short_name or one.organization.name} · {one}"
        for one in rows.select_related("organization")
    }
