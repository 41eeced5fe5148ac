"""What every step of the foundation begins and ends with: lock and leave, move and tell."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.services import outbox
from departments.services.moving import move
from donations.models.requests import FundingRequest
from donations.services.clocks import turn_open
from donations.workflow import FUNDING_REQUEST
from msw_portal.kernel.access import require
from msw_portal.kernel.errors import DomainError

MOVED = "funding_request.moved"


def locked_request(
    request: FundingRequest,
    *,
    by: Any,
    rule: Callable,
    version: int | None = None,
    held_too: bool = False,
) -> FundingRequest:
    """The row under its lock, after the permission, the hold and the version the caller has read.

    `held_too` for what must be possible without the consent: money that is out, or set aside, is accounted for.

    Raises:
        DomainError: `permission.<rule>` (403), `stale` (412), `funding_request.on_hold` (409).
    """
    row = FundingRequest.objects.locked().select_related("programme_version").get(pk=request.pk)
    require(rule, by, row)
    if version is not None and row.row_version != version:
        raise DomainError("stale", _("记录已变化，请重新读取后再提交。"), status=412)
    if row.on_hold_at is not None and not held_too:
        raise DomainError(
            "funding_request.on_hold", _("对方已撤回同意，申请暂停办理。"), status=409
        )
    return row


def due_for(request: FundingRequest, state: str) -> dt.datetime | None:
    """When the state's clock runs out, by the programme's `sla` (days); None without one."""
    days = request.programme_version.sla.get(state)
    return timezone.now() + dt.timedelta(days=int(days)) if days else None


def step_take(
    request: FundingRequest,
    step: str,
    *,
    by: Any,
    reason: str = "",
    also: tuple[str, ...] = (),
    days: int | None = None,
) -> FundingRequest:
    """Move, restart the clock of the new state (`days` where the programme says none) and tell the asking house."""
    arrow = FUNDING_REQUEST.check(request, step, reason)
    if arrow.target is not None:
        request.due_at = due_for(request, arrow.target)
        if request.due_at is None and days is not None:
            request.due_at = timezone.now() + dt.timedelta(days=days)
        also = (*also, "due_at")
    with outbox.gathered():  # the own systems and the asking house hear of it by one statement
        move(request, FUNDING_REQUEST, step, by=by, reason=reason, also=also)
        tell_hospital(request, step, by=by)
    turn_open(request, by=by)
    return request


def tell_hospital(request: FundingRequest, step: str, *, by: Any) -> None:
    """Put the move into the outbox; the relay makes its effects in the hospital."""
    outbox.put(
        MOVED,
        organization_id=request.counterparty_id,  # whose step it is, the clock's too
        subject=request,
        request_id=request.pk,
        hospital_id=request.organization_id,
        step=step,
        state=request.state,
    )
