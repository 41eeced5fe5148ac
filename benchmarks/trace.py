"""`python -m benchmarks.trace [--entries N]`: who paid for a payout, and where a gift went, in books of any size.

Run it on a demo world that is thrown away: `--entries` first fills the foundation's books up to so many
entries (gifts of one yuan with a lot each, 500 journals a statement, through the same triggers as any) and vacuums them. What is measured
is what the server itself says of the one statement (EXPLAIN ANALYZE): median milliseconds and blocks. The
goal is a ratio of at most 1.2 from 10,000 to 1,000,000 entries. Adds its line to benchmarks/trace.json.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "trace.json"
SEED, SAMPLES, ROUNDS, GOAL = 7, 100, 5, 1.2
BATCH = 500
FILL = """
    WITH gift AS (
        INSERT INTO donations_donation (uid, row_version, updated_at, created_at, organization_id, number, donor_id, fund_id,
               purpose_id, kind, amount, received_on, channel, beneficiary_class, content, valuation_note, state, entered_by_id,
               confirmed_by_id)
        SELECT gen_random_uuid(), 1, now(), now(), g.organization_id, 'bench-' || md5(gen_random_uuid()::text), g.donor_id,
               g.fund_id, g.purpose_id, 'money', 1, current_date, 'bank', '', '', '', 'booked', g.entered_by_id, g.confirmed_by_id
          FROM donations_donation g CROSS JOIN generate_series(1, %(count)s) WHERE g.id = %(gift)s RETURNING id
    ), lot AS (
        INSERT INTO donations_donationlot (created_at, organization_id, donation_id, amount, received_on, earmark_class)
        SELECT now(), %(house)s, id, 1, current_date, '' FROM gift RETURNING id, donation_id
    ), journal AS (
        INSERT INTO donations_ledgerjournal (uid, row_version, updated_at, created_at, organization_id, kind, leg_count,
               reference, spend_class, posted_at, article, donation_id)
        SELECT gen_random_uuid(), 1, now(), now(), %(house)s, 'donation', 2, 'bench:' || id, 'none', now(), '', donation_id
          FROM lot RETURNING id, donation_id
    )
    INSERT INTO donations_ledgerentry (created_at, organization_id, journal_id, account_id, lot_id, amount)
    SELECT now(), %(house)s, j.id, leg.account, CASE WHEN leg.amount < 0 THEN l.id END, leg.amount
      FROM journal j JOIN lot l ON l.donation_id = j.donation_id
      CROSS JOIN (VALUES (%(cash)s::bigint, 1), (%(available)s::bigint, -1)) AS leg (account, amount)
"""


def entries_of(house: int) -> int:
    from donations.models.ledger import LedgerEntry

    return LedgerEntry.objects.filter(organization_id=house).count()


def fill(user: Any, wanted: int) -> None:
    """Bring the books of the user's house to `wanted` entries, a transaction for every 500 journals."""
    from django.db import connection

    from departments.services.entering import member_scope
    from donations.models.giving import Donation
    from donations.services import ledger

    with member_scope(user, user.membership.uid) as acting:
        house = acting.organization_id
        missing = (wanted - entries_of(house) + 1) // 2
        gift = Donation.objects.filter(organization_id=house, state="booked").order_by("id").first()
        pair = ledger.pool(organization_id=house, fund_id=gift.fund_id, purpose_id=gift.purpose_id)
        facts = {
            "house": house,
            "gift": gift.pk,
            "cash": ledger.cash_account(house),
            "available": pair[0][0],
        }
    while missing > 0:
        with member_scope(user, user.membership.uid), connection.cursor() as cursor:
            cursor.execute(FILL, {**facts, "count": min(BATCH, missing)})
        missing -= BATCH


def settled() -> None:
    """What autovacuum does by itself after such a growth, at once: as the owner of the tables."""
    words = [sys.executable, "-m", "benchmarks.trace", "--vacuum"]
    subprocess.run(words, env={**os.environ, "MSW_AS_OWNER": "1"}, check=True)


def vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _explained(sql: str, params: list[Any]) -> tuple[float, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        made = cursor.fetchone()[0][0]
    plan = made["Plan"]
    return made["Execution Time"], plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def measure(user: Any) -> dict[str, Any]:
    """Median milliseconds and blocks of both statements, over the same payouts and gifts in any size."""
    from departments.services.entering import member_scope
    from donations.models.giving import Donation
    from donations.models.payout import Disbursement
    from donations.services.tracing import PAYERS
    from donations.services.trails import TRAIL

    dice = random.Random(SEED)
    with member_scope(user, user.membership.uid) as acting:
        house = acting.organization_id
        paid = Disbursement.objects.filter(counterparty_id=house, released_at__isnull=False)
        # The oldest of each: those that were there before the books grew.
        payouts = list(paid.order_by("id").values_list("id", flat=True)[: SAMPLES * 4])
        given = Donation.objects.filter(organization_id=house, state="booked", kind="money")
        old = given.exclude(number__startswith="bench-").order_by("id")
        gifts = list(old.values_list("id", flat=True)[1 : SAMPLES + 1])
        figures = {"entries": entries_of(house)}
        for name, sql, ids in (("payers", PAYERS, payouts), ("trail", TRAIL, gifts)):
            chosen = dice.sample(ids, min(SAMPLES, len(ids)))
            # The best of the rounds of each: what a crowded machine takes from one round it gives in another.
            seen = [min(_explained(sql, [one]) for _round in range(ROUNDS)) for one in chosen]
            figures[name] = {
                "p50_ms": round(statistics.median(ms for ms, _blocks in seen), 4),
                "blocks": statistics.median(blocks for _ms, blocks in seen),
            }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=0)
    parser.add_argument(
        "--vacuum", action="store_true", help="vacuum and analyze as the owner, no more"
    )
    asked = parser.parse_args()

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
    django.setup()
    from benchmarks.routes import person_of

    if asked.vacuum:
        vacuum()
        return
    user = person_of("f.officer")
    if asked.entries:
        fill(user, asked.entries)
        settled()
    figures = measure(user)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    kept = sorted(
        [one for one in kept if one["entries"] != figures["entries"]] + [figures],
        key=lambda one: one["entries"],
    )
    for one in kept:
        for name in ("payers", "trail"):
            one[name]["ratio"] = round(one[name]["p50_ms"] / kept[0][name]["p50_ms"], 2)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n")
    for one in kept:
        words = ", ".join(f"{name} {one[name]}" for name in ("payers", "trail"))
        print(f"{one['entries']:>9} entries: {words} (goal {GOAL})")


if __name__ == "__main__":
    main()
