"""Where a request goes next by its programme: the stages in use, the committee's limit, the notice."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from donations.models.giving import CharityProfile
from donations.models.requests import FundingAct, FundingRequest
from donations.services.payable import cap_of
from donations.workflow import MAIN_LINE, RequestState, next_stage
from msw_portal.kernel.errors import DomainError

# Whoever sends a request to one of these says the sum.
NAMES_A_SUM = frozenset({RequestState.COMMITTEE, RequestState.PROPOSED})


def is_at_opinion(row: Mapping[str, Any]) -> bool:
    """A paper of the programme's list that is wanted with the hospital's opinion, not at the sending."""
    return row.get("at") == "opinion"


def takes_paper(request: FundingRequest, type: str) -> bool:
    """Whether a file may be put under this paper now: any in a draft or supplement, later what is asked for then."""
    if request.state == RequestState.MSW_ASSESSMENT:
        rows = request.programme_version.documents
        return any(row["type"] == type and is_at_opinion(row) for row in rows)
    return request.state in {RequestState.DRAFT, RequestState.SUPPLEMENT_REQUIRED}


def default_amount(request: FundingRequest) -> Decimal:
    """What is proposed when nobody names a sum: the least of asked, cap and gap."""
    cap = cap_of(request.programme_version)
    return min([request.requested, request.gap_now] + ([cap] if cap is not None else []))


def committee_limit(request: FundingRequest) -> Decimal | None:
    """Above which sum the committee decides: the programme's own, else the house's; None: always."""
    own = request.programme_version.caps.get("committee_above")
    if own is None:
        house = CharityProfile.objects.filter(organization_id=request.counterparty_id).first()
        own = (house.thresholds if house else {}).get("committee_above")
    return Decimal(own) if own is not None else None


def following_of(request: FundingRequest, amount: Decimal | None = None) -> str:
    """The programme's next stage for a request of this sum (default: the least of asked, cap and gap).

    Raises:
        LookupError: see next_stage.
    """
    stages = request.programme_version.stages
    following = next_stage(request.state, stages)
    if following == RequestState.COMMITTEE:
        limit = committee_limit(request)
        if limit is not None and (amount or default_amount(request)) <= limit:
            return next_stage(following, stages)
    return following


def committee_sum(request: FundingRequest) -> Decimal | None:
    """What a committee granted after the last review, which nobody goes beyond; None where it decided nothing."""
    last = (
        FundingAct.objects.filter(
            request=request, step__in=["accept", "review", "second_review", "decide"]
        )
        .order_by("-id")
        .first()
    )
    return last.amount if last is not None and last.step == "decide" else None


def goes_to_committee(request: FundingRequest, amount: Decimal) -> bool:
    """Whether a proposed sum that becomes `amount` is one that the committee decides and has not decided.

    Raises:
        DomainError: `funding_request.over_committee` on `amount`: it granted less.
    """
    if RequestState.COMMITTEE not in request.programme_version.stages:
        return False
    granted = committee_sum(request)
    if granted is not None:
        if amount > granted:
            raise DomainError(
                "funding_request.over_committee",
                _("评审会通过的是 %(sum)s 元，拟定金额只能更低。") % {"sum": granted},
                "amount",
            )
        return False
    limit = committee_limit(request)
    return limit is None or amount > limit


def refuse_over_proposed(request: FundingRequest, amount: Decimal) -> None:
    """Approved is at most what was proposed: that sum is what the committee and the public have seen.

    Raises:
        DomainError: `funding_act_approved_within_proposed` on `amount`.
    """
    if request.proposed is not None and amount > request.proposed:
        raise DomainError(
            "funding_act_approved_within_proposed",
            _("批准金额不能超过拟定金额 %(sum)s 元；要多批，请先修改拟定金额。")
            % {"sum": request.proposed},
            "amount",
        )


def next_stage_is_close(request: FundingRequest) -> bool:
    """Nothing of the programme's line is left but the closing."""
    try:
        return next_stage(request.state, request.programme_version.stages) == RequestState.CLOSED
    except LookupError:
        return False


def lacks_notice(request: FundingRequest) -> bool:
    """The sum is proposed, and the programme wants it in public before it is approved."""
    stages = request.programme_version.stages
    return request.state == RequestState.PROPOSED and RequestState.PUBLIC_NOTICE in stages


def refuse_unnoticed(request: FundingRequest) -> None:
    """A programme with a public notice approves after it alone.

    Raises:
        DomainError: `funding_request.needs_notice` (409).
    """
    if lacks_notice(request):
        raise DomainError(
            "funding_request.needs_notice", _("本项目批准前须先公示，公示期满再批准。"), status=409
        )


def awaits_agreement(request: FundingRequest) -> bool:
    """Approved, and the programme pays only under an agreement; that none is there yet the state says."""
    return (
        request.state == RequestState.APPROVED
        and request.approved is not None
        and request.programme_version.needs_agreement
    )


def refuse_unsigned(request: FundingRequest) -> None:
    """A programme that wants an agreement pays after it alone.

    Raises:
        DomainError: `aid_agreement_first` (409).
    """
    if awaits_agreement(request):
        raise DomainError(
            "aid_agreement_first", _("本项目要先签协议，再办拨付。请等医院登记。"), status=409
        )


def refuse_after_death(request: FundingRequest) -> None:
    """Whoever has died is granted and paid nothing more; what is set aside goes back to its gifts.

    Raises:
        DomainError: `funding_request_not_after_death` (409).
    """
    if request.death_noted_at is not None:
        raise DomainError(
            "funding_request_not_after_death",
            _("医院已登记患者去世，不能再批准、公示或拨付。"),
            status=409,
        )


def stages_of(request: FundingRequest) -> list[str]:
    """The programme's main line, for the course shown on the page and in the API."""
    used = set(request.programme_version.stages)
    return [
        state
        for state in MAIN_LINE
        if state in used or state in {RequestState.SUBMITTED, RequestState.APPROVED}
    ]
