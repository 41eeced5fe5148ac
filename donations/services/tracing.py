"""Where a gift went and who paid for a payout, by the lots of the entries."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from donations.models.giving import Donation
from donations.models.payout import Disbursement
from donations.permissions import can_view_fund, can_view_payers
from msw_portal.kernel.access import require


@dataclass(frozen=True)
class Use:
    """One use of a gift: what was set aside (`commit`) or paid (`disburse`), and for which request."""

    kind: str
    at: dt.datetime
    amount: Decimal
    request_uid: Any
    number: str | None
    subject_code: str | None
    hospital: str | None
    programme: str | None


@dataclass(frozen=True)
class Trace:
    """A gift and its uses, oldest first; amounts in yuan: given = available + committed + paid + returned."""

    given: Decimal
    available: Decimal
    committed: Decimal
    paid: Decimal
    uses: tuple[Use, ...]
    returned: Decimal = Decimal(0)


@dataclass(frozen=True)
class Payer:
    """Part of a payout that one gift paid; the donor as the list shows him, masked.

    Interest has no donor: `donation_uid` is None and `number` that of its order.
    """

    donation_uid: Any
    number: str
    donor: str
    received_on: dt.date
    amount: Decimal


INTEREST = _("基金利息")
# A movement on the committed account says what was set aside, released or paid of the lot; one on the
# claim in kind after the booking, what was handed out or written off.
USES = """
    SELECT j.kind, j.posted_at, -sum(e.amount),
           r.uid, r.number, r.subject_code, o.name, v.name
      FROM donations_ledgerentry e
      JOIN donations_ledgerjournal j ON j.id = e.journal_id
      JOIN donations_ledgeraccount a ON a.id = e.account_id
       AND (a.kind = 'committed' OR (a.kind = 'in_kind' AND j.kind <> 'donation')
            OR (a.kind = 'available' AND j.kind = 'carried'))
      LEFT JOIN donations_fundingrequest r ON r.id = j.request_id AND r.counterparty_id = e.organization_id
      LEFT JOIN departments_organization o ON o.id = r.organization_id
      LEFT JOIN donations_programmeversion v ON v.id = r.programme_version_id
     WHERE e.lot_id = ANY(%s)
     GROUP BY j.id, j.kind, j.posted_at, r.uid, r.number, r.subject_code, o.name, v.name ORDER BY j.id
"""
HELD = """
    SELECT coalesce(sum(b.balance) FILTER (WHERE a.kind IN ('available', 'in_kind')), 0),
           coalesce(sum(b.balance) FILTER (WHERE a.kind = 'committed'), 0)
      FROM donations_lotbalance b JOIN donations_ledgeraccount a ON a.id = b.account_id WHERE b.lot_id = ANY(%s)
"""
# What went back to the giver left the available account without a request.
RETURNED = """
    SELECT coalesce(sum(e.amount), 0)
      FROM donations_ledgerentry e
      JOIN donations_ledgerjournal j ON j.id = e.journal_id AND j.kind IN ('reversal', 'refund')
       AND j.donation_id = %s AND j.request_id IS NULL
      JOIN donations_ledgeraccount a ON a.id = e.account_id AND a.kind = 'available'
     WHERE e.lot_id = ANY(%s)
"""
PAYERS = """
    SELECT d.uid, coalesce(d.number, w.number), n.name_masked, l.received_on, sum(e.amount)
      FROM donations_ledgerjournal j
      JOIN donations_ledgerentry e ON e.journal_id = j.id AND e.lot_id IS NOT NULL
      JOIN donations_donationlot l ON l.id = e.lot_id
      LEFT JOIN donations_donation d ON d.id = l.donation_id
      LEFT JOIN donations_donor n ON n.id = d.donor_id
      LEFT JOIN donations_ledgerorder w ON w.id = l.order_id
     WHERE j.disbursement_id = %s AND j.kind = 'disburse'
     GROUP BY d.uid, d.number, w.number, n.name_masked, l.received_on, l.id
     ORDER BY l.received_on, l.id
"""


def trace_of_donation(*, donation: Donation, by: Any) -> Trace:
    """Where a gift's money is: still available, set aside, paid, and for which requests.

    Raises:
        DomainError: `permission.can_view_fund` (403).
    """
    require(can_view_fund, by, donation)
    lots = dict(donation.lots.values_list("pk", "amount"))
    if not lots:
        return Trace(Decimal(0), Decimal(0), Decimal(0), Decimal(0), ())
    with connection.cursor() as cursor:
        cursor.execute(HELD, [[*lots]])
        available, committed = cursor.fetchone()
        cursor.execute(RETURNED, [donation.pk, [*lots]])
        returned = cursor.fetchone()[0]
        cursor.execute(USES, [[*lots]])
        uses = tuple(
            Use(kind, at, abs(amount), *rest) for kind, at, amount, *rest in cursor.fetchall()
        )
    given = sum(lots.values())
    return Trace(
        given, available, committed, given - available - committed - returned, uses, returned
    )


def payers_of_disbursement(*, disbursement: Disbursement, by: Any) -> list[Payer]:
    """Whose gifts paid an instalment, oldest first.

    Raises:
        DomainError: `permission.can_view_payers` (403) for anybody but the paying house.
    """
    require(can_view_payers, by, disbursement)
    with connection.cursor() as cursor:
        cursor.execute(PAYERS, [disbursement.pk])
        rows = cursor.fetchall()
    return [Payer(uid, number, donor or str(INTEREST), *rest) for uid, number, donor, *rest in rows]
