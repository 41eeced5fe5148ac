"""Roll-ups kept in the transaction of their source rows, and the view they must equal.

One definition per indicator gives both the trigger's rows and the recomputation, so that they cannot
drift. The triggers stand on tables of the left apps, which know nothing of them.
"""

from django.db import migrations

from msw_portal.kernel.walls import Definer

# What has no month yet counts in this period: the state as of now.
NOW = "date '2000-01-01'"
MONTH = "date_trunc('month', ({} at time zone 'Asia/Shanghai'))::date"

# indicator: (period, dims, n, n2, condition); r is the source row.
CASE = {
    "case_open": (
        NOW,
        "jsonb_build_object('department', r.department_id, 'stage', r.stage)",
        "1",
        "0",
        "r.closed_at is null",
    ),
    "case_new": (
        MONTH.format("r.opened_at"),
        "jsonb_build_object('department', r.department_id, 'source', r.source)",
        "1",
        "0",
        "r.assigned_at is not null and r.stage <> 'voided'",
    ),
    "case_closed": (
        MONTH.format("r.closed_at"),
        "jsonb_build_object('department', r.department_id)",
        "1",
        "0",
        "r.stage = 'closed'",
    ),
    "response_hours": (
        MONTH.format("r.assigned_at"),
        "jsonb_build_object('department', r.department_id, 'hours', "
        "least(ceil(extract(epoch from r.assigned_at - coalesce((select f.received_at from cases_referral f "
        "where f.id = r.referral_id), r.opened_at)) / 3600), 9999)::int)",
        "1",
        "0",
        "r.assigned_at is not null and r.stage <> 'voided'",
    ),
}
NEED = {
    "need_found": (
        MONTH.format("r.created_at"),
        "jsonb_build_object('category', r.category)",
        "1",
        "0",
        "true",
    ),
}
REQUEST = {
    "aid_asked": (
        MONTH.format("r.submitted_at"),
        "jsonb_build_object('programme', r.programme_version_id)",
        "1",
        "r.requested",
        "r.submitted_at is not null",
    ),
    "aid_open": (
        NOW,
        "jsonb_build_object('programme', r.programme_version_id, 'state', r.state)",
        "1",
        "r.requested",
        "r.submitted_at is not null",
    ),
}
ACT = {
    "aid_approved": (MONTH.format("r.at"), "'{}'::jsonb", "1", "r.amount", "r.step = 'approve'"),
}
DISBURSEMENT = {
    "aid_paid": (
        MONTH.format("r.released_at"),
        "'{}'::jsonb",
        "1",
        "r.amount",
        "r.state in ('released', 'confirmed', 'reconciled')",
    ),
}
SOURCES = {
    "cases_case": ("organization_id", CASE),
    "cases_need": ("organization_id", NEED),
    "donations_fundingrequest": ("organization_id", REQUEST),
    "donations_fundingact": ("organization_id", ACT),
    "donations_disbursement": ("organization_id", DISBURSEMENT),
}
# The foundation reads the same money from its own side.
MIRRORED = {"donations_fundingrequest", "donations_fundingact", "donations_disbursement"}


def rows(rowset: str, owner: str, indicators: dict, sign: int) -> str:
    """Every indicator's signed cells over a row set (a table or a transition table)."""
    return " union all ".join(
        f"select r.{owner} as organization_id, '{code}'::text as indicator, {period} as period, {dims} as dims, "
        f"({sign} * {n})::bigint as n, ({sign} * {n2})::numeric(18,2) as n2 from {rowset} r where {condition} and r.{owner} is not null"
        for code, (period, dims, n, n2, condition) in indicators.items()
    )


def both_sides(rowset: str, table: str, sign: int) -> str:
    owner, indicators = SOURCES[table]
    parts = [rows(rowset, owner, indicators, sign)]
    if table in MIRRORED:
        parts.append(rows(rowset, "counterparty_id", indicators, sign))
    return " union all ".join(parts)


def body(table: str) -> str:
    insert = (
        "insert into reports_rollupdelta (organization_id, indicator, period, dims_hash, dims, n, n2) "
        "select organization_id, indicator, period, hashtextextended(dims::text, 0), dims, sum(n), sum(n2) from ({}) s "
        "group by organization_id, indicator, period, dims having sum(n) <> 0 or sum(n2) <> 0;"
    )
    plus, minus = both_sides("added", table, 1), both_sides("removed", table, -1)
    return (
        f"begin if tg_op = 'INSERT' then {insert.format(plus)} "
        f"elsif tg_op = 'DELETE' then {insert.format(minus)} "
        f"else {insert.format(plus + ' union all ' + minus)} end if; return null; end"
    )


def triggers(table: str) -> str:
    name = f"app.rollup_{table}()"
    return (
        f"CREATE TRIGGER rollup_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name};"
        f"CREATE TRIGGER rollup_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS added OLD TABLE AS removed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name};"
        f"CREATE TRIGGER rollup_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS removed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name};"
    )


def drop_triggers(table: str) -> str:
    return "".join(
        f"DROP TRIGGER IF EXISTS rollup_{event} ON {table};"
        for event in ("insert", "update", "delete")
    )


WANT = (
    "CREATE VIEW reports_want WITH (security_invoker = true) AS SELECT organization_id, indicator, period, "
    "hashtextextended(dims::text, 0) AS dims_hash, dims, sum(n)::bigint AS n, sum(n2)::numeric(18,2) AS n2 FROM ("
    + " union all ".join(both_sides(table, table, 1) for table in SOURCES)
    + ") s GROUP BY organization_id, indicator, period, dims; GRANT SELECT ON reports_want TO msw_app;"
)

HAVE = """CREATE VIEW reports_have WITH (security_invoker = true) AS
SELECT organization_id, indicator, period, dims_hash, dims, sum(n)::bigint AS n, sum(n2)::numeric(18,2) AS n2
  FROM (SELECT organization_id, indicator, period, dims_hash, dims, n, n2 FROM reports_rollup
        UNION ALL SELECT organization_id, indicator, period, dims_hash, dims, n, n2 FROM reports_rollupdelta) s
 GROUP BY organization_id, indicator, period, dims_hash, dims HAVING sum(n) <> 0 OR sum(n2) <> 0;
GRANT SELECT ON reports_have TO msw_app;"""

COMPACT = """
declare folded integer;
begin
  if not pg_try_advisory_xact_lock(7001) then return 0; end if;
  with gone as (
    delete from reports_rollupdelta where id in (select id from reports_rollupdelta order by id limit p_limit) returning *
  ), cells as (
    select organization_id, indicator, period, dims_hash, dims, sum(n) n, sum(n2) n2, count(*) c from gone group by 1, 2, 3, 4, 5
  ), put as (
    insert into reports_rollup (organization_id, indicator, period, dims_hash, dims, n, n2)
    select organization_id, indicator, period, dims_hash, dims, n, n2 from cells
    on conflict (organization_id, indicator, period, dims_hash)
    do update set n = reports_rollup.n + excluded.n, n2 = reports_rollup.n2 + excluded.n2
    returning 1
  )
  select coalesce(sum(c), 0) into folded from cells, (select count(*) from put) done;
  return folded;
end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_walls"),
        ("cases", "__first__"),
        ("donations", "__first__"),
    ]
    operations = [
        *(Definer(f"rollup_{table}()", "trigger", body(table)) for table in SOURCES),
        *(migrations.RunSQL(triggers(table), drop_triggers(table)) for table in SOURCES),
        migrations.RunSQL(WANT, "DROP VIEW reports_want"),
        migrations.RunSQL(HAVE, "DROP VIEW reports_have"),
        Definer("roll_compact(p_limit integer)", "integer", COMPACT),
    ]
