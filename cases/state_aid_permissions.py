"""Who follows the state aid of a case: those who work on it, members who help too; leaders read."""

from typing import Any

from cases.models.casework import Case
from cases.permissions import helps_on, works_on
from msw_portal.kernel.scope import CARE_ROLES


def can_list_state_aid(user: Any, _subject: Any = None) -> bool:
    return user.role in CARE_ROLES


def can_open_state_aid(user: Any, case: Case) -> bool:
    return works_on(user, case) or helps_on(user, case)


def can_keep_state_aid(user: Any, case: Case) -> bool:
    """Answers come late: also after the case has ended."""
    return works_on(user, case) or helps_on(user, case)
