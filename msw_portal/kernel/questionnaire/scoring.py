"""From answers to a score: sums, means, subscales, bands, missing items, computed values, alarms."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.questionnaire.answering import cleaned, points, scored_codes
from msw_portal.kernel.questionnaire.definition import Alert, Part, Score

Points = Mapping[str, Decimal]


def score(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> Score:
    """Score the answers, item code -> chosen value; an item that is absent, None or "" is missing.

    Raises:
        AnswerError: for an unknown item, one that is not asked, or a value it does not take.
    """
    given = cleaned(definition, answers)
    worthy = points(definition, given)
    codes = scored_codes(definition, given)
    scoring = definition["scoring"]
    total, is_prorated = _total(worthy, codes, scoring)
    parts = {
        code: _part(code, worthy, codes, {**_shared(scoring), **part})
        for code, part in scoring.get("subscales", {}).items()
    }
    has_total = scoring.get("method", "sum") != "none"
    is_scored = total is not None if has_total and codes else _all_scored(parts)
    band = _band(definition["bands"], total)
    return Score(
        total=total,
        band=band["code"] if band else "",
        band_zh=band["zh"] if band else ("" if is_scored else _("缺项过多，不可计分")),
        is_prorated=is_prorated,
        missing=tuple(code for code in codes if code not in worthy),
        is_scored=is_scored,
        parts=parts,
        computed=computed(definition, worthy),
        cutoffs=tuple(_reached(definition.get("cutoffs", ()), total)),
        alerts=tuple(_alerts(definition, given, worthy, parts)),
    )


def repeat_due(definition: Mapping[str, Any], band: str, done_on: dt.date) -> dt.date | None:
    """The day the instrument is due again after a result in `band`; None when no rule says so."""
    for rule in definition.get("repeat", ()):
        if not rule.get("bands") or band in rule["bands"]:
            return done_on + dt.timedelta(days=rule["days"])
    return None


def computed(definition: Mapping[str, Any], worthy: Points) -> dict[str, Decimal | None]:
    """The computed values of a definition from the items' points; None where something is open."""
    values: dict[str, Decimal | None] = {}
    for one in definition.get("computed", ()):
        terms = [
            Decimal(term) if isinstance(term, int) else values.get(term, worthy.get(term))
            for term in one["of"]
        ]
        values[one["code"]] = _compute(one, terms)
    return values


def _compute(one: Mapping[str, Any], terms: Sequence[Decimal | None]) -> Decimal | None:
    if one["operation"] in ("count_at_least", "share_at_least"):
        known = [term for term in terms if term is not None]
        reached = Decimal(sum(term >= one["bar"] for term in known))
        if one["operation"] == "share_at_least":
            reached = reached / len(known) if known else None
    elif any(term is None for term in terms):
        return None
    else:
        reached = OPERATIONS[one["operation"]](list(terms))
    if reached is None:
        return None
    try:
        times = Decimal(one.get("times", "1"))
        return _rounded(reached * times, "half_up", one.get("decimals", 0))
    except InvalidOperation:
        # More digits than a decimal holds: nothing a household or a scale can mean.
        return None


def _ratio(terms: list[Decimal]) -> Decimal | None:
    return terms[0] / terms[1] if terms[1] else None


def _product(terms: list[Decimal]) -> Decimal:
    product = Decimal(1)
    for term in terms:
        product *= term
    return product


OPERATIONS = {
    "sum": lambda terms: sum(terms, Decimal(0)),
    "mean": lambda terms: sum(terms, Decimal(0)) / len(terms),
    "least": min,
    "most": max,
    "difference": lambda terms: terms[0] - sum(terms[1:], Decimal(0)),
    "product": _product,
    "ratio": _ratio,
}


def _shared(scoring: Mapping[str, Any]) -> dict[str, Any]:
    """What a subscale takes over from the whole: the missing-item rule and the rounding."""
    return {key: scoring[key] for key in ("missing_share", "rounding") if key in scoring}


def _part(code: str, worthy: Points, asked: Sequence[str], part: Mapping[str, Any]) -> Part:
    total, _prorated = _total(worthy, [one for one in part["items"] if one in asked], part)
    band = _band(part.get("bands", ()), total)
    return Part(
        zh=part.get("zh", code),
        total=total,
        band=band["code"] if band else "",
        band_zh=band["zh"] if band else "",
    )


def _all_scored(parts: Mapping[str, Part]) -> bool:
    return all(part.total is not None for part in parts.values())


def _total(
    worthy: Points, codes: Sequence[str], scoring: Mapping[str, Any]
) -> tuple[Decimal | None, bool]:
    """The total of some items, and whether missing ones were made up for."""
    method = scoring.get("method", "sum")
    given = [worthy[code] for code in codes if code in worthy]
    if method == "none" or not given:
        return None, False
    lacking = len(codes) - len(given)
    if method == "any":
        # One answer decides; only the negative result needs all of them.
        if any(given):
            return Decimal(1), False
        return (None, False) if lacking else (Decimal(0), False)
    if lacking > Decimal(scoring.get("missing_share", "0")) * len(codes):
        return None, False
    raw = sum(given, Decimal(0))
    if method == "mean":
        raw /= len(given)
    elif lacking:
        raw = _rounded(raw * len(codes) / len(given), "half_up", 0)
    total = raw * Decimal(scoring.get("multiplier", "1"))
    places = scoring.get("decimals", 2 if method == "mean" else 0)
    return _rounded(total, scoring.get("rounding", "half_up"), places), bool(lacking)


def _rounded(number: Decimal, rounding: str, places: int) -> Decimal:
    return number.quantize(
        Decimal(1).scaleb(-places), ROUND_FLOOR if rounding == "floor" else ROUND_HALF_UP
    )


def _band(bands: Iterable[Mapping[str, Any]], total: Decimal | None) -> Mapping[str, Any] | None:
    if total is None:
        return None
    inside = (b for b in bands if Decimal(b["least"]) <= total <= Decimal(b["most"]))
    return next(inside, None)


def _reached(cutoffs: Iterable[Mapping[str, Any]], total: Decimal | None) -> Iterable[str]:
    for cutoff in cutoffs if total is not None else ():
        if (
            Decimal(cutoff.get("least", total)) <= total
            and Decimal(cutoff.get("most", total)) >= total
        ):
            yield cutoff["zh"]


def _alerts(
    definition: Mapping[str, Any],
    given: Mapping[str, Any],
    worthy: Points,
    parts: Mapping[str, Part],
) -> Iterable[Alert]:
    for alert in definition["alerts"]:
        if "subscale" in alert:
            total = parts[alert["subscale"]].total
            if total is not None and total >= alert["least"]:
                yield alert
            continue
        code = alert["item"]
        if code not in given:
            continue
        if "values" in alert:
            chosen = given[code] if isinstance(given[code], list) else [given[code]]
            if {str(one) for one in chosen} & {str(one) for one in alert["values"]}:
                yield alert
        elif (Decimal(given[code]) if alert.get("by_value") else worthy[code]) >= alert["least"]:
            yield alert
