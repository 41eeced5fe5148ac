"""What may be shown beside what was published already, so that both together give nothing away.

A year's totals come after its quarters, an authority's table beside the public one: what stands there cannot be
taken back. So everything new begins hidden, and a cell is shown when a reader of all that is known, the new cell
with it, works out nothing that must stay unknown. The answer is safe by construction: the attack is part of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.disclosure_control import TOTAL, Key, Line, bounded, determined, lines_of


@dataclass
class Known:
    """What one reader holds: the sums that are true, the counts, the cells not told, and those never to be worked out."""

    counts: Mapping[Key, int]
    lines: Sequence[Line]
    hidden: set[Key]
    guarded: set[Key]
    limit: int
    found: set[Key] = field(default_factory=set)

    def gives_away(self, hidden: set[Key]) -> bool:
        """Whether somebody who is not told `hidden` works out a guarded cell, or a group below the limit."""
        for total, parts in self.lines:
            gone = [key for key in parts if key in hidden]
            if not gone or total in hidden or not any(key in self.guarded for key in gone):
                continue
            if sum(self.counts[key] for key in gone) < self.limit:
                return True
        told = determined(self.lines, hidden) | bounded(self.lines, self.counts, hidden)
        return bool(told & self.guarded)


def revealed(readers: Sequence[Known], candidates: Iterable[Key]) -> set[Key]:
    """The candidates that may be told, the largest first; each reader's `hidden` loses them.

    A candidate is a cell that every reader's counts hold and that is hidden so far.
    """
    shown: set[Key] = set()
    first = readers[0]
    for key in sorted(candidates, key=lambda one: (-first.counts[one], str(one))):
        if all(not one.gives_away(one.hidden - {key}) for one in readers):
            shown.add(key)
            for one in readers:
                one.hidden.discard(key)
    return shown


def placed(place: str, keys: Iterable[Key]) -> list[Key]:
    """Keys of one table among those of several."""
    return [(place, *key) for key in keys]


def placed_lines(place: str, keys: Iterable[Key]) -> list[Line]:
    """The sums inside one table among several."""
    return [((place, *total), tuple(placed(place, parts))) for total, parts in lines_of(list(keys))]


def year_lines(quarters: Sequence[str], year: Iterable[Key], months_at: int | None) -> list[Line]:
    """Each cell of a year is the sum of the same cell of its quarters, over all months where these stand."""

    def of_quarter(key: Key) -> Key:
        return key if months_at is None else (*key[:months_at], TOTAL, *key[months_at:])

    return [
        (("year", *key), tuple((quarter, *of_quarter(key)) for quarter in quarters)) for key in year
    ]
