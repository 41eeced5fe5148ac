"""Who ends what was granted: settles after a death, recovers, gives back what is not needed."""

from typing import Any

from donations.models.requests import FundingRequest
from donations.permissions import is_foundation_of, may_hold, may_step
from donations.workflow import Duty


def can_reconcile_request(user: Any, request: FundingRequest) -> bool:
    """An officer or approver: not the desk that pays. A program needs the duty of who looks at papers."""
    is_program = user.acting.client is not None
    return (
        user.role in {"foundation_officer", "foundation_approver"}
        and is_foundation_of(user, request)
        and (not is_program or may_hold(user, Duty.VERIFY))
    )


can_close_request = can_reconcile_request


def can_settle_request(user: Any, request: FundingRequest) -> bool:
    """Gives back what was set aside, or says that the aid was got by fraud: a person, never a program."""
    return user.acting.client is None and can_reconcile_request(user, request)


def can_ask_rest(user: Any, request: FundingRequest) -> bool:
    """Who looks at papers, reviews or draws up payouts may ask to pay nothing more."""
    return may_step(user, request, "ask_rest")


def can_decide_rest(user: Any, request: FundingRequest) -> bool:
    """Another than who asked, a person: the approver or who releases."""
    return user.acting.client is None and may_step(user, request, "release_rest")
