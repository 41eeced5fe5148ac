"""Stars by hours: a dated rule, so that a change of the practice is a row and not a release."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from departments.services.policies import rule_in_force

KIND = "star_level"
# National practice (domain §7.2): hours from which one to five stars are worn.
USUAL = (100, 300, 600, 1000, 1500)


def star_levels(on: dt.date | None = None) -> Sequence[int]:
    """Hours from which each star counts, by the rule of a day; a crooked rule falls back to the usual."""
    row = rule_in_force(KIND, on)
    given = row.params.get("hours") if row else None
    is_sound = (
        isinstance(given, list)
        and 0 < len(given) <= len(USUAL)
        and all(isinstance(one, int) and one > 0 for one in given)
        and sorted(set(given)) == given
    )
    return tuple(given) if is_sound else USUAL


def star_of(hours: Decimal, levels: Sequence[int]) -> int:
    """How many stars so many hours are: 0 to 5."""
    return sum(hours >= level for level in levels)


def hours_to_next(hours: Decimal, levels: Sequence[int]) -> Decimal | None:
    """What is missing for one star more; None with all of them."""
    return next((level - hours for level in levels if hours < level), None)
