"""Who orders the bank to pay, who books its answer, who looks at a payment again."""

from typing import Any

from donations.models.requests import FundingRequest
from donations.permissions import can_submit_request
from donations.querysets import FOUNDATION_ROLES

PAYERS = frozenset({"foundation_cashier", "foundation_approver"})


def _is_of(user: Any, house_id: int | None, roles: frozenset[str]) -> bool:
    return (
        user.role in roles
        and house_id is not None
        and user.house_id == house_id
        and user.acting.client is None
    )


def can_make_list(user: Any, _subject: Any = None) -> bool:
    return _is_of(user, user.house_id, frozenset({"foundation_cashier"}))


def can_approve_list(user: Any, one: Any) -> bool:
    """Another than who made it."""
    return _is_of(user, one.organization_id, PAYERS) and user.pk != one.made_by_id


def can_cancel_list(user: Any, one: Any) -> bool:
    """A draft: whoever pays; what was approved, with an answer of another than its maker."""
    is_other = one.approved_by_id is None or user.pk != one.made_by_id
    return _is_of(user, one.organization_id, PAYERS) and is_other


def can_take_file(user: Any, one: Any) -> bool:
    """The file holds account numbers: those who pay, and nobody else."""
    return _is_of(user, one.organization_id, PAYERS)


def can_book_answer(user: Any, answer: Any) -> bool:
    """Neither who brought the line nor who ordered the payment."""
    ordered = answer.line.made_by_id if answer.line_id else None
    return _is_of(user, answer.organization_id, PAYERS) and user.pk not in {
        answer.created_by_id,
        ordered,
    }


def can_keep_answer(user: Any, answer: Any) -> bool:
    """Says which payment a line is, or that it is none."""
    return _is_of(user, answer.organization_id, PAYERS)


def can_book_answers(user: Any, _subject: Any = None) -> bool:
    return _is_of(user, user.house_id, PAYERS)


def can_keep_layout(user: Any, _subject: Any = None) -> bool:
    return _is_of(user, user.house_id, PAYERS)


def can_keep_rule(user: Any, _subject: Any = None) -> bool:
    """How much is looked at again is the approver's to say."""
    return _is_of(user, user.house_id, frozenset({"foundation_approver"}))


def can_draw_sample(user: Any, _subject: Any = None) -> bool:
    """Anybody of the staff may start the draw: nobody can choose what it draws."""
    return _is_of(user, user.house_id, FOUNDATION_ROLES)


def can_check_payment(user: Any, one: Any) -> bool:
    """The staff; that the person had no hand in the payment is asked by the service and by the database."""
    return _is_of(user, one.organization_id, FOUNDATION_ROLES)


def can_compare_aid(user: Any, request: FundingRequest) -> bool:
    """Those who judge and decide, in a browser; a program could ask a whole register."""
    return (
        user.role in {"foundation_officer", "foundation_approver"}
        and user.acting.client is None
        and user.house_id == request.counterparty_id
    )


def can_correct_payee(user: Any, request: FundingRequest) -> bool:
    """The hospital says where the money goes."""
    return can_submit_request(user, request)
