"""Who may do what with a group and an activity; the leader and co-leaders work, supervisor and head decide."""

from typing import Any

from cases.permissions import LEADING_ROLES, OPENING_ROLES, same_house
from msw_portal.kernel.scope import CARE_ROLES


def is_leading(user: Any, group: Any) -> bool:
    """The leader, or one who leads beside."""
    return group.leader_id == user.pk or any(
        one.user_id == user.pk for one in group.co_leaders.all()
    )


def of_department(user: Any, group: Any) -> bool:
    """Supervisor or head of the department whose group it is."""
    return user.role in LEADING_ROLES and group.department_id == user.acting.department_id


def can_view_group(user: Any, group: Any) -> bool:
    """The plan and its counts: says the same as `Group.objects.visible_to`."""
    return user.role in CARE_ROLES and same_house(user, group)


def can_view_group_inside(user: Any, group: Any) -> bool:
    """Members and records: says the same as `Group.objects.inside_of`."""
    return can_view_group(user, group) and (is_leading(user, group) or of_department(user, group))


def can_plan_group(user: Any, _subject: Any = None) -> bool:
    return user.role in OPENING_ROLES and user.acting.department_id is not None


def can_keep_group(user: Any, group: Any) -> bool:
    """Write in it: plan, members, sessions, summary. Assistants and interns who help read and prepare."""
    return can_plan_group(user) and same_house(user, group) and is_leading(user, group)


def can_approve_group(user: Any, group: Any) -> bool:
    """Supervisor or head of the department, who neither leads the group nor sent the plan or the summary."""
    return (
        same_house(user, group)
        and of_department(user, group)
        and not is_leading(user, group)
        and user.pk not in (group.submitted_by_id, group.summarized_by_id)
    )


def can_lead_over_group(user: Any, group: Any) -> bool:
    """Give the group to another leader: the leader, supervisor and head."""
    return same_house(user, group) and (
        of_department(user, group) or (group.leader_id == user.pk and can_plan_group(user))
    )


def can_cancel_group(user: Any, group: Any) -> bool:
    return can_keep_group(user, group) or (same_house(user, group) and of_department(user, group))
