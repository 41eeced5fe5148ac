"""What the public and an authority know once a table is out, and what may be added to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.disclosure_control import Key
from reports.disclosure_reveal import Known, placed, placed_lines, revealed, year_lines

Numbers = Mapping[Key, int]


@dataclass(frozen=True)
class Told:
    """A released table as its maker knows it: every count, and which of them are not told."""

    counts: Numbers
    hidden: frozenset[Key]


def authority_hides(public: Told, own: Numbers, *, limit: int) -> set[Key]:
    """The cells of an authority's table that stay hidden from it, which reads the public table too.

    The houses outside the region are the difference of the two tables: their small cells are guarded as well.
    """
    reader = _authority("", public, Told(own, frozenset(own)), limit)
    place = "own" if _has_rest(public, own) else "all"
    revealed([reader], [(place, *key) for key, n in own.items() if n >= limit])
    return {key for key in own if (place, *key) in reader.hidden}


def year_hides(
    public: Sequence[Told],
    year: Numbers,
    authorities: Sequence[tuple[Sequence[Told | None], int]],
    *,
    months_at: int | None,
    limit: int,
) -> set[Key]:
    """The cells of a public year that stay hidden, its four quarters and every authority's tables being known.

    `authorities`: the four own tables of each (None where it has none) and its limit.
    """
    readers = [_year_reader([None] * 4, public, year, months_at, limit)]
    readers += [_year_reader(own, public, year, months_at, least) for own, least in authorities]
    revealed(readers, [("year", *key) for key, n in year.items() if n >= limit])
    return {key for key in year if ("year", *key) in readers[0].hidden}


def _year_reader(
    own: Sequence[Told | None],
    public: Sequence[Told],
    year: Numbers,
    months_at: int | None,
    limit: int,
) -> Known:
    counts = {("year", *key): n for key, n in year.items()}
    lines = placed_lines("year", year)
    hidden = set(counts)
    for at, (mine, told) in enumerate(zip(own, public, strict=True)):
        part = _authority(str(at), told, mine, limit)
        counts |= part.counts
        lines += part.lines
        hidden |= part.hidden
    lines += year_lines([f"all{at}" for at in range(len(public))], year, months_at)
    return Known(counts, lines, hidden, {key for key in hidden if counts[key] < limit}, limit)


def _authority(at: str, public: Told, own: Told | None, limit: int) -> Known:
    """One quarter: the public table, the own one, and the houses outside as their difference.

    Without others outside both tables are one, of which the own one tells more.
    """
    everything = f"all{at}"
    keys = list(public.counts)
    counts = {(everything, *key): public.counts[key] for key in keys}
    lines = placed_lines(everything, keys)
    hidden = set(placed(everything, public.hidden))
    if own is not None and not _has_rest(public, own.counts):
        hidden &= set(placed(everything, own.hidden))
    elif own is not None:
        counts |= {(f"own{at}", *key): own.counts[key] for key in keys}
        counts |= {(f"rest{at}", *key): public.counts[key] - own.counts[key] for key in keys}
        lines += placed_lines(f"own{at}", keys) + placed_lines(f"rest{at}", keys)
        lines += [((everything, *key), ((f"own{at}", *key), (f"rest{at}", *key))) for key in keys]
        hidden |= set(placed(f"own{at}", own.hidden)) | set(placed(f"rest{at}", keys))
    return Known(counts, lines, hidden, {key for key in hidden if counts[key] < limit}, limit)


def _has_rest(public: Told, own: Numbers) -> bool:
    return any(n != own[key] for key, n in public.counts.items())
