"""The decision a family may have looked at again: which one it is, when it was told, until when that may be asked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from donations.appeal_workflow import REFUSED
from donations.models.appeals import DecisionTelling
from donations.models.requests import FundingAct, FundingRequest
from donations.permissions import can_submit_request
from donations.services.appeal_rules import days_to_raise, rule_on, working_day_after
from donations.workflow import GRANTED, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@dataclass(frozen=True)
class Decision:
    """`state` is one of DECIDED, `at` the moment of the decision.

    `told_on` is None while nobody has told the family; `until` is the last day on which a second look
    may be asked for, None with it.
    """

    state: str
    at: dt.datetime
    told_on: dt.date | None
    until: dt.date | None

    @property
    def is_in_time(self) -> bool:
        return self.until is None or timezone.localdate() <= self.until

    @property
    def is_refusal(self) -> bool:
        return self.state in REFUSED


def decision_of(
    request: FundingRequest,
    *,
    acts: Iterable[FundingAct] | None = None,
    tellings: Iterable[DecisionTelling] | None = None,
) -> Decision | None:
    """What was decided last; None while nothing is. Either house may ask.

    `acts` and `tellings` are all of the request in the order of their making, for who has read them already.
    """
    state, at = _decided(request, acts)
    if at is None:
        return None
    if tellings is None:
        tellings = DecisionTelling.objects.filter(request=request, decided_at=at).order_by("pk")[:1]
    telling = next((one for one in tellings if one.decided_at == at), None)
    told_on = telling.told_on if telling else None
    until = None
    if told_on is not None:
        until = working_day_after(told_on, days_to_raise(request, rule_on(told_on)))
    return Decision(state, at, told_on, until)


def _decided(
    request: FundingRequest, acts: Iterable[FundingAct] | None
) -> tuple[str, dt.datetime | None]:
    if request.state in REFUSED:
        return request.state, request.state_entered_at
    if request.state in GRANTED:
        if acts is None:
            acts = FundingAct.objects.filter(request=request, step="approve").order_by("pk")[:1]
        act = next((one for one in acts if one.step == "approve"), None)
        return RequestState.APPROVED, act.at if act else None
    return "", None


@command
def decision_tell(
    *,
    request: FundingRequest,
    told_on: dt.date,
    how: str = DecisionTelling.How.WORKER,
    by: Any,
) -> DecisionTelling:
    """The worker has told the family what was decided; the limit for a second look runs from that day.

    Raises:
        DomainError: `decision.none` (409), `decision_told_once` (409), `decision.told_in_future` and
            `decision.told_before` on `told_on`.
    """
    request = FundingRequest.objects.locked().select_related("programme_version").get(pk=request.pk)
    require(can_submit_request, by, request)
    return telling_write(request=request, told_on=told_on, how=how, by=by)


@command
def telling_write(
    *, request: FundingRequest, told_on: dt.date, how: str, by: Any
) -> DecisionTelling:
    """Write the day once; who may say so has been checked. See decision_tell."""
    decision = decision_of(request)
    if decision is None:
        raise DomainError("decision.none", _("这份申请还没有决定。"), status=409)
    if decision.told_on is not None:
        raise DomainError("decision_told_once", _("这个决定已经登记过告知日期。"), status=409)
    if told_on > timezone.localdate():
        raise DomainError("decision.told_in_future", _("告知日期不能晚于今天。"), "told_on")
    if told_on < timezone.localdate(decision.at):
        raise DomainError("decision.told_before", _("告知日期不能早于决定的日期。"), "told_on")
    telling = DecisionTelling(
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        request=request,
        decision=decision.state,
        decided_at=decision.at,
        told_on=told_on,
        how=how,
        created_by=by,
    )
    telling.save(force_insert=True)
    audit.record(
        "funding_request.tell_decision",
        by=by,
        on=request,
        organization_id=request.organization_id,
        decision=decision.state,
        told_on=told_on,
        how=how,
    )
    return telling
