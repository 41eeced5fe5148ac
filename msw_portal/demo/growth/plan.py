"""Who comes when: cases by house, year and pattern, drawn before anything is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from msw_portal.demo.dice import Dice

YEARS = 10  # the current one and nine of the archive
CURRENT = 0.1
VISITS = {1: 30, 2: 25, 3: 20, 4: 15, 5: 10}
ASKING = 0.12  # of the archived cases that asked a foundation
LARGEST = 0.4
HOUSES = 18


@dataclass(frozen=True)
class Visit:
    """One case: so many years ago, paid from the gifts of this copy of the year."""

    years: int
    gifts: int


@dataclass(frozen=True)
class Coming:
    """A person with all cases, the earliest first."""

    family: int
    visits: tuple[Visit, ...]


def shares(houses: int = HOUSES) -> list[float]:
    """Zipf with the exponent that gives the first house LARGEST of all."""
    low, high = 0.5, 3.0
    for _step in range(60):
        exponent = (low + high) / 2
        weights = [1 / rank**exponent for rank in range(1, houses + 1)]
        low, high = (exponent, high) if weights[0] / sum(weights) < LARGEST else (low, exponent)
    return [weight / sum(weights) for weight in weights]


@dataclass
class Planner:
    """Draws the persons of the houses; `asking` of the `archived` families have a request."""

    seed: int
    current: Sequence[int]  # families any case of this year may follow
    plain: Sequence[int]  # families over and done with, without a request
    asking: Sequence[int]

    def __post_init__(self) -> None:
        self._used: Counter[tuple[int, int]] = Counter()

    @property
    def gift_copies(self) -> int:
        """How many copies of the gifts the visits drawn so far need."""
        return max((count for count in self._used.values()), default=0) * YEARS

    def house(self, number: int, cases: int) -> list[Coming]:
        """The persons of one house, `cases` cases in all."""
        dice = Dice("plan", self.seed, number)
        now = round(cases * CURRENT)
        coming = [self._coming(dice.choice(self.current), (0,)) for _n in range(now)]
        left = cases - now
        while left > 0:
            count = min(left, dice.weighted(VISITS))
            years = sorted(dice.sample(range(1, YEARS), count), reverse=True)
            family = dice.choice(self.asking if dice.chance(ASKING) else self.plain)
            coming.append(self._coming(family, tuple(years)))
            left -= count
        dice.shuffle(coming)
        return coming

    def _coming(self, family: int, years: tuple[int, ...]) -> Coming:
        visits = []
        for year in years:
            copy = self._used[family, year]
            self._used[family, year] += 1
            # Every copy of the gifts is spent at most once by each family, in the year it was given.
            visits.append(Visit(year, copy * YEARS + year))
        return Coming(family, tuple(visits))
