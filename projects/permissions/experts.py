"""Who keeps the expert bank, runs a review and marks in it: one predicate per verb, no queries."""

from typing import Any

from projects.querysets.experts import EXPERT, LETTER_ROLES, runs_calls
from projects.workflow.reviews import REVIEW_OPEN


def _of_house(user: Any, row: Any) -> bool:
    return user.house_id is not None and user.house_id == row.organization_id


def can_run_reviews(user: Any, _subject: Any = None) -> bool:
    """The desk of the house that runs calls; a training house practises on its own calls."""
    return runs_calls(user)


def can_run_review_of(user: Any, call: Any) -> bool:
    return runs_calls(user) and _of_house(user, call)


def can_keep_expert(user: Any, expert: Any) -> bool:
    return runs_calls(user) and _of_house(user, expert)


def can_keep_own_profile(user: Any, expert: Any) -> bool:
    return user.role == EXPERT and _of_house(user, expert) and expert.user_id == user.pk


def can_print_appointment(user: Any, appointment: Any) -> bool:
    """The keeper of the bank, and the expert named on it."""
    return _of_house(user, appointment) and (
        runs_calls(user) or (user.role == EXPERT and appointment.user_id == user.pk)
    )


def can_lift_conflict(user: Any, conflict: Any) -> bool:
    """Somebody of the desk who neither entered it nor is concerned."""
    return (
        runs_calls(user)
        and _of_house(user, conflict)
        and user.pk not in (conflict.user_id, conflict.created_by_id)
    )


def can_mark_review(user: Any, review: Any) -> bool:
    return (
        user.role == EXPERT
        and _of_house(user, review)
        and review.expert_user_id == user.pk
        and review.state in REVIEW_OPEN
    )


def can_void_review(user: Any, review: Any) -> bool:
    """Marks are declared void by the desk, never by who gave them."""
    return runs_calls(user) and _of_house(user, review) and review.expert_user_id != user.pk


def can_send_letters(user: Any, call: Any) -> bool:
    return can_run_review_of(user, call)


def can_read_letters(user: Any, _subject: Any = None) -> bool:
    """The unit's side: what came to the own house."""
    return bool(user.house_id) and user.role in LETTER_ROLES


def can_read_letter(user: Any, letter: Any) -> bool:
    if user.house_id is None:
        return False
    if _of_house(user, letter):
        return runs_calls(user)
    is_ours = letter.counterparty_id == user.house_id and letter.sent_at is not None
    return is_ours and can_read_letters(user)
