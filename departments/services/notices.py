"""Telling people: put into the outbox by services, written by the relay as each receiver's own row."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from departments.models.people import Membership
from departments.services import outbox
from departments.services.tasks import notify
from msw_portal.kernel.scope import enter

TOPIC = "notice.tell"


def people_tell(
    *,
    kind: str,
    organization_id: int,
    subject: models.Model,
    users: Iterable[int | None] = (),
    role: str = "",
    department_id: int | None = None,
    once: str = "",
    by: Any = None,
) -> None:
    """Tell persons, or everybody of a role in a department, after this transaction; never who did it.

    `once` tells two events on one subject apart; the same one is told once.
    """
    named = sorted({user for user in users if user is not None})
    if not named and not role:
        return
    outbox.put(
        TOPIC,
        organization_id=organization_id,
        subject=subject,
        kind=kind,
        users=named,
        role=role,
        department=department_id,
        model=subject._meta.label_lower,
        pk=subject.pk,
        once=once or str(subject.uid),
        author=getattr(by, "pk", None),
    )


def people_told(*, house: int, subject_uid: uuid.UUID | None, payload: Mapping[str, Any]) -> int:
    """Write the notices of one `people_tell`, in an open scope of the house; how many are new.

    The subject itself is not read: the system may not enter what is restricted, and need not.
    """
    # An unsaved stand-in: kind and ids are all that a notice keeps of its subject.
    subject = apps.get_model(payload["model"])(pk=payload["pk"], uid=subject_uid)
    told = 0
    for user in _receivers(house, payload):
        enter(org=house, user=user, role="system")
        told += notify(
            users=[user],
            organization_id=house,
            kind=payload["kind"],
            subject=subject,
            dedup_key=f"{payload['kind']}:{payload['once']}",
        )
    enter(org=house, role="system")
    return told


def _receivers(house: int, payload: Mapping[str, Any]) -> list[int]:
    """Who of those meant works in the house today."""
    rows = Membership.objects.filter(
        organization_id=house,
        valid__contains=timezone.localdate(),
        user__is_active=True,
        user__is_service=False,
    )
    if payload["users"]:
        rows = rows.filter(user_id__in=payload["users"])
    else:
        rows = rows.filter(role=payload["role"])
        if payload["department"]:
            rows = rows.filter(department_id=payload["department"])
    rows = rows.exclude(user_id=payload["author"]).order_by("user_id")
    return list(rows.values_list("user_id", flat=True).distinct())
