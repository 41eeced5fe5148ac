"""From the approval to the hospital's account: one prepares, another releases, the hospital confirms."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.codes import ShareItem
from cases.models.consents import Disclosure
from departments import audit
from departments.models.mechanisms import Document
from departments.services import outbox
from departments.services.moving import move, write_transition
from departments.services.second_factor import second_factor_check
from departments.services.tasks import tasks_close
from donations.models.payout import Disbursement
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.permissions import (
    can_bounce_disbursement,
    can_cancel_disbursement,
    can_confirm_disbursement,
    can_prepare_disbursement,
    can_release_disbursement,
)
from donations.services import ledger
from donations.services.course import refuse_after_death, refuse_unsigned
from donations.services.duties import act_write, duty_claim
from donations.services.payment_lines import lines_bounced
from donations.services.related import is_related
from donations.services.taking import locked_request, step_take
from donations.services.tie_marks import is_of_family, refuse_tied
from donations.workflow import DISBURSEMENT, FUNDING_REQUEST, DisbursementState, RequestState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

PAYING = frozenset({RequestState.AGREEMENT, RequestState.DISBURSING})
NOT_PAID = (DisbursementState.CANCELLED, DisbursementState.BOUNCED)
Mode = ProgrammeVersion.PayoutMode
PAYEE_FIELDS = ("name", "bank", "account")
CODE_FIELD = "code"  # the bank's own number (行号), where it is known


@command
def disbursement_prepare(
    *,
    request: FundingRequest,
    amount: Decimal,
    payee_account: Mapping[str, str],
    mode: str = Mode.TO_HOSPITAL,
    by: Any,
) -> Disbursement:
    """Draw up the next instalment; of a programme without an agreement the first one takes that step.

    `payee_account` has `name`, `bank` and `account`; paid to the hospital, the name is the
    hospital's own. Paid to a person, the identity must have been disclosed.

    Raises:
        DomainError: `disbursement.over_approved` on `amount`, `disbursement.payee_incomplete`,
            `disbursement.payee_not_hospital` on `payee_account`, `disbursement.mode`,
            `aid_agreement_first` (409), `disbursement.needs_identity`, `disbursement.payee_not_family` and `disbursement.related_party` on `payee_account`,
            `funding_request.related_party` (409),
            `funding_duty_one_per_person` (409), `funding_request_not_after_death` (409).
    """
    request = locked_request(request, by=by, rule=can_prepare_disbursement)
    refuse_after_death(request)
    if request.state not in PAYING:
        FUNDING_REQUEST.check(request, "sign")
    refuse_unsigned(request)
    _check_payee(request, payee_account, mode)
    _check_ties(request, payee_account, mode)
    drawn = Disbursement.objects.filter(request=request).exclude(state__in=NOT_PAID)
    drawn_sum = drawn.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if amount <= 0:
        raise DomainError("disbursement_amount_positive", _("金额必须大于零。"), "amount")
    # What was given back since is no longer there to be drawn; what was refunded has been drawn already.
    if drawn_sum + amount > request.committed + request.refunded:
        raise DomainError("disbursement.over_approved", _("各期合计不能超过批准金额。"), "amount")
    duty = duty_claim(request=request, step="prepare", by=by)
    last = Disbursement.objects.filter(request=request).aggregate(last=Max("instalment"))["last"]
    disbursement = Disbursement(
        request=request,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        instalment=(last or 0) + 1,
        amount=amount,
        mode=mode,
        payee_account={
            name: payee_account[name].strip()
            for name in (*PAYEE_FIELDS, CODE_FIELD)
            if name in PAYEE_FIELDS or payee_account.get(name, "").strip()
        },
        prepared_by=by,
        created_by=by,
    )
    disbursement.save(force_insert=True)
    write_transition(disbursement, DISBURSEMENT, "prepare", before="", by=by)
    act_write(request=request, duty=duty, step="prepare", by=by, amount=amount)
    if request.state == RequestState.APPROVED:
        step_take(request, "sign", by=by)
    audit.record("disbursement.prepare", by=by, on=disbursement, amount=amount, request=request.uid)
    return disbursement


def _check_payee(request: FundingRequest, payee: Mapping[str, str], mode: str) -> None:
    if mode not in request.programme_version.payout_modes:
        raise DomainError("disbursement.mode", _("项目不允许这种拨付方式。"), "mode")
    if any(not str(payee.get(name, "")).strip() for name in PAYEE_FIELDS):
        raise DomainError(
            "disbursement.payee_incomplete", _("请填写户名、开户行和账号。"), "payee_account"
        )
    if mode == Mode.TO_HOSPITAL and payee["name"].strip() != request.organization.name:
        raise DomainError(
            "disbursement.payee_not_hospital", _("户名必须是医院的法人名称。"), "payee_account"
        )
    if mode == Mode.TO_PERSON and not _has_identity(request):
        raise DomainError(
            "disbursement.needs_identity", _("拨付给个人前，需要医院提供身份信息。"), "mode"
        )
    if mode == Mode.TO_PERSON and not _is_known_payee(request, payee["name"].strip()):
        raise DomainError(
            "disbursement.payee_not_family",
            _("户名须是患者、监护人或医院登记的家人，或医院写明的收款人。"),
            "payee_account",
        )


def _check_ties(request: FundingRequest, payee: Mapping[str, str], mode: str) -> None:
    """Nobody tied to the foundation's own people is helped with its money, as payee or as patient.

    The register may have grown since the approval.
    """
    refuse_tied(request)
    copy = Disclosure.objects.live().filter(pk=request.identity_disclosure_id).first()
    told = copy.payload if copy is not None and copy.payload else {}
    names = {str(told.get(ShareItem.NAME, ""))} | (
        {payee["name"]} if mode == Mode.TO_PERSON else set()
    )
    if any(is_related(organization_id=request.counterparty_id, name=one) for one in names if one):
        raise DomainError(
            "disbursement.related_party",
            _("受益人是本机构的利害关系人，不能拨付（《慈善法》第五十九条）。"),
            "payee_account",
        )


def _is_known_payee(request: FundingRequest, name: str) -> bool:
    """The patient, the payee the hospital stated, or by their marks one of the family."""
    told = Disclosure.objects.live().filter(pk=request.identity_disclosure_id).first()
    payload = told.payload if told is not None and told.payload else {}
    stated = [payload.get(ShareItem.PAYEE) or {}, request.payee or {}]
    known = {payload.get(ShareItem.NAME), *(one.get("name") for one in stated)}
    return name in known or is_of_family(request, name)


def _has_identity(request: FundingRequest) -> bool:
    """The identity has been disclosed to this house and not been withdrawn."""
    return (
        request.identity_disclosure_id is not None
        and Disclosure.objects.live().filter(pk=request.identity_disclosure_id).exists()
    )


def _locked_both(
    disbursement: Disbursement, *, by: Any, rule: Any, held_too: bool = False
) -> tuple[FundingRequest, Disbursement]:
    """Parent before child, and the child's own permission."""
    request = (
        FundingRequest.objects.locked()
        .select_related("programme_version")
        .get(pk=disbursement.request_id)
    )
    row = Disbursement.objects.locked().select_related("request").get(pk=disbursement.pk)
    require(rule, by, row)
    if request.on_hold_at is not None and not held_too:
        raise DomainError(
            "funding_request.on_hold", _("对方已撤回同意，申请暂停办理。"), status=409
        )
    return request, row


@command
def disbursement_release(
    *, disbursement: Disbursement, totp_code: str, voucher_no: str = "", by: Any
) -> Disbursement:
    """Pay: a person with a fresh second factor, another than who prepared, reviewed or approved.

    Raises:
        DomainError: `disbursement.release.wrong_state` (409), `second_factor.*`,
            `disbursement_released_while_paying` (409) once the request has left the payout,
            `funding_request_not_after_death` (409),
            `disbursement_released_by_another`, `funding_duty_one_per_person` (409),
            `ledger.insufficient` (409).
    """
    if by.pk == disbursement.prepared_by_id:
        raise DomainError(
            "disbursement_released_by_another", _("经办人不能复核自己经办的拨付。"), status=409
        )
    request, row = _locked_both(disbursement, by=by, rule=can_release_disbursement)
    DISBURSEMENT.check(row, "release")
    refuse_after_death(request)
    if request.state not in PAYING:
        raise DomainError(
            "disbursement_released_while_paying",
            _("申请已不在拨付阶段，不能放款，请取消这一期。"),
            status=409,
        )
    confirmed_at = second_factor_check(user=by, code=totp_code)
    duty = duty_claim(request=request, step="release", by=by)
    slices = ledger.held_for(request, amount=row.amount)
    cash_id = ledger.cash_account(request.counterparty_id)
    act_write(
        request=request,
        duty=duty,
        step="release",
        by=by,
        amount=row.amount,
        second_factor_at=confirmed_at,
    )
    row.released_by, row.released_at, row.voucher_no = by, timezone.now(), voucher_no
    move(row, DISBURSEMENT, "release", by=by, also=("released_by", "released_at", "voucher_no"))
    request.disbursed += row.amount
    _after_payment(request, by=by)
    ledger.post([ledger.disburse_posting(disbursement=row, slices=slices, cash_id=cash_id)], by=by)
    outbox.put(
        "disbursement.released",
        organization_id=by.acting.organization_id,
        subject=row,
        request_id=request.pk,
        hospital_id=request.organization_id,
        disbursement_id=row.pk,
    )
    audit.record("disbursement.release", by=by, on=row, amount=row.amount, request=request.uid)
    return row


def _after_payment(request: FundingRequest, *, by: Any) -> None:
    """The first payment opens `disbursing`; the one that completes the commitment closes it."""
    if request.state == RequestState.AGREEMENT:
        step_take(request, "release", by=by, also=("disbursed",))
    else:
        request.save(update_fields=["disbursed"])
    if request.disbursed - request.refunded == request.committed:
        step_take(request, "pay_rest", by=by)


@command
def disbursement_confirm(
    *,
    disbursement: Disbursement,
    paid_on: dt.date,
    slip: Document | None = None,
    by: Any,
) -> Disbursement:
    """The hospital says when the money arrived, with the bank's slip if there is one.

    Raises:
        DomainError: `disbursement.confirm.wrong_state` (409), `disbursement.paid_in_future`,
            `disbursement.paid_before_release` on `paid_on`.
    """
    _request, row = _locked_both(disbursement, by=by, rule=can_confirm_disbursement, held_too=True)
    DISBURSEMENT.check(row, "confirm")
    if paid_on > timezone.localdate():
        raise DomainError("disbursement.paid_in_future", _("到账日期不能晚于今天。"), "paid_on")
    if paid_on < timezone.localdate(row.released_at):
        raise DomainError(
            "disbursement.paid_before_release", _("到账日期不能早于放款日期。"), "paid_on"
        )
    row.paid_on, row.slip = paid_on, slip
    move(row, DISBURSEMENT, "confirm", by=by, also=("paid_on", "slip"))
    tasks_close(kind="receipt", subject=row.request)
    outbox.put(
        "disbursement.confirmed",
        organization_id=by.acting.organization_id,
        subject=row,
        request_id=row.request_id,
        foundation_id=row.counterparty_id,
        disbursement_id=row.pk,
    )
    audit.record("disbursement.confirm", by=by, on=row, paid_on=paid_on)
    return row


@command
def disbursement_cancel(*, disbursement: Disbursement, reason: str, by: Any) -> Disbursement:
    """Take back what was prepared and not released; nothing was posted.

    Raises:
        DomainError: `disbursement.cancel.wrong_state` (409), `.needs_reason` on `reason`.
    """
    request, row = _locked_both(disbursement, by=by, rule=can_cancel_disbursement, held_too=True)
    move(row, DISBURSEMENT, "cancel", by=by, reason=reason)
    audit.record("disbursement.cancel", by=by, on=row, request=request.uid)
    return row


@command
def disbursement_bounce(*, disbursement: Disbursement, reason: str, by: Any) -> Disbursement:
    """The bank sent the money back: the journal is reversed onto the same lots, the request waits again.

    Raises:
        DomainError: `disbursement.bounce.wrong_state` (409), `.needs_reason` on `reason`,
            `payment_line_answered_by_another` for who made the payment list.
    """
    request, row = _locked_both(disbursement, by=by, rule=can_bounce_disbursement, held_too=True)
    move(row, DISBURSEMENT, "bounce", by=by, reason=reason)
    paid = row.journals.get(kind=ledger.Kind.DISBURSE)
    ledger.post([ledger.reversal_posting(paid)], by=by)
    request.disbursed -= row.amount
    lines_bounced(row, reason=reason, by=by)
    step = "bounce_late" if request.state == RequestState.DECEASED else "bounce"
    step_take(request, step, by=by, reason=reason, also=("disbursed",))
    audit.record("disbursement.bounce", by=by, on=row, request=request.uid, amount=row.amount)
    return row
