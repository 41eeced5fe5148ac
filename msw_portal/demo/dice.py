"""Chance that can be thrown again: the same seed, house and number give the same life."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
LOCAL = ZoneInfo("Asia/Shanghai")
MORNING, EVENING = dt.time(8, 10), dt.time(17, 40)


class Dice(random.Random):
    """`random.Random` seeded by words, with the throws the demo world needs."""

    def __init__(self, *words: object):
        super().__init__(" ".join(map(str, words)))

    def weighted(self, weights: Mapping[T, float]) -> T:
        return self.choices(list(weights), list(weights.values()))[0]

    def zipf(self, things: Sequence[T], exponent: float = 0.9) -> T:
        """The first thing most often, the second half as often ... (Zipf)."""
        return self.choices(things, [1 / (rank**exponent) for rank in range(1, len(things) + 1)])[0]

    def chance(self, share: float) -> bool:
        return self.random() < share

    def days(self, least: float, most: float) -> dt.timedelta:
        return dt.timedelta(days=self.uniform(least, most))

    def hours(self, least: float, most: float) -> dt.timedelta:
        return dt.timedelta(hours=self.uniform(least, most))

    def at_work(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself when people work then, else a moment early on the next working day."""
        local = moment.astimezone(LOCAL)
        if local.time() > EVENING:
            local = self._morning(local.date() + dt.timedelta(days=1))
        elif local.time() < MORNING:
            local = self._morning(local.date())
        # One in ten works on a weekend: the rhythm of the week shows in every chart.
        while local.weekday() >= 5 and not self.chance(0.05):
            local = self._morning(local.date() + dt.timedelta(days=1))
        return local

    def _morning(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, MORNING, LOCAL) + dt.timedelta(
            minutes=self.randint(0, 200), seconds=self.randint(0, 59)
        )

    def moment_on(self, day: dt.date) -> dt.datetime:
        """Some moment of a working day's hours."""
        return dt.datetime.combine(day, MORNING, LOCAL) + dt.timedelta(
            seconds=self.randint(0, 9 * 3600)
        )
