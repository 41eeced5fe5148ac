"""Published policies and standards for anybody. Each read is a transaction of nobody."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msw_portal.kernel import keyset
from msw_portal.kernel.scope import scope
from projects.models.register_codes import Audience, PartyRole, RegisterKind
from projects.models.registers import RegisterEntry
from projects.services.register_entries import entries_named
from projects.services.register_parts import REGISTERS

PUBLIC_KINDS = (RegisterKind.POLICY, RegisterKind.STANDARD)
PAGE = 50


@dataclass(frozen=True)
class Published:
    """An entry with the words that its page needs, read whole before the transaction ends."""

    entry: RegisterEntry
    kind: Any
    house: str
    region: str
    issuers: Sequence[str]
    audiences: Sequence[Any]
    parts: Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Listing:
    rows: Sequence[Published]
    before: str | None
    after: str | None


def policies_listed(
    *,
    kind: str = "",
    words: str = "",
    on: dt.date | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Listing:
    """Published policies and standards, of one kind, by words, or those that applied on a day."""
    with scope():
        rows = _rows()
        if kind in PUBLIC_KINDS:
            rows = rows.filter(kind=kind)
        if words:
            rows = rows.filter(entries_named(words))
        if on is not None:
            rows = rows.in_force(on)
        try:
            found = keyset.page(rows, order=("-id",), after=after, before=before, size=PAGE)
        except keyset.BadCursor:
            found = keyset.page(rows, order=("-id",), size=PAGE)
        return Listing([_told(one) for one in found.rows], found.previous, found.next)


def policy_at(uid: uuid.UUID) -> Published | None:
    """One published entry; None for any other."""
    with scope():
        one = _rows().filter(uid=uid).first()
        return _told(one) if one else None


def _rows() -> Any:
    rows = RegisterEntry.objects.filter(
        kind__in=PUBLIC_KINDS, published_at__isnull=False, organization__is_training=False
    )
    return rows.select_related("organization", "region").prefetch_related("parties__body")


def _told(one: RegisterEntry) -> Published:
    issuers = []
    for party in one.parties.all():
        if party.role == PartyRole.ISSUER:
            name = party.body.name if party.body else party.name_text
            issuers.append(f"{name}（{party.source}）" if party.source else name)
    return Published(
        entry=one,
        kind=one.get_kind_display(),
        house=one.organization.name,
        region=one.region.name if one.region else "",
        issuers=issuers,
        audiences=[Audience(code).label for code in one.audiences],
        parts=[
            (part, one.details[part.name])
            for part in REGISTERS[one.kind].parts
            if one.details.get(part.name)
        ],
    )
