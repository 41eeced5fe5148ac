"""Who keeps volunteers, posts and shifts, and who stands in them: one predicate per verb, no queries."""

from typing import Any

from volunteers.querysets import COORDINATOR, VOLUNTEER, keeps
from volunteers.workflow import SIGNUP_OPEN


def _in_house(user: Any, row: Any) -> bool:
    return user.house_id is not None and user.house_id == row.organization_id


def can_keep_volunteers(user: Any, _subject: Any = None) -> bool:
    """The coordinator and the social workers of the department; an API client does not."""
    return keeps(user) and not user.is_service


def can_view_volunteer(user: Any, volunteer: Any) -> bool:
    """Agrees with Volunteer.objects.visible_to."""
    if not _in_house(user, volunteer):
        return False
    if user.role == VOLUNTEER:
        return volunteer.user_id == user.pk
    if user.role == COORDINATOR:
        return True
    return keeps(user) and volunteer.department_id in (None, user.acting.department_id)


def can_amend_volunteer(user: Any, volunteer: Any) -> bool:
    return can_keep_volunteers(user) and can_view_volunteer(user, volunteer)


can_review_volunteer = can_amend_volunteer
can_reveal_volunteer = can_amend_volunteer
can_propose_blacklist = can_amend_volunteer


def can_blacklist_volunteer(user: Any, volunteer: Any) -> bool:
    """The head decides what somebody else proposed."""
    return (
        user.role == "dept_head"
        and can_amend_volunteer(user, volunteer)
        and volunteer.blacklist_proposed_by_id not in (None, user.pk)
    )


def can_drop_blacklist(user: Any, volunteer: Any) -> bool:
    """Whoever proposed takes it back; the head turns it down."""
    return can_amend_volunteer(user, volunteer) and (
        user.role == "dept_head" or volunteer.blacklist_proposed_by_id == user.pk
    )


def can_amend_own_profile(user: Any, volunteer: Any) -> bool:
    return user.role == VOLUNTEER and _in_house(user, volunteer) and volunteer.user_id == user.pk


def can_keep_join_door(user: Any, _subject: Any = None) -> bool:
    """The public does not practise: a training house hangs up no poster."""
    return can_keep_volunteers(user) and not user.acting.is_training


def can_keep_posts(user: Any, post: Any = None) -> bool:
    return can_keep_volunteers(user) and (post is None or _in_house(user, post))


def can_keep_shifts(user: Any, shift: Any = None) -> bool:
    return can_keep_volunteers(user) and (shift is None or _in_house(user, shift))


def can_sign_up(user: Any, volunteer: Any) -> bool:
    """A volunteer for oneself, whoever keeps volunteers for them."""
    return can_amend_own_profile(user, volunteer) or can_amend_volunteer(user, volunteer)


def can_cancel_signup(user: Any, signup: Any) -> bool:
    if signup.state not in SIGNUP_OPEN or not _in_house(user, signup):
        return False
    own = user.role == VOLUNTEER and signup.user_id == user.pk
    return own or can_keep_volunteers(user)


def can_mark_absent(user: Any, signup: Any) -> bool:
    return can_keep_volunteers(user) and _in_house(user, signup)
