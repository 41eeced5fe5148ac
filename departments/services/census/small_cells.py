"""What others may see of small numbers: hidden below the rule in force, and never computable from the total."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

from django.utils import timezone

from departments.models.organizations import DatedRule

HOUSE, PUBLIC = "house", "public"
# When no rule is in force: below 5 inside a house, below 10 in public.
DEFAULT = {HOUSE: 5, PUBLIC: 10}
K = TypeVar("K")


def least_shown(audience: str, on: dt.date | None = None) -> int:
    """The smallest number that is shown to `audience` (rule `small_cells`, parameter `below`)."""
    day = on or timezone.localdate()
    rule = DatedRule.objects.filter(
        kind="small_cells", applies_key=audience, region__isnull=True, valid__contains=day
    ).first()
    below = rule.params.get("below") if rule else None
    is_number = isinstance(below, int) and not isinstance(below, bool) and below > 0
    return below if is_number else DEFAULT[audience]


def hidden(cells: Mapping[K, int], least: int) -> set[K]:
    """The cells of one total that are hidden: those from 1 to `least` - 1; when the hidden ones are one alone,
    or all of them together too small, the next smallest as well, so that the total gives none of them away."""
    gone = {key for key, n in cells.items() if 0 < n < least}
    rest = sorted((n, str(key), key) for key, n in cells.items() if n > 0 and key not in gone)
    while gone and rest and (len(gone) < 2 or sum(cells[key] for key in gone) < least):
        gone.add(rest.pop(0)[2])
    return gone


def shown(n: int | None, least: int) -> str:
    """A number for others: `<5` for what is hidden."""
    if n is None:
        return "—"
    return f"<{least}" if 0 < n < least else f"{n:,}"
