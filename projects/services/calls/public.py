"""Published calls as anybody reads them without an account; each read is a transaction of nobody."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from msw_portal.kernel import keyset
from msw_portal.kernel.scope import scope
from projects.models.calls import Call, CallVersion

PAGE = 20
ORDER = ("-closes_at", "-id")


@dataclass(frozen=True)
class PublicCall:
    """An announcement as it stands, with its earlier versions; `content` is the frozen text."""

    call: Call
    issuer: str
    content: dict[str, Any]
    content_hash: str
    versions: Sequence[CallVersion]
    is_open: bool


@dataclass(frozen=True)
class Listing:
    rows: Sequence[Call]
    before: str | None
    after: str | None


def calls_listed(*, after: str | None = None, before: str | None = None) -> Listing:
    """What was published and not taken back, the latest deadline first."""
    with scope():
        rows = (
            Call.objects.filter(published_at__isnull=False, organization__is_training=False)
            .exclude(state="cancelled")
            .select_related("organization")
        )
        try:
            page = keyset.page(rows, order=ORDER, size=PAGE, after=after, before=before)
        except keyset.BadCursor:
            page = keyset.page(rows, order=ORDER, size=PAGE)
        return Listing(page.rows, page.previous, page.next)


def call_public(slug: str) -> PublicCall | None:
    """The announcement behind an address; None for every other."""
    with scope():
        call = (
            Call.objects.filter(
                slug=slug, published_at__isnull=False, organization__is_training=False
            )
            .select_related("organization", "partner")
            .first()
        )
        if call is None:
            return None
        versions = list(CallVersion.objects.filter(call=call).order_by("-version"))
        if not versions:
            return None
        return PublicCall(
            call,
            call.organization.name,
            versions[0].content,
            versions[0].content_hash,
            versions,
            is_taking(call),
        )


def is_taking(call: Call, at: dt.datetime | None = None) -> bool:
    """Whether the clock lets a unit hand in now."""
    now = at or timezone.now()
    return (
        call.state in {"published", "accepting"}
        and call.opens_at is not None
        and call.closes_at is not None
        and call.opens_at <= now <= call.closes_at
    )
