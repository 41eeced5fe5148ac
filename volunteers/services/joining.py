"""Applications without an account: the code on the poster, what comes in by it, and the file it becomes."""

import datetime as dt
import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cases.services.door_links import TOKEN_BYTES, MadeDoor
from cases.services.receipts import code_of, hash_of
from departments import audit
from departments.models.doors import InboxItem
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department, DepartmentKind
from departments.models.people import User
from departments.services.entering import enter_link, house_scope
from departments.services.inbox import item_keep, items_sweep
from departments.services.tasks import task_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from volunteers.models.people import Volunteer
from volunteers.models.shifts import Post
from volunteers.permissions import can_keep_join_door
from volunteers.services.people import person_check, volunteer_write
from volunteers.services.standing import REVIEW_TASK

log = logging.getLogger(__name__)
KIND = AccessLink.Kind.VOLUNTEER_DOOR


@dataclass(frozen=True)
class JoinDoor:
    """What the page behind the poster knows."""

    link_id: int
    organization_id: int
    house: str
    receiver: str
    receiver_id: int
    is_ward: bool = False
    place: str = ""


def _receiver(by: User) -> Department:
    """The department that hears of applications: one's own, else the social-work department."""
    rows = Department.objects.filter(organization_id=by.house_id, ended_on__isnull=True)
    own = rows.filter(pk=by.acting.department_id).first() if by.acting.department_id else None
    found = own or rows.filter(kind=DepartmentKind.MSW).order_by("pk").first()
    if found is None:
        raise DomainError("join_door.no_department", _("本院还没有社工部，请先建立部门。"))
    return found


def join_door_of(user: User) -> AccessLink | None:
    """The live code of the house."""
    rows = AccessLink.objects.visible_to(user).filter(kind=KIND, revoked_at__isnull=True)
    return rows.select_related("created_by").order_by("-pk").first()


@command
def join_door_make(*, by: User) -> MadeDoor:
    """Make the code of the poster anew: the older one stops at once."""
    require(can_keep_join_door, by, None)
    receiver = _receiver(by)
    older = AccessLink.objects.filter(
        organization_id=by.house_id, kind=KIND, revoked_at__isnull=True
    )
    replaced = older.update(revoked_at=timezone.now())
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        organization_id=by.house_id,
        kind=KIND,
        token_hash=hash_of(token),
        department=receiver,
        subject_kind="department",
        subject_id=receiver.pk,
        subject_uid=receiver.uid,
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("join_door.make", by=by, on=link, replaced=replaced)
    return MadeDoor(link, token)


@command
def join_door_end(*, by: User) -> int:
    """Take the poster's code out of use; how many codes stopped."""
    require(can_keep_join_door, by, None)
    live = AccessLink.objects.filter(
        organization_id=by.house_id, kind=KIND, revoked_at__isnull=True
    )
    ended = live.update(revoked_at=timezone.now())
    audit.record("join_door.end", by=by, ended=ended)
    return ended


def join_door_by(*, token: str, by: User) -> AccessLink | None:
    """The house's own live code behind a token; nothing for any other."""
    rows = AccessLink.objects.visible_to(by).filter(
        kind=KIND, token_hash=hash_of(token), revoked_at__isnull=True
    )
    return rows.select_related("organization", "department").first()


def _entered(token: str) -> JoinDoor | None:
    digest = hash_of(token)
    if enter_link(digest) is None:
        return None
    rows = AccessLink.objects.filter(token_hash=digest, kind=KIND)
    link = rows.select_related("organization", "department").first()
    if link is None:
        return None
    return JoinDoor(
        link_id=link.pk,
        organization_id=link.organization_id,
        house=link.organization.name,
        receiver=link.department.name,
        receiver_id=link.department_id,
    )


def join_door_at(token: str) -> JoinDoor | None:
    """The door behind an address, in a transaction of its own; None for any that is not a live one."""
    with scope():
        return _entered(token)


def posts_offered(organization_id: int) -> list[Post]:
    """Open posts for whoever holds the poster's code: recruiting says duties and risks (L-VOL 12)."""
    with house_scope(organization_id):
        rows = Post.objects.filter(organization_id=organization_id).open()
        return list(rows.select_related("ward").order_by("-id")[:20])


def application_check(*, organization_id: int, given: Mapping[str, Any]) -> None:
    """Refuse now what would be refused when the file is made, beside its field; says nothing of other files.

    Raises:
        DomainError: `client.*` and `volunteer.*` on their fields.
    """
    person_check(organization_id=organization_id, given=_facts(given))


def application_submit(*, token: str, payload: Mapping[str, Any], once: str) -> bool:
    """Take in an application and make it a file; False when the door is shut.

    `once` is the form's own key: the same content under it is the same application.
    """
    text = json.dumps([token, once, payload], sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with scope():
        door = _entered(token)
        if door is None:
            return False
        item = _keep(door, dict(payload), digest)
    if item is not None:
        try:
            _promote(item.organization_id, item.pk)
        except Exception:
            # It is safe in the inbox: the sweep makes the file.
            log.exception("application %s waits for the sweep", item.uid)
    return True


def _keep(door: JoinDoor, payload: dict[str, Any], digest: str) -> InboxItem | None:
    """Insert behind the door's wall; None for what is there already."""
    item = InboxItem(
        organization_id=door.organization_id,
        link_id=door.link_id,
        department_id=door.receiver_id,
        kind=InboxItem.Kind.VOLUNTEER_APPLICATION,
        payload=payload,
        receipt_hash=hash_of(code_of(digest)),
        dedup_key=f"join:{digest}",
    )
    return item_keep(item)


def _promote(organization_id: int, pk: int) -> None:
    with house_scope(organization_id):
        application_promote(item=InboxItem.objects.get(pk=pk), by=None)


def _facts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the form kept, as the services take it."""
    given = {name: value for name, value in payload.items() if name != "agrees"}
    born = given.get("birth_date")
    if isinstance(born, str):
        given["birth_date"] = dt.date.fromisoformat(born)
    return given


@command
def application_promote(*, item: InboxItem, by: Any) -> Volunteer | None:
    """Make a kept application a file in state applied, with a task; None when it was done before.

    Whoever has a file already gets no second one: the item points to the first.
    """
    item = InboxItem.objects.locked().get(pk=item.pk)
    if item.state != InboxItem.State.NEW:
        return None
    given = _facts(item.payload) | {"agreed_at": item.created_at, "inbox_item": item}
    with translation.override(settings.LANGUAGE_CODE):
        try:
            with transaction.atomic():
                volunteer = volunteer_write(
                    organization_id=item.organization_id,
                    department_id=item.department_id,
                    given=given,
                    by=by,
                )
        except DomainError as error:
            if error.rule not in ("volunteer_id_once", "volunteer_id_once2"):
                raise
            item.state, item.promoted_uid = InboxItem.State.PROMOTED, item.uid
            item.save(update_fields=["state", "promoted_uid"])
            return None
    item.state, item.promoted_uid = InboxItem.State.PROMOTED, volunteer.uid
    item.save(update_fields=["state", "promoted_uid"])
    task_open(
        kind=REVIEW_TASK,
        organization_id=item.organization_id,
        subject=volunteer,
        role="volunteer_coordinator",
        by=by,
    )
    return volunteer


def applications_sweep() -> int:
    """Promote what a dead process left behind, house by house; how many there were."""
    return items_sweep([InboxItem.Kind.VOLUNTEER_APPLICATION], _promote)
