"""Recompute what is derived and compare: every query must come back empty."""

from dataclasses import dataclass

from django.db import connection

DIFFERENCES = """
(SELECT 'have', h.organization_id, h.indicator, h.period, h.dims, h.n, h.n2 FROM reports_have h
 EXCEPT SELECT 'have', w.organization_id, w.indicator, w.period, w.dims, w.n, w.n2 FROM reports_want w)
UNION ALL
(SELECT 'want', w.organization_id, w.indicator, w.period, w.dims, w.n, w.n2 FROM reports_want w
 EXCEPT SELECT 'want', h.organization_id, h.indicator, h.period, h.dims, h.n, h.n2 FROM reports_have h)
"""
REBUILD = (
    "DELETE FROM reports_rollupdelta",
    "DELETE FROM reports_rollup",
    "INSERT INTO reports_rollup (organization_id, indicator, period, dims_hash, dims, n, n2) "
    "SELECT organization_id, indicator, period, dims_hash, dims, n, n2 FROM reports_want",
)


@dataclass(frozen=True)
class Proof:
    """One recomputation: its name, how many cells, and the rows that differ (at most the first ten)."""

    name: str
    checked: int
    differences: tuple[tuple, ...]


def rollups_prove() -> Proof:
    """Roll-ups and deltas against a recomputation from their source rows, in every house the role may see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_want")
        checked = cursor.fetchone()[0]
        cursor.execute(f"SELECT * FROM ({DIFFERENCES}) d LIMIT 10")
        return Proof("roll-ups", checked, tuple(cursor.fetchall()))


def rollups_rebuild() -> None:
    """Write the roll-ups anew from their source rows; as the owner, after a bulk load."""
    with connection.cursor() as cursor:
        for statement in REBUILD:
            cursor.execute(statement)


def rollups_compact(limit: int = 5000) -> int:
    """Fold the oldest deltas into the roll-ups; how many were folded (0 when another folds now)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.roll_compact(%s)", [limit])
        return cursor.fetchone()[0]


def rollups_catch_up(*, limit: int = 5000, rounds: int = 40) -> int:
    """Fold until less than `limit` was left, at most `rounds` times in one go; how many deltas were folded.

    Each round is a transaction of its own: a burst is folded in one visit and holds no lock for long.
    """
    total = 0
    for _round in range(rounds):
        folded = rollups_compact(limit)
        total += folded
        if folded < limit:
            break
    return total
