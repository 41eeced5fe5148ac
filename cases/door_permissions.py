"""Who keeps the doors and their clocks, and who records work without a case."""

from typing import Any

from cases.permissions import LEADING_ROLES, OPENING_ROLES, same_house
from msw_portal.kernel.scope import CARE_ROLES

# ── doors and settings ───────────────────────────────────────────────────────


def can_manage_doors(user: Any, _subject: Any = None) -> bool:
    here = user.acting  # the public does not practise
    return user.role in LEADING_ROLES and here.department_id is not None and not here.is_training


def can_revoke_door(user: Any, link: Any) -> bool:
    return (
        can_manage_doors(user)
        and same_house(user, link)
        and link.kind in link.DOORS
        and link.subject_id == user.acting.department_id
    )


def can_keep_settings(user: Any, department: Any) -> bool:
    return user.role == "dept_head" and user.acting.department_id == department.pk


# ── work without a case ──────────────────────────────────────────────────────


def can_record_activity(user: Any, _subject: Any = None) -> bool:
    return user.role in CARE_ROLES and user.acting.department_id is not None


def can_amend_activity(user: Any, activity: Any) -> bool:
    """Who wrote it, and the leaders of its department."""
    own = activity.created_by_id == user.pk or (
        user.role in LEADING_ROLES and activity.department_id == user.acting.department_id
    )
    return can_record_activity(user) and same_house(user, activity) and own


def can_promote_line(user: Any, line: Any) -> bool:
    return user.role in OPENING_ROLES and same_house(user, line) and line.promoted_case_id is None
