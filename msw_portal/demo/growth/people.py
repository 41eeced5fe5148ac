"""New people for old lives: a name from a pool, numbers that nobody in the house has, the old age."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from msw_portal.demo.dice import Dice
from msw_portal.demo.patients import MARK, draw_given, draw_surname, make_id_no
from msw_portal.kernel.grams import Gram, gram_hashes, grams_of_name, grams_of_numbers

NAMES = 20_000


@dataclass(frozen=True)
class Name:
    text: str

    @cached_property
    def grams(self) -> frozenset[Gram]:
        return frozenset(grams_of_name(self.text))


def names(seed: int, count: int) -> dict[str, list[Name]]:
    """At most NAMES names of each sex; the common ones stand in it several times, as in life."""
    dice = Dice("names", seed)
    pool = {}
    for sex in ("1", "2"):
        texts = (
            draw_surname(dice) + draw_given(dice, sex) + MARK for _n in range(min(count, NAMES))
        )
        known: dict[str, Name] = {}
        pool[sex] = [known.setdefault(text, Name(text)) for text in texts]
    for name in {id(name): name for some in pool.values() for name in some}.values():
        _ = name.grams  # spelt once, before the processes part
    return pool


@dataclass
class Registry:
    """What a house has given out already, and its hashes of grams."""

    uid: UUID
    serial: int = 0
    numbers: set[str] = field(default_factory=set)
    hashes: dict[Gram, set[int]] = field(default_factory=dict)

    def id_no(self, house: int, born: dt.date, sex: str) -> str:
        """The next identity number of this birth date; sets `serial` along."""
        while True:
            self.serial += 1
            number = make_id_no(house, born, sex, self.serial)
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def postings(self, name: Name, *, id_no: str, phone: str, mrns: Iterable[str]) -> set[int]:
        """The grams a person is found by, as cases.services.people.grams_of_client makes them."""
        grams = name.grams | grams_of_numbers(id_no=id_no, phone=phone)
        for mrn in mrns:
            grams |= grams_of_numbers(mrn=mrn)
        found: set[int] = set()
        for gram in grams:
            found |= self._hashes(gram)
        return found

    def _hashes(self, gram: Gram) -> set[int]:
        if gram[0] == "mrn":  # each is met once
            return gram_hashes({gram}, organization=self.uid)
        found = self.hashes.get(gram)
        if found is None:
            found = self.hashes[gram] = gram_hashes({gram}, organization=self.uid)
        return found
