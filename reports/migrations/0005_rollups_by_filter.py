"""More figures kept in the transaction of their rows, each also by ward, worker and disease.

One definition gives the triggers' rows and the recomputation, as in 0003, whose functions this replaces.
A filter is a part of the indicator's own key (`case_new/w12`), so that a filtered figure is read by the
same index as an unfiltered one and costs the same. Rows that hang on another row (a contact on its case)
are counted again when what they take from it changes; the trigger holds the parent meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import migrations, models

from msw_portal.kernel.walls import Definer

# What has no month counts in this period: the state as of now.
NOW = "date '2000-01-01'"


def month(at: str) -> str:
    return f"date_trunc('month', ({at} at time zone 'Asia/Shanghai'))::date"


def month_of_day(day: str) -> str:
    return f"date_trunc('month', {day})::date"


@dataclass(frozen=True)
class Cell:
    """What one row adds to one figure; r is the row, c, s, g the rows it hangs on."""

    period: str
    dims: str
    n: str = "1"
    n2: str = "0"
    where: str = "true"
    is_split: bool = False


@dataclass(frozen=True)
class Source:
    """The figures of one table.

    `parents` is alias: (table, how it is joined); `watch` the row's own columns whose change counts;
    `splits` the values of ward, worker and disease; `children` the tables that hang on this one, with this
    one's columns that they take.
    """

    cells: Mapping[str, Cell]
    watch: tuple[str, ...]
    parents: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    splits: tuple[str, str, str] | None = None
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_mirrored: bool = False
    alias: str = ""


CASE_DIM = "jsonb_build_object('department', r.department_id, {})"
OF_CASE = ("department_id", "ward_id", "worker_id", "disease_group")
ASSIGNED = "r.assigned_at is not null and r.stage <> 'voided'"
HOURS = (
    "least(ceil(extract(epoch from r.assigned_at - coalesce((select f.received_at from cases_referral f "
    "where f.id = r.referral_id), r.opened_at)) / 3600), 9999)::int"
)
DAYS = "((r.closed_at at time zone 'Asia/Shanghai')::date - (r.opened_at at time zone 'Asia/Shanghai')::date)"
CASE = Source(
    {
        "case_open": Cell(
            NOW,
            CASE_DIM.format("'stage', r.stage"),
            n2="r.weight",
            where="r.closed_at is null",
            is_split=True,
        ),
        "case_load": Cell(
            NOW,
            CASE_DIM.format("'worker', r.worker_id"),
            n2="r.weight",
            where="r.closed_at is null and r.worker_id is not null",
        ),
        "case_new": Cell(
            month("r.opened_at"),
            CASE_DIM.format("'source', r.source"),
            where=ASSIGNED,
            is_split=True,
        ),
        "case_new_ward": Cell(
            month("r.opened_at"),
            CASE_DIM.format("'ward', r.ward_id"),
            where=f"{ASSIGNED} and r.ward_id is not null",
        ),
        "case_new_disease": Cell(
            month("r.opened_at"),
            CASE_DIM.format("'disease', r.disease_group"),
            where=f"{ASSIGNED} and r.disease_group <> ''",
        ),
        "case_closed": Cell(
            month("r.closed_at"),
            CASE_DIM.format("'reason', r.close_reason"),
            n2=DAYS,
            where="r.stage = 'closed'",
            is_split=True,
        ),
        "goal_rate": Cell(
            month("r.closed_at"),
            "jsonb_build_object('department', r.department_id)",
            n2="r.goal_rate * 100",
            where="r.stage = 'closed' and r.goal_rate is not null",
            is_split=True,
        ),
        "response_hours": Cell(
            month("r.assigned_at"),
            CASE_DIM.format(f"'hours', {HOURS}"),
            where=ASSIGNED,
            is_split=True,
        ),
    },
    watch=(
        *OF_CASE,
        *("stage", "weight", "source", "opened_at", "assigned_at", "closed_at", "close_reason"),
        *("goal_rate", "referral_id"),
    ),
    splits=("r.ward_id", "r.worker_id", "r.disease_group"),
    children={"cases_need": OF_CASE, "cases_contact": OF_CASE},
    alias="c",
)
NEED = Source(
    {
        "need_found": Cell(
            month("r.created_at"),
            "jsonb_build_object('department', c.department_id, 'category', r.category)",
            is_split=True,
        )
    },
    watch=("category",),
    parents={"c": ("cases_case", "c.id = r.case_id")},
    splits=("c.ward_id", "c.worker_id", "c.disease_group"),
)
CONTACT = Source(
    {
        "contact_done": Cell(
            month_of_day("r.occurred_on"),
            "jsonb_build_object('department', c.department_id, 'mode', r.mode)",
            n2="coalesce(r.minutes, 0)",
            where="r.addendum_to_id is null",
            is_split=True,
        ),
        "contact_worker": Cell(
            month_of_day("r.occurred_on"),
            "jsonb_build_object('department', c.department_id, 'worker', r.created_by_id)",
            n2="coalesce(r.minutes, 0)",
            where="r.addendum_to_id is null and r.created_by_id is not null",
        ),
    },
    watch=("occurred_on", "mode", "minutes"),
    parents={"c": ("cases_case", "c.id = r.case_id")},
    # Whose work it was, not whose case it is now.
    splits=("c.ward_id", "r.created_by_id", "c.disease_group"),
)
OUTCOME = (
    "case when r.state in ('received', 'claimed') then 'waiting' "
    "when r.state in ('accepted', 'completed') then 'taken' else r.state end"
)
REFERRAL = Source(
    {
        "referral_in": Cell(
            month("r.received_at"),
            f"jsonb_build_object('ward', r.from_department_id, 'outcome', {OUTCOME})",
            where="r.direction = 'in'",
        )
    },
    watch=("received_at", "from_department_id", "state", "direction"),
)
OF_GROUP = ("department_id", "kind")
GROUP = Source(
    {},
    watch=OF_GROUP,
    children={"cases_groupsession": OF_GROUP, "cases_attendance": OF_GROUP},
    alias="g",
)
GROUP_DIMS = "jsonb_build_object('department', g.department_id, 'kind', g.kind)"
SESSION = Source(
    {
        "group_session": Cell(
            month_of_day("r.held_on"), GROUP_DIMS, n2="r.minutes", where="r.state = 'held'"
        )
    },
    watch=("held_on", "minutes", "state"),
    parents={"g": ("cases_group", "g.id = r.group_id")},
    children={"cases_attendance": ("held_on", "state")},
    alias="s",
)
ATTENDANCE = Source(
    {
        "group_attendance": Cell(
            month_of_day("s.held_on"),
            GROUP_DIMS,
            where="s.state = 'held' and r.presence in ('present', 'late')",
        )
    },
    watch=("presence",),
    parents={
        "s": ("cases_groupsession", "s.id = r.session_id"),
        "g": ("cases_group", "g.id = s.group_id"),
    },
)
KIND_DIMS = CASE_DIM.format("'kind', r.kind")
HELD = "r.state in ('held', 'summarized')"
ACTIVITY = Source(
    {
        "activity_held": Cell(
            month_of_day("r.occurred_on"), KIND_DIMS, n2="r.person_times", where=HELD
        ),
        "activity_persons": Cell(
            month_of_day("r.occurred_on"), KIND_DIMS, n="r.persons", where=HELD
        ),
    },
    watch=("occurred_on", "department_id", "kind", "state", "persons", "person_times"),
)
SERVICE = Source(
    {
        "volunteer_hours": Cell(
            month("r.checked_in"), "'{}'::jsonb", n2="r.hours", where="r.state = 'confirmed'"
        )
    },
    watch=("checked_in", "hours", "state"),
)
REQUEST = Source(
    {
        "aid_asked": Cell(
            month("r.submitted_at"),
            "jsonb_build_object('programme', r.programme_version_id)",
            n2="r.requested",
            where="r.submitted_at is not null",
        ),
        "aid_gap": Cell(
            month("r.submitted_at"),
            "jsonb_build_object('programme', r.programme_version_id)",
            n2="r.gap",
            where="r.submitted_at is not null",
        ),
        "aid_open": Cell(
            NOW,
            "jsonb_build_object('programme', r.programme_version_id, 'state', r.state)",
            n2="r.requested",
            where="r.submitted_at is not null",
        ),
    },
    watch=(
        *("submitted_at", "programme_version_id", "requested", "gap", "state"),
        "counterparty_id",
    ),
    is_mirrored=True,
)
ACT = Source(
    {"aid_approved": Cell(month("r.at"), "'{}'::jsonb", n2="r.amount", where="r.step = 'approve'")},
    watch=("at", "step", "amount"),
    is_mirrored=True,
)
DISBURSEMENT = Source(
    {
        "aid_paid": Cell(
            month("r.released_at"),
            "'{}'::jsonb",
            n2="r.amount",
            where="r.state in ('released', 'confirmed', 'reconciled')",
        )
    },
    watch=("released_at", "amount", "state"),
    is_mirrored=True,
)
DONATION = Source(
    {
        "donation_in": Cell(
            month_of_day("r.received_on"),
            "jsonb_build_object('channel', r.channel, 'kind', r.kind)",
            n2="coalesce(r.amount, 0)",
            where="r.state = 'booked' and r.received_on is not null",
        )
    },
    watch=("received_on", "channel", "kind", "amount", "state"),
)
SOURCES = {
    "cases_case": CASE,
    "cases_need": NEED,
    "cases_contact": CONTACT,
    "cases_referral": REFERRAL,
    "cases_group": GROUP,
    "cases_groupsession": SESSION,
    "cases_attendance": ATTENDANCE,
    "cases_activity": ACTIVITY,
    "volunteers_servicerecord": SERVICE,
    "donations_fundingrequest": REQUEST,
    "donations_fundingact": ACT,
    "donations_disbursement": DISBURSEMENT,
    "donations_donation": DONATION,
}
STANDING = {  # triggers of 0003
    "cases_case",
    "cases_need",
    "donations_fundingrequest",
    "donations_fundingact",
    "donations_disbursement",
}


def rows(table: str, rowset: str, sign: int, given: Mapping[str, str] | None = None) -> str:
    """The signed cells of a row set of `table`; `given` puts another row set in the place of a parent."""
    source = SOURCES[table]
    values = ", ".join(
        f"('{code}'::text, {cell.period}, {cell.dims}, ({cell.n})::bigint, ({cell.n2})::numeric(18,2), "
        f"{cell.where}, {str(cell.is_split).lower()})"
        for code, cell in source.cells.items()
    )
    joins = "".join(
        f" join {(given or {}).get(alias, parent)} {alias} on {on}"
        for alias, (parent, on) in source.parents.items()
    )
    tags = ["('', true)"]
    if source.splits:
        ward, worker, disease = source.splits
        tags += [
            f"('/w' || {ward}, {ward} is not null)",
            f"('/k' || {worker}, {worker} is not null)",
            f"('/d' || hashtextextended({disease}, 0), {disease} <> '')",
        ]
    return " union all ".join(
        f"select r.{owner} as organization_id, k.indicator || f.tag as indicator, k.period, k.dims, "
        f"{sign} * k.n as n, {sign} * k.n2 as n2 from {rowset} r{joins} "
        f"cross join lateral (values {values}) k(indicator, period, dims, n, n2, is_counted, is_split) "
        f"cross join lateral (values {', '.join(tags)}) f(tag, is_known) "
        f"where k.is_counted and k.period is not null and f.is_known and (k.is_split or f.tag = '') "
        f"and r.{owner} is not null"
        for owner in ("organization_id", *(("counterparty_id",) if source.is_mirrored else ()))
    )


def put(parts: Iterable[str]) -> str:
    return (
        "insert into reports_rollupdelta (organization_id, indicator, period, dims_hash, dims, n, n2) "
        "select organization_id, indicator, period, hashtextextended(dims::text, 0), dims, sum(n), sum(n2) "
        f"from ({' union all '.join(parts)}) s "
        "group by organization_id, indicator, period, dims having sum(n) <> 0 or sum(n2) <> 0;"
    )


def differs(columns: Iterable[str]) -> str:
    names = list(columns)
    mine, its = (", ".join(f"{one}.{name}" for name in names) for one in ("a", "o"))
    return f"({mine}) is distinct from ({its})"


def holds(table: str, rowset: str) -> str:
    """The parents are held until the transaction ends, so that nobody counts these rows anew meanwhile."""
    lines = []
    for alias, (parent, on) in SOURCES[table].parents.items():
        column = on.split("= ")[1]
        if column.startswith("r."):
            ids = f"select {column} from {rowset} r"
            lines.append(f"perform 1 from {parent} {alias} where id in ({ids}) for share;")
    return " ".join(lines)


def body(table: str) -> str:
    source = SOURCES[table]
    moved = "added a join removed o on o.id = a.id"
    update = []
    if source.cells:
        update.append(
            f"if exists (select from {moved} where {differs(source.watch)}) then "
            f"{put([rows(table, 'added', 1), rows(table, 'removed', -1)])} end if;"
        )
    for child, columns in source.children.items():
        new, old = (f"(select {one}.* from {moved} where {differs(columns)})" for one in ("a", "o"))
        counted = [
            rows(child, child, 1, {source.alias: new}),
            rows(child, child, -1, {source.alias: old}),
        ]
        update.append(
            f"if exists (select from {moved} where {differs(columns)}) then {put(counted)} end if;"
        )
    if not source.cells:
        return f"begin {' '.join(update)} return null; end"
    return (
        f"begin if tg_op = 'INSERT' then {holds(table, 'added')} {put([rows(table, 'added', 1)])} "
        f"elsif tg_op = 'DELETE' then {holds(table, 'removed')} {put([rows(table, 'removed', -1)])} "
        f"else {holds(table, 'added')} {' '.join(update)} end if; return null; end"
    )


EVENTS = {
    "insert": "REFERENCING NEW TABLE AS added",
    "update": "REFERENCING NEW TABLE AS added OLD TABLE AS removed",
    "delete": "REFERENCING OLD TABLE AS removed",
}


def events(table: str) -> tuple[str, ...]:
    return tuple(EVENTS) if SOURCES[table].cells else ("update",)


def triggers(table: str) -> str:
    return "".join(
        f"CREATE TRIGGER rollup_{event} AFTER {event.upper()} ON {table} {EVENTS[event]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION app.rollup_{table}();"
        for event in events(table)
    )


def drop(table: str) -> str:
    return "".join(f"DROP TRIGGER IF EXISTS rollup_{event} ON {table};" for event in events(table))


WANT = (
    "CREATE OR REPLACE VIEW reports_want WITH (security_invoker = true) AS SELECT organization_id, indicator, "
    "period, hashtextextended(dims::text, 0) AS dims_hash, dims, sum(n)::bigint AS n, sum(n2)::numeric(18,2) AS n2 "
    f"FROM ({' union all '.join(rows(table, table, 1) for table in SOURCES if SOURCES[table].cells)}) s "
    "GROUP BY organization_id, indicator, period, dims;"
)
# A cell that has come to nothing goes, or a house would keep every ward and worker it ever had.
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
  delete from reports_rollup where n = 0 and n2 = 0;
  return folded;
end
"""
ANEW = """
DELETE FROM reports_rollupdelta;
DELETE FROM reports_rollup;
INSERT INTO reports_rollup (organization_id, indicator, period, dims_hash, dims, n, n2)
SELECT organization_id, indicator, period, dims_hash, dims, n, n2 FROM reports_want;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_training_is_no_figure"),
        ("cases", "0045_case_place_kept"),
        ("volunteers", "0005_service_for_group"),
        ("donations", "0026_request_of_project"),
    ]
    operations = [
        migrations.AddIndex(
            "rollup",
            models.Index(
                name="rollup_zero", fields=["organization"], condition=models.Q(n=0, n2=0)
            ),
        ),
        *(Definer(f"rollup_{table}()", "trigger", body(table)) for table in SOURCES),
        *(
            migrations.RunSQL(triggers(table), drop(table))
            for table in SOURCES
            if table not in STANDING
        ),
        migrations.RunSQL(WANT, migrations.RunSQL.noop),
        Definer("roll_compact(p_limit integer)", "integer", COMPACT),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
