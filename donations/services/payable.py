"""What may be paid on a request: the least of what is asked, allowed, still missing and there."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.services import ledger
from donations.services.person_codes import linked_codes
from donations.workflow import HELD_MONEY


@dataclass(frozen=True)
class Payable:
    """Amounts in yuan; `amount` is the least of them.

    `cap` of one request and `allowance`, what the programme may still give this person, are None where
    the programme has no such limit.
    """

    requested: Decimal
    cap: Decimal | None
    remaining: Decimal
    available: Decimal
    amount: Decimal
    allowance: Decimal | None = None


def cap_of(version: ProgrammeVersion) -> Decimal | None:
    """The programme's limit for one request."""
    stated = version.caps.get("per_request")
    return Decimal(stated) if stated else None


def allowance_of(request: FundingRequest, granted: "Granted | None" = None) -> Decimal | None:
    """What is left of the programme's limit for one person, under whatever code she asked; None without one."""
    stated = request.programme_version.caps.get("per_person")
    if not stated:
        return None
    before = granted if granted is not None else granted_of(request)
    return max(Decimal(stated) - before.by_programme, Decimal(0))


@dataclass(frozen=True)
class Granted:
    """What was granted on other requests and has not come back, as far as this house sees, in yuan.

    `by_programme` by the same programme to the same person, `on_case` by the same foundation on the
    same case or project.
    """

    by_programme: Decimal
    on_case: Decimal


def _others(request: FundingRequest, where: Q) -> QuerySet[FundingRequest]:
    rows = FundingRequest.objects.filter(
        where, organization_id=request.organization_id, state__in=sorted(HELD_MONEY)
    )
    return rows.exclude(pk=request.pk)


def granted_of(request: FundingRequest, codes: Collection[str] | None = None) -> Granted:
    """Both sums in one statement; `codes` are the person's, by default those the foundation knows to be one.

    Two records that were merged may have a code each: what was granted to either counts.
    """
    known = linked_codes(request) if codes is None else codes
    person, case = Q(subject_code__in=sorted(known)), request.same_subject
    programme = Q(programme_version__programme_id=request.programme_version.programme_id)
    foundation = Q(counterparty_id=request.counterparty_id)
    zero = Decimal(0)
    sums = _others(request, person | case).aggregate(
        by_programme=Sum("committed", filter=person & programme, default=zero),
        on_case=Sum("committed", filter=case & foundation, default=zero),
    )
    return Granted(**sums)


def granted_by_others(request: FundingRequest) -> Decimal:
    """What stands granted to the same case or project by other foundations than the request's, in yuan."""
    rows = FundingRequest.objects.filter(
        request.same_subject,
        organization_id=request.organization_id,
        state__in=sorted(HELD_MONEY),
    ).exclude(counterparty_id=request.counterparty_id)
    return rows.aggregate(sum=Sum("committed", default=Decimal(0)))["sum"]


def remaining_of(request: FundingRequest, granted: Granted | None = None) -> Decimal:
    """The out-of-pocket gap minus what this house has granted the same person on other requests."""
    if granted is not None:
        return max(request.gap_now - granted.on_case, Decimal(0))
    where = request.same_subject & Q(counterparty_id=request.counterparty_id)
    on_case = _others(request, where).aggregate(sum=Sum("committed", default=Decimal(0)))["sum"]
    return max(request.gap_now - on_case, Decimal(0))


def pool_of(request: FundingRequest) -> list[tuple[int, int]]:
    """The account pairs the request's programme draws on; the foundation's own scope."""
    programme = request.programme_version.programme
    return ledger.pool(
        organization_id=programme.organization_id,
        fund_id=programme.fund_id,
        purpose_id=programme.purpose_id,
    )


def payable_of(
    request: FundingRequest,
    granted: Granted | None = None,
    pairs: list[tuple[int, int]] | None = None,
) -> Payable:
    """payable = min(requested, cap, allowance, remaining, available); call it under the locks to decide by it.

    `granted` is for a page that has read it already, never for a decision; `pairs` are the pool, where it
    has been looked up: accounts do not change.
    """
    version = request.programme_version
    cap, remaining = cap_of(version), remaining_of(request, granted)
    available = ledger.available(
        pairs or pool_of(request), beneficiary_class=version.beneficiary_class
    )
    allowance = allowance_of(request, granted)
    bounds = [request.requested, remaining, available]
    bounds += [limit for limit in (cap, allowance) if limit is not None]
    return Payable(request.requested, cap, remaining, available, min(bounds), allowance)
