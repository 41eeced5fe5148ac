"""What may be paid on a request: the least of what is asked, allowed, still missing and there."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.services import ledger
from donations.workflow import GRANTED


@dataclass(frozen=True)
class Payable:
    """Amounts in yuan; `cap` None where the programme has none; `amount` is the least of them."""

    requested: Decimal
    cap: Decimal | None
    remaining: Decimal
    available: Decimal
    amount: Decimal


def cap_of(version: ProgrammeVersion) -> Decimal | None:
    """The programme's limit for one request."""
    stated = version.caps.get("per_request")
    return Decimal(stated) if stated else None


def remaining_of(request: FundingRequest) -> Decimal:
    """The out-of-pocket gap minus what this house has granted the same person on other requests."""
    granted = (
        FundingRequest.objects.filter(
            counterparty_id=request.counterparty_id,
            organization_id=request.organization_id,
            case_id=request.case_id,
            state__in=sorted(GRANTED),
        )
        .exclude(pk=request.pk)
        .aggregate(sum=Sum("approved"))["sum"]
    )
    return max(request.gap - (granted or Decimal(0)), Decimal(0))


def pool_of(request: FundingRequest) -> list[tuple[int, int]]:
    """The account pairs the request's programme draws on; the foundation's own scope."""
    programme = request.programme_version.programme
    return ledger.pool(
        organization_id=programme.organization_id,
        fund_id=programme.fund_id,
        purpose_id=programme.purpose_id,
    )


def payable_of(request: FundingRequest) -> Payable:
    """payable = min(requested, cap, remaining, available); call it under the locks to decide by it."""
    version = request.programme_version
    cap, remaining = cap_of(version), remaining_of(request)
    available = ledger.available(pool_of(request), beneficiary_class=version.beneficiary_class)
    bounds = [request.requested, remaining, available] + ([cap] if cap is not None else [])
    return Payable(request.requested, cap, remaining, available, min(bounds))
