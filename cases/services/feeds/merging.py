"""One fact of a stay, said by two: the hospital's system, in any order, and people, who have the last word.

The end is the same in whatever order deliveries come: what was known later wins, and of two of one
moment the greater text.
"""

from collections.abc import MutableMapping
from enum import StrEnum

Plain = str | int | None
Register = MutableMapping[str, list]


class Fate(StrEnum):
    """What became of a fact that was delivered."""

    CHANGED = "changed"
    SAME = "same"
    # Something newer of the same system stands.
    OLDER = "older"
    # A person wrote something else: it stays.
    KEPT = "kept"


def settled(said: Register, fact: str, value: Plain, *, at: str, now: Plain) -> Fate:
    """Hear `value` of `fact`, known at `at` (UTC, ISO 8601, one width), while the stay shows `now`.

    `said` keeps what was heard last and is written here. None and "" are both nothing; a value of
    nothing takes back what the system said before.
    """
    value, now = value or None, now or None
    before = said.get(fact)
    if before == [at, value]:
        return Fate.SAME if now == value else Fate.KEPT
    if before is not None and (before[0], str(before[1])) > (at, str(value)):
        return Fate.OLDER
    heard = before[1] if before is not None else None
    said[fact] = [at, value]
    if now == value:
        return Fate.SAME
    if before is None:
        return Fate.CHANGED if now is None else Fate.KEPT
    # Somebody changed or emptied what the system had said, or wrote what it left open.
    if now == heard or (now is None and value != heard):
        return Fate.CHANGED
    return Fate.KEPT
