"""The self-test: a unit answers what the register does not know, and reads advice with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from departments.models.organizations import Organization
from msw_portal.kernel import rules
from projects.models.calls import Call


@dataclass(frozen=True)
class Advice:
    """`fits` when every condition is met; `against` are those that are not, `open` those nobody can tell yet."""

    fits: bool
    against: tuple[str, ...]
    open: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        return {"fits": self.fits, "against": list(self.against), "open": list(self.open)}


def unit_facts(unit: Organization) -> dict[str, Any]:
    """What the register knows of a unit, by the names conditions use: `unit.kind`, `unit.grade` ..."""
    return {
        "kind": unit.kind,
        "grade": unit.grade or None,
        "hospital_type": unit.hospital_type or None,
        "region": unit.region_id,
        "province": unit.region_id // 10000 if unit.region_id else None,
    }


def advise(*, call: Call, unit: Organization, answers: Mapping[str, Any]) -> Advice:
    """Judge the call's conditions over the unit's facts and its answers; a question left open stays open."""
    given = {
        code: Decimal(str(value))
        if isinstance(value, int | float) and value is not True and value is not False
        else value
        for code, value in answers.items()
    }
    facts: dict[str, Any] = {"unit": unit_facts(unit), "answers": given}
    verdict = rules.judge(call.eligibility.get("conditions", []), facts)
    in_region = not call.region_codes or any(
        lies_in(unit.region_id, code) for code in call.region_codes
    )
    against = tuple(reason.zh for reason in verdict.failed)
    if not in_region:
        against = (*against, "申报单位不在本次征集的地区")
    return Advice(verdict.ok and in_region, against, tuple(reason.zh for reason in verdict.unknown))


def lies_in(region: int | None, code: int) -> bool:
    """Whether a code of GB/T 2260 lies in another: 110105 in 110000 and in 110100."""
    if region is None:
        return False
    step = 10000 if code % 10000 == 0 else 100 if code % 100 == 0 else 1
    return region // step == code // step
