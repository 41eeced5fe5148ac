"""Recomputation: queries that must be empty, each an invariant of the books.

Every query answers (key, expected, found) as text. Under row-level security it speaks of the house
acted for; as the owner of all houses.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

FOLD = """
    SELECT j.request_id, j.organization_id,
           coalesce(sum(-e.amount) FILTER (WHERE a.kind = 'committed' AND
             (j.kind IN ('commit', 'release') OR b.kind IN ('commit', 'release'))), 0) AS committed,
           coalesce(sum(-e.amount) FILTER (WHERE a.kind = 'cash' AND (j.kind = 'disburse' OR b.kind = 'disburse')), 0)
             AS disbursed,
           coalesce(sum(e.amount) FILTER (WHERE a.kind = 'cash' AND j.kind = 'refund'), 0) AS refunded
      FROM donations_ledgerjournal j JOIN donations_ledgerentry e ON e.journal_id = j.id
      JOIN donations_ledgeraccount a ON a.id = e.account_id
      LEFT JOIN donations_ledgerjournal b ON b.id = j.reverses_id
     WHERE j.request_id IS NOT NULL GROUP BY 1, 2
"""
QUERIES: dict[str, str] = {
    "journal_balances": """
        SELECT journal_id::text, '0', sum(amount)::text FROM donations_ledgerentry GROUP BY journal_id HAVING sum(amount) <> 0
    """,
    "journal_is_whole": """
        SELECT j.id::text, j.leg_count::text, count(e.id)::text
          FROM donations_ledgerjournal j LEFT JOIN donations_ledgerentry e ON e.journal_id = j.id
         GROUP BY j.id HAVING count(e.id) <> j.leg_count
    """,
    "account_is_fold": """
        SELECT a.id::text, coalesce(a.side * sum(e.amount), 0)::text, a.balance::text
          FROM donations_ledgeraccount a LEFT JOIN donations_ledgerentry e ON e.account_id = a.id
         GROUP BY a.id HAVING coalesce(a.side * sum(e.amount), 0) <> a.balance
    """,
    "lot_is_fold": """
        SELECT coalesce(b.lot_id, f.lot_id) || '/' || coalesce(b.account_id, f.account_id), f.total::text, b.balance::text
          FROM donations_lotbalance b FULL JOIN (
               SELECT e.lot_id, e.account_id, sum(a.side * e.amount) AS total
                 FROM donations_ledgerentry e JOIN donations_ledgeraccount a ON a.id = e.account_id
                WHERE e.lot_id IS NOT NULL GROUP BY 1, 2) f ON f.lot_id = b.lot_id AND f.account_id = b.account_id
         WHERE f.total IS DISTINCT FROM b.balance
    """,
    "request_is_fold": f"""
        SELECT r.uid::text, concat_ws('/', coalesce(f.committed, 0), coalesce(f.disbursed, 0), coalesce(f.refunded, 0)),
               concat_ws('/', r.committed, r.disbursed, r.refunded)
          FROM donations_fundingrequest r LEFT JOIN ({FOLD}) f
            ON f.request_id = r.id AND f.organization_id = r.counterparty_id
         WHERE (app.org() IS NULL OR r.counterparty_id = app.org())
           AND (coalesce(f.committed, 0), coalesce(f.disbursed, 0), coalesce(f.refunded, 0))
               IS DISTINCT FROM (r.committed, r.disbursed, r.refunded)
    """,
    "account_not_negative": "SELECT id::text, '>= 0', balance::text FROM donations_ledgeraccount WHERE balance < 0",
    "lot_not_negative": """
        SELECT lot_id || '/' || account_id, '>= 0', balance::text FROM donations_lotbalance WHERE balance < 0
    """,
    "all_sums_to_nothing": """
        SELECT organization_id::text, '0', sum(side * balance)::text FROM donations_ledgeraccount
         GROUP BY organization_id HAVING sum(side * balance) <> 0
    """,
    "lot_is_first_credit": """
        SELECT l.id::text, l.amount::text, f.total::text FROM donations_donationlot l LEFT JOIN (
               SELECT e.lot_id, sum(a.side * e.amount) AS total FROM donations_ledgerentry e
                 JOIN donations_ledgerjournal j ON j.id = e.journal_id AND j.kind IN ('donation', 'interest')
                 JOIN donations_ledgeraccount a ON a.id = e.account_id AND a.kind IN ('available', 'in_kind')
                GROUP BY 1) f ON f.lot_id = l.id
         WHERE f.total IS DISTINCT FROM l.amount
    """,
    "entry_has_lot": """
        SELECT e.id::text, (a.fund_id IS NOT NULL)::text, (e.lot_id IS NOT NULL)::text
          FROM donations_ledgerentry e JOIN donations_ledgeraccount a ON a.id = e.account_id
         WHERE (e.lot_id IS NULL) <> (a.fund_id IS NULL)
    """,
    "reversal_mirrors": """
        SELECT r.id::text, 'mirror', r.account || ' ' || r.amount FROM (
               SELECT j.id, e.account_id::text AS account, e.lot_id, e.amount
                 FROM donations_ledgerjournal j JOIN donations_ledgerentry e ON e.journal_id = j.id
                WHERE j.reverses_id IS NOT NULL
               EXCEPT ALL
               SELECT j.id, e.account_id::text, e.lot_id, -e.amount
                 FROM donations_ledgerjournal j JOIN donations_ledgerentry e ON e.journal_id = j.reverses_id) r
    """,
    "reference_once": """
        SELECT organization_id || ' ' || kind || ' ' || reference, '1', count(*)::text FROM donations_ledgerjournal
         GROUP BY organization_id, kind, reference HAVING count(*) > 1
    """,
    "cash_leaves_released": """
        SELECT j.id::text, 'released', coalesce(d.state, 'none') FROM donations_ledgerjournal j
          LEFT JOIN donations_disbursement d ON d.id = j.disbursement_id
         WHERE j.kind = 'disburse' AND (d.released_by_id IS NULL OR d.amount <> (
               SELECT -sum(e.amount) FROM donations_ledgerentry e JOIN donations_ledgeraccount a ON a.id = e.account_id
                WHERE e.journal_id = j.id AND a.kind = 'cash'))
    """,
    "duties_apart": """
        SELECT request_id || '/' || user_id, '1', count(DISTINCT duty)::text FROM donations_fundingact
         GROUP BY request_id, user_id HAVING count(DISTINCT duty) > 1
    """,
    "instalments_within_approved": """
        SELECT r.uid::text, coalesce(r.approved, 0)::text, sum(d.amount)::text
          FROM donations_disbursement d JOIN donations_fundingrequest r ON r.id = d.request_id
         WHERE d.state NOT IN ('cancelled', 'bounced') GROUP BY r.uid, r.approved
        HAVING sum(d.amount) > coalesce(r.approved, 0)
    """,
    "order_is_its_journal": """
        SELECT o.id::text, o.amount::text, coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0)::text
          FROM donations_ledgerorder o LEFT JOIN donations_ledgerentry e ON e.journal_id = o.journal_id
         WHERE o.state = 'booked' GROUP BY o.id, o.amount
        HAVING o.amount IS DISTINCT FROM sum(e.amount) FILTER (WHERE e.amount > 0)
    """,
    "moved_by_order_only": """
        SELECT j.id::text, 'order', 'none' FROM donations_ledgerjournal j
         WHERE j.kind IN ('purpose_change', 'fund_transfer', 'interest', 'fee')
           AND NOT EXISTS (SELECT FROM donations_ledgerorder o WHERE o.journal_id = j.id AND o.state = 'booked')
    """,
    "split_is_its_parts": """
        SELECT m.id::text, m.amount::text, coalesce(sum(p.amount), 0)::text FROM donations_statementline m
          LEFT JOIN donations_statementline p ON p.parent_id = m.id AND p.state <> 'undone'
         WHERE m.state = 'split' GROUP BY m.id, m.amount HAVING m.amount IS DISTINCT FROM sum(p.amount)
    """,
    "confirmed_line_is_booked": """
        SELECT l.id::text, 'booked', d.state FROM donations_statementline l
          JOIN donations_donation d ON d.id = l.donation_id
         WHERE l.state = 'confirmed' AND NOT EXISTS (SELECT FROM donations_donationlot t WHERE t.donation_id = d.id)
    """,
    "approval_is_recorded": """
        SELECT r.uid::text, r.approved::text, coalesce(max(a.amount)::text, 'none')
          FROM donations_fundingrequest r
          LEFT JOIN donations_fundingact a ON a.request_id = r.id AND a.step IN ('approve', 'raise')
         WHERE r.approved IS NOT NULL GROUP BY r.uid, r.approved HAVING max(a.amount) IS DISTINCT FROM r.approved
    """,
}


@dataclass(frozen=True)
class Difference:
    """Where a stored value is not what its source says."""

    check: str
    key: str
    expected: str | None
    found: str | None


def differences(checks: Iterable[str] | None = None, *, limit: int = 100) -> list[Difference]:
    """Run the recompute queries (all by default) in the open scope; empty when the books are right."""
    found: list[Difference] = []
    with connection.cursor() as cursor:
        for name in checks or QUERIES:
            cursor.execute(f"SELECT * FROM ({QUERIES[name]}) q LIMIT %s", [limit])
            found += [Difference(name, *row) for row in cursor.fetchall()]
    return found
