"""Grams: the small pieces of a name or number by which an encrypted row is found, as keyed hashes.

Schemes: `n1`, `n2` characters and pairs of the folded name; `py` whole pinyin in every reading and its
prefixes from two letters; `in` initials and their prefixes; `no` prefixes of a number from four
characters; `mrn`, `bed` whole; `id4`, `ph4` the last four. Folding goes character by character, so a
stored name and a typed piece of it always fold alike.
"""

import hmac
import itertools
import os
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from msw_portal.kernel.crypto import derive
from msw_portal.kernel.identifiers import MIDDLE_DOTS, bare, normalise_id_no, normalise_phone
from msw_portal.kernel.keyring import keys
from msw_portal.kernel.surnames import COMPOUND_SURNAMES, SURNAME_READINGS

SCHEMES = frozenset({"n1", "n2", "py", "in", "no", "mrn", "bed", "id4", "ph4"})
SHORTEST_PINYIN, SHORTEST_NUMBER, LAST = 2, 4, 4
LONGEST = 40
MOST_READINGS = 64

Gram = tuple[str, str]


def fold(text: str) -> str:
    """NFKC, simplified, lower-case without accents; every middle dot `·`, white space single."""
    folded = unicodedata.normalize("NFKC", text)
    simple = "".join(map(_simplified, folded))
    plain = simple.casefold().replace("u:", "v")
    bare_letters = (
        c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c) != "Mn"
    )
    dotted = "".join("·" if c in MIDDLE_DOTS else c for c in bare_letters)
    return " ".join(unicodedata.normalize("NFC", dotted).split())


def grams_of_name(name: str) -> set[Gram]:
    """Every gram a person's name is found by."""
    characters = _han(fold(name))
    grams: set[Gram] = {("n1", one) for one in characters}
    grams |= {("n2", one + two) for one, two in itertools.pairwise(characters)}
    for syllables in _spellings(name):
        whole = "".join(syllables)[:LONGEST]
        grams |= {("py", whole[:end]) for end in range(SHORTEST_PINYIN, len(whole) + 1)}
        initials = "".join(syllable[0] for syllable in syllables)[:LONGEST]
        grams |= {("in", initials[:end]) for end in range(SHORTEST_PINYIN, len(initials) + 1)}
    return grams


def grams_of_numbers(
    *, number: str = "", id_no: str = "", phone: str = "", mrn: str = "", bed: str = ""
) -> set[Gram]:
    """Grams of a file number, of the ends of identity number and telephone, of a record and a bed."""
    whole = bare(number)[:LONGEST]
    grams: set[Gram] = {("no", whole[:n]) for n in range(SHORTEST_NUMBER, len(whole) + 1)}
    ends = {"id4": normalise_id_no(id_no), "ph4": normalise_phone(phone)}
    grams |= {(scheme, text[-LAST:]) for scheme, text in ends.items() if len(text) >= LAST}
    return grams | {
        (scheme, bare(text)) for scheme, text in (("mrn", mrn), ("bed", bed)) if bare(text)
    }


def grams_of_query(text: str) -> list[set[Gram]]:
    """What was typed, as alternatives: a name is meant when it has every gram of one of them.

    Han characters are asked by pairs (one alone by itself), letters as pinyin or as initials.
    Nothing is asked for a single letter.
    """
    folded = fold(text)
    characters = _han(folded)
    if len(characters) == 1:
        return [{("n1", characters[0])}]
    if characters:
        return [{("n2", one + two) for one, two in itertools.pairwise(characters)}]
    letters = "".join(c for c in folded if c.isalpha())[:LONGEST]
    if len(letters) < SHORTEST_PINYIN:
        return []
    return [{("py", letters)}, {("in", letters)}]


def readings_of(name: str) -> set[str]:
    """The whole pinyin of a name in every reading: two names that share one sound alike."""
    return {"".join(syllables)[:LONGEST] for syllables in _spellings(name)}


def characters_of(name: str) -> list[str]:
    """The Han characters of a name, folded."""
    return _han(fold(name))


def is_meant(name: str, query: str) -> bool:
    """Whether `query` finds `name`: the confirmation after decryption, as hashes may collide."""
    grams = grams_of_name(name)
    return any(wanted <= grams for wanted in grams_of_query(query))


def gram_hash(scheme: str, text: str, *, organization: UUID, kid: int | None = None) -> int:
    """The keyed hash kept in a posting: 64 bits, signed.

    Raises:
        ValueError: for a scheme that does not exist.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"no such scheme {scheme!r}")
    return _hash(derive(f"search|{organization}", kid=kid), scheme, text)


def gram_hashes(
    grams: set[Gram], *, organization: UUID, kids: Iterable[int] | None = None
) -> set[int]:
    """gram_hash of each, under each of `kids` (default: every live key, as postings are written)."""
    searched = [derive(f"search|{organization}", kid=kid) for kid in kids or keys().live]
    return {_hash(key, scheme, text) for key in searched for scheme, text in grams}


class GramHashes:
    """gram_hashes for many names of one house: what many names share is hashed once.

    For one batch: what it holds are pieces of names in clear.
    """

    def __init__(self, organization: UUID):
        searched = [derive(f"search|{organization}", kid=kid) for kid in keys().live]
        self._memos = [_Memo(key) for key in searched]

    def __call__(self, grams: Iterable[Gram]) -> set[int]:
        return {memo[gram] for memo in self._memos for gram in grams}


class _Memo(dict[Gram, int]):
    """The hash of a gram under one key, made when it is first asked for."""

    def __init__(self, key: bytes):
        super().__init__()
        self._key = key

    def __missing__(self, gram: Gram) -> int:
        found = self[gram] = _hash(self._key, *gram)
        return found


def _hash(key: bytes, scheme: str, text: str) -> int:
    digest = hmac.digest(key, f"{scheme}|{text}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big", signed=True)


# ── readings ─────────────────────────────────────────────────────────────────


def _han(folded: str) -> list[str]:
    return [c for c in folded if _is_han(c)]


@lru_cache(maxsize=16384)
def _is_han(character: str) -> bool:
    return character == "〇" or unicodedata.name(character, "CJK").startswith("CJK")


def _spellings(name: str) -> list[tuple[str, ...]]:
    """The name in syllables, in every reading; a foreign name in its own words."""
    typed = [c for c in unicodedata.normalize("NFKC", name) if _han(c)]
    if not typed:
        words = "".join(c if c.isalpha() else " " for c in fold(name)).split()
        return [tuple(words)] if words else []
    head, rest = _surname(typed)
    readings = [head, *[[(syllable,) for syllable in _syllables(c)] for c in rest]]
    combined = itertools.islice(itertools.product(*readings), MOST_READINGS)
    spelt = (tuple(filter(None, itertools.chain.from_iterable(parts))) for parts in combined)
    return [syllables for syllables in spelt if syllables]


def _surname(typed: list[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """The readings of the surname, and the characters after it."""
    folded = "".join(map(_simplified, typed))
    size = 2 if len(typed) > 2 and folded[:2] in COMPOUND_SURNAMES else 1
    plain = itertools.product(*map(_syllables, typed[:size]))
    known = [tuple(reading.split()) for reading in SURNAME_READINGS.get(folded[:size], ())]
    return list(dict.fromkeys([*known, *plain])), typed[size:]


@lru_cache(maxsize=8192)
def _syllables(character: str) -> tuple[str, ...]:
    """Every reading of a character, the commonest first; `lü` also as `lyu` (passports) and `lu`."""
    found: list[str] = []
    for form in dict.fromkeys((character, _simplified(character))):
        readings = _pinyin()(form, heteronym=True, style=0, errors="ignore", v_to_u=False)
        found += [reading for reading in (readings[0] if readings else []) if reading]
    found += [
        reading.replace("v", other) for reading in found if "v" in reading for other in ("yu", "u")
    ]
    return tuple(dict.fromkeys(found)) or ("",)


@lru_cache(maxsize=16384)
def _simplified(character: str) -> str:
    if ord(character) < 0x2E80:
        return character
    # One at a time: as part of a phrase the same character may convert differently.
    return _converter().convert(character)


@cache
def _converter() -> Any:
    # 40 ms with its dictionaries, and the web process serves most pages without it.
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _pinyin() -> Any:
    # 230 ms on import; needed only where somebody is registered or looked for. Characters are asked
    # for one by one, so its 47,000 phrases (half of that time, and 30 MB) are not wanted.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import pinyin

    return pinyin
