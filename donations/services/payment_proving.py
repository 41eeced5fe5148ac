"""Recomputation of payment lists and of samples. As the owner, over all houses."""

from departments.services.proving import Proof, prove
from donations.models.sampling import Verification, VerificationDraw
from donations.services.sampling import draw_again

SHOWN = 10


def payments_prove() -> Proof:
    """A list's sum and number are its lines', a line's sum is its disbursement's, nothing paid twice."""
    lists = "SELECT id FROM donations_paymentlist"
    return prove(
        "payment lists",
        lists,
        """
        SELECT l.id, 'sum' FROM donations_paymentlist l LEFT JOIN donations_paymentline p ON p.list_id = l.id
         GROUP BY l.id, l.total, l.count HAVING l.total IS DISTINCT FROM sum(p.amount) OR l.count <> count(p.id)
        UNION ALL
        SELECT p.id, 'line' FROM donations_paymentline p JOIN donations_disbursement d ON d.id = p.disbursement_id
         WHERE p.amount <> d.amount OR p.organization_id <> d.counterparty_id
            OR (p.state = 'bounced') <> (d.state = 'bounced') AND p.state <> 'dropped'
        UNION ALL
        SELECT l.id, 'state' FROM donations_paymentlist l
         WHERE (l.state = 'settled') <> (l.approved_by_id IS NOT NULL AND l.state <> 'cancelled'
                AND NOT EXISTS (SELECT FROM donations_paymentline p WHERE p.list_id = l.id AND p.state = 'waiting'))
        """,
    )


def samples_prove() -> Proof:
    """Every stored draw gives the checks that stand, from its seed and from what it was drawn from."""
    checked, differing = 0, []
    for draw in VerificationDraw.objects.select_related("rule").order_by("id").iterator(100):
        checked += 1
        rows = Verification.objects.filter(draw=draw).values_list("disbursement__uid", "why")
        if {str(uid): why for uid, why in rows} != draw_again(draw):
            differing.append((draw.pk, f"{draw.month:%Y-%m}"))
    return Proof("samples after payment", checked, tuple(differing[:SHOWN]))
