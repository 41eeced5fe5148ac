"""Who makes studies, who enters what came in, who keeps the registers."""

from typing import Any

from projects.models.registers import RegisterEntry
from projects.models.surveys import ActionItem, Survey
from projects.querysets.registers import STUDY_ROLES

STUDY_LEADS = frozenset({"supervisor", "dept_head", "authority_officer", "foundation_officer"})
ENTERING = STUDY_ROLES - {"intern", "foundation_approver"}
KEEPERS = STUDY_LEADS | {"worker"}
# What everybody reads is put there by who speaks for the house.
PUBLISHERS = frozenset({"dept_head", "authority_officer", "foundation_officer"})
ANSWERING = frozenset({"worker", "supervisor", "dept_head"})


def _own(user: Any, row: Any) -> bool:
    return row is None or (user.house_id is not None and row.organization_id == user.house_id)


def can_manage_survey(user: Any, survey: Survey | None) -> bool:
    """Design, begin, end, write the report and the plan."""
    return user.role in STUDY_LEADS and _own(user, survey)


def can_enter_survey(user: Any, survey: Survey) -> bool:
    """Write down a unit that was reached, type in a sheet of paper."""
    return user.role in ENTERING and _own(user, survey)


def can_plan_action(user: Any, action: ActionItem | None) -> bool:
    return user.role in STUDY_LEADS and _own(user, action)


def can_end_action(user: Any, action: ActionItem) -> bool:
    """Who has promised it, and who leads."""
    own = _own(user, action)
    return own and (user.role in STUDY_LEADS or action.owner_id == user.pk)


def can_add_entry(user: Any, _entry: RegisterEntry | None = None) -> bool:
    return user.role in KEEPERS


def can_keep_entry(user: Any, entry: RegisterEntry) -> bool:
    """The entries of the own house; one that everybody reads, by who may publish."""
    roles = PUBLISHERS if entry.published_at else KEEPERS
    return user.role in roles and _own(user, entry)


def can_publish_entry(user: Any, entry: RegisterEntry | None = None) -> bool:
    return user.role in PUBLISHERS and _own(user, entry)


def can_answer_checklist(user: Any, _entry: RegisterEntry | None = None) -> bool:
    return user.role in ANSWERING


def can_view_coverage(user: Any, _subject: Any = None) -> bool:
    """Where projects are and where none is: those who choose, pay or apply."""
    return user.role in STUDY_ROLES


MAKERS = frozenset({"dept_head", "supervisor", "authority_officer", "foundation_officer"})


def can_make_questionnaire(user: Any, questionnaire: Any = None) -> bool:
    """Write and publish the house's own questionnaires for studies and screens."""
    return user.role in MAKERS and _own(user, questionnaire)
