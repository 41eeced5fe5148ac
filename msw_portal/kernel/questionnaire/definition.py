"""The shape of a questionnaire's definition (JSON, described in docs/questionnaires.md) and of its score.

A score is a screening result, never a diagnosis, and no decision about aid hangs on it alone
(PIPL art. 24).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

MISSING = (None, "", [])
ITEM_TYPES = ("choice", "many", "number", "text")


class Option(TypedDict):
    """`score` defaults to `value`; an option without a number needs one. `is_alone` excludes others."""

    value: int | str
    zh: str
    score: NotRequired[int]
    is_alone: NotRequired[bool]


class Condition(TypedDict, total=False):
    """One test of an earlier item (`is`, `least`, `most`, `is_answered`), or `all`, `any`, `not` of conditions."""

    item: str
    least: int
    most: int
    is_answered: bool
    all: "list[Condition]"
    any: "list[Condition]"


class Item(TypedDict):
    """`options` names one of the definition's lists (types choice and many).

    `type` defaults to choice; `least`, `most`, `decimals`, `unit` belong to numbers. Numbers and
    texts are scored only when they say so. `when` asks the item only after certain answers.
    """

    code: str
    zh: str
    type: NotRequired[str]
    options: NotRequired[str]
    is_scored: NotRequired[bool]
    is_required: NotRequired[bool]
    when: NotRequired[Condition]
    help: NotRequired[str]
    section: NotRequired[str]
    least: NotRequired[int | str]
    most: NotRequired[int | str]
    decimals: NotRequired[int]
    unit: NotRequired[str]


class Band(TypedDict):
    code: str
    zh: str
    least: int | str
    most: int | str


class Cutoff(TypedDict):
    """A published threshold: reached at `least` and above, or at `most` and below."""

    zh: str
    least: NotRequired[int | str]
    most: NotRequired[int | str]


class Alert(TypedDict):
    """An answer scored `least` or more raises an alert at once, whatever the total.

    Either `item` (its points; with `by_value` the chosen value itself; with `values` one of these
    chosen) or `subscale` is looked at. `trigger` is the kind of danger the case's alert names.
    """

    code: str
    zh: str
    severity: str
    item: NotRequired[str]
    subscale: NotRequired[str]
    least: NotRequired[int]
    values: NotRequired[list[int | str]]
    by_value: NotRequired[bool]
    trigger: NotRequired[str]


class Scoring(TypedDict):
    """How points become a total.

    `method` is sum (default), mean, any (1 as soon as one item has points), or none. `multiplier`
    as text ("1.25") comes next, then `rounding` (half_up, floor) to `decimals` places (0).
    `missing_share` is the part of the scored items that may be missing: their place is taken by the
    mean of the others. Above it nothing is scored. `change` is the smallest meaningful difference.
    """

    method: NotRequired[str]
    multiplier: NotRequired[str]
    rounding: NotRequired[str]
    decimals: NotRequired[int]
    reverse: NotRequired[list[str]]
    subscales: NotRequired[dict[str, dict[str, Any]]]
    missing_share: NotRequired[str]
    change: NotRequired[str]


class Computed(TypedDict):
    """A value from answers: `operation` over `of` (item codes, earlier computed codes, whole numbers)."""

    code: str
    zh: str
    operation: str
    of: list[str | int]
    bar: NotRequired[int]
    times: NotRequired[str]
    decimals: NotRequired[int]
    unit: NotRequired[str]


class Repeat(TypedDict):
    """Ask again after so many days; with `bands` only when the score lies in one of them."""

    days: int
    bands: NotRequired[list[str]]


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
    kind: NotRequired[str]
    intro: NotRequired[str]
    language: NotRequired[str]
    source: NotRequired[str]
    min_age: NotRequired[int]
    max_age: NotRequired[int]
    cutoffs: NotRequired[list[Cutoff]]
    computed: NotRequired[list[Computed]]
    repeat: NotRequired[list[Repeat]]


class AnswerError(ValueError):
    """An answer that the definition does not take; `item` says which."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(message)
        self.item = item


@dataclass(frozen=True)
class Part:
    """A subscale's result; `total` is None where too much is missing."""

    zh: str
    total: Decimal | None
    band: str = ""
    band_zh: str = ""


@dataclass(frozen=True)
class Score:
    """`total` is None where too much is missing, or where the instrument has no total.

    `is_scored` tells the two apart: True when everything the instrument scores could be scored.
    """

    total: Decimal | None
    band: str
    band_zh: str
    is_prorated: bool
    missing: tuple[str, ...]
    is_scored: bool = True
    parts: Mapping[str, Part] = field(default_factory=dict)
    computed: Mapping[str, Decimal | None] = field(default_factory=dict)
    cutoffs: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()

    @property
    def subscales(self) -> dict[str, Decimal | None]:
        """The totals of the subscales alone."""
        return {code: part.total for code, part in self.parts.items()}

    def as_json(self) -> dict[str, Any]:
        """For a jsonb column: numbers as text, exactly."""
        return {
            "total": _text(self.total),
            "band": self.band,
            "band_zh": self.band_zh,
            "is_prorated": self.is_prorated,
            "is_scored": self.is_scored,
            "missing": list(self.missing),
            "subscales": {code: _text(part.total) for code, part in self.parts.items()},
            "subscale_bands": {
                code: part.band_zh for code, part in self.parts.items() if part.band_zh
            },
            "computed": {code: _text(value) for code, value in self.computed.items()},
            "cutoffs": list(self.cutoffs),
            "alerts": [alert["code"] for alert in self.alerts],
        }


def type_of(item: Mapping[str, Any]) -> str:
    """One of ITEM_TYPES."""
    return item.get("type", "choice")


def is_scored(item: Mapping[str, Any]) -> bool:
    """Choices are scored unless they say no, numbers only when they say so, texts never."""
    kind = type_of(item)
    return kind != "text" and item.get("is_scored", kind in ("choice", "many"))


def worth(option: Mapping[str, Any]) -> int:
    """The points of an option."""
    return option.get("score", option["value"])


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
