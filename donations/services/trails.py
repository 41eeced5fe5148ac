"""The chain of one gift, gift → fund and purpose → payouts, in one query whatever the size of the books.

For the officer's page and, cut down, for the donor's: what the donor reads names no request.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from donations.models.giving import Donation

# PLACE: money still there, by fund and purpose; HELD: set aside for a request; PAID: an instalment;
# GRANT: another charity; FEE: management; MOVED: a change of purpose or fund; BACK: returned to the donor;
# CARRIED: used before the portal; HANDED and LOST: goods that were handed out or written off, by their value.
PLACE, HELD, PAID, GRANT, FEE, MOVED, BACK, HANDED, LOST, CARRIED = [
    "place",
    "held",
    "paid",
    "grant",
    "fee",
    "moved",
    "back",
    "handed",
    "lost",
    "carried",
]


@dataclass(frozen=True)
class Hop:
    """One piece of a gift's way; `amount` in yuan, `at` the first posting of it.

    `fund` and `purpose` are where the money lay (MOVED: where it went); `other` another charity and
    its fund; `request_uid`, `number` and `subject_code` are for the foundation's own staff.
    """

    kind: str
    at: dt.datetime | None
    amount: Decimal
    fund: str = ""
    purpose: str = ""
    hospital: str = ""
    programme: str = ""
    group: str = ""
    other: str = ""
    basis: str = ""
    request_uid: Any = None
    number: str = ""
    subject_code: str = ""


@dataclass(frozen=True)
class Trail:
    """given = place + held + paid + grant + fee + back + handed + lost + carried, to the fen."""

    given: Decimal
    hops: tuple[Hop, ...]
    origin: dict[str, str] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Hop]:
        return [hop for hop in self.hops if hop.kind in kinds]

    def total(self, *kinds: str) -> Decimal:
        return sum((hop.amount for hop in self.of(*kinds)), Decimal(0))


# A reversal counts under what it reverses, so that what was undone adds up to nothing and is left out.
TRAIL = """
    WITH legs AS (
        SELECT e.amount, a.kind AS account, a.fund_id, a.purpose_id, j.id AS journal_id, j.posted_at,
               coalesce(b.kind, j.kind) AS kind, coalesce(j.disbursement_id, b.disbursement_id) AS disbursement_id,
               coalesce(j.request_id, b.request_id) AS request_id, coalesce(b.id, j.id) AS first_id
          FROM donations_donationlot l
          JOIN donations_ledgerentry e ON e.lot_id = l.id
          JOIN donations_ledgerjournal j ON j.id = e.journal_id
          JOIN donations_ledgeraccount a ON a.id = e.account_id
          LEFT JOIN donations_ledgerjournal b ON b.id = j.reverses_id
         WHERE l.donation_id = %s
    ), sums AS (
        SELECT 'place' AS bucket, NULL::timestamptz AS at, -sum(amount) AS amount, fund_id, purpose_id,
               NULL::bigint AS request_id, NULL::bigint AS order_journal
          FROM legs WHERE account IN ('available', 'in_kind') GROUP BY fund_id, purpose_id
        UNION ALL
        SELECT 'held', min(posted_at), -sum(amount), fund_id, purpose_id, request_id, NULL
          FROM legs WHERE account = 'committed' GROUP BY fund_id, purpose_id, request_id
        UNION ALL
        SELECT 'paid', min(posted_at), sum(amount), max(fund_id), max(purpose_id), request_id, NULL
          FROM legs WHERE disbursement_id IS NOT NULL GROUP BY disbursement_id, request_id
        UNION ALL
        SELECT CASE WHEN kind = 'fee' THEN 'fee' ELSE 'grant' END, min(posted_at), sum(amount), max(fund_id),
               max(purpose_id), NULL, first_id
          FROM legs WHERE kind IN ('fee', 'fund_transfer') GROUP BY kind, first_id
        UNION ALL
        SELECT 'moved', min(posted_at), -sum(amount), fund_id, purpose_id, NULL, first_id
          FROM legs WHERE kind IN ('purpose_change', 'fund_transfer') GROUP BY fund_id, purpose_id, first_id
        UNION ALL
        SELECT CASE kind WHEN 'goods_out' THEN 'handed' ELSE 'lost' END, min(posted_at), sum(amount), fund_id, purpose_id,
               NULL, NULL
          FROM legs WHERE kind IN ('goods_out', 'goods_loss') GROUP BY kind, fund_id, purpose_id
        UNION ALL
        SELECT 'carried', min(posted_at), sum(amount), fund_id, purpose_id, NULL, NULL
          FROM legs WHERE kind = 'carried' GROUP BY fund_id, purpose_id
        UNION ALL
        SELECT 'back', min(posted_at), sum(amount), max(fund_id), max(purpose_id), NULL, NULL
          FROM legs WHERE disbursement_id IS NULL AND request_id IS NULL
           AND kind NOT IN ('fee', 'fund_transfer', 'purpose_change', 'interest', 'goods_out', 'goods_loss', 'carried')
           AND (kind <> 'donation' OR journal_id <> first_id)
        HAVING sum(amount) <> 0
    )
    SELECT s.bucket, s.at, s.amount, coalesce(f.name, ''), coalesce(p.text, ''), coalesce(o.name, ''),
           coalesce(v.name, ''), coalesce(v.beneficiary_class, ''),
           coalesce(concat_ws(' · ', nullif(c.name, ''), nullif(w.payee_fund, ''), nullif(w.payee_purpose, '')), ''),
           coalesce(w.basis, ''), r.uid, coalesce(r.number, ''), coalesce(r.subject_code, '')
      FROM sums s
      LEFT JOIN donations_fund f ON f.id = s.fund_id
      LEFT JOIN donations_fundpurpose p ON p.id = s.purpose_id
      LEFT JOIN donations_fundingrequest r ON r.id = s.request_id
      LEFT JOIN departments_organization o ON o.id = r.organization_id
      LEFT JOIN donations_programmeversion v ON v.id = r.programme_version_id
      LEFT JOIN donations_ledgerorder w ON w.journal_id = s.order_journal
      LEFT JOIN departments_organization c ON c.id = w.payee_id
     WHERE s.amount > 0
     ORDER BY s.at NULLS LAST, s.bucket
"""


def trail_of(donation: Donation) -> Trail:
    """The chain of a gift in the open scope; the caller has asked whether it may be seen."""
    with connection.cursor() as cursor:
        cursor.execute(TRAIL, [donation.pk])
        hops = tuple(Hop(*row) for row in cursor.fetchall())
    origin = next((one.origin for one in donation.statement_lines.all() if one.origin), {})
    whole = Trail(Decimal(0), hops)
    return Trail(
        whole.total(PLACE, HELD, PAID, GRANT, FEE, BACK, HANDED, LOST, CARRIED), hops, origin
    )
