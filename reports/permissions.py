"""Who may read figures and ask for reports: one predicate per verb."""

from typing import Any

from reports.querysets import READERS


def can_view_dashboard(user: Any, _subject: Any) -> bool:
    """Figures of a department or a house: head, supervisor and the foundation's people."""
    return user.role in READERS - {"worker"}


def can_ask_report(user: Any, _subject: Any) -> bool:
    """A report is counted as real wherever it goes: none leaves a house for training."""
    return user.role in {"dept_head", "supervisor"} and not user.acting.is_training


def can_view_run(user: Any, run: Any) -> bool:
    return run.organization_id == user.house_id and run.requested_by_id == user.pk


def can_cancel_run(user: Any, run: Any) -> bool:
    return can_view_run(user, run)
