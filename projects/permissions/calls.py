"""Who issues calls, who applies and who answers: one predicate per verb, no queries."""

from typing import Any

from projects.querysets.calls import AUTHORITY, ISSUER_ROLES, UNIT_ROLES
from projects.workflow.calls import TAKES_APPLICATIONS, UNDECIDED, UNSENT, WRITABLE

# The head answers for the department, an applicant for a unit without one.
SUBMITTERS = frozenset({"dept_head", "applicant"})
# A foundation's own call is a venture call; authorities issue every kind.
FOUNDATION_KINDS = frozenset({"venture"})


def _own(user: Any, row: Any) -> bool:
    return user.house_id is not None and user.house_id == row.organization_id


def can_issue_calls(user: Any, kind: Any = None) -> bool:
    """`kind` is the kind of call meant; None asks whether there is any."""
    if user.is_service or user.role not in ISSUER_ROLES:
        return False
    return user.role == AUTHORITY or kind is None or kind in FOUNDATION_KINDS


def can_keep_call(user: Any, call: Any) -> bool:
    return can_issue_calls(user, call.kind) and _own(user, call)


def can_view_applications(user: Any, call: Any) -> bool:
    """The issuer's list of what was handed in."""
    return user.role in ISSUER_ROLES and _own(user, call)


def can_begin_application(user: Any, call: Any) -> bool:
    """A house does not apply to itself; what the clock says the service asks."""
    return (
        not user.is_service
        and user.role in UNIT_ROLES
        and user.house_id is not None
        and user.house_id != call.organization_id
        and call.state in TAKES_APPLICATIONS
    )


def can_view_application(user: Any, application: Any) -> bool:
    """Agrees with Application.objects.visible_to."""
    if user.role in ISSUER_ROLES:
        return application.counterparty_id is not None and (
            application.counterparty_id == user.house_id
        )
    if user.role not in UNIT_ROLES or not _own(user, application):
        return False
    return user.role != "applicant" or user.pk in (
        application.created_by_id,
        application.leader_id,
    )


def _writes(user: Any, application: Any) -> bool:
    return (
        not user.is_service
        and user.role in UNIT_ROLES
        and _own(user, application)
        and can_view_application(user, application)
    )


def can_write_application(user: Any, application: Any) -> bool:
    return _writes(user, application) and application.state in WRITABLE


def can_submit_application(user: Any, application: Any) -> bool:
    return can_write_application(user, application) and user.role in SUBMITTERS


def can_withdraw_application(user: Any, application: Any) -> bool:
    """Drafts by whoever writes them, what was handed in by whoever may hand in."""
    if not _writes(user, application) or application.state not in UNDECIDED:
        return False
    return application.state in UNSENT or user.role in SUBMITTERS


def can_merge_applications(user: Any, application: Any) -> bool:
    """The unit its own, the issuer what it received; both see the reason."""
    if application.state not in UNDECIDED or application.state in UNSENT or user.is_service:
        return False
    if user.role in ISSUER_ROLES:
        return application.counterparty_id == user.house_id
    return _writes(user, application) and user.role in SUBMITTERS


def can_answer_invitation(user: Any, party: Any) -> bool:
    """For the invited unit, by whoever answers for it."""
    return (
        not user.is_service
        and user.role in SUBMITTERS
        and user.house_id is not None
        and user.house_id == party.partner_id
        and party.state == "asked"
        and party.application_state not in ("withdrawn", "merged", "started_not_submitted")
    )
