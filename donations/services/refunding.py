"""Money of an instalment that comes back: to the very lots that paid it, and free again."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.services.moving import move
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.permissions import can_record_refund
from donations.services import ledger
from donations.workflow import DISBURSEMENT
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@command
def disbursement_refund(
    *,
    disbursement: Disbursement,
    amount: Decimal,
    received_on: dt.date,
    reason: str,
    version: int | None = None,
    by: Any,
) -> Disbursement:
    """Money of an instalment came back: booked to the lots that paid it, the last first, and free again.

    Raises:
        DomainError: `disbursement.refund.wrong_state` (409), `disbursement.refund.needs_reason` on
            `reason`, `disbursement.refund_over` and `disbursement_amount_positive` on `amount`,
            `disbursement.refund_in_future` or `.refund_before_payment` on `received_on`.
    """
    request = locked_request_of(disbursement, by=by, version=version)
    row = Disbursement.objects.locked().get(pk=disbursement.pk)
    _check_refund(row, amount, received_on, reason)
    slices = _lots_of(row, amount)
    n = row.journals.filter(kind=ledger.Kind.REFUND).count() + 1
    is_whole = sum((s.amount for s in _lots_of(row, None)), Decimal(0)) == amount
    request.refunded += amount
    request.committed -= amount
    request.save(update_fields=["refunded", "committed"])
    if is_whole:
        move(row, DISBURSEMENT, "refund", by=by, reason=reason)
    cash = ledger.cash_account(request.counterparty_id)
    ledger.post(
        [
            _refund_posting(row, slices, cash, n),
            ledger.release_posting(
                request=request, slices=slices, reference=f"release:{row.uid}:{n}"
            ),
        ],
        by=by,
    )
    audit.record(
        "disbursement.refund", by=by, on=row, request=request.uid, amount=amount, on_day=received_on
    )
    return row


def locked_request_of(
    disbursement: Disbursement, *, by: Any, version: int | None
) -> FundingRequest:
    """The request before its instalment; one on hold may take money back."""
    request = (
        FundingRequest.objects.locked()
        .select_related("programme_version")
        .get(pk=disbursement.request_id)
    )
    if version is not None and request.row_version != version:
        raise DomainError("stale", _("记录已变化，请重新读取后再提交。"), status=412)
    require(can_record_refund, by, request)
    return request


def _check_refund(row: Disbursement, amount: Decimal, received_on: dt.date, reason: str) -> None:
    DISBURSEMENT.check(row, "refund", reason)
    if amount <= 0:
        raise DomainError("disbursement_amount_positive", _("金额必须大于零。"), "amount")
    if received_on > timezone.localdate():
        raise DomainError(
            "disbursement.refund_in_future", _("退款到账日期不能晚于今天。"), "received_on"
        )
    if received_on < timezone.localdate(row.released_at):
        raise DomainError(
            "disbursement.refund_before_payment", _("退款到账日期不能早于放款日期。"), "received_on"
        )


PAID_FROM = """
    SELECT e.lot_id, e.account_id, sum(e.amount), twin.id
      FROM donations_ledgerjournal j JOIN donations_ledgerentry e ON e.journal_id = j.id
      JOIN donations_ledgeraccount a ON a.id = e.account_id AND a.kind = 'committed'
      JOIN donations_ledgeraccount twin ON twin.organization_id = a.organization_id AND twin.kind = 'available'
       AND twin.fund_id = a.fund_id AND twin.purpose_id IS NOT DISTINCT FROM a.purpose_id
      JOIN donations_donationlot l ON l.id = e.lot_id
     WHERE j.disbursement_id = %s AND j.organization_id = %s AND j.kind IN ('disburse', 'refund')
     GROUP BY e.lot_id, e.account_id, l.received_on, twin.id HAVING sum(e.amount) > 0
     ORDER BY l.received_on DESC, e.lot_id DESC
"""


def _lots_of(row: Disbursement, amount: Decimal | None) -> list[ledger.Slice]:
    """The lots that paid an instalment and have not got it back, the last first; all of them without `amount`."""
    with connection.cursor() as cursor:
        cursor.execute(PAID_FROM, [row.pk, row.counterparty_id])
        found = cursor.fetchall()
    whole = [ledger.Slice(lot, account, twin, paid) for lot, account, paid, twin in found]
    if amount is None:
        return whole
    pieces, missing = ledger.taken(whole, amount)
    if missing > 0:
        raise DomainError(
            "disbursement.refund_over", _("退款不能超过这一期实际支付的金额。"), "amount"
        )
    return pieces


def _refund_posting(
    row: Disbursement, slices: list[ledger.Slice], cash_id: int, n: int
) -> ledger.Posting:
    """D cash / C committed, to the same lots."""
    whole = sum((s.amount for s in slices), Decimal(0))
    return ledger.Posting(
        kind=ledger.Kind.REFUND,
        reference=f"refund:{row.uid}:{n}",
        request_id=row.request_id,
        disbursement_id=row.pk,
        legs=(
            ledger.Leg(cash_id, whole),
            *(ledger.Leg(s.account_id, -s.amount, s.lot_id) for s in slices),
        ),
    )
