"""Questionnaires as data, and their scores: pure functions.

A definition is JSON (docs in `Definition`). A score is a screening result, never a diagnosis, and no
decision about aid hangs on it alone (PIPL art. 24).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, NotRequired, TypedDict

from django.utils.translation import gettext as _

MISSING = (None, "")


class Option(TypedDict):
    """`score` defaults to `value`; an option without a number needs one."""

    value: int | str
    zh: str
    score: NotRequired[int]


class Item(TypedDict):
    """`options` names one of the definition's lists; an item that is not scored may stay open."""

    code: str
    zh: str
    options: str
    is_scored: NotRequired[bool]


class Band(TypedDict):
    code: str
    zh: str
    least: int | str
    most: int | str


class Alert(TypedDict):
    """An answer scored `least` or more raises an alert at once, whatever the total."""

    code: str
    zh: str
    item: str
    least: int
    severity: str
    by_value: NotRequired[bool]


class Scoring(TypedDict):
    """`multiplier` as text ("1.25"), then `rounding` (`half_up`, `floor`) to a whole number.

    `missing_share` is the part of the scored items that may be missing: their place is taken by the
    mean of the others. Above it nothing is scored.
    """

    multiplier: NotRequired[str]
    rounding: NotRequired[str]
    reverse: NotRequired[list[str]]
    subscales: NotRequired[dict[str, dict[str, Any]]]
    missing_share: NotRequired[str]


class Definition(TypedDict):
    code: str
    version: str
    zh: str
    en: str
    licence_class: str
    licence: str
    citation: str
    recall: str
    note: str
    options: dict[str, list[Option]]
    items: list[Item]
    scoring: Scoring
    bands: list[Band]
    alerts: list[Alert]


class AnswerError(ValueError):
    """An answer to an item that does not exist, or with a value that is not offered; `item` says which."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(message)
        self.item = item


@dataclass(frozen=True)
class Score:
    """`total` is None where too much is missing. `bands` of subscales stand in `subscales`."""

    total: Decimal | None
    band: str
    band_zh: str
    is_prorated: bool
    missing: tuple[str, ...]
    subscales: Mapping[str, Decimal | None] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a jsonb column: numbers as text, exactly."""
        return {
            "total": None if self.total is None else str(self.total),
            "band": self.band,
            "band_zh": self.band_zh,
            "is_prorated": self.is_prorated,
            "missing": list(self.missing),
            "subscales": {
                code: None if value is None else str(value)
                for code, value in self.subscales.items()
            },
            "alerts": [alert["code"] for alert in self.alerts],
        }


def score(definition: Mapping[str, Any], answers: Mapping[str, int | str | None]) -> Score:
    """Score the answers, item code -> chosen value; an item that is absent, None or "" is missing.

    Raises:
        AnswerError: for an unknown item or a value its options do not offer.
    """
    points = _points(definition, answers)
    scored = [item["code"] for item in definition["items"] if item.get("is_scored", True)]
    scoring = definition["scoring"]
    total, is_prorated = _sum(definition, points, scored, scoring)
    band = _band(definition["bands"], total)
    subscales = {
        code: _sum(definition, points, part["items"], {**scoring, "multiplier": "1", **part})[0]
        for code, part in scoring.get("subscales", {}).items()
    }
    return Score(
        total=total,
        band=band["code"] if band else "",
        band_zh=band["zh"] if band else ("" if total is not None else _("缺项过多，不可计分")),
        is_prorated=is_prorated,
        missing=tuple(code for code in scored if code not in points),
        subscales=subscales,
        alerts=tuple(_alerts(definition, answers, points)),
    )


def _points(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, int]:
    items = {item["code"]: item for item in definition["items"]}
    for code in answers:
        if code not in items:
            raise AnswerError(code, _("问卷里没有第 %(code)s 题。") % {"code": code})
    reverse = set(definition["scoring"].get("reverse", ()))
    points = {}
    for code, item in items.items():
        if answers.get(code) in MISSING:
            continue
        offered = {
            str(option["value"]): _worth(option)
            for option in definition["options"][item["options"]]
        }
        chosen = str(answers[code])
        if chosen not in offered:
            raise AnswerError(code, _("第 %(code)s 题没有这个选项。") % {"code": code})
        worth = offered[chosen]
        points[code] = (
            min(offered.values()) + max(offered.values()) - worth if code in reverse else worth
        )
    return points


def _worth(option: Mapping[str, Any]) -> int:
    return option.get("score", option["value"])


def _sum(
    definition: Mapping[str, Any],
    points: Mapping[str, int],
    codes: Sequence[str],
    scoring: Mapping[str, Any],
) -> tuple[Decimal | None, bool]:
    """The total of some items, and whether missing ones were made up for."""
    given = [points[code] for code in codes if code in points]
    lacking = len(codes) - len(given)
    if not codes or not given or lacking > Decimal(scoring.get("missing_share", "0")) * len(codes):
        return None, False
    raw = Decimal(sum(given))
    if lacking:
        raw = _whole(raw * len(codes) / len(given), "half_up")
    total = raw * Decimal(scoring.get("multiplier", "1"))
    return _whole(total, scoring.get("rounding", "half_up")), bool(lacking)


def _whole(number: Decimal, rounding: str) -> Decimal:
    return number.quantize(Decimal(1), ROUND_FLOOR if rounding == "floor" else ROUND_HALF_UP)


def _band(bands: Iterable[Mapping[str, Any]], total: Decimal | None) -> Mapping[str, Any] | None:
    if total is None:
        return None
    inside = (b for b in bands if Decimal(b["least"]) <= total <= Decimal(b["most"]))
    return next(inside, None)


def _alerts(
    definition: Mapping[str, Any], answers: Mapping[str, Any], points: Mapping[str, int]
) -> Iterable[Alert]:
    for alert in definition["alerts"]:
        code = alert["item"]
        if code in points:
            weight = int(answers[code]) if alert.get("by_value") else points[code]
            if weight >= alert["least"]:
                yield alert


def problems(definition: Mapping[str, Any]) -> list[str]:
    """What is wrong with a definition before it is stored, in Chinese; empty when it can be scored."""
    missing = sorted(Definition.__required_keys__ - set(definition))
    if missing:
        return [_("问卷定义缺少：%(keys)s。") % {"keys": "、".join(missing)}]
    codes = [item["code"] for item in definition["items"]]
    found = []
    if len(set(codes)) != len(codes):
        found.append(_("题号有重复。"))
    for item in definition["items"]:
        if not definition["options"].get(item["options"]):
            found.append(_("第 %(code)s 题没有选项。") % {"code": item["code"]})
    for name, options in definition["options"].items():
        if not all(isinstance(_worth(option), int) for option in options):
            found.append(_("选项组 %(name)s 有选项没有分值。") % {"name": name})
    scoring = definition["scoring"]
    named = {code for part in scoring.get("subscales", {}).values() for code in part["items"]}
    named |= set(scoring.get("reverse", ())) | {alert["item"] for alert in definition["alerts"]}
    found += [_("没有第 %(code)s 题。") % {"code": code} for code in sorted(named - set(codes))]
    edges = [(Decimal(band["least"]), Decimal(band["most"])) for band in definition["bands"]]
    if any(low > high for low, high in edges) or any(
        after[0] <= before[1] for before, after in zip(edges, edges[1:], strict=False)
    ):
        found.append(_("分级的界限有重叠或颠倒。"))
    return found


def gas_t(
    values: Sequence[int],
    weights: Sequence[int | Decimal] | None = None,
    rho: Decimal = Decimal("0.30"),
) -> Decimal:
    """The T score of Goal Attainment Scaling (Kiresuk and Sherman 1968), two decimals: 50 is "as expected".

    T = 50 + 10·Σwx / sqrt((1−ρ)·Σw² + ρ·(Σw)²); `values` are −2 to +2, weights default to 1.

    Raises:
        ValueError: without goals, for a value outside −2..2, a weight that is not positive, or
            lists of different lengths.
    """
    weighed = [
        Decimal(weight) for weight in (weights if weights is not None else [1] * len(values))
    ]
    if not values or len(weighed) != len(values):
        raise ValueError("one weight for each of at least one goal")
    if any(value not in range(-2, 3) for value in values) or any(weight <= 0 for weight in weighed):
        raise ValueError("goals are rated from -2 to +2, with positive weights")
    gained = sum(weight * value for weight, value in zip(weighed, values, strict=True))
    spread = (1 - rho) * sum(weight**2 for weight in weighed) + rho * sum(weighed) ** 2
    return (50 + 10 * gained / spread.sqrt()).quantize(Decimal("0.01"), ROUND_HALF_UP)
