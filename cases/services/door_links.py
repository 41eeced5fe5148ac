"""The codes that hang in wards: made, shown once, made anew, revoked."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.door_permissions import can_manage_doors, can_revoke_door
from cases.services.receipts import hash_of
from departments import audit
from departments.models.doors import InboxItem
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department, DepartmentKind
from departments.models.people import User
from departments.services.entering import enter_link
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope

TOKEN_BYTES = 16  # 128 bits, 22 signs in the address
PLACES = (DepartmentKind.WARD, DepartmentKind.CLINICAL, DepartmentKind.MSW, DepartmentKind.STATION)


@dataclass(frozen=True)
class MadeDoor:
    """A new door with the token that is shown once and kept nowhere."""

    link: AccessLink
    token: str


def door_links(*, by: User) -> QuerySet[AccessLink]:
    """The doors that lead to the person's department, with `last_used_at` and `used_count`."""
    used = InboxItem.objects.filter(link=OuterRef("pk")).order_by()
    counted = used.values("link").annotate(n=Count("pk")).values("n")
    last = InboxItem.objects.filter(link=OuterRef("pk")).order_by("-created_at")
    return (
        AccessLink.objects.visible_to(by)
        .filter(
            kind__in=AccessLink.DOORS,
            subject_kind="department",
            subject_id=by.acting.department_id,
        )
        .select_related("department", "created_by")
        .annotate(
            last_used_at=Subquery(last.values("created_at")[:1]),
            used_count=Coalesce(Subquery(counted), 0),
        )
    )


def _check(kind: str, department: Department, expires_on: dt.date | None, by: User) -> None:
    if kind not in AccessLink.DOORS:
        raise DomainError("door.kind_unknown", _("请从列表中选择。"), "kind")
    own = department.organization_id == by.house_id and department.ended_on is None
    if not own or department.kind not in PLACES:
        raise DomainError("door.place_elsewhere", _("请选择本院在用的病区或科室。"), "department")
    if kind == AccessLink.Kind.WARD_DOOR and department.kind == DepartmentKind.MSW:
        raise DomainError(
            "door.ward_needs_ward", _("病区转介码要挂在病区或科室，请选一个。"), "department"
        )
    if expires_on is not None and expires_on <= timezone.localdate():
        raise DomainError("door.ends_in_past", _("失效日期要晚于今天。"), "expires_on")


@command
def door_create(
    *, kind: str, department: Department, expires_on: dt.date | None = None, by: User
) -> MadeDoor:
    """Hang up a code at `department`; an older one of the same kind there stops working at once.

    Raises:
        DomainError: `door.*` on its field.
    """
    require(can_manage_doors, by, None)
    _check(kind, department, expires_on, by)
    receiver = Department.objects.get(pk=by.acting.department_id)
    now = timezone.now()
    older = AccessLink.objects.filter(
        organization_id=by.house_id, kind=kind, department=department, revoked_at__isnull=True
    )
    replaced = older.update(revoked_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    last_day = expires_on and dt.datetime.combine(expires_on, dt.time(23, 59, 59))
    link = AccessLink(
        organization_id=by.house_id,
        kind=kind,
        token_hash=hash_of(token),
        department=department,
        subject_kind="department",
        subject_id=receiver.pk,
        subject_uid=receiver.uid,
        expires_at=last_day and timezone.make_aware(last_day),
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("door.create", by=by, on=link, kind=kind, place=department.uid, replaced=replaced)
    return MadeDoor(link, token)


@command
def door_revoke(*, link: AccessLink, by: User) -> AccessLink:
    """Stop a code at once; what came in by it stays.

    Raises:
        DomainError: `door.is_over` when it was stopped before.
    """
    link = AccessLink.objects.locked().get(pk=link.pk)
    require(can_revoke_door, by, link)
    if link.revoked_at is not None:
        raise DomainError("door.is_over", _("这个码已经停用。"), status=409)
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    audit.record("door.revoke", by=by, on=link)
    return link


def door_of_token(*, token: str, by: User) -> AccessLink | None:
    """The person's own live door behind a token; nothing for any other."""
    rows = door_links(by=by).filter(token_hash=hash_of(token), revoked_at__isnull=True)
    return rows.first()


@dataclass(frozen=True)
class Door:
    """What an anonymous page knows of the code it was opened by."""

    link_id: int
    organization_id: int
    house: str
    kind: str
    place: str
    place_id: int
    is_ward: bool
    receiver: str
    receiver_id: int


def door_enter(token: str) -> Door | None:
    """Enter the open scope by a token and say what door it is; None for any that is not a live door."""
    digest = hash_of(token)
    if enter_link(digest) is None:
        return None
    link = (
        AccessLink.objects.filter(token_hash=digest, kind__in=AccessLink.DOORS)
        .select_related("organization", "department")
        .first()
    )
    if link is None:
        return None
    receiver = Department.objects.get(pk=link.subject_id)
    return Door(
        link_id=link.pk,
        organization_id=link.organization_id,
        house=link.organization.name,
        kind=link.kind,
        place=link.department.name,
        place_id=link.department_id,
        is_ward=link.department.kind in (DepartmentKind.WARD, DepartmentKind.CLINICAL),
        receiver=receiver.name,
        receiver_id=receiver.pk,
    )


def door_at(token: str) -> Door | None:
    """The door behind an address, in a transaction of its own."""
    with scope():
        return door_enter(token)
