"""Who may read figures and ask for reports: one predicate per verb."""

from typing import Any

from reports.querysets import READERS, SPEAKERS

SCHEDULE_KEEPERS = frozenset({"dept_head", "foundation_officer"})
SHEET_KEEPERS = frozenset({"dept_head", "foundation_officer", "authority_officer"})
# They read numbers of the whole hospital, or of released months, and none of the rows behind them.
WITHOUT_ROWS = frozenset({"office", "authority_officer"})


def can_view_dashboard(user: Any, _subject: Any) -> bool:
    """Figures: a worker's own, a department's, a house's, the released ones of an authority's region."""
    return user.role in READERS | WITHOUT_ROWS


def can_view_rows(user: Any, _subject: Any) -> bool:
    """The rows behind a number, as far as the reader may see each of them."""
    return user.role in READERS


def can_ask_report(user: Any, kind: Any) -> bool:
    """Whoever the kind is for. A report is counted as real wherever it goes: none leaves a house for training."""
    return user.role in kind.roles and not user.acting.is_training


def can_view_run(user: Any, run: Any) -> bool:
    return run.organization_id == user.house_id and run.requested_by_id == user.pk


def can_cancel_run(user: Any, run: Any) -> bool:
    return can_view_run(user, run)


def can_retry_run(user: Any, run: Any) -> bool:
    return can_download_run(user, run)


def can_download_run(user: Any, run: Any) -> bool:
    """Only in the very role it was made for: a role that has ended or changed takes nothing away any more."""
    made_for = run.scope.get("membership") == str(user.acting.membership_uid)
    return can_view_run(user, run) and made_for and run.scope.get("role") == user.role


def can_keep_schedule(user: Any, schedule: Any) -> bool:
    """The head of the department (or the house's own officers, where there is none) decides what is made by itself."""
    if user.role not in SCHEDULE_KEEPERS or user.acting.is_training:
        return False
    if schedule is None:
        return True
    own = schedule.department_id == user.acting.department_id
    return schedule.organization_id == user.house_id and own


def can_set_freeze_day(user: Any, _subject: Any) -> bool:
    """When the house's closed months are frozen: whoever keeps what is made by itself."""
    return can_keep_schedule(user, None)


def can_view_open_data(user: Any, _subject: Any) -> bool:
    return user.role in SPEAKERS


def can_choose_open_data(user: Any, _subject: Any) -> bool:
    """Who speaks for the house in public: a head, a foundation's approver, an authority's officer."""
    return user.role in SPEAKERS - {"foundation_officer"}


def can_release_noise(user: Any, _subject: Any) -> bool:
    """A house's own counts leave it by the word of its head, or of a foundation's approver."""
    return user.role in {"dept_head", "foundation_approver"} and not user.acting.is_training


def can_view_indicators(user: Any, _subject: Any) -> bool:
    """Who reads figures, and the authority, which reads what was released to it."""
    return bool(user.house_id) and user.role in READERS | {"authority_officer"}


def can_read_indicator(user: Any, indicator: Any) -> bool:
    """What is near to a person's secrets is for the heads; hard events a worker sees of the own work."""
    if not can_view_indicators(user, None):
        return False
    if indicator.privacy_class < 3:
        return True
    is_own = user.role == "worker" and indicator.group == "wellbeing"
    return user.role in {"dept_head", "supervisor"} or is_own


def can_build_report(user: Any, _subject: Any) -> bool:
    """A table of one's own; a worker's would be of a department the worker does not read."""
    return can_view_indicators(user, None) and user.role != "worker"


def can_end_built(user: Any, report: Any) -> bool:
    """Who made it, or the head of the department it is shared in."""
    if report.organization_id != user.house_id or report.ended_at is not None:
        return False
    is_head = user.role == "dept_head" and report.department_id == user.acting.department_id
    return report.created_by_id == user.pk or (is_head and report.is_shared)


def can_write_report(user: Any, _report: Any) -> bool:
    """Begin and edit the text of a report of the department."""
    return user.role in {"dept_head", "supervisor"} and not user.acting.is_training


def can_sign_report(user: Any, _report: Any) -> bool:
    """The head answers for what leaves the department."""
    return user.role == "dept_head" and not user.acting.is_training


def can_keep_sheets(user: Any, _sheet: Any) -> bool:
    """Bring the authority's sheets and say what stands in their cells."""
    return user.role in SHEET_KEEPERS and not user.acting.is_training
