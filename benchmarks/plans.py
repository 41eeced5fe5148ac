"""Every statement of a page with its real plan: what a large table must not suffer."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

LARGE = 10_000  # rows of a table that is never read whole
WHOLE = 0.1  # of a large table: more than that in one scan is reading it whole
WASTE = 20  # rows read and thrown away for one that is kept
SLOW_MS = 100  # a statement of a page that takes longer, whatever its plan keeps: an index may hold it all and be read whole
FEW = 1_000  # so many may be thrown away without asking: less than a millisecond


@dataclass
class Statement:
    """One statement and its plan (None for what is not explained)."""

    sql: str
    plan: dict[str, Any] | None = None
    ms: float = 0  # of its execution, where it was explained

    def nodes(self) -> Iterator[dict[str, Any]]:
        waiting = [self.plan] if self.plan else []
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])


@dataclass
class Asked:
    """A page that was asked once: its answer and its statements."""

    status: int
    body: bytes
    statements: list[Statement] = field(default_factory=list)


@dataclass
class _Recorder:
    explains: bool
    found: list[Statement] = field(default_factory=list)

    def __call__(self, execute, sql, params, many, context):
        statement = Statement(sql)
        self.found.append(statement)
        if self.explains and sql.lstrip(" (").upper().startswith(("SELECT", "WITH")):
            execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params, many, context)
            explained = context["cursor"].fetchone()[0][0]
            statement.plan, statement.ms = explained["Plan"], explained["Execution Time"]
        return execute(sql, params, many, context)


def ask(path: str, headers: dict[str, str], *, explains: bool = False) -> Asked:
    """Ask a page of this process and keep its statements, with their plans if wanted."""
    recorder = _Recorder(explains)
    client = Client(headers=headers, SERVER_NAME="127.0.0.1", raise_request_exception=False)
    with connection.execute_wrapper(recorder):
        answer = client.get(path)
    return Asked(answer.status_code, answer.content, recorder.found)


def large_tables() -> dict[str, int]:
    """Tables of more than LARGE rows, as the planner counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s "
            "AND relnamespace = 'public'::regnamespace",
            [LARGE],
        )
        return dict(cursor.fetchall())


def faults(statement: Statement, large: dict[str, int]) -> list[str]:
    """What a plan must not do: read a large table whole, throw away most of what it reads, or take long."""
    found = [f"{statement.ms:.0f} ms"] if statement.ms > SLOW_MS else []
    for node in statement.nodes():
        table, loops = node.get("Relation Name", ""), node.get("Actual Loops", 0)
        if not loops:
            continue
        thrown = (
            node.get("Rows Removed by Filter", 0)
            + node.get("Rows Removed by Index Recheck", 0)
            + node.get("Rows Removed by Join Filter", 0)
        ) * loops
        # A scan in the table's order that a LIMIT ends after its first pages is the cheapest there is.
        read = thrown + node.get("Actual Rows", 0) * loops
        if "Seq Scan" in node["Node Type"] and read > WHOLE * large.get(table, math.inf):
            found.append(f"{table} ({large[table]} rows) is read whole")
        kept = max(1, node.get("Actual Rows", 0) * loops)
        if thrown > FEW and thrown > WASTE * kept:
            found.append(
                f"{table or node['Node Type']}: {thrown:.0f} rows thrown away for {kept:.0f}"
            )
    return found
