"""Who does what on a request: one person, one duty, and every act bound to it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from donations.models.requests import FundingAct, FundingDuty, FundingRequest
from donations.permissions import duties_for
from donations.workflow import STEP_DUTIES, Duty
from msw_portal.kernel.errors import DomainError


def duty_of(request: FundingRequest, user: Any) -> str | None:
    """The duty the user holds on the request."""
    return (
        FundingDuty.objects.filter(request=request, user_id=user.pk)
        .values_list("duty", flat=True)
        .first()
    )


def duty_claim(*, request: FundingRequest, step: str, by: Any) -> str:
    """Take (or confirm) the duty under which `by` takes `step`; one that nobody has yet comes first.

    Raises:
        DomainError: `funding_duty_one_per_person` (409) when `by` holds a duty that does not cover it.
    """
    holders = dict(FundingDuty.objects.filter(request=request).values_list("user_id", "duty"))
    held = holders.get(by.pk)
    if held is not None:
        if held not in STEP_DUTIES[step]:
            raise DomainError(
                "funding_duty_one_per_person",
                _("同一申请上您已承担“%(duty)s”，一人只能有一种职责，请由他人办理。")
                % {"duty": Duty(held).label},
                status=409,
            )
        return held
    options = (
        duties_for(by, step)
        if request.counterparty_id == by.house_id
        else list(STEP_DUTIES[step])  # the hospital's own steps have one duty each
    )
    taken = set(holders.values())
    duty = next((one for one in options if one not in taken), options[0])
    FundingDuty(
        request=request,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        user=by,
        duty=duty,
        created_by=by,
    ).save(force_insert=True)
    return duty


def act_write(
    *,
    request: FundingRequest,
    duty: str,
    step: str,
    by: Any,
    amount: Decimal | None = None,
    opinion: str = "",
    score: dict | None = None,
    second_factor_at: dt.datetime | None = None,
) -> FundingAct:
    """Append what was said or decided; the database checks duty, second factor and client limit."""
    client = by.acting.client
    act = FundingAct(
        request=request,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        user=by,
        duty=duty,
        step=step,
        amount=amount,
        opinion=opinion.strip() or None,
        score=score,
        client_id=client.id if client else None,
        second_factor_at=second_factor_at,
        created_by=by,
    )
    act.save(force_insert=True)
    return act
