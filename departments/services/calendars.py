"""A person's calendar feed: a secret address for one role, made, shown once, made anew, ended, read."""

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from departments import audit
from departments.models.mechanisms import AccessLink
from departments.models.people import Membership, User
from departments.permissions import can_subscribe_calendar
from departments.services.calendar_feeds import entries_of, feed_text, remembered
from departments.services.entering import enter_member, token_scope
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope_block

TOKEN_BYTES = 16  # 128 bits, 22 signs in the address
FETCH_NOTED = dt.timedelta(minutes=10)  # the time of the last fetch is written at most this often


@dataclass(frozen=True)
class MadeCalendar:
    """A new feed with the token of its address, which is shown once and kept nowhere."""

    link: AccessLink
    token: str


@dataclass(frozen=True)
class Feed:
    """A feed as it is served; `etag` is the hash of its bytes."""

    link_id: int
    content: bytes
    etag: str


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _live(user: User) -> QuerySet[AccessLink]:
    """The live feed of the role acted in."""
    return AccessLink.objects.visible_to(user).filter(
        kind=AccessLink.Kind.CALENDAR,
        subject_id=user.acting.membership_id,
        revoked_at__isnull=True,
    )


def calendar_of(*, by: User) -> AccessLink | None:
    """The feed of the role acted in; None without one."""
    return _live(by).first()


def fetched_at(link: AccessLink) -> dt.datetime | None:
    """When a calendar last took the feed, to ten minutes; None for never."""
    text = link.public_state.get("fetched_at")
    return dt.datetime.fromisoformat(text) if text else None


@command
def calendar_create(*, by: User) -> MadeCalendar:
    """Open a feed for the role acted in; an older address of it stops working at once.

    Raises:
        DomainError: `calendar.practice` in a house for practice: its rows are invented.
    """
    require(can_subscribe_calendar, by, None)
    if by.acting.is_training:
        raise DomainError(
            "calendar.practice", gettext_lazy("练习机构没有日历订阅，请换到正式机构。")
        )
    replaced = _live(by).update(revoked_at=timezone.now())
    token = secrets.token_urlsafe(TOKEN_BYTES)
    membership = by.acting
    link = AccessLink(
        organization_id=by.house_id,
        kind=AccessLink.Kind.CALENDAR,
        token_hash=_digest(token),
        subject_kind=Membership._meta.model_name,
        subject_id=membership.membership_id,
        subject_uid=membership.membership_uid,
        public_state={"language": get_language(), "entries": {}},
        created_by=by,
    )
    link.save(force_insert=True)
    audit.record("calendar.create", by=by, on=link, role=by.role, replaced=replaced)
    return MadeCalendar(link, token)


@command
def calendar_revoke(*, by: User) -> AccessLink:
    """End the feed of the role acted in: its address answers like one that never was.

    Raises:
        DomainError: `calendar.none` (409) without one.
    """
    require(can_subscribe_calendar, by, None)
    link = _live(by).locked().first()
    if link is None:
        raise DomainError("calendar.none", gettext_lazy("现在没有日历订阅。"), status=409)
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    audit.record("calendar.revoke", by=by, on=link)
    return link


def calendar_read(token: str) -> Feed | None:
    """The feed behind an address, as the person would see it signed in in that role today.

    None for every other token, and once the role or the account has ended. A named service of the
    link: it reads as the person, and writes nothing but what the feed has said.
    """
    found = _owner(token)
    if found is None:
        return None
    user, membership, language = found
    with scope_block():
        if enter_member(user, membership) is None:
            return None
        try:
            with override(language):
                return _read(user, _digest(token))
        finally:
            user.acting = None


def _owner(token: str) -> tuple[User, uuid.UUID, str] | None:
    digest = _digest(token)
    with token_scope(digest):
        link = (
            AccessLink.objects.filter(
                token_hash=digest, kind=AccessLink.Kind.CALENDAR, revoked_at__isnull=True
            )
            .select_related("created_by")
            .first()
        )
    if link is None:
        return None
    return link.created_by, link.subject_uid, link.public_state.get("language") or "zh-hans"


def _read(user: User, digest: bytes) -> Feed | None:
    # Two devices fetch at once: the second sees what the first has said.
    link = _live(user).locked().filter(token_hash=digest).first()
    if link is None:
        return None
    now = timezone.now()
    entries = entries_of(user)
    before = link.public_state.get("entries", {})
    memory = remembered(entries, before, now)
    last = fetched_at(link)
    if memory != before or last is None or now - last >= FETCH_NOTED:
        link.public_state |= {"entries": memory, "fetched_at": now.isoformat()}
        link.save(update_fields=["public_state"])
    name = _("医务社工 · %(house)s") % {"house": user.acting.organization_short}
    content = feed_text(name=name, entries=entries, memory=memory)
    return Feed(link.pk, content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
