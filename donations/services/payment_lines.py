"""A payment leaves the wait for the bank: paid, returned, or taken off a list that is given up."""

import datetime as dt
from typing import Any

from django.utils import timezone

from departments.services.moving import move
from donations.models.payments import PaymentLine, PaymentList
from donations.models.payout import Disbursement
from donations.payment_workflow import PAYMENT_LINE, PAYMENT_LIST, ListState, PaymentState

OPEN = (PaymentState.WAITING, PaymentState.PAID)


def line_paid(line: PaymentLine, *, paid_on: dt.date, bank_no: str, by: Any) -> None:
    """The bank has paid; a locked line."""
    line.answered_by, line.answered_at = by, timezone.now()
    line.paid_on, line.bank_no = paid_on, bank_no
    answered = ("answered_by", "answered_at", "paid_on", "bank_no")
    move(line, PAYMENT_LINE, "pay", by=by, also=answered)
    list_settle(line.list_id, by=by)


def lines_bounced(disbursement: Disbursement, *, reason: str, by: Any) -> None:
    """The money came back: the line that ordered it says so, if there is one."""
    for line in PaymentLine.objects.locked().filter(disbursement=disbursement, state__in=OPEN):
        line.answered_by, line.answered_at, line.reason = by, timezone.now(), reason[:200]
        answered = ("answered_by", "answered_at", "reason")
        move(line, PAYMENT_LINE, "bounce", by=by, reason=reason, also=answered)
        list_settle(line.list_id, by=by)


def list_settle(list_id: int, *, by: Any) -> None:
    """When nothing of a list waits any more, it is answered as a whole."""
    held = PaymentList.objects.locked().get(pk=list_id)
    waits = PaymentLine.objects.filter(list_id=list_id, state=PaymentState.WAITING)
    if held.state == ListState.APPROVED and not waits.exists():
        move(held, PAYMENT_LIST, "settle", by=by)
