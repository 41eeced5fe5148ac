"""What was granted and is not needed: asked to be given back by one, given back to its gifts by another."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.tasks import task_finish, task_open
from donations.ending_permissions import can_ask_rest, can_decide_rest
from donations.models.requests import FundingAct, FundingRequest
from donations.services import ledger
from donations.services.bills import kept
from donations.services.duties import act_write, duty_claim
from donations.services.settling import give_back, refuse_on_the_way
from donations.services.taking import locked_request, step_take
from donations.workflow import FUNDING_REQUEST
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

TASK = "aid_rest"
ASKED, ANSWERED = "ask_rest", frozenset({"release_rest", "keep_rest"})


def rest_of(request: FundingRequest) -> Decimal:
    """What is set aside for a request and not paid, in yuan."""
    return request.committed - kept(request)


def rest_waiting(
    request: FundingRequest, acts: Iterable[FundingAct] | None = None
) -> FundingAct | None:
    """Who asked to give the rest back, while nobody has answered; `acts` in the order of their making."""
    if request.state not in FUNDING_REQUEST.step("give_up").sources:
        return None
    if acts is None:
        acts = FundingAct.objects.filter(request=request, step__in=[ASKED, *ANSWERED])
        acts = acts.order_by("pk")
    asked = None
    for act in acts:
        if act.step == ASKED:
            asked = act
        elif act.step in ANSWERED:
            asked = None
    return asked if asked is not None and asked.amount == rest_of(request) else None


@command
def request_ask_rest(
    *, request: FundingRequest, reason: str, version: int | None = None, by: Any
) -> FundingRequest:
    """Ask to pay nothing more: what is set aside is to go back; another person decides.

    Open on hold too: a family that took its consent back holds no money of others.

    Raises:
        DomainError: `funding_request.give_up.wrong_state` (409), `.needs_reason` on `reason`,
            `funding_request.rest_asked` (409), `funding_request.no_rest` (409),
            `funding_request.on_the_way` (409), `funding_duty_one_per_person` (409).
    """
    request = locked_request(request, by=by, rule=can_ask_rest, version=version, held_too=True)
    FUNDING_REQUEST.check(request, "give_up", reason)
    if rest_waiting(request) is not None:
        raise DomainError(
            "funding_request.rest_asked", _("已有人提出释放余款，等另一人决定。"), status=409
        )
    if rest_of(request) <= 0:
        raise DomainError("funding_request.no_rest", _("没有未拨付的余款。"), status=409)
    refuse_on_the_way(request)
    duty = duty_claim(request=request, step="ask_rest", by=by)
    act = act_write(
        request=request, duty=duty, step=ASKED, by=by, amount=rest_of(request), opinion=reason
    )
    task_open(
        kind=TASK,
        organization_id=request.counterparty_id,
        subject=request,
        role="foundation_approver",
        dedup_key=f"{TASK}:{act.uid}",
        by=by,
    )
    audit.record("funding_request.ask_rest", by=by, on=request, amount=act.amount)
    return request


@command
def request_release_rest(
    *, request: FundingRequest, opinion: str = "", version: int | None = None, by: Any
) -> FundingRequest:
    """Give the rest back to the gifts it came from, as another person asked.

    What was paid is then paid off and waits for its bills; where nothing was paid the request is closed.

    Raises:
        DomainError: `funding_request.rest_not_asked` (409), `funding_act_rest_by_two` (409),
            `funding_request.on_the_way` (409), `funding_duty_one_per_person` (409).
    """
    request = locked_request(request, by=by, rule=can_decide_rest, version=version, held_too=True)
    asked = _asked(request, by)
    refuse_on_the_way(request)
    duty = duty_claim(request=request, step="release_rest", by=by)
    act_write(
        request=request, duty=duty, step="release_rest", by=by, amount=asked.amount, opinion=opinion
    )
    held = ledger.held_for(request)
    request.committed -= asked.amount
    step = "end_payout" if kept(request) > 0 else "give_up"
    step_take(request, step, by=by, reason=asked.opinion, also=("committed",))
    give_back(request, held, reference=f"rest:{asked.uid}", by=by)
    task_finish(organization_id=request.counterparty_id, dedup_key=f"{TASK}:{asked.uid}")
    audit.record(
        "funding_request.release_rest", by=by, on=request, amount=asked.amount, state=request.state
    )
    return request


@command
def request_keep_rest(
    *, request: FundingRequest, reason: str, version: int | None = None, by: Any
) -> FundingRequest:
    """The rest stays set aside: nobody gives it back yet.

    Raises:
        DomainError: `funding_request.rest_not_asked` (409), `funding_act_rest_by_two` (409),
            `funding_duty_one_per_person` (409).
    """
    request = locked_request(request, by=by, rule=can_decide_rest, version=version, held_too=True)
    asked = _asked(request, by)
    duty = duty_claim(request=request, step="release_rest", by=by)
    act_write(request=request, duty=duty, step="keep_rest", by=by, opinion=reason)
    task_finish(organization_id=request.counterparty_id, dedup_key=f"{TASK}:{asked.uid}")
    audit.record("funding_request.keep_rest", by=by, on=request, amount=asked.amount)
    return request


def _asked(request: FundingRequest, by: Any) -> FundingAct:
    asked = rest_waiting(request)
    if asked is None:
        raise DomainError(
            "funding_request.rest_not_asked",
            _("没有等待决定的释放申请；余款有变化的请重新提出。"),
            status=409,
        )
    if asked.user_id == by.pk:
        raise DomainError(
            "funding_act_rest_by_two",
            _("提出释放余款的人不能自己决定，请由审批或拨付复核办理。"),
            status=409,
        )
    return asked
