"""Who keeps, leads, supports and judges a project: one predicate per verb, no queries."""

from typing import Any

from projects.querysets.calls import AUTHORITY, ISSUER_ROLES, UNIT_ROLES
from projects.querysets.cultivation import PARTNER_ROLE
from projects.workflow.cultivation import AT_WORK


def _is_unit(user: Any, row: Any) -> bool:
    if user.role not in UNIT_ROLES or user.house_id != row.organization_id:
        return False
    return user.role != "applicant" or user.pk in (row.created_by_id, row.leader_id)


def _is_issuer(user: Any, row: Any) -> bool:
    return user.role in ISSUER_ROLES and user.house_id == row.counterparty_id


def _is_partner(user: Any, row: Any) -> bool:
    return user.role == PARTNER_ROLE and user.house_id == row.partner_id


def can_list_projects(user: Any, _subject: Any = None) -> bool:
    return user.role in UNIT_ROLES | ISSUER_ROLES | {PARTNER_ROLE}


def can_view_project(user: Any, project: Any) -> bool:
    """Agrees with Project.objects.visible_to."""
    return _is_unit(user, project) or _is_issuer(user, project) or _is_partner(user, project)


def can_keep_project(user: Any, project: Any) -> bool:
    """The unit's people write what they do: events, links, reports, spending."""
    return _is_unit(user, project) and not user.is_service


def can_ask_for_money(user: Any, project: Any) -> bool:
    """The unit's own people ask a foundation, for a project that is at work."""
    return can_keep_project(user, project) and project.state in AT_WORK


def can_lead_project(user: Any, project: Any) -> bool:
    """The leader, or the head of the unit: what binds the unit."""
    return can_keep_project(user, project) and (
        user.role == "dept_head" or project.leader_id == user.pk
    )


def can_judge_project(user: Any, project: Any) -> bool:
    """The issuer's officer starts, checks, answers changes and closes."""
    return _is_issuer(user, project) and not user.is_service


def can_plan_project(user: Any, project: Any) -> bool:
    """Indicators and budget: the unit's leader before the beginning, the issuer until the end."""
    return can_lead_project(user, project) or can_judge_project(user, project)


def can_support_project(user: Any, project: Any) -> bool:
    """The partner records what it did for a project entrusted to it."""
    return _is_partner(user, project) and not user.is_service


def can_add_event(user: Any, project: Any) -> bool:
    return (
        can_keep_project(user, project)
        or can_judge_project(user, project)
        or can_support_project(user, project)
    )


def can_open_project(user: Any, _subject: Any = None) -> bool:
    """Enters a project that no call has brought."""
    return user.role in {AUTHORITY, "foundation_officer"} and not user.is_service


def can_publish_kit(user: Any, project: Any) -> bool:
    """The unit gives away what it learned, once the project has passed."""
    return can_lead_project(user, project) and project.state in {"passed", "published", "archived"}


def can_list_kits(user: Any, _subject: Any = None) -> bool:
    return user.role in UNIT_ROLES | ISSUER_ROLES


def can_take_up_kit(user: Any, kit: Any) -> bool:
    """Another unit's people make a project of their own from it."""
    return (
        user.role in {"dept_head", "applicant"}
        and user.house_id not in (None, kit.organization_id)
        and kit.published_at is not None
    )


def can_keep_programme(user: Any, project: Any) -> bool:
    """Who runs a programme with sites writes and publishes what it says of itself."""
    return can_judge_project(user, project) and project.kind == "programme"


def can_view_base(user: Any, _row: Any = None) -> bool:
    """The pages of the incubation base: who runs it, and the units in it or with needs to tell."""
    return user.role in UNIT_ROLES | {AUTHORITY}


def can_keep_contract(user: Any, project: Any) -> bool:
    """The buyer writes the contract."""
    return can_judge_project(user, project) and project.kind == "purchase"


def can_release_needs(user: Any, _subject: Any = None) -> bool:
    """The head gives the quarter's unmet needs, as numbers, to the bank of the region."""
    return user.role == "dept_head" and not user.is_service


def can_view_coaching(user: Any, event: Any) -> bool:
    """Agrees with CoachingNote.objects.visible_to: who coached, and who leads the unit."""
    if not can_view_project(user, event.project):
        return False
    leads = user.role == "dept_head" or event.project.leader_id == user.pk
    return event.created_by_id == user.pk or (_is_unit(user, event.project) and leads)


def can_write_coaching(user: Any, event: Any) -> bool:
    """Who entered the coaching writes its note and corrects it."""
    return event.created_by_id == user.pk and can_add_event(user, event.project)
