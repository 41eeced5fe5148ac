"""Words found in the contacts of one opened case. Across cases narrative is not searchable, by design."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.work import Contact
from cases.permissions import can_view_case
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.grams import fold

MOST_READ, MOST_WORDS = 1000, 8
AROUND = 24
NARRATIVE = ("facts", "analysis")

Part = tuple[str, bool]  # a piece of text, and whether it is what was looked for


@dataclass(frozen=True)
class Found:
    """A contact that holds every word, with the places around them."""

    contact: Contact
    snippets: list[list[Part]]


@dataclass(frozen=True)
class ContactsFound:
    """`read` contacts were opened; `is_capped` when the case has older ones that were not."""

    hits: list[Found]
    read: int
    is_capped: bool


@command
def contacts_find(*, case: Case, words: str, by: User) -> ContactsFound:
    """The contacts of `case` that hold every one of `words`, newest first; addenda count as their own.

    Letters are compared without case and width, characters simplified. The audit keeps that the file was
    searched and how much was found, never the words.

    Raises:
        DomainError: `contact.find_nothing` on `words`.
    """
    require(can_view_case, by, case)
    wanted = [fold(word) for word in words.split()][:MOST_WORDS]
    wanted = [word for word in wanted if word]
    if not wanted:
        raise DomainError("contact.find_nothing", _("请输入要查的词。"), "words")
    rows = Contact.objects.visible_to(by).filter(case=case).select_related("addendum_to")
    read = list(rows.newest_first()[: MOST_READ + 1])
    is_capped = len(read) > MOST_READ
    hits = [hit for one in read[:MOST_READ] if (hit := _found(one, wanted)) is not None]
    audit.record("contact.find", by=by, on=case, words=len(wanted), hits=len(hits))
    return ContactsFound(hits, min(len(read), MOST_READ), is_capped)


def _found(contact: Contact, wanted: list[str]) -> Found | None:
    texts = [_Folded(text) for name in NARRATIVE if (text := getattr(contact, name))]
    if not all(any(word in text.folded for text in texts) for word in wanted):
        return None
    return Found(contact, [part for text in texts for part in text.around(wanted)])


class _Folded:
    """A text with its folded form, and where each folded letter came from."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = [_letter(c) for c in text]
        self.folded = "".join(pieces)
        self.origin = [place for place, piece in enumerate(pieces) for _c in piece]
        self.origin.append(len(text))

    def around(self, wanted: list[str]) -> Iterator[list[Part]]:
        """The first place of each word; places that touch are one."""
        spans = sorted(
            (self.origin[at], self.origin[at + len(word) - 1] + 1)
            for word in dict.fromkeys(wanted)
            if (at := self.folded.find(word)) >= 0
        )
        groups: list[list[tuple[int, int]]] = []
        for span in spans:
            if groups and span[0] - groups[-1][-1][1] <= AROUND:
                groups[-1].append(span)
            else:
                groups.append([span])
        for group in groups:
            yield self._parts(group)

    def _parts(self, spans: list[tuple[int, int]]) -> list[Part]:
        first, last = max(0, spans[0][0] - AROUND), min(len(self.text), spans[-1][1] + AROUND)
        parts: list[Part] = [("…", False)] if first else []
        place = first
        for start, end in spans:
            parts += [(self.text[place:start], False), (self.text[max(start, place) : end], True)]
            place = max(place, end)
        parts.append((self.text[place:last], False))
        if last < len(self.text):
            parts.append(("…", False))
        return [part for part in parts if part[0]]


@lru_cache(maxsize=16384)
def _letter(character: str) -> str:
    if character.isspace():
        return " "
    return fold(character) or unicodedata.normalize("NFKC", character)
