"""The end of a request: accounted for, closed, settled after a death, recovered."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move
from donations.ending_permissions import (
    can_close_request,
    can_reconcile_request,
    can_settle_request,
)
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.services import ledger
from donations.services.bills import billed, kept
from donations.services.taking import locked_request, step_take
from donations.workflow import (
    DISBURSEMENT,
    FUNDING_REQUEST,
    DisbursementState,
    RequestState,
    next_stage,
)
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def request_reconcile(
    *, request: FundingRequest, version: int | None = None, by: Any
) -> FundingRequest:
    """The bills cover what was paid and kept: the aid is accounted for, the revisit comes due.

    Raises:
        DomainError: `funding_request.reconcile.wrong_state` (409), `funding_request.not_arrived` (409)
            while the hospital has not confirmed an instalment, `funding_request.bills_short` (409)
            naming what is to be billed or refunded.
    """
    request = locked_request(
        request, by=by, rule=can_reconcile_request, version=version, held_too=True
    )
    FUNDING_REQUEST.check(request, "reconcile")
    rows = list(Disbursement.objects.locked().filter(request=request).order_by("pk"))
    if any(row.state in {DisbursementState.PREPARED, DisbursementState.RELEASED} for row in rows):
        raise DomainError(
            "funding_request.not_arrived", _("还有拨付没有确认到账，不能核销。"), status=409
        )
    short = kept(request) - billed(request)
    if short > 0:
        raise DomainError(
            "funding_request.bills_short",
            _("票据比实际支付少 %(amount)s 元：请医院补登票据，或把余款退回基金。")
            % {"amount": f"{short:,.2f}"},
            status=409,
        )
    for row in rows:
        if row.state == DisbursementState.CONFIRMED:
            move(row, DISBURSEMENT, "reconcile", by=by)
    step_take(request, "reconcile", by=by)
    audit.record("funding_request.reconcile", by=by, on=request, billed=billed(request))
    return request


@command
def request_close(
    *, request: FundingRequest, version: int | None = None, by: Any
) -> FundingRequest:
    """Close what is paid, accounted for and, where the programme asks, revisited.

    Raises:
        DomainError: `funding_request.close.wrong_state` (409), `funding_request.stage_left` (409)
            when the programme wants another stage before.
    """
    request = locked_request(request, by=by, rule=can_close_request, version=version, held_too=True)
    FUNDING_REQUEST.check(request, "close")
    following = next_stage(request.state, request.programme_version.stages)
    if following != RequestState.CLOSED:
        raise DomainError(
            "funding_request.stage_left",
            _("还有“%(stage)s”没有完成。") % {"stage": RequestState(following).label},
            status=409,
        )
    step_take(request, "close", by=by)
    audit.record("funding_request.close", by=by, on=request)
    return request


@command
def request_settle(
    *, request: FundingRequest, reason: str, version: int | None = None, by: Any
) -> FundingRequest:
    """After a death: what was set aside and not paid goes back to its lots, then the request is closed.

    Raises:
        DomainError: `funding_request.settle.wrong_state` (409), `.needs_reason` on `reason`,
            `funding_request.on_the_way` (409) while an instalment is prepared or released.
    """
    request = locked_request(
        request, by=by, rule=can_settle_request, version=version, held_too=True
    )
    FUNDING_REQUEST.check(request, "settle", reason)
    refuse_on_the_way(request)
    held = ledger.held_for(request)
    free = sum((s.amount for s in held), Decimal(0))
    request.committed -= free
    step_take(request, "settle", by=by, reason=reason, also=("committed",))
    give_back(request, held, reference=f"settle:{request.uid}", by=by)
    audit.record("funding_request.settle", by=by, on=request, released=free)
    return request


def refuse_on_the_way(request: FundingRequest) -> None:
    """What is drawn up or on its way is cancelled, bounced or confirmed before the rest is known.

    Raises:
        DomainError: `funding_request.on_the_way` (409).
    """
    moving = (DisbursementState.PREPARED, DisbursementState.RELEASED)
    if Disbursement.objects.filter(request=request, state__in=moving).exists():
        raise DomainError(
            "funding_request.on_the_way",
            _("还有拨付在途，请先取消、登记退汇或确认到账。"),
            status=409,
        )


def give_back(
    request: FundingRequest, held: Sequence[ledger.Slice], *, reference: str, by: Any
) -> None:
    """What was set aside and not paid goes back to the very lots it came from."""
    if held:
        ledger.lock_accounts(account for s in held for account in (s.account_id, s.other_id))
        posting = ledger.release_posting(request=request, slices=held, reference=reference)
        ledger.post([posting], by=by)


@command
def request_recover(
    *, request: FundingRequest, reason: str, version: int | None = None, by: Any
) -> FundingRequest:
    """The aid was got by false statements: all that was paid has come back, and the request says so.

    It may have been accounted for and closed before.

    Raises:
        DomainError: `funding_request.recover.wrong_state` (409), `.needs_reason` on `reason`,
            `funding_request.nothing_to_recover` (409) where nothing was paid,
            `funding_request.not_recovered` (409) while money is still out.
    """
    request = locked_request(
        request, by=by, rule=can_settle_request, version=version, held_too=True
    )
    FUNDING_REQUEST.check(request, "recover", reason)
    if request.disbursed == 0:
        raise DomainError(
            "funding_request.nothing_to_recover",
            _("这份申请没有拨付过款项，没有可追回的。"),
            status=409,
        )
    if kept(request) > 0:
        raise DomainError(
            "funding_request.not_recovered",
            _("还有 %(amount)s 元没有收回；收到退款登记后再标为已追回。")
            % {"amount": f"{kept(request):,.2f}"},
            status=409,
        )
    step_take(request, "recover", by=by, reason=reason)
    audit.record("funding_request.recover", by=by, on=request)
    return request
