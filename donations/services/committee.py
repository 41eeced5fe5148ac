"""A second look inside the foundation: back to the first reviewer, or before the committee."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from donations.models.requests import FundingRequest
from donations.permissions import can_decide_request, can_return_review
from donations.services.duties import act_write, duty_claim
from donations.services.review import check_amount
from donations.services.taking import locked_request, step_take
from donations.workflow import FUNDING_REQUEST, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

FEWEST = 3  # members of a meeting that may decide


@command
def request_return(
    *, request: FundingRequest, reason: str, version: int | None = None, by: Any
) -> FundingRequest:
    """The second reviewer sends a request back to the first, saying what is to be looked at again.

    Raises:
        DomainError: `funding_request.return.wrong_state` (409), `.needs_reason` on `reason`,
            `funding_duty_one_per_person` (409).
    """
    request = locked_request(request, by=by, rule=can_return_review, version=version)
    FUNDING_REQUEST.check(request, "return", reason)
    duty = duty_claim(request=request, step="return", by=by)
    step_take(request, "return", by=by, reason=reason)
    act_write(request=request, duty=duty, step="return", by=by, opinion=reason)
    audit.record("funding_request.return", by=by, on=request)
    return request


@command
def request_decide(
    *,
    request: FundingRequest,
    met_on: dt.date,
    present: int,
    in_favour: int,
    minutes: str,
    amount: Decimal | None = None,
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """Record the committee's decision: more than half of those present for it, and the sum is proposed; else refused.

    `minutes` say who met and why they decided so; `amount` (default: the sum laid before them) is what
    they granted. Whoever records it neither reviews nor approves.

    Raises:
        DomainError: `funding_request.decide_state` (409), `funding_request.committee_small` on
            `present`, `funding_request.committee_votes` on `in_favour`, `funding_request.met_in_future`
            on `met_on`, `funding_request.needs_minutes` on `minutes`, `.over_requested`, `.over_cap`.
    """
    request = locked_request(request, by=by, rule=can_decide_request, version=version)
    if request.state != RequestState.COMMITTEE:
        raise DomainError("funding_request.decide_state", _("这份申请不在评审会环节。"), status=409)
    _check_meeting(met_on, present, in_favour, minutes)
    duty = duty_claim(request=request, step="decide", by=by)
    is_granted = in_favour * 2 > present
    if is_granted:
        request.proposed = amount or request.proposed
        check_amount(request, request.proposed)
        step_take(request, "propose", by=by, also=("proposed",))
    else:
        step_take(request, "reject", by=by, reason=minutes.strip())
    act_write(
        request=request,
        duty=duty,
        step="decide",
        by=by,
        opinion=minutes,
        amount=request.proposed if is_granted else None,
        score={"met_on": met_on.isoformat(), "present": present, "in_favour": in_favour},
    )
    audit.record("funding_request.decide", by=by, on=request, state=request.state, present=present)
    return request


def _check_meeting(met_on: dt.date, present: int, in_favour: int, minutes: str) -> None:
    if met_on > timezone.localdate():
        raise DomainError("funding_request.met_in_future", _("开会日期不能晚于今天。"), "met_on")
    if present < FEWEST:
        raise DomainError(
            "funding_request.committee_small",
            _("到会不足 %(n)d 人，不能作出决定。") % {"n": FEWEST},
            "present",
        )
    if not 0 <= in_favour <= present:
        raise DomainError(
            "funding_request.committee_votes", _("同意人数不能超过到会人数。"), "in_favour"
        )
    if not minutes.strip():
        raise DomainError(
            "funding_request.needs_minutes", _("请写明到会人员和决定的理由。"), "minutes"
        )
