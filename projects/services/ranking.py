"""From marks to ranks: the mean rules, ties, spread and the normalised mean, as pure functions.

The rules are those of the call's review plan: with `trim_from` marks or more the highest and the lowest are
dropped; equal means are told apart by the mean of the tie items over the counted marks, in their order; what is
equal then shares its rank. The spread is the sample standard deviation of all marks of an application.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

THREE = Decimal("0.001")
TWO = Decimal("0.01")
# Fewer marks say nothing about how strictly somebody marks.
FEWEST_TO_NORMALISE = 3


@dataclass(frozen=True)
class Mark:
    """One submitted review: `items` are the points by item code."""

    application: str
    expert: str
    total: Decimal
    items: Mapping[str, Decimal]


@dataclass(frozen=True)
class Counted:
    """A mark in the mean, or dropped from it as `highest` or `lowest`."""

    mark: Mark
    dropped: str
    normalised: Decimal


@dataclass(frozen=True)
class Standing:
    """Where an application stands and why; `rank` is shared by what no rule tells apart."""

    application: str
    marks: Sequence[Counted]
    mean: Decimal
    normalised: Decimal
    ties: tuple[Decimal, ...]
    spread: Decimal
    is_wide: bool
    rank: int = 0
    decided_by: str = ""
    is_shared: bool = False

    @property
    def key(self) -> tuple[Decimal, ...]:
        return (self.mean, *self.ties)


def standings(
    marks: Iterable[Mark], *, trim_from: int, tie_order: Sequence[str], alarm: Decimal
) -> list[Standing]:
    """Every application that has a mark, the best first."""
    marks = sorted(marks, key=lambda one: (one.application, one.expert))
    norm = normalised(marks)
    by_application: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_application[mark.application].append(mark)
    found = [
        _standing(key, ones, norm, trim_from, tie_order, alarm)
        for key, ones in by_application.items()
    ]
    found.sort(key=lambda one: (tuple(-part for part in one.key), one.application))
    return _ranked(found, tie_order)


def mean_rule(totals: Sequence[Decimal], trim_from: int) -> tuple[Decimal, int | None, int | None]:
    """(mean to three places, index of the highest dropped, of the lowest dropped)."""
    high = low = None
    if len(totals) >= trim_from:
        high = max(range(len(totals)), key=lambda at: (totals[at], -at))
        low = min((at for at in range(len(totals)) if at != high), key=lambda at: (totals[at], at))
    counted = [one for at, one in enumerate(totals) if at not in (high, low)]
    return _mean(counted), high, low


def spread_of(totals: Sequence[Decimal]) -> Decimal:
    """The sample standard deviation, to two places; 0 for fewer than two."""
    if len(totals) < 2:
        return Decimal(0)
    mean = sum(totals, Decimal(0)) / len(totals)
    square = sum(((one - mean) ** 2 for one in totals), Decimal(0)) / (len(totals) - 1)
    return square.sqrt().quantize(TWO, ROUND_HALF_UP)


def normalised(marks: Sequence[Mark]) -> dict[tuple[str, str], Decimal]:
    """Each mark on the scale of all: how far it lies from the expert's own mean, in the expert's own deviations.

    An expert with fewer than three marks, or with all of them equal, is moved by the difference of means alone.
    """
    by_expert: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_expert[mark.expert].append(mark)
    if not marks:
        return {}
    everybody = [mark.total for mark in marks]
    centre, width = sum(everybody, Decimal(0)) / len(everybody), spread_of(everybody)
    found = {}
    for own in by_expert.values():
        totals = [mark.total for mark in own]
        mean, spread = sum(totals, Decimal(0)) / len(totals), spread_of(totals)
        for mark in own:
            if len(own) < FEWEST_TO_NORMALISE:
                value = mark.total
            elif spread == 0:
                value = mark.total - mean + centre
            else:
                value = centre + (mark.total - mean) / spread * width
            bounded = min(Decimal(100), max(Decimal(0), value))
            found[mark.application, mark.expert] = bounded.quantize(THREE, ROUND_HALF_UP)
    return found


def _mean(values: Sequence[Decimal]) -> Decimal:
    return (sum(values, Decimal(0)) / len(values)).quantize(THREE, ROUND_HALF_UP)


def _standing(
    key: str,
    marks: Sequence[Mark],
    norm: Mapping[tuple[str, str], Decimal],
    trim_from: int,
    tie_order: Sequence[str],
    alarm: Decimal,
) -> Standing:
    totals = [mark.total for mark in marks]
    mean, high, low = mean_rule(totals, trim_from)
    counted = [
        Counted(
            mark,
            "highest" if at == high else "lowest" if at == low else "",
            norm[key, mark.expert],
        )
        for at, mark in enumerate(marks)
    ]
    kept = [one.mark for one in counted if not one.dropped]
    spread = spread_of(totals)
    return Standing(
        application=key,
        marks=counted,
        mean=mean,
        normalised=mean_rule([one.normalised for one in counted], trim_from)[0],
        ties=tuple(
            _mean([mark.items.get(code, Decimal(0)) for mark in kept]) for code in tie_order
        ),
        spread=spread,
        is_wide=spread > alarm,
    )


def _ranked(found: Sequence[Standing], tie_order: Sequence[str]) -> list[Standing]:
    """Give out ranks; what decided between equal means is named on both sides of the tie."""
    ranked: list[Standing] = []
    for at, one in enumerate(found):
        rank = ranked[-1].rank if ranked and ranked[-1].key == one.key else at + 1
        near = [other for other in found[max(0, at - 1) : at + 2] if other is not one]
        # Why it is not higher comes before why it is not lower.
        decided = [_decider(one, other, tie_order) for other in near]
        shared = any(other.key == one.key for other in near)
        named = next((code for code in decided if code not in ("", "mean")), "")
        ranked.append(
            Standing(
                **{
                    **{name: getattr(one, name) for name in one.__dataclass_fields__},
                    "rank": rank,
                    "decided_by": named,
                    "is_shared": shared,
                }
            )
        )
    return ranked


def _decider(one: Standing, other: Standing, tie_order: Sequence[str]) -> str:
    if one.mean != other.mean:
        return "mean"
    for code, mine, theirs in zip(tie_order, one.ties, other.ties, strict=True):
        if mine != theirs:
            return code
    return ""
