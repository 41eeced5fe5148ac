"""What a programme's conditions say about a request: advice with reasons, never a decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cases.models.codes import ShareItem
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.services.copies import age_of, income_per_head
from donations.services.payable import Granted, granted_of
from donations.services.person_codes import codes_at
from msw_portal.kernel import rules
from msw_portal.kernel.masking import AGE_BANDS, OLDEST_BAND

OLDEST = 130


@dataclass(frozen=True)
class Line:
    """One condition: met True or False, or None where the facts do not say."""

    code: str
    text: str
    is_met: bool | None


@dataclass(frozen=True)
class Advice:
    """`is_eligible` None while a condition is open; the benefit row that fits, amounts in yuan."""

    is_eligible: bool | None
    lines: tuple[Line, ...]
    benefit_code: str | None = None
    benefit_text: str | None = None
    benefit: Decimal | None = None


def advise(
    version: ProgrammeVersion, facts: Mapping[str, Any], other: Mapping[str, Any] | None = None
) -> Advice:
    """Judge the version's conditions; with `other` (the far end of an age band) both ends must agree.

    Raises:
        RuleError: for a condition that cannot be evaluated; publication has tried them all.
    """
    ends = [_outcomes(version, facts)] + ([_outcomes(version, other)] if other is not None else [])
    lines = tuple(
        Line(row["code"], row["zh"], _agreed([end[row["code"]] for end in ends]))
        for row in version.conditions
    )
    outcomes = [line.is_met for line in lines]
    eligible = False if False in outcomes else None if None in outcomes else True
    row = _benefit(version, facts)
    if row is None:
        return Advice(eligible, lines)
    return Advice(eligible, lines, row["code"], row["zh"], Decimal(row["amount"]))


def _outcomes(version: ProgrammeVersion, facts: Mapping[str, Any]) -> dict[str, bool | None]:
    verdict = rules.judge(version.conditions, facts)
    found = {reason.code: None if reason.is_unknown else False for reason in verdict.reasons}
    return {row["code"]: found.get(row["code"], True) for row in version.conditions}


def _agreed(outcomes: list[bool | None]) -> bool | None:
    return outcomes[0] if len(set(outcomes)) == 1 else None


def _benefit(version: ProgrammeVersion, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for row in version.benefit_rows:
        try:
            if rules.evaluate(row["cel"], facts):
                return row
        except rules.UnknownFact:
            continue
    return None


def advice_for_worker(request: FundingRequest) -> Advice:
    """With the hospital's own exact facts."""
    case, sheet = request.case, request.sheet.payload
    episode = case.episode
    codes = codes_at(case, request.programme_version.organization_id)
    facts = {
        "age": age_of(case.client.person),
        "disease_group": (episode.disease_group if episode else "") or None,
        "welfare_status": sheet.get("welfare_status") or None,
        "income_per_head": _number(income_per_head(sheet)),
        "is_transplanted": bool(sheet.get("is_transplanted")),
        "received": granted_of(request, codes).by_programme,
    }
    return advise(request.programme_version, facts)


def advice_for_foundation(
    request: FundingRequest, payload: Mapping[str, Any], granted: Granted | None = None
) -> Advice:
    """With nothing but the review copy: an age is a band, and where its ends differ it stays open."""
    granted = granted or granted_of(request)
    household = payload.get(ShareItem.HOUSEHOLD) or {}
    stage = payload.get(ShareItem.TREATMENT_STAGE) or {}
    facts = {
        "disease_group": payload.get(ShareItem.DISEASE_GROUP) or None,
        "welfare_status": payload.get(ShareItem.WELFARE_STATUS) or None,
        "income_per_head": _number(household.get("income_per_head")),
        "is_transplanted": stage.get("is_transplanted"),
        "received": granted.by_programme,
    }
    low, high = band_ends(payload.get(ShareItem.AGE_BAND, ""))
    return advise(request.programme_version, {**facts, "age": low}, {**facts, "age": high})


def band_ends(band: str) -> tuple[int | None, int | None]:
    """The first and last completed year of a band of kernel.masking; (None, None) for no band."""
    first = 0
    for last, name in AGE_BANDS:
        if name == band:
            return first, last
        first = last + 1
    return (first, OLDEST) if band == OLDEST_BAND else (None, None)


def _number(text: Any) -> Decimal | None:
    return Decimal(text) if text not in (None, "") else None
