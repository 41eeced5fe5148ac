"""Who may refer a person of a case to somebody else, and who enters its course."""

from typing import Any

from cases.models.casework import Case, Referral
from cases.permissions import can_add_member, can_assess_case
from cases.workflow import WORKING_STAGES


def can_draft_referral(user: Any, case: Case) -> bool:
    """Who works on the case looks for help elsewhere, whatever its stage, until it has ended."""
    return case.is_open and case.stage in WORKING_STAGES and can_assess_case(user, case)


def can_send_referral(user: Any, referral: Referral) -> bool:
    return referral.direction == Referral.Direction.OUT and can_assess_case(user, referral.case)


def can_cancel_referral(user: Any, referral: Referral) -> bool:
    return can_send_referral(user, referral) or (
        referral.direction == Referral.Direction.OUT and can_add_member(user, referral.case)
    )
