"""Appeals: raised by the family, the worker or an officer, answered by somebody who had no part in the matter."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.consents import Disclosure
from departments import audit
from departments.models.organizations import Organization
from departments.services import outbox
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from donations.appeal_permissions import (
    can_handle_appeal,
    can_raise_appeal,
    can_withdraw_appeal,
    has_part_in,
)
from donations.appeal_workflow import APPEAL, OPEN, REFUSED, AppealBy, AppealKind, AppealOutcome
from donations.models.appeals import Appeal
from donations.models.requests import FundingRequest
from donations.services.appeal_rules import days_of, rule_on, working_day_after
from donations.services.decisions import Decision, decision_of
from donations.services.raised_sums import check_new_amount, raise_ask
from donations.services.taking import step_take
from donations.workflow import RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

NUMBER_PATTERN = "{ORG}-S-{YYYY}-{SEQ4}"
MOVED = "appeal.moved"
LEAST_GROUNDS = 10  # letters: "不服" alone cannot be answered


@command
def appeal_raise(
    *,
    request: FundingRequest,
    kind: str,
    grounds: str,
    to_own_house: bool = False,
    by: Any,
) -> Appeal:
    """Ask for a second look at the last decision, or complain about the handling.

    A second look goes to the foundation. A complaint goes to the other house, or with `to_own_house` to
    the writer's own.

    Raises:
        DomainError: `permission.can_raise_appeal`, see appeal_write.
    """
    request = FundingRequest.objects.locked().select_related("programme_version").get(pk=request.pk)
    require(can_raise_appeal, by, request)
    is_hospital = by.house_id == request.organization_id
    to_hospital = is_hospital == to_own_house
    return appeal_write(
        request=request,
        kind=kind,
        grounds=grounds,
        raised_by=AppealBy.WORKER if is_hospital else AppealBy.OFFICER,
        to_hospital=to_hospital and kind == AppealKind.COMPLAINT,
        by=by,
    )


@command
def appeal_write(
    *,
    request: FundingRequest,
    kind: str,
    grounds: str,
    raised_by: str,
    to_hospital: bool,
    by: Any,
) -> Appeal:
    """Write it with its limits and tell the house that answers; who may raise it has been checked.

    Raises:
        DomainError: `appeal.grounds_short` on `grounds`, `appeal.no_decision` (409), `appeal.too_late`
            (409), `appeal_decision_once` and `appeal_one_open` (409).
    """
    if kind not in AppealKind.values:
        raise DomainError("appeal.kind", _("请从列表中选择。"), "kind")
    if len(grounds.strip()) < LEAST_GROUNDS:
        sentence = _("请写清楚理由，至少 %(n)s 个字，答复的人才知道要看什么。")
        raise DomainError("appeal.grounds_short", sentence % {"n": LEAST_GROUNDS}, "grounds")
    decision = _looked_at(request) if kind == AppealKind.SECOND_LOOK else None
    _refuse_second(request, kind, decision)
    today = timezone.localdate()
    rule = rule_on(today)
    house = request.counterparty_id if raised_by == AppealBy.OFFICER else request.organization_id
    appeal = Appeal(
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        number=take_number(
            "appeal",
            organization=Organization.objects.get(pk=house),
            pattern=NUMBER_PATTERN,
            on=today,
        ),
        request=request,
        kind=kind,
        raised_by=raised_by,
        raised_by_user=by,
        addressee_id=request.organization_id if to_hospital else request.counterparty_id,
        decision=decision.state if decision else "",
        decided_at=decision.at if decision else None,
        allowed_until=decision.until if decision else None,
        grounds=grounds.strip(),
        rule=rule,
        acknowledge_by=working_day_after(today, days_of(rule, "acknowledge")),
        answer_by=working_day_after(today, days_of(rule, "answer")),
        created_by=by,
    )
    appeal.save(force_insert=True)
    write_transition(appeal, APPEAL, "raise", before="", by=by)
    audit.record(
        "appeal.raise", by=by, on=appeal, organization_id=house, kind=kind, raised_by=raised_by
    )
    _announce(appeal, "raise", house)
    return appeal


def _looked_at(request: FundingRequest) -> Decision:
    decision = decision_of(request)
    if decision is None or (not decision.is_refusal and request.approved == request.requested):
        raise DomainError(
            "appeal.no_decision",
            _("现在没有可以申请复核的决定；对办理过程有意见，请选“投诉办理过程”。"),
            "kind",
            status=409,
        )
    if not decision.is_in_time:
        raise DomainError(
            "appeal.too_late",
            _("申请复核的期限是 %(day)s，已经过了；仍可投诉办理过程，或重新申请。")
            % {"day": decision.until.isoformat()},
            "kind",
            status=409,
        )
    return decision


def _refuse_second(request: FundingRequest, kind: str, decision: Decision | None) -> None:
    known = Appeal.objects.filter(request=request, kind=kind)
    if known.filter(state__in=sorted(OPEN)).exists():
        raise DomainError(
            "appeal_one_open",
            _("这份申请已有一件同类事项在办，答复后才能再提。"),
            "kind",
            status=409,
        )
    if decision and known.filter(decided_at=decision.at).exclude(state="withdrawn").exists():
        raise DomainError(
            "appeal_decision_once", _("同一个决定只能申请一次复核。"), "kind", status=409
        )


def _announce(appeal: Appeal, step: str, house: int) -> None:
    """Both houses hear of it, each by its own row."""
    for reader in (appeal.organization_id, appeal.counterparty_id):
        outbox.put(
            MOVED,
            organization_id=house,
            subject=appeal,
            dedup_key=f"{MOVED}:{appeal.uid}:{step}:{reader}",
            appeal_id=appeal.pk,
            house_id=reader,
            step=step,
        )


def _locked(appeal: Appeal) -> Appeal:
    return Appeal.objects.locked().select_related("request__programme_version").get(pk=appeal.pk)


def _refuse_part(appeal: Appeal, by: Any) -> None:
    if has_part_in(by, appeal):
        raise DomainError(
            "appeal_answered_by_another",
            _("参与过这份申请的审核、意见或决定的人不能答复，提出人也不能自己答复。"),
            status=409,
        )


@command
def appeal_acknowledge(*, appeal: Appeal, by: Any) -> Appeal:
    """Say that it has been received and is being looked at.

    Raises:
        DomainError: `permission.can_handle_appeal`, `appeal.acknowledge.wrong_state` (409),
            `appeal_answered_by_another` (409).
    """
    appeal = _locked(appeal)
    require(can_handle_appeal, by, appeal)
    APPEAL.check(appeal, "acknowledge")
    _refuse_part(appeal, by)
    appeal.acknowledged_at, appeal.acknowledged_by = timezone.now(), by
    move(appeal, APPEAL, "acknowledge", by=by, also=("acknowledged_at", "acknowledged_by"))
    audit.record("appeal.acknowledge", by=by, on=appeal)
    _announce(appeal, "acknowledge", by.house_id)
    return appeal


@command
def appeal_answer(
    *, appeal: Appeal, outcome: str, answer: str, new_amount: Decimal | None = None, by: Any
) -> Appeal:
    """Answer with reasons in plain words; a second look that is upheld sends a refused request back to review.

    Of a sum that was cut it may set another, `new_amount`: that stands once somebody else has approved it.

    Raises:
        DomainError: as appeal_acknowledge; `appeal.outcome` on `outcome`, `appeal.answer_short` on
            `answer`, `appeal.copy_gone` (409) when the family's consent has gone meanwhile;
            those of check_new_amount.
    """
    appeal = _locked(appeal)
    require(can_handle_appeal, by, appeal)
    APPEAL.check(appeal, "answer")
    _refuse_part(appeal, by)
    if outcome not in AppealOutcome.values:
        raise DomainError("appeal.outcome", _("请选择结论。"), "outcome")
    if len(answer.strip()) < LEAST_GROUNDS:
        sentence = _("请用家属看得懂的话写明理由，至少 %(n)s 个字。")
        raise DomainError("appeal.answer_short", sentence % {"n": LEAST_GROUNDS}, "answer")
    check_new_amount(appeal, outcome, new_amount)
    now = timezone.now()
    if appeal.acknowledged_at is None:
        appeal.acknowledged_at, appeal.acknowledged_by = now, by
    appeal.answered_at, appeal.answered_by = now, by
    appeal.outcome, appeal.answer, appeal.new_amount = outcome, answer.strip(), new_amount
    changed = ("acknowledged_at", "acknowledged_by", "answered_at", "answered_by")
    move(appeal, APPEAL, "answer", by=by, also=(*changed, "outcome", "answer", "new_amount"))
    audit.record("appeal.answer", by=by, on=appeal, outcome=outcome, new_amount=new_amount)
    if appeal.kind == AppealKind.SECOND_LOOK and outcome == AppealOutcome.UPHELD:
        _reopen(appeal, by)
    if new_amount is not None:
        raise_ask(appeal, by=by)
    _announce(appeal, "answer", by.house_id)
    return appeal


def _reopen(appeal: Appeal, by: Any) -> None:
    """Back to review."""
    request = (
        FundingRequest.objects.locked()
        .select_related("programme_version")
        .get(pk=appeal.request_id)
    )
    if request.state not in REFUSED:
        return
    copy = Disclosure.objects.live().filter(pk=request.review_disclosure_id)
    if request.on_hold_at is not None or not copy.exists():
        raise DomainError(
            "appeal.copy_gone",
            _("家庭已撤回同意，资料已清空。请先请医院重新取得同意，再答复。"),
            status=409,
        )
    to_review = (
        request.state == RequestState.REJECTED
        and RequestState.FIRST_REVIEW in request.programme_version.stages
    )
    step = "reopen" if to_review else "reopen_papers"
    step_take(request, step, by=by, reason=appeal.answer)
    audit.record(f"funding_request.{step}", by=by, on=request, appeal=appeal.uid)


@command
def appeal_withdraw(*, appeal: Appeal, by: Any) -> Appeal:
    """Take it back before it is answered; the decision may then be looked at again within its limit.

    Raises:
        DomainError: `permission.can_withdraw_appeal`, `appeal.withdraw.wrong_state` (409).
    """
    appeal = _locked(appeal)
    require(can_withdraw_appeal, by, appeal)
    move(appeal, APPEAL, "withdraw", by=by)
    audit.record("appeal.withdraw", by=by, on=appeal)
    _announce(appeal, "withdraw", by.house_id)
    return appeal


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day, for clocks."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))
