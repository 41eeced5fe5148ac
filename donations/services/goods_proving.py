"""Recomputation of stock, of the books in kind and of receipt numbers. As the owner, over all houses."""

from departments.services.proving import Proof, numbers_prove, prove

GONE = """
    SELECT lot_id, sum(CASE WHEN kind IN ('in', 'return') THEN quantity WHEN kind = 'transfer' THEN 0 ELSE -quantity END) AS held,
           sum(CASE WHEN kind IN ('out', 'loss') THEN quantity WHEN kind = 'return' THEN -quantity ELSE 0 END) AS gone
      FROM donations_stockmove GROUP BY lot_id
"""
LOTS = f"""
    SELECT l.uid::text, coalesce(m.held, 0)::text, l.on_hand::text
      FROM donations_goodslot l LEFT JOIN ({GONE}) m ON m.lot_id = l.id
     WHERE coalesce(m.held, 0) <> l.on_hand OR coalesce(m.gone, 0) > l.quantity
"""
SITES = """
    SELECT coalesce(s.lot_id, m.lot_id) || '@' || coalesce(s.site_id, m.site_id), m.held::text, s.on_hand::text
      FROM donations_goodsstock s FULL JOIN (
           SELECT lot_id, site_id, sum(part) AS held FROM (
                  SELECT lot_id, site_id, CASE WHEN kind IN ('in', 'return') THEN quantity ELSE -quantity END AS part
                    FROM donations_stockmove
                  UNION ALL
                  SELECT lot_id, to_site_id, quantity FROM donations_stockmove WHERE kind = 'transfer') p
            GROUP BY lot_id, site_id) m ON m.lot_id = s.lot_id AND m.site_id = s.site_id
     WHERE coalesce(m.held, 0) <> coalesce(s.on_hand, 0)
"""
# What is left of a gift in kind in the books is the value of the pieces that are left.
WORTH = f"""
    SELECT d.number, w.worth::text, b.balance::text
      FROM donations_donation d
      JOIN (SELECT l.donation_id, sum(l.valuation - round(l.valuation * coalesce(m.gone, 0) / l.quantity, 2)) AS worth
              FROM donations_goodslot l JOIN donations_goodsintake i ON i.id = l.intake_id AND i.state = 'booked'
              LEFT JOIN ({GONE}) m ON m.lot_id = l.id
             WHERE l.valuation IS NOT NULL GROUP BY l.donation_id) w ON w.donation_id = d.id
      LEFT JOIN (SELECT t.donation_id, sum(x.balance) AS balance FROM donations_lotbalance x
                   JOIN donations_donationlot t ON t.id = x.lot_id
                   JOIN donations_ledgeraccount a ON a.id = x.account_id AND a.kind = 'in_kind'
                  GROUP BY t.donation_id) b ON b.donation_id = d.id
     WHERE w.worth IS DISTINCT FROM b.balance
"""
NUMBERS = """
    SELECT s.code || ' ' || s.first, (s.next - s.first)::text, count(r.id)::text
      FROM donations_receiptseries s LEFT JOIN donations_receipt r ON r.series_id = s.id
     GROUP BY s.id HAVING s.next - s.first <> count(r.id)
"""


def goods_prove() -> list[Proof]:
    """Every derived number of goods and receipts."""
    return [
        prove("goods: lots are their movements", "SELECT FROM donations_goodslot", LOTS),
        prove("goods: sites are their movements", "SELECT FROM donations_goodsstock", SITES),
        prove("goods: the books hold what is left", "SELECT FROM donations_goodsintake", WORTH),
        prove("receipts: no number is skipped", "SELECT FROM donations_receipt", NUMBERS),
        numbers_prove("distribution", "donations_distribution", "created_at"),
    ]
