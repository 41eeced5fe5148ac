"""Who may do what with hours and certificates: one predicate per verb, no queries.

Nobody confirms, corrects or voids the own service: the database refuses it too.
"""

from typing import Any

from msw_portal.kernel.scope import CARE_ROLES
from volunteers.models.people import Volunteer
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.models.shifts import Post, Signup
from volunteers.querysets import COORDINATOR, VOLUNTEER, keeps

HEAD = "dept_head"


def _is_own(user: Any, row: Any) -> bool:
    return row.user_id is not None and row.user_id == user.pk


def _keeps(user: Any, row: Any) -> bool:
    """Whoever runs the volunteers' work of the house; the second wall has said whose rows they meet."""
    return keeps(user) and row.organization_id == user.house_id


def can_keep_hours(user: Any, row: Any) -> bool:
    return keeps(user) and (row is None or row.organization_id == user.house_id)


def can_see_own_hours(user: Any, row: Any) -> bool:
    """A volunteer's own pages."""
    return user.role == VOLUNTEER


def can_check_in(user: Any, signup: Signup) -> bool:
    """The volunteer with the code of the shift; whoever keeps the hours, for one who stands there."""
    return _is_own(user, signup) or _keeps(user, signup)


def can_check_out(user: Any, record: ServiceRecord) -> bool:
    return _is_own(user, record) or _keeps(user, record)


def can_enter_service(user: Any, volunteer: Volunteer) -> bool:
    """Written down afterwards, by somebody else than the volunteer."""
    return _keeps(user, volunteer) and not _is_own(user, volunteer)


def can_amend_service(user: Any, record: ServiceRecord) -> bool:
    return _keeps(user, record) and not _is_own(user, record)


can_confirm_service = can_amend_service
can_decide_service = can_amend_service


def can_ask_correction(user: Any, record: ServiceRecord) -> bool:
    """The volunteer; or whoever keeps the hours, on the volunteer's word."""
    return _is_own(user, record) or _keeps(user, record)


def can_void_service(user: Any, record: ServiceRecord) -> bool:
    """What counts no longer is decided by the coordinator or the head."""
    return (
        user.role in {COORDINATOR, HEAD}
        and record.organization_id == user.house_id
        and not _is_own(user, record)
    )


def can_link_service(user: Any, record: ServiceRecord) -> bool:
    """Whom the service was for is known to social workers alone (双工融合)."""
    return _keeps(user, record) and user.role in CARE_ROLES


def can_make_code(user: Any, post: Post) -> bool:
    return _keeps(user, post)


def can_issue_certificate(user: Any, volunteer: Volunteer) -> bool:
    return _keeps(user, volunteer) and not _is_own(user, volunteer)


def can_void_certificate(user: Any, certificate: Certificate) -> bool:
    return (
        user.role in {COORDINATOR, HEAD}
        and certificate.organization_id == user.house_id
        and not _is_own(user, certificate)
    )


def can_print_certificate(user: Any, certificate: Certificate) -> bool:
    return _is_own(user, certificate) or _keeps(user, certificate)


def can_see_figures(user: Any, row: Any) -> bool:
    return keeps(user)
