"""Who raises, answers and takes back an appeal."""

from typing import Any

from donations.appeal_workflow import NOT_DECIDING, AppealBy
from donations.models.appeals import Appeal
from donations.models.requests import FundingDuty, FundingRequest
from donations.permissions import can_submit_request, can_view_request, duties_for
from donations.querysets import FOUNDATION_ROLES

# Who answers for a house; that they had no part in the request is looked at apart.
ANSWER_ROLES = frozenset({"foundation_officer", "foundation_approver", "dept_head", "supervisor"})
COUNT_ROLES = frozenset({"foundation_officer", "foundation_approver", "dept_head"})


def can_raise_appeal(user: Any, request: FundingRequest) -> bool:
    """The worker of the case, or an officer of the foundation; the family raises by its code."""
    if request.submitted_at is None:
        return False
    if user.house_id == request.organization_id:
        return can_submit_request(user, request)
    return (
        user.role == "foundation_officer"
        and user.acting.client is None
        and can_view_request(user, request)
    )


def can_handle_appeal(user: Any, appeal: Appeal) -> bool:
    """Somebody who answers for the house it is addressed to; never a system."""
    return (
        user.role in ANSWER_ROLES
        and user.house_id == appeal.addressee_id
        and user.acting.client is None
        and can_view_request(user, appeal.request)
    )


def has_part_in(user: Any, appeal: Appeal) -> bool:
    """Whether the person had a duty on the request, other than paying out, or raised the appeal."""
    duties = FundingDuty.objects.filter(request_id=appeal.request_id, user_id=user.pk)
    return user.pk == appeal.raised_by_user_id or duties.exclude(duty__in=NOT_DECIDING).exists()


def can_withdraw_appeal(user: Any, appeal: Appeal) -> bool:
    """The side that raised it; for the family the worker, who has heard it from them."""
    if appeal.raised_by == AppealBy.OFFICER:
        return user.pk == appeal.raised_by_user_id and user.house_id == appeal.counterparty_id
    return user.house_id == appeal.organization_id and can_submit_request(user, appeal.request)


def can_count_appeals(user: Any, _subject: Any = None) -> bool:
    """The list and its figures: officers and approvers of a foundation, the head of a hospital's department."""
    return user.role in COUNT_ROLES and user.house_id is not None and user.acting.client is None


def can_raise_sum(user: Any, request: FundingRequest) -> bool:
    """An approver in a browser; that it is not who answered the second look the service says."""
    return (
        user.acting.client is None
        and user.role in FOUNDATION_ROLES
        and user.house_id == request.counterparty_id
        and bool(duties_for(user, "raise"))
    )
