"""What other foundations grant for the same case or project: it lessens the gap of every other request, without a name."""

from decimal import Decimal

from django.db.models import Sum

from departments import audit
from donations.models.requests import FundingRequest
from donations.services.payable import granted_by_others
from donations.services.requests import tell_foundation
from donations.workflow import HELD_MONEY, IN_REVIEW


def others_follow(request: FundingRequest) -> int:
    """A foundation's step may have moved what stands granted: every running request of the case or project follows.

    The foundation's own as well: one sent before others were counted learns it with its next step.
    In the hospital's scope, by the relay. Who still decides is told that the gap has changed. Returns
    how many requests changed.
    """
    rows = (
        FundingRequest.objects.open()
        .locked()
        .filter(
            request.same_subject,
            organization_id=request.organization_id,
            submitted_at__isnull=False,
        )
        .order_by("pk")
    )
    changed = 0
    for other in rows:
        before, other.other_grants = other.other_grants, granted_by_others(other)
        if other.other_grants == before:
            continue
        other.save(update_fields=["other_grants"])
        changed += 1
        audit.record(
            "funding_request.other_grants",
            by=None,
            on=other,
            organization_id=other.organization_id,
            granted=[before, other.other_grants],
        )
        if other.state in IN_REVIEW:
            tell_foundation(other, "gap", by=None)
    return changed


def over_gap(request: FundingRequest) -> Decimal:
    """By how much all that stands granted to the case or project is more than the gap; zero when it is not."""
    own = FundingRequest.objects.filter(
        request.same_subject,
        organization_id=request.organization_id,
        state__in=sorted(HELD_MONEY),
    )
    granted = own.aggregate(sum=Sum("committed", default=Decimal(0)))["sum"]
    return max(granted - max(request.gap - request.later_aid, Decimal(0)), Decimal(0))
