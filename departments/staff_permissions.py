"""Who may do what with posts, credentials, supervision and courses: one predicate per verb, no queries."""

from typing import Any

from departments.models.learning import SUPERVISED, LearningAttendance, LearningEvent
from departments.models.people import Role
from departments.models.staff import StaffProfile
from departments.permissions import roles_of
from departments.querysets import LEADS_PEOPLE, LEARNS, VISITS_COURSES

KEEPERS = frozenset({Role.DEPT_HEAD, Role.SECADMIN})


def _has_workers(user: Any) -> bool:
    """Only houses in which social workers work keep their posts."""
    return user.acting is not None and Role.WORKER in roles_of(user.acting.organization_kind)


def _same_house(user: Any, row: Any) -> bool:
    return user.house_id is not None and (row is None or row.organization_id == user.house_id)


def can_view_profile(user: Any, profile: StaffProfile) -> bool:
    """Says the same as `StaffProfile.objects.visible_to`."""
    if not _same_house(user, profile):
        return False
    if user.role in KEEPERS or profile.user_id == user.pk:
        return True
    return (
        user.role == Role.SUPERVISOR
        and user.acting.department_id is not None
        and profile.department_id == user.acting.department_id
    )


def can_keep_profile(user: Any, profile: StaffProfile | None) -> bool:
    """Posts and credentials are kept by the head and the security administrator of the house."""
    return user.role in KEEPERS and _has_workers(user) and _same_house(user, profile)


def can_list_profiles(user: Any, _row: Any = None) -> bool:
    return user.role in KEEPERS | {Role.SUPERVISOR} and _has_workers(user)


# Beds per worker and the gap: who leads the department, and who keeps its people.
can_view_staffing = can_list_profiles


# ── supervision and courses ──────────────────────────────────────────────────


def can_list_learning(user: Any, _row: Any = None) -> bool:
    return user.role in LEARNS


def can_list_courses(user: Any, _row: Any = None) -> bool:
    """Who visits meets only the courses that are open."""
    return user.role in LEARNS | VISITS_COURSES


def can_plan_learning(user: Any, _row: Any = None) -> bool:
    """Supervisors and heads arrange supervision and courses; a worker only meetings among peers."""
    return user.role in LEADS_PEOPLE | {Role.WORKER} and user.house_id is not None


def can_keep_learning(user: Any, event: LearningEvent) -> bool:
    """Who leads it, who arranged it, or the head of its department."""
    if user.role not in LEARNS or not _same_house(user, event):
        return False
    if user.pk in {event.leader_id, event.created_by_id}:
        return True
    return user.role == Role.DEPT_HEAD and event.department_id in {
        None,
        user.acting.department_id,
    }


def can_read_learning(
    user: Any, event: LearningEvent, attendance: LearningAttendance | None = None
) -> bool:
    """What was written down of it: who keeps it, who stands on its list (`attendance`), supervisors and heads."""
    return (
        can_keep_learning(user, event)
        or attendance is not None
        or user.role in {Role.SUPERVISOR, Role.DEPT_HEAD}
    )


def can_sign_learning(user: Any, attendance: LearningAttendance) -> bool:
    """Only for oneself, of a supervision; a course is signed by who leads it. For an outside leader: who keeps it."""
    if not _same_house(user, attendance):
        return False
    is_leader = attendance.role == LearningAttendance.Role.LEADER
    if attendance.user_id is None:
        return is_leader and can_keep_learning(user, attendance.event)
    return attendance.user_id == user.pk and (is_leader or attendance.event.kind in SUPERVISED)


def can_join_learning(user: Any, event: LearningEvent) -> bool:
    """A course of the house is joined and left by oneself; an open one by visitors too."""
    return (
        (user.role in LEARNS or (event.is_open and user.role in VISITS_COURSES))
        and _same_house(user, event)
        and event.kind not in SUPERVISED
        and event.leader_id != user.pk
    )


def can_close_action(user: Any, task: Any) -> bool:
    return task.organization_id == user.house_id and task.assignee_id == user.pk


def can_issue_certificate(user: Any, attendance: LearningAttendance) -> bool:
    """Who keeps the course; whoever passed takes the own certificate again, once it was issued."""
    if can_keep_learning(user, attendance.event):
        return True
    return attendance.user_id == user.pk and attendance.certificate_no != ""


def can_view_learning_figures(user: Any, _row: Any = None) -> bool:
    return user.role in LEADS_PEOPLE
