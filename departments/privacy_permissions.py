"""Who keeps the privacy registers, and who proposes and approves that records are destroyed."""

from typing import Any

from departments.models.people import Role

KEEPERS = frozenset({Role.DEPT_HEAD, Role.SECADMIN})
# The archive of the hospital is an office of its own; it signs, and reads numbers of files, no content.
DECIDERS = KEEPERS | {Role.OFFICE}
READERS = DECIDERS | {Role.AUDITOR}


def _at_home(user: Any, record: Any) -> bool:
    return record is None or record.organization_id == user.house_id


def can_keep_privacy(user: Any, record: Any = None) -> bool:
    """Impact assessments, agreements, necessity and incidents: the head and the security administrator."""
    return user.role in KEEPERS and not user.is_service and _at_home(user, record)


def can_view_retention(user: Any, record: Any = None) -> bool:
    """Periods and lists of what was destroyed; the audit administrator reads them."""
    return user.role in READERS and not user.is_service and _at_home(user, record)


def can_propose_destruction(user: Any, record: Any = None) -> bool:
    """Never under break-glass: what is read in an emergency is not put on a list."""
    return can_keep_privacy(user, record) and user.acting.glass is None


def can_withdraw_destruction(user: Any, record: Any) -> bool:
    return can_propose_destruction(user, record) and record.signer_1_id == user.pk


def can_decide_lists(user: Any, record: Any = None) -> bool:
    """Whose role signs lists at all."""
    return user.role in DECIDERS and not user.is_service and _at_home(user, record)


def can_decide_destruction(user: Any, record: Any) -> bool:
    """Somebody else than who proposed it; the database says the same."""
    return can_decide_lists(user, record) and record.signer_1_id != user.pk
