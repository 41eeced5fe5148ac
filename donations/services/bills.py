"""The bills that an aid paid: named by the hospital, each once for a foundation."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.mechanisms import Document
from donations.models.requests import FundingRequest
from donations.models.settling import InvoiceUse
from donations.permissions import can_tell_use
from donations.services.requests import locked_own
from donations.workflow import RequestState
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def invoice_add(
    *,
    request: FundingRequest,
    number: str,
    issued_on: dt.date,
    amount: Decimal,
    evidence: Document | None = None,
    by: Any,
) -> InvoiceUse:
    """A bill that this aid paid, with what of it the aid covers; a bill counts once.

    Raises:
        DomainError: `invoice_use.not_now` (409), `invoice_use.needs_number` on `number`,
            `invoice_use.in_future` on `issued_on`, `invoice_use_positive` and `invoice_use.over_bill`
            on `amount`, `invoice_use_once` on `number`.
    """
    request = locked_own(request, by=by, rule=can_tell_use)
    if request.state not in {RequestState.DISBURSING, RequestState.DISBURSED}:
        raise DomainError("invoice_use.not_now", _("拨付之后、核销之前才登记票据。"), status=409)
    written = "".join(number.split()).upper()
    if not written:
        raise DomainError("invoice_use.needs_number", _("请填写票据号。"), "number")
    if issued_on > timezone.localdate():
        raise DomainError("invoice_use.in_future", _("开票日期不能晚于今天。"), "issued_on")
    if amount <= 0:
        raise DomainError("invoice_use_positive", _("金额必须大于零。"), "amount")
    if billed(request) + amount > request.cost_total:
        raise DomainError(
            "invoice_use.over_bill", _("票据合计不能超过申请写明的医疗总费用。"), "amount"
        )
    row = InvoiceUse(
        request=request,
        organization_id=request.organization_id,
        counterparty_id=request.counterparty_id,
        number=written,
        issued_on=issued_on,
        amount=amount,
        evidence=evidence,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("invoice_use.add", by=by, on=row, request=request.uid, amount=amount)
    return row


def billed(request: FundingRequest) -> Decimal:
    """What the bills named so far say this aid paid."""
    found = InvoiceUse.objects.filter(request=request).aggregate(sum=Sum("amount"))["sum"]
    return found or Decimal(0)


def kept(request: FundingRequest) -> Decimal:
    """What was paid and has not come back."""
    return request.disbursed - request.refunded
