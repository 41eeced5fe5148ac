"""Pinyin as it is heard: zh/z, ch/c, sh/s, n/l, ang/an, eng/en, ing/in are written one for the other.

The query is widened, not the postings: nothing more is kept of a name, and only who finds nothing, or asks
for it, pays. What was typed has no syllables; a `g` behind an `n` may begin the next one.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from msw_portal.kernel.grams import (
    LONGEST,
    SHORTEST_PINYIN,
    Gram,
    fold,
    grams_of_name,
)

MOST = 64  # spellings asked for, those nearest to what was typed
LONGEST_INITIALS = 5
_PARTS = re.compile(r"[zcs]h?|l|ng?|.")
_VOWELS = "aeiouv"
_DOUBTFUL = frozenset("zcsnl")
# No syllable begins with these: what stands before them belongs to the same one.
_INNER = "uiv"


def sounds_of_query(text: str) -> set[Gram]:
    """What letters typed as pinyin or initials may have meant otherwise; empty for anything else.

    >>> sorted(gram for scheme, gram in sounds_of_query("zen") if scheme == "py")
    ['zel', 'zeng', 'zhel', 'zhen', 'zheng']
    """
    letters = spelt_letters(text)
    if not letters:
        return set()
    grams = {("py", spelt) for spelt in itertools.islice(_spellings(letters), MOST)}
    if len(letters) <= LONGEST_INITIALS:
        swapped = itertools.product(*("nl" if c in "nl" else c for c in letters))
        grams |= {("in", "".join(one)) for one in swapped}
    return grams - {("py", letters), ("in", letters)}


def spelt_letters(text: str) -> str:
    """The letters of what may be pinyin or initials and may be meant otherwise; "" for anything else."""
    letters = "".join(c for c in fold(text) if c.isalpha())[:LONGEST]
    is_spelt = letters.isascii() and not any(c.isdigit() for c in text)
    return (
        letters if is_spelt and len(letters) >= SHORTEST_PINYIN and _DOUBTFUL & {*letters} else ""
    )


def sounds_alike(name: str, sounds: set[Gram]) -> bool:
    """Whether one of `sounds` is of the name: the confirmation after decryption, as hashes may collide."""
    return not grams_of_name(name).isdisjoint(sounds)


def _spellings(letters: str) -> Iterator[str]:
    """Every way to write what was heard, the nearest first."""
    parts = list(_parts(letters))
    doubtful = [at for at, ways in enumerate(parts) if len(ways) > 1]
    for changes in range(1, len(doubtful) + 1):
        for places in itertools.combinations(doubtful, changes):
            others = [ways[1:] if at in places else ways[:1] for at, ways in enumerate(parts)]
            yield from map("".join, itertools.product(*others))


def _parts(letters: str) -> Iterator[Sequence[str]]:
    """The text piece by piece, each as it was typed and then as it may have been meant."""
    for match in _PARTS.finditer(letters):
        part, before = match[0], letters[match.start() - 1 : match.start()]
        after = letters[match.end() : match.end() + 1]
        if part[0] in "zcs":
            yield (part, part[0] if part.endswith("h") else f"{part}h")
        elif part == "l":
            yield ("l", "n")
        elif part[0] == "n":
            yield _nasal(part, before, after)
        else:
            yield (part,)


def _nasal(part: str, before: str, after: str) -> Sequence[str]:
    """`n` or `ng`: the end of a syllable, the beginning of the next, or either."""
    is_end = before != "" and before in _VOWELS and not (part == "n" and after and after in _INNER)
    is_heard = is_end and before in "aei"
    if part == "ng":
        ways = ["ng"]
        if is_heard and not (after and after in _INNER):
            ways.append("n")
        if is_heard and (after == "" or after in _VOWELS):
            ways.append("ngg")
        return ways
    ways = ["n"]
    if is_heard:
        ways.append("ng")
    if not is_end or after == "" or after in _VOWELS:
        ways.append("l")
    return ways
