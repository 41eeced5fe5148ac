"""The search postings written anew from what is known now, page by page, while the portal serves."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from departments.models.organizations import Organization
from msw_portal.kernel.scope import scope

PAGE = 500
ROUNDS = (
    20  # of what somebody was writing at that moment; a page rests a tenth of a second in between
)


@dataclass(frozen=True)
class Rebuilt:
    """How many pages of one kind were written in a house, and how many objects stayed locked to the end."""

    organization_id: int
    kind: str
    pages: int
    left: int


def postings_rebuild(
    *, say: Callable[[str], None], organization_id: int | None = None, pause: float = 0.0
) -> list[Rebuilt]:
    """Make the postings of every object equal to what it holds now; of one house, or of all.

    Each page is a transaction that holds the objects' own locks, so that a writer and the rebuilder never
    undo each other; who is being written is met again in the next round.
    """
    houses = Organization.objects.filter(is_tenant=True)
    if organization_id is not None:
        houses = houses.filter(pk=organization_id)
    named: Mapping[str, str] = import_string(settings.REINDEXERS)
    done = []
    for house in sorted(houses.values_list("pk", flat=True)):
        for kind, path in named.items():
            made = _rebuild(house, kind, import_string(path), pause)
            say(f"house {house}, {kind}: {made.pages} pages, {made.left} left")
            done.append(made)
    return done


def _rebuild(
    house: int, kind: str, reindex: Callable[..., tuple[int | None, int]], pause: float
) -> Rebuilt:
    pages, left = 0, 0
    for _round in range(ROUNDS):
        after: int | None = 0
        left = 0
        while after is not None:
            with scope(org=house, role="system", care=house):
                after, passed_over = reindex(organization_id=house, after=after, limit=PAGE)
            pages, left = pages + 1, left + passed_over
            time.sleep(pause)
        if not left:
            break
        time.sleep(0.1)
    return Rebuilt(house, kind, pages, left)
