"""Recompute what is derived and compare: every query must come back empty."""

from dataclasses import dataclass

from django.db import connection

# One reading of the sources, which is minutes at a million cases: the count and both differences come out of it.
DIFFERENCES = """
WITH want AS MATERIALIZED (SELECT organization_id, indicator, period, dims, n, n2 FROM reports_want),
     have AS MATERIALIZED (SELECT organization_id, indicator, period, dims, n, n2 FROM reports_have),
     differ AS (SELECT 'have', * FROM (SELECT * FROM have EXCEPT SELECT * FROM want) more
                UNION ALL
                SELECT 'want', * FROM (SELECT * FROM want EXCEPT SELECT * FROM have) less
                LIMIT 10)
SELECT 'checked', count(*), NULL, NULL, NULL, NULL, NULL FROM want
UNION ALL SELECT * FROM differ
"""
# In every house, department and filter: all that were ever opened, less all that ended, are open.
UNBALANCED = """
WITH sides AS (
  SELECT organization_id, split_part(indicator, '/', 2) AS tag, dims ->> 'department' AS department,
         coalesce(sum(n) FILTER (WHERE split_part(indicator, '/', 1) = 'case_new'), 0) AS opened,
         coalesce(sum(n) FILTER (WHERE split_part(indicator, '/', 1) = 'case_ended'), 0) AS ended,
         coalesce(sum(n) FILTER (WHERE split_part(indicator, '/', 1) = 'case_open'), 0) AS still
    FROM reports_have WHERE split_part(indicator, '/', 1) IN ('case_new', 'case_ended', 'case_open')
   GROUP BY 1, 2, 3)
SELECT count(*) OVER (), * FROM sides ORDER BY opened - ended = still, organization_id, tag LIMIT 10
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
        cursor.execute(DIFFERENCES)
        rows = cursor.fetchall()
    (checked,) = (row[1] for row in rows if row[0] == "checked")
    return Proof("roll-ups", checked, tuple(row for row in rows if row[0] != "checked"))


def balance_prove() -> Proof:
    """The balance of cases over all time, which every month's is a part of."""
    with connection.cursor() as cursor:
        cursor.execute(UNBALANCED)
        rows = cursor.fetchall()
    wrong = tuple(row[1:] for row in rows if row[4] - row[5] != row[6])
    return Proof("balance of cases", rows[0][0] if rows else 0, wrong)


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
