"""The code that hangs where volunteers serve: scanned with a phone, in and out without an account.

Who scans says the own mobile number; the code says the place. That proves presence no better than a
sheet of paper does, and so the house still confirms every hour.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.people import User
from departments.services.entering import house_scope, token_scope
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.crypto import found_by
from msw_portal.kernel.errors import DomainError
from volunteers.hour_permissions import can_make_code
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Post, Signup
from volunteers.services.records import EARLY, begin, finish
from volunteers.workflow import ServiceState, SignupState

TOKEN_BYTES = 16
NOT_FOUND = _("没有找到您今天在这里的报名：请核对手机号，或找带教社工、志愿者管理员。")


@dataclass(frozen=True)
class MadeCode:
    """A new code with its token, which is shown once and kept nowhere."""

    link: AccessLink
    token: str


@dataclass(frozen=True)
class Desk:
    """What the page behind a live code says before anybody has said who they are."""

    house: str
    title: str
    place: str


@dataclass(frozen=True)
class Noted:
    """What was noted: whose (masked), in or out, when; hours once it is over."""

    who: str
    title: str
    is_out: bool
    at: dt.datetime
    hours: str = ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _live(post: Post) -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(
        organization_id=post.organization_id,
        kind=AccessLink.Kind.CHECK_IN,
        subject_id=post.pk,
        revoked_at__isnull=True,
    )


def code_of(*, post: Post) -> AccessLink | None:
    """The live code of a post; None without one."""
    return _live(post).first()


@command
def code_create(*, post: Post, by: User) -> MadeCode:
    """Hang up a code for a post; an older one stops working at once."""
    post = Post.objects.locked().get(pk=post.pk)
    require(can_make_code, by, post)
    replaced = _live(post).update(revoked_at=timezone.now())
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        organization_id=post.organization_id,
        kind=AccessLink.Kind.CHECK_IN,
        token_hash=_digest(token),
        department=post.ward,
        subject_kind=Post._meta.model_name,
        subject_id=post.pk,
        subject_uid=post.uid,
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("check_in_code.create", by=by, on=post, replaced=replaced)
    return MadeCode(link, token)


@command
def code_revoke(*, post: Post, by: User) -> int:
    """Take the code down; how many there were."""
    post = Post.objects.locked().get(pk=post.pk)
    require(can_make_code, by, post)
    count = _live(post).update(revoked_at=timezone.now())
    audit.record("check_in_code.revoke", by=by, on=post)
    return count


# ── named services of the link ───────────────────────────────────────────────


def _place(token: str) -> tuple[int, uuid.UUID] | None:
    digest = _digest(token)
    with token_scope(digest):
        return (
            AccessLink.objects.filter(
                token_hash=digest, kind=AccessLink.Kind.CHECK_IN, revoked_at__isnull=True
            )
            .values_list("organization_id", "subject_uid")
            .first()
        )


def desk_open(token: str) -> Desk | None:
    """The place behind a code; None for every other token."""
    found = _place(token)
    if found is None:
        return None
    house, uid = found
    with house_scope(house):
        post = Post.objects.filter(organization_id=house, uid=uid)
        one = post.select_related("organization", "ward").first()
        if one is None:
            return None
        place = one.ward.name if one.ward else one.place
        return Desk(house=one.organization.name, title=one.title, place=place)


def desk_note(*, token: str, phone: str, is_out: bool, persons: int = 0) -> Noted | None:
    """Check in or out whoever has this mobile number, at the post of the code; None for a dead code.

    Acts as the system in the house of the code. Whether the number is known, and whether its owner is
    expected, answer alike.

    Raises:
        DomainError: `desk.not_expected` on `phone`, and those of check-in and check-out.
    """
    found = _place(token)
    if found is None:
        return None
    house, uid = found
    with house_scope(house):
        if is_out:
            return _out(house, uid, phone, persons)
        return _in(house, uid, phone)


def _volunteers(house: int, phone: str) -> list[int]:
    asked = found_by(Volunteer, "phone_bidx", "phone", phone, organization_id=house)
    return list(Volunteer.objects.filter(asked, organization_id=house).values_list("pk", flat=True))


def _in(house: int, post_uid: uuid.UUID, phone: str) -> Noted:
    now = timezone.now()
    signup = (
        Signup.objects.filter(
            organization_id=house,
            volunteer_id__in=_volunteers(house, phone),
            shift__post__uid=post_uid,
            state__in=[SignupState.CONFIRMED, SignupState.NO_SHOW],
            during__startswith__lte=now + EARLY,
            during__endswith__gt=now,
        )
        .order_by("during", "id")
        .locked()
        .first()
    )
    if signup is None:
        raise DomainError("desk.not_expected", NOT_FOUND, "phone")
    record = begin(signup, at=now, by=None)
    return Noted(record.volunteer.name_masked, record.title, False, record.checked_in)


def _out(house: int, post_uid: uuid.UUID, phone: str, persons: int) -> Noted:
    record = (
        ServiceRecord.objects.filter(
            organization_id=house,
            volunteer_id__in=_volunteers(house, phone),
            post__uid=post_uid,
            state=ServiceState.OPEN,
        )
        .order_by("-checked_in")
        .locked()
        .first()
    )
    if record is None:
        raise DomainError("desk.not_expected", NOT_FOUND, "phone")
    record = finish(
        record, at=timezone.now(), persons=persons, content="", break_minutes=0, by=None
    )
    return Noted(
        record.volunteer.name_masked, record.title, True, record.checked_out, f"{record.hours:g}"
    )
