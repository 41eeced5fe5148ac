"""Where the money goes, corrected by the hospital when the bank sent it back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.tasks import tasks_close
from donations.models.programmes import ProgrammeVersion
from donations.models.requests import FundingRequest
from donations.payment_permissions import can_correct_payee
from donations.services.payout import CODE_FIELD, PAYEE_FIELDS
from donations.services.requests import locked_own, refuse_hold, tell_foundation
from donations.workflow import RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError

PAYEE_TASK = "payee"
TO_PAY = frozenset({RequestState.APPROVED, RequestState.AGREEMENT, RequestState.DISBURSING})


@command
def payee_correct(
    *, request: FundingRequest, payee_account: Mapping[str, str], by: Any
) -> FundingRequest:
    """State the account anew; the foundation's next order takes it from here.

    `payee_account` has `name`, `bank`, `account` and perhaps `code`, the bank's own number.

    Raises:
        DomainError: `funding_request.payee_not_now` (409) unless something is still to be paid,
            `disbursement.payee_incomplete`, `disbursement.payee_not_hospital` on `payee_account`.
    """
    request = locked_own(request, by=by, rule=can_correct_payee)
    refuse_hold(request)
    if request.state not in TO_PAY:
        raise DomainError(
            "funding_request.payee_not_now", _("现在没有待付的款项，不用改收款账户。"), status=409
        )
    stated = {name: payee_account.get(name, "").strip() for name in (*PAYEE_FIELDS, CODE_FIELD)}
    if any(not stated[name] for name in PAYEE_FIELDS):
        raise DomainError(
            "disbursement.payee_incomplete", _("请填写户名、开户行和账号。"), "payee_account"
        )
    to_hospital = request.payout_mode == ProgrammeVersion.PayoutMode.TO_HOSPITAL
    if to_hospital and stated["name"] != request.organization.name:
        raise DomainError(
            "disbursement.payee_not_hospital", _("户名必须是医院的法人名称。"), "payee_account"
        )
    request.payee = {name: value for name, value in stated.items() if value}
    request.save(update_fields=["payee"])
    tasks_close(kind=PAYEE_TASK, subject=request)
    tell_foundation(request, "payee", by=by)
    audit.record("funding_request.payee", by=by, on=request)
    return request
