"""The one search box: every app finds what it keeps, for what the person may see and nothing else."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Organization
from departments.models.people import User
from departments.models.register_parts import OrganizationName
from departments.services.rate import hit
from msw_portal.kernel.commands import command
from msw_portal.kernel.crypto import organization_uid
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.keyring import CryptoError
from msw_portal.kernel.scope import INSTALLATION
from msw_portal.kernel.sealing import seal, unseal
from msw_portal.kernel.sounds import spelt_letters

LONGEST = 100
SUGGESTED, SHOWN = 6, 50
# Of one person in a minute: four a second, more than anybody types.
PACE, PACE_WINDOW = 240, 60


@dataclass(frozen=True)
class Hit:
    """One line of the answer, masked as on lists; `why` says by what it was found when that is not its title."""

    title: str
    url: str
    note: str = ""
    state: str = ""
    why: Any = ""


@dataclass(frozen=True)
class Group:
    """What one kind of thing was found; `is_more` when there are more than the hits shown."""

    key: str
    label: Any
    icon: str
    hits: Sequence[Hit] = field(default_factory=list)
    is_more: bool = False


# (what was typed, how many hits of a kind at most, by whom) -> groups, empty ones left out by the box
Source = Callable[[str, int, User], list[Group]]


@command
def box_search(*, text: str, limit: int, is_wide: bool = False, by: User) -> list[Group]:
    """What `text` finds, in groups of at most `limit` hits; each source audits what it must.

    What sounds alike comes behind all else: when it is asked for (`is_wide`), or when nothing was found.

    Raises:
        DomainError: `search.too_fast` (429) beyond PACE searches a minute.
    """
    text = text.strip()[:LONGEST]
    if not text:
        return []
    _check_pace(by)
    found = _found(settings.SEARCH_SOURCES, text, limit, by)
    if is_wide or not found:
        found += _found(settings.SEARCH_WIDER, text, limit, by)
    return found


def _found(sources: str, text: str, limit: int, by: User) -> list[Group]:
    found: list[Group] = []
    for path in import_string(sources):
        source: Source = import_string(path)
        found += source(text, limit, by)
    return [group for group in found if group.hits]


def _check_pace(by: User) -> None:
    counted = hit(f"search:{by.uid}", limit=PACE, window=PACE_WINDOW, is_aside=False)
    if not counted:
        sentence = _("查得太快，请过 %(seconds)d 秒再查；输入的内容还在框里。")
        seconds = counted.seconds_left
        raise DomainError("search.too_fast", sentence % {"seconds": seconds}, status=429)


def can_widen(text: str) -> bool:
    """Whether what sounds like the text could be looked for: letters alone."""
    return bool(spelt_letters(text))


def organizations_found(text: str, limit: int, by: User) -> list[Group]:
    """Houses, foundations and other bodies of the register, by a piece of their name or their code."""
    if text.isascii() and len(text) < 2:
        return []
    former = OrganizationName.objects.filter(organization_id=OuterRef("pk"), name__icontains=text)
    named = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__iexact=text)
    rows = Organization.objects.visible_to(by).filter(named | Q(Exists(former)))
    rows = rows.select_related("region").order_by("name", "id")[: limit + 1]
    hits = [
        Hit(
            title=one.name,
            url=reverse("departments:organization", args=[one.uid]),
            note=one.region.name if one.region else "",
            state=one.get_kind_display(),
        )
        for one in rows
    ]
    return [Group("organizations", _("机构"), "org", hits[:limit], len(hits) > limit)]


# ── what was typed, in an address that nobody else can read ─────────────────────


def text_sealed(text: str, by: User) -> str:
    """What was typed as an opaque text for an address: names and numbers never stand in history or logs."""
    sealed = seal(text.strip()[:LONGEST].encode(), pad=True, **_place(by))
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def text_opened(sealed: str, by: User) -> str:
    """The text again; nothing for what was sealed for somebody else, for another house, or not at all."""
    try:
        raw = urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
        return unseal(raw, pad=True, **_place(by)).decode()
    except (CryptoError, ValueError, binascii.Error):
        return ""


def _place(by: User) -> dict[str, Any]:
    house = organization_uid(by.house_id or INSTALLATION)
    return {"organization": house, "table": "search_box", "column": "text", "row": by.uid}
