"""Who may write, finish and print the numbered forms; in terms of the case's own predicates."""

from typing import Any

from cases.models.casework import Case
from cases.permissions import (
    can_keep_case,
    can_record_contact,
    can_search_client,
    can_step_back_case,
)


def can_keep_form(user: Any, case: Case) -> bool:
    """A draft: everybody who works on the case."""
    return can_record_contact(user, case)


def can_finish_form(user: Any, case: Case) -> bool:
    """A finished or corrected form: its worker, or who leads the case."""
    return can_step_back_case(user, case)


def can_print_case(user: Any, case: Case) -> bool:
    return can_keep_case(user, case)


def can_print_blank(user: Any, _subject: Any = None) -> bool:
    """Paper without a person on it: every care role."""
    return can_search_client(user)


def can_draw_family(user: Any, case: Case) -> bool:
    """The family tree and the ecomap: everybody who works on the case."""
    return can_record_contact(user, case)
