"""Who marks what: balanced, capped, without conflicts, fields matched; the same inputs and seed always give the same result.

Nothing here reads a table or a clock, and no random number of the language is used: the order that chance
decides is that of SHA-256 over the seed and both keys, so that another program can make it again.
"""

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# One field in common weighs as much as so many applications more on the desk.
FIELD_WEIGHT = 2
MOST_FIELDS = 2


@dataclass(frozen=True)
class Matched:
    """`pairs` = (application, expert), sorted; `short` = application -> how many experts are lacking."""

    pairs: tuple[tuple[str, str], ...]
    short: Mapping[str, int]

    @property
    def as_json(self) -> list[list[str]]:
        return [list(pair) for pair in self.pairs]


def result_hash(pairs: Sequence[Sequence[str]]) -> str:
    """The hexadecimal SHA-256 of the pairs as JSON without spaces, as anybody recomputes it."""
    text = json.dumps([list(pair) for pair in pairs], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def match(inputs: Mapping[str, Any], seed: int) -> Matched:
    """Give each application `need` experts (see AssignmentRun for the shape of `inputs`).

    Applications with the fewest possible experts choose first; then chains of exchanges make room where
    caps stand in the way, so that as much is assigned as can be; then loads are evened out.
    """
    work = _Work(inputs, seed)
    for application in work.hardest_first():
        while len(work.given[application]) < work.need and work.take_best(application):
            pass
    for application in work.order:
        while len(work.given[application]) < work.need and work.exchange(application):
            pass
    work.even_out()
    pairs = tuple(
        sorted(
            (application, expert)
            for application in work.order
            for expert in work.given[application] - work.kept[application]
        )
    )
    short = {
        application: work.need - len(work.given[application])
        for application in sorted(work.order)
        if len(work.given[application]) < work.need
    }
    return Matched(pairs, short)


class _Work:
    def __init__(self, inputs: Mapping[str, Any], seed: int) -> None:
        self.seed, self.need = seed, inputs["need"]
        self.order = [one["key"] for one in inputs["applications"]]
        self.themes = {one["key"]: set(one["themes"]) for one in inputs["applications"]}
        self.fields = {one["key"]: set(one["fields"]) for one in inputs["experts"]}
        self.cap = {
            one["key"]: min(inputs["cap"], one["most"] or inputs["cap"])
            for one in inputs["experts"]
        }
        self.load = {one["key"]: one["load"] for one in inputs["experts"]}
        barred = {tuple(pair) for pair in inputs["conflicts"]}
        self.kept: dict[str, set[str]] = defaultdict(set)
        for application, expert in inputs["kept"]:
            self.kept[application].add(expert)
        self.given = {key: set(self.kept[key]) for key in self.order}
        self.held: dict[str, set[str]] = defaultdict(set)
        self.eligible = {
            key: [one for one in self.fields if (key, one) not in barred] for key in self.order
        }
        self.possible = {key: set(ones) for key, ones in self.eligible.items()}
        self.chance = {
            (key, one): self._chance(key, one) for key in self.order for one in self.eligible[key]
        }

    def _chance(self, *keys: str) -> bytes:
        return hashlib.sha256(":".join((str(self.seed), *keys)).encode()).digest()

    def hardest_first(self) -> list[str]:
        return sorted(self.order, key=lambda key: (len(self.eligible[key]), self._chance(key)))

    def fit(self, application: str, expert: str) -> int:
        return min(MOST_FIELDS, len(self.themes[application] & self.fields[expert]))

    def give(self, application: str, expert: str) -> None:
        self.given[application].add(expert)
        self.held[expert].add(application)
        self.load[expert] += 1

    def take(self, application: str, expert: str) -> None:
        self.given[application].remove(expert)
        self.held[expert].remove(application)
        self.load[expert] -= 1

    def take_best(self, application: str) -> bool:
        """The free expert with the least on the desk, common fields counted for; False when there is none."""
        free = [
            one
            for one in self.eligible[application]
            if one not in self.given[application] and self.load[one] < self.cap[one]
        ]
        if not free:
            return False
        best = min(
            free,
            key=lambda one: (
                self.load[one] - FIELD_WEIGHT * self.fit(application, one),
                self.chance[application, one],
            ),
        )
        self.give(application, best)
        return True

    def exchange(self, application: str) -> bool:
        """Make room by the shortest chain: a full expert passes an application on, and so forth."""
        waiting: deque[str] = deque()
        came: dict[str, tuple[str, str]] = {}  # expert -> (expert before, application passed on)
        for one in sorted(self.possible[application] - self.given[application]):
            came[one] = ("", application)
            waiting.append(one)
        while waiting:
            full = waiting.popleft()
            if self.load[full] < self.cap[full]:
                self._pass_on(full, came)
                return True
            for other in sorted(self.held[full]):
                for one in sorted(self.possible[other] - self.given[other]):
                    if one not in came:
                        came[one] = (full, other)
                        waiting.append(one)
        return False

    def _pass_on(self, last: str, came: Mapping[str, tuple[str, str]]) -> None:
        expert = last
        while expert:
            before, application = came[expert]
            if before:
                self.take(application, before)
            self.give(application, expert)
            expert = before

    def even_out(self) -> None:
        """Move single applications from the fullest desks to emptier ones while two or more lie between."""
        for _round in range(4 * len(self.order) + 1):
            if not self._even_one():
                return

    def _even_one(self) -> bool:
        for heavy in sorted(self.held, key=lambda one: (-self.load[one], one)):
            best = None
            for application in sorted(self.held[heavy]):
                loss = self.fit(application, heavy)
                for light in self.possible[application] - self.given[application]:
                    gap = self.load[heavy] - self.load[light]
                    lost = loss - self.fit(application, light)
                    # A desk lighter by two is worth a common field; a better fit is worth nothing by itself.
                    if self.load[light] < self.cap[light] and gap >= 2 + FIELD_WEIGHT * max(
                        0, lost
                    ):
                        rank = (-gap, lost, self.chance[application, light])
                        best = (
                            min(best, (rank, application, light))
                            if best
                            else (rank, application, light)
                        )
            if best:
                self.take(best[1], heavy)
                self.give(best[1], best[2])
                return True
        return False
