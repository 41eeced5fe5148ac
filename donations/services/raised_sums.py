"""A sum that was cut and is raised after a second look: the answer names it, another person approves it, the ledger holds it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.second_factor import second_factor_check
from departments.services.tasks import task_finish, task_open
from donations.appeal_permissions import can_raise_sum
from donations.appeal_workflow import AppealKind, AppealOutcome
from donations.models.appeals import Appeal
from donations.models.requests import FundingAct, FundingRequest
from donations.services import ledger
from donations.services.course import refuse_after_death
from donations.services.duties import act_write, duty_claim
from donations.services.payable import pool_of
from donations.services.review import check_amount, refuse_unpayable, siblings_lock
from donations.services.taking import locked_request, step_take
from donations.services.tie_marks import refuse_tied
from donations.workflow import FUNDING_REQUEST, RAISABLE, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TASK = "aid_raise"
FIELD = "new_amount"


@dataclass(frozen=True)
class Raised:
    """What was approved first, what a second look made of it, when; yuan."""

    before: Decimal
    after: Decimal
    at: dt.datetime


def may_raise(appeal: Appeal) -> bool:
    """A second look at a sum below what was asked, while the money is not settled."""
    request = appeal.request
    return (
        appeal.kind == AppealKind.SECOND_LOOK
        and appeal.decision == RequestState.APPROVED
        and request.state in RAISABLE
        and request.approved < request.requested
    )


def check_new_amount(appeal: Appeal, outcome: str, amount: Decimal | None) -> None:
    """Whether the answer may name this sum.

    Raises:
        DomainError: `appeal.new_amount_not_now` (409), `appeal.new_amount_not_more`, `appeal.needs_new_amount`,
            `funding_request.over_requested` and `.over_cap`, all on `new_amount`.
    """
    is_open = may_raise(appeal)
    if amount is None:
        if is_open and outcome == AppealOutcome.UPHELD:
            raise DomainError(
                "appeal.needs_new_amount", _("复核成立的，请写明复核后的金额。"), FIELD
            )
        return
    if not is_open or outcome == AppealOutcome.DISMISSED:
        raise DomainError(
            "appeal.new_amount_not_now",
            _("只有对减额决定的复核成立或部分成立，才能改金额；款项已核销的请重新申请。"),
            FIELD,
            status=409,
        )
    if amount <= appeal.request.approved:
        raise DomainError(
            "appeal.new_amount_not_more", _("复核后的金额要高于原来批准的金额。"), FIELD
        )
    try:
        check_amount(appeal.request, amount)
    except DomainError as error:
        raise DomainError(error.rule, error.message, FIELD) from error


def raise_ask(appeal: Appeal, *, by: Any) -> None:
    """The approver's task, in the foundation's own scope."""
    task_open(
        kind=TASK,
        organization_id=appeal.counterparty_id,
        subject=appeal.request,
        role="foundation_approver",
        dedup_key=f"{TASK}:{appeal.uid}",
        by=by,
    )


def raise_waiting(
    request: FundingRequest, appeals: Iterable[Appeal] | None = None
) -> Appeal | None:
    """The answered second look whose sum nobody has approved yet; either house may ask.

    `appeals` are all of the request in the order of their making, for who has read them already.
    """
    if request.state not in RAISABLE:
        return None
    if appeals is not None:
        raised = (one for one in appeals if one.new_amount is not None)
        return next((one for one in raised if one.new_amount > request.approved), None)
    return Appeal.objects.filter(
        request=request, new_amount__isnull=False, new_amount__gt=request.approved
    ).first()


def raised_of(request: FundingRequest) -> Raised | None:
    """The sum before and after; None where a second look has moved nothing."""
    acts = FundingAct.objects.filter(request=request, step__in=["approve", "raise"])
    found = {act.step: act for act in acts}
    if "raise" not in found:
        return None
    return Raised(found["approve"].amount, found["raise"].amount, found["raise"].at)


@command
def request_raise(
    *,
    request: FundingRequest,
    totp_code: str,
    opinion: str = "",
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """Approve the sum that the answer to a second look set, and set the difference aside.

    Two persons: who answered the second look does not approve its sum. What was paid off has a rest
    to pay again.

    Raises:
        DomainError: `funding_request.nothing_to_raise` (409), `funding_act_raised_by_another` (409),
            `funding_request.over_requested`, `.over_cap`, `.over_person_cap`, `.over_gap`,
            `ledger.insufficient` (409), `second_factor.*`, `funding_duty_one_per_person` (409).
    """
    siblings_lock(request)
    request = locked_request(request, by=by, rule=can_raise_sum, version=version)
    appeal = raise_waiting(request)
    if appeal is None:
        raise DomainError(
            "funding_request.nothing_to_raise", _("没有等待批准的复核金额。"), status=409
        )
    if appeal.answered_by_id == by.pk:
        raise DomainError(
            "funding_act_raised_by_another",
            _("答复复核的人不能批准复核后的金额，请由另一人批准。"),
            status=409,
        )
    step = "raise_paid" if request.state == RequestState.DISBURSED else "raise"
    FUNDING_REQUEST.check(request, step)
    refuse_after_death(request)
    refuse_tied(request)
    amount, before = appeal.new_amount, request.approved
    check_amount(request, amount)
    confirmed_at = second_factor_check(user=by, code=totp_code)
    duty = duty_claim(request=request, step="raise", by=by)
    act_write(
        request=request,
        duty=duty,
        step="raise",
        by=by,
        amount=amount,
        opinion=opinion,
        second_factor_at=confirmed_at,
    )
    request.approved = amount
    request.committed += amount - before
    step_take(request, step, by=by, also=("approved", "committed"))
    _commit(request, amount=amount, more=amount - before, by=by)
    task_finish(organization_id=request.counterparty_id, dedup_key=f"{TASK}:{appeal.uid}")
    audit.record("funding_request.raise", by=by, on=request, approved=[before, amount])
    return request


def _commit(request: FundingRequest, *, amount: Decimal, more: Decimal, by: Any) -> None:
    # Last, as at the approval: others wait for the fund's accounts as briefly as can be.
    pairs = pool_of(request)
    ledger.lock_accounts(account for pair in pairs for account in pair)
    refuse_unpayable(request, amount, pairs)
    slices = ledger.match(
        pairs, amount=more, beneficiary_class=request.programme_version.beneficiary_class
    )
    refuse_tied(request, lots=[piece.lot_id for piece in slices])
    ledger.post([ledger.commit_posting(request=request, slices=slices, place=2)], by=by)
