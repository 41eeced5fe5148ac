"""Who may use the board's steps: whose turn it is, several requests at once, whose cases are shown."""

from typing import Any

from cases.permissions import LEADING_ROLES
from donations.models.requests import FundingRequest

DECIDING_ROLES = frozenset({"foundation_officer", "foundation_approver"})


def can_assign_request(user: Any, request: FundingRequest) -> bool:
    """Whose turn it is may be said by officers and approvers; it decides nothing."""
    return user.role in DECIDING_ROLES and user.house_id == request.counterparty_id


def can_handle_many(user: Any, _subject: Any = None) -> bool:
    """The board's steps for several requests at once."""
    return user.role in DECIDING_ROLES


def can_settle_requests(user: Any, _subject: Any = None) -> bool:
    """Accounts for what was paid and closes: agrees with can_close_request for the own house."""
    return user.role in DECIDING_ROLES


def can_lead_requests(user: Any, _subject: Any = None) -> bool:
    """A hospital's leaders narrow the list to one worker's cases."""
    return user.role in LEADING_ROLES
