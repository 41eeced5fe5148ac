"""What follows from the copied rows, made in one go per kind: chain, balances, numbers, roll-ups."""

import hashlib
import io
from collections.abc import Iterable, Mapping

from django.db import connection

from cases.models.duplicates import ComparedUpTo
from reports.services.proving import rollups_rebuild

ENTRIES = """
    COPY (SELECT encode(convert_to(e.id::text, 'UTF8'), 'escape'), encode(app.audit_text(e), 'hex')
            FROM departments_auditentry e
           WHERE e.organization_id = {house} AND NOT EXISTS (
                 SELECT FROM departments_auditlink l WHERE l.organization_id = {house} AND l.entry_id = e.id)
           ORDER BY e.at, e.id) TO STDOUT
"""
LAST = """
    SELECT seq, hash FROM departments_auditlink WHERE organization_id = %s AND lane = 0 ORDER BY seq DESC LIMIT 1
"""
BALANCES = (
    """
    UPDATE donations_ledgeraccount a SET balance = f.total FROM (
           SELECT e.account_id, sum(b.side * e.amount) AS total FROM donations_ledgerentry e
             JOIN donations_ledgeraccount b ON b.id = e.account_id GROUP BY 1) f
     WHERE f.account_id = a.id AND a.balance <> f.total
    """,
    "DELETE FROM donations_lotbalance",
    """
    INSERT INTO donations_lotbalance (organization_id, lot_id, account_id, received_on, balance)
    SELECT l.organization_id, e.lot_id, e.account_id, l.received_on, sum(a.side * e.amount)
      FROM donations_ledgerentry e JOIN donations_ledgeraccount a ON a.id = e.account_id
      JOIN donations_donationlot l ON l.id = e.lot_id GROUP BY 1, 2, 3, 4
    """,
)
NUMBER = """
    INSERT INTO departments_numbersequence (organization_id, kind, period, next, created_at)
    VALUES (%s, %s, %s, %s, now())
    ON CONFLICT (organization_id, kind, period) DO UPDATE SET next = excluded.next
"""


class _Chain(io.TextIOBase):
    """Takes entries line by line and holds the links."""

    def __init__(self, house: int, seq: int, last: bytes):
        self.house, self.seq, self.last = house, seq, last
        self.links, self.rest = io.StringIO(), ""

    def write(self, text: str) -> int:
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            entry, body = line.split("\t")
            self.last = hashlib.sha256(self.last + bytes.fromhex(body)).digest()
            self.seq += 1
            self.links.write(f"{self.house}\t0\t{self.seq}\t{entry}\t\\\\x{self.last.hex()}\n")
        return len(text)


def chain(houses: Iterable[int]) -> None:
    """Link every entry of these houses that has no link yet, in the order of time: one fold."""
    for house in houses:
        with connection.cursor() as cursor:
            cursor.execute(LAST, [house])
            seq, last = cursor.fetchone() or (0, b"")
            fold = _Chain(house, seq, bytes(last))
            cursor.copy_expert(ENTRIES.format(house=int(house)), fold)
            fold.links.seek(0)
            cursor.copy_expert(
                "COPY departments_auditlink (organization_id, lane, seq, entry_id, hash) FROM STDIN",
                fold.links,
            )


def nothing_compared() -> None:
    """Copied persons bear dates before the marks of the nightly comparison, which has not seen them: it begins anew."""
    ComparedUpTo.objects.all().delete()


def balances() -> None:
    """Accounts and lots as the fold of their entries, while the guards of the ledger are off."""
    with connection.cursor() as cursor:
        for statement in BALANCES:
            cursor.execute(statement)


def numbers(house: int, last: Mapping[tuple[str, str], int]) -> None:
    """The counters of a house go on after the last number that was given."""
    with connection.cursor() as cursor:
        for (kind, period), seq in last.items():
            cursor.execute(NUMBER, [house, kind, period, seq + 1])


def rollups() -> None:
    """The roll-ups from their source rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
    rollups_rebuild()
