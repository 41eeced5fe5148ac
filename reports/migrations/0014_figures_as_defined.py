"""Figures that fell short of what they say: raised sums, payments that came back later, and the balance of cases.

Aid approved counts what a second look added, in the month it was approved; a payment stays in its month when
the money comes back. A case is opened when it is given to a worker and ended when it ends, so that open
cases are those of before, more those opened, less those ended; who still waits is a figure of its own.
Built on 0013, whose functions and view are made again with these cells in the place of the old ones.
"""

from dataclasses import replace
from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer

before = import_module("reports.migrations.0013_lighter_rollup_writes")
made = before.before  # the definitions of 0012
old = before.old
Cell = old.Cell
ACT, DISBURSEMENT = (
    made.SOURCES[key].cells for key in ("donations_fundingact", "donations_disbursement")
)
CASE = made.SOURCES["cases_case"].cells
OPENED = old.month("r.assigned_at")
# What the second look added: both acts are of one request, once each, and stay as they are.
ADDED = (
    "case when r.step = 'raise' then r.amount - (select first.amount from donations_fundingact first "
    "where first.request_id = r.request_id and first.step = 'approve') else r.amount end"
)
CELLS = {
    "aid_approved": replace(
        ACT["aid_approved"],
        n="(r.step = 'approve')::int",
        n2=ADDED,
        where="r.step in ('approve', 'raise')",
    ),
    "aid_paid": replace(
        DISBURSEMENT["aid_paid"],
        where="r.state in ('released', 'confirmed', 'reconciled', 'refunded')",
    ),
    "case_open": replace(
        CASE["case_open"], where="r.closed_at is null and r.assigned_at is not null"
    ),
    "case_new": replace(CASE["case_new"], period=OPENED),
    "case_new_ward": replace(CASE["case_new_ward"], period=OPENED),
    "case_new_disease": replace(CASE["case_new_disease"], period=OPENED),
}
WAS = {code: {**ACT, **DISBURSEMENT, **CASE}[code] for code in CELLS}
MORE = {
    "case_pending": Cell(
        old.NOW,
        "jsonb_build_object('department', r.department_id)",
        where="r.closed_at is null and r.assigned_at is null",
        is_split=True,
    ),
    "case_ended": Cell(
        old.month("r.closed_at"),
        old.CASE_DIM.format("'ending', r.stage"),
        where="r.closed_at is not null and r.assigned_at is not null and r.stage <> 'voided'",
        is_split=True,
    ),
}


def written(code: str, cell: Cell) -> str:
    """A cell as 0012 writes it into its functions and its view."""
    return (
        f"('{code}'::text, {cell.period}, {cell.dims}, ({cell.n})::bigint, ({cell.n2})::numeric(18,2), "
        f"{cell.where}, {str(cell.is_split).lower()})"
    )


def renewed(sql: str) -> str:
    """The SQL with the new cells in the place of the old ones; a table counts those of its children, too."""
    for code, cell in CELLS.items():
        more = MORE.items() if code == "case_open" else ()
        now = ", ".join([written(code, cell), *(written(*one) for one in more)])
        sql = sql.replace(written(code, WAS[code]), now)
    return sql


BODIES = {table: before.body(table) for table in before.TABLES}
CHANGED = {table: renewed(body) for table, body in BODIES.items() if renewed(body) != body}
if any(written(code, was) not in made.WANT for code, was in WAS.items()):
    raise ValueError(
        "a cell is written otherwise than 0012 writes it: nothing would be counted anew"
    )


# Both sides of a request know what came back of it (funding_request.refunded); the books, which know the day,
# are the foundation's alone. A refund of a gift to its donor has no disbursement.
REFUNDS = """
select j.request_id, j.posted_at, sum(e.amount)
  from donations_fundingrequest r
  join donations_ledgerjournal j on j.request_id = r.id and j.kind = 'refund' and j.disbursement_id is not null
  join donations_ledgerentry e on e.journal_id = j.id
  join donations_ledgeraccount a on a.id = e.account_id and a.kind = 'cash'
 where (r.organization_id = app.org() or r.counterparty_id = app.org()) and r.refunded > 0
   and j.posted_at >= p_since and j.posted_at < p_before
 group by j.id, j.request_id, j.posted_at
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0013_lighter_rollup_writes"),
        ("donations", "0028_raised_sums"),
    ]
    operations = [
        *(Definer(f"rollup_{table}()", "trigger", body) for table, body in CHANGED.items()),
        migrations.RunSQL(renewed(made.WANT), migrations.RunSQL.noop),
        migrations.RunSQL(old.ANEW, migrations.RunSQL.noop),
        Definer(
            "aid_refunds(p_since timestamptz, p_before timestamptz)",
            "table (request_id bigint, at timestamptz, amount numeric)",
            REFUNDS,
            language="sql",
            volatility="STABLE",
        ),
    ]
