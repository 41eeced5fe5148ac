"""The foundation's side of a request, from the papers to the approval."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.messages import message_write
from departments.services.moving import write_transition
from departments.services.second_factor import second_factor_check
from donations.models.requests import FundingRequest, RequestDocument
from donations.permissions import (
    can_approve_request,
    can_ask_supplement,
    can_check_request,
    can_propose_request,
    can_reject_ineligible,
    can_reject_request,
    can_review_request,
)
from donations.services import ledger
from donations.services.approving import quota_hold, reason_hold
from donations.services.course import (
    NAMES_A_SUM,
    default_amount,
    following_of,
    goes_to_committee,
    refuse_after_death,
    refuse_over_proposed,
    refuse_unnoticed,
)
from donations.services.duties import act_write, duty_claim
from donations.services.payable import Payable, cap_of, payable_of, pool_of
from donations.services.person_codes import linked_codes
from donations.services.taking import locked_request, step_take
from donations.services.tie_marks import refuse_tied
from donations.workflow import FUNDING_REQUEST, RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

SUPPLEMENT_DAYS = 10  # how long the worker has, unless the programme's sla says otherwise


# ── papers ───────────────────────────────────────────────────────────────────


@command
def request_check(
    *, request: FundingRequest, complete: bool = False, version: int | None = None, by: Any
) -> FundingRequest:
    """Take a submitted request in hand (`document_check`); with `complete` say that its papers are in order.

    `complete` may be said at once or later, from `document_check`; it marks the papers verified and
    moves the request to the programme's next stage (`first_review`). Taking in hand decides nothing
    and binds nobody; saying complete is the duty `verify`.

    Raises:
        DomainError: `funding_request.check.wrong_state` (409), `funding_request.papers_missing`,
            `funding_duty_one_per_person` (409).
    """
    request = locked_request(request, by=by, rule=can_check_request, version=version)
    if not (complete and request.state == RequestState.DOCUMENT_CHECK):
        FUNDING_REQUEST.check(request, "check")
    if request.state == RequestState.SUBMITTED:
        step_take(request, "check", by=by)
        audit.record("funding_request.check", by=by, on=request, state=request.state)
    if complete:
        _accept(request, by=by)
    return request


def _accept(request: FundingRequest, *, by: Any) -> None:
    duty = duty_claim(request=request, step="accept", by=by)
    papers = RequestDocument.objects.filter(request=request)
    if papers.filter(required=True, masked__isnull=True).exists():
        raise DomainError(
            "funding_request.papers_missing", _("必备材料不齐，请先要求补件。"), status=409
        )
    papers.filter(masked__isnull=False).update(
        state=RequestDocument.State.VERIFIED, verified_by=by, updated_at=timezone.now()
    )
    act_write(request=request, duty=duty, step="accept", by=by)
    _advance(request, by=by)
    audit.record("funding_request.accept", by=by, on=request, state=request.state)


@command
def request_ask_supplement(
    *,
    request: FundingRequest,
    items: Sequence[str],
    message: str,
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """Ask the hospital for papers: `items` are document types of the programme, `message` says what is wrong.

    A question, no decision: whoever asks may still verify, review or approve, once.

    Raises:
        DomainError: `funding_request.supplement_needs_items` on `items`,
            `funding_request.supplement_needs_message` on `message`, `...unknown_item`.
    """
    request = locked_request(request, by=by, rule=can_ask_supplement, version=version)
    FUNDING_REQUEST.check(request, "request_supplement")
    wanted = list(dict.fromkeys(items))
    if not wanted:
        raise DomainError(
            "funding_request.supplement_needs_items", _("请选择需要补充的材料。"), "items"
        )
    if not message.strip():
        raise DomainError(
            "funding_request.supplement_needs_message", _("请说明需要补充什么。"), "message"
        )
    known = RequestDocument.objects.filter(request=request).values_list("type", flat=True)
    if set(wanted) - set(known):
        raise DomainError(
            "funding_request.unknown_item", _("项目的材料清单里没有这一项。"), "items"
        )
    RequestDocument.objects.filter(request=request, type__in=wanted).update(
        state=RequestDocument.State.RETURNED
    )
    message_write(subject=request, body=message.strip(), by=by)
    step_take(request, "request_supplement", by=by, reason=message, days=SUPPLEMENT_DAYS)
    audit.record("funding_request.ask_supplement", by=by, on=request, items=wanted)
    return request


@command
def request_reject_ineligible(
    *,
    request: FundingRequest,
    reason: str,
    code: str = "",
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """Not admitted: `code` names the condition or paper that is not met, `reason` explains it.

    Raises:
        DomainError: `funding_request.reject_ineligible.needs_reason` on `reason`.
    """
    request = locked_request(request, by=by, rule=can_reject_ineligible, version=version)
    FUNDING_REQUEST.check(request, "reject_ineligible", reason)
    duty = duty_claim(request=request, step="reject_ineligible", by=by)
    step_take(request, "reject_ineligible", by=by, reason=reason)
    act_write(request=request, duty=duty, step="reject_ineligible", by=by, opinion=reason)
    audit.record("funding_request.reject_ineligible", by=by, on=request, code=code)
    return request


# ── review ───────────────────────────────────────────────────────────────────

ARROWS = {
    (RequestState.DOCUMENT_CHECK, RequestState.MSW_ASSESSMENT): "ask_hospital",
    (RequestState.DOCUMENT_CHECK, RequestState.FIRST_REVIEW): "accept",
    (RequestState.MSW_ASSESSMENT, RequestState.HOSPITAL_OPINION): "assess",
    (RequestState.HOSPITAL_OPINION, RequestState.FIRST_REVIEW): "opine",
    (RequestState.FIRST_REVIEW, RequestState.SECOND_REVIEW): "review",
    (RequestState.FIRST_REVIEW, RequestState.COMMITTEE): "refer",
    (RequestState.SECOND_REVIEW, RequestState.COMMITTEE): "refer",
}


def _advance(request: FundingRequest, *, by: Any, amount: Decimal | None = None) -> str:
    """Take the arrow to the programme's next stage; the step's name. The committee reads the sum named before it."""
    following = following_of(request, amount)
    step = "propose" if following == RequestState.PROPOSED else ARROWS[request.state, following]
    if following not in NAMES_A_SUM:
        step_take(request, step, by=by)
        return step
    request.proposed = amount or default_amount(request)
    check_amount(request, request.proposed)
    step_take(request, step, by=by, also=("proposed",))
    return step


def check_amount(request: FundingRequest, amount: Decimal) -> None:
    cap = cap_of(request.programme_version)
    if amount <= 0:
        raise DomainError("funding_request.amount_positive", _("金额必须大于零。"), "amount")
    if amount > request.requested:
        raise DomainError("funding_request.over_requested", _("金额不能超过申请金额。"), "amount")
    if cap is not None and amount > cap:
        raise DomainError("funding_request.over_cap", _("金额不能超过项目上限。"), "amount")


@command
def request_review(
    *,
    request: FundingRequest,
    opinion: str,
    amount: Decimal | None = None,
    score: dict | None = None,
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """First or second review in favour: moves to the programme's next stage.

    When that is `proposed`, `amount` (default: the least of asked, cap and gap) is the sum proposed.

    Raises:
        DomainError: `funding_request.review.wrong_state` (409), `funding_request.needs_opinion`,
            `funding_request.over_requested`, `.over_cap`, `funding_duty_one_per_person` (409).
    """
    request = locked_request(request, by=by, rule=can_review_request, version=version)
    step = "second_review" if request.state == RequestState.SECOND_REVIEW else "review"
    if step == "review":
        FUNDING_REQUEST.check(request, "review")
    if not opinion.strip():
        raise DomainError("funding_request.needs_opinion", _("请填写审核意见。"), "opinion")
    duty = duty_claim(request=request, step=step, by=by)
    _advance(request, by=by, amount=amount)
    act_write(
        request=request,
        duty=duty,
        step=step,
        by=by,
        opinion=opinion,
        score=score,
        amount=request.proposed,
    )
    audit.record("funding_request.review", by=by, on=request, state=request.state, step=step)
    return request


@command
def request_propose(
    *,
    request: FundingRequest,
    amount: Decimal,
    opinion: str = "",
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """Name the sum: moves to `proposed` from the last review, or corrects a sum already proposed.

    A corrected sum above the committee's limit goes before the committee; what it granted is only lowered.

    Raises:
        DomainError: `funding_request.over_requested`, `.over_cap`, `.amount_positive`, `.over_committee` on `amount`.
    """
    request = locked_request(request, by=by, rule=can_propose_request, version=version)
    is_correction = request.state == RequestState.PROPOSED
    FUNDING_REQUEST.check(request, "repropose" if is_correction else "propose")
    if not is_correction and following_of(request, amount) != RequestState.PROPOSED:
        raise DomainError(
            "funding_request.review_not_finished", _("还有审核环节没有完成。"), status=409
        )
    check_amount(request, amount)
    is_for_committee = is_correction and goes_to_committee(request, amount)
    duty = duty_claim(request=request, step="propose", by=by)
    request.proposed = amount
    if is_for_committee:
        step_take(request, "refer", by=by, also=("proposed",))
    elif is_correction:
        request.save(update_fields=["proposed"])
        write_transition(request, FUNDING_REQUEST, "repropose", before=request.state, by=by)
    else:
        step_take(request, "propose", by=by, also=("proposed",))
    act_write(request=request, duty=duty, step="propose", by=by, opinion=opinion, amount=amount)
    audit.record("funding_request.propose", by=by, on=request, amount=amount)
    return request


@command
def request_reject(
    *, request: FundingRequest, reason: str, version: int | None = None, by: Any
) -> FundingRequest:
    """Refuse in review or before approval; the reason goes to the hospital.

    Raises:
        DomainError: `funding_request.reject.needs_reason` on `reason`, `.wrong_state` (409).
    """
    request = locked_request(request, by=by, rule=can_reject_request, version=version)
    FUNDING_REQUEST.check(request, "reject", reason)
    duty = duty_claim(request=request, step="reject", by=by)
    step_take(request, "reject", by=by, reason=reason)
    act_write(request=request, duty=duty, step="reject", by=by, opinion=reason)
    audit.record("funding_request.reject", by=by, on=request)
    return request


# ── approval ─────────────────────────────────────────────────────────────────


def siblings_lock(request: FundingRequest) -> None:
    """Lock every request of the person that this house was asked; before the request itself."""
    # Two requests of one person approved at once would both see the whole gap: all are locked, in id order,
    # those under the person's other code too.
    codes = sorted(linked_codes(request))
    list(
        FundingRequest.objects.locked()
        .filter(
            request.same_subject
            | Q(subject_code__in=codes, organization_id=request.organization_id),
            counterparty_id=request.counterparty_id,
        )
        .order_by("pk")
        .values_list("pk")
    )


@command
def request_approve(
    *,
    request: FundingRequest,
    amount: Decimal,
    totp_code: str = "",
    opinion: str = "",
    version: int | None = None,
    by: Any,
) -> FundingRequest:
    """Approve and set the money aside: `amount` within what is payable now, counted under the locks.

    A person proves the second factor in the same command; an API client stays within its limit.

    Raises:
        DomainError: `funding_request.approve.wrong_state` (409, also for a second approval),
            `.over_requested`, `.over_cap`, `.over_person_cap`, `.over_gap`, `funding_act_approved_within_proposed`,
            `ledger.insufficient` (409, nothing is posted), `funding_request.over_client_limit` (403), `second_factor.*`,
            `funding_duty_one_per_person` (409), `funding_request_within_quota` (409),
            `funding_request.cut_needs_reason` on `opinion` for less than is payable.
    """
    siblings_lock(request)
    request = locked_request(request, by=by, rule=can_approve_request, version=version)
    FUNDING_REQUEST.check(request, "approve")
    refuse_after_death(request)
    refuse_unnoticed(request)
    check_amount(request, amount)
    refuse_over_proposed(request, amount)
    refuse_tied(request)
    client = by.acting.client
    if client is not None and (client.approve_limit is None or amount > client.approve_limit):
        raise DomainError(
            "funding_request.over_client_limit",
            _("超过接口客户端的批准限额，请由审批人在网页上批准。"),
            "amount",
            status=403,
        )
    confirmed_at = None if client is not None else second_factor_check(user=by, code=totp_code)
    duty = duty_claim(request=request, step="approve", by=by)
    act_write(
        request=request,
        duty=duty,
        step="approve",
        by=by,
        amount=amount,
        opinion=opinion,
        second_factor_at=confirmed_at,
    )
    request.approved = request.committed = amount
    request.fund_id = request.programme_version.programme.fund_id
    quota_hold(request)
    step_take(request, "approve", by=by, also=("approved", "committed", "fund"))
    # Last, so that others wait for the fund's accounts as briefly as can be; a refusal undoes all of it.
    pairs = pool_of(request)
    ledger.lock_accounts(account for pair in pairs for account in pair)
    reason_hold(request, refuse_unpayable(request, amount, pairs), opinion)
    slices = ledger.match(
        pairs, amount=amount, beneficiary_class=request.programme_version.beneficiary_class
    )
    refuse_tied(request, lots=[piece.lot_id for piece in slices])
    ledger.post([ledger.commit_posting(request=request, slices=slices)], by=by)
    audit.record("funding_request.approve", by=by, on=request, amount=amount, fund=request.fund_id)
    return request


def refuse_unpayable(
    request: FundingRequest, amount: Decimal, pairs: list[tuple[int, int]]
) -> Payable:
    """What the person and the bill still allow for the whole of this request, under the locks.

    Raises:
        DomainError: `funding_request.over_person_cap`, `.over_gap` on `amount`.
    """
    payable: Payable = payable_of(request, pairs=pairs)
    if payable.allowance is not None and amount > payable.allowance:
        raise DomainError(
            "funding_request.over_person_cap",
            _("超过本项目对同一人的累计上限，最多还可批准 %(amount)s 元。")
            % {"amount": f"{payable.allowance:,.2f}"},
            "amount",
        )
    if amount > payable.remaining:
        raise DomainError("funding_request.over_gap", _("金额超过剩余自付缺口。"), "amount")
    return payable
