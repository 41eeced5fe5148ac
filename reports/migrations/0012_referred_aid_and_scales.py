"""Referrals by profession and what became cases, aid by ward, worker and disease, scales before and after.

Built on the definitions of 0005, which stay as they are; its functions are replaced where a figure changes.
Aid hangs on its case where it has one (a request of a project has none), so the case is joined from the
left. A pair of scales is the first and the last final answer of one closed case, so a statement on answers
counts the pairs of its cases as they were and as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Definer

old = import_module("reports.migrations.0005_rollups_by_filter")
Cell, Source = old.Cell, old.Source

PLACE = ("ward_id", "worker_id", "disease_group")
OF_CASE = ("c.ward_id", "c.worker_id", "c.disease_group")
AID = ("donations_fundingrequest", "donations_fundingact", "donations_disbursement")
REFERRED = "referred"  # a second set of figures of cases, with functions and triggers of its own
TABLES = {REFERRED: "cases_case"}
ANSWERS = "cases_assessment"


def split(source: Source, **more) -> Source:
    cells = {code: replace(cell, is_split=True) for code, cell in source.cells.items()}
    return replace(source, cells=cells, splits=OF_CASE, **more)


PARTS = {
    "q": ("donations_fundingrequest", "q.id = r.request_id"),
    "c": ("cases_case", "c.id = q.case_id"),
}
CASE = replace(old.CASE, children={**old.CASE.children, **dict.fromkeys(AID, PLACE)})
REQUEST = split(
    old.REQUEST,
    parents={"c": ("cases_case", "c.id = r.case_id")},
    watch=(*old.REQUEST.watch, "case_id"),
    children=dict.fromkeys(AID[1:], ("case_id",)),
    alias="q",
)
REFERRAL = replace(
    old.REFERRAL,
    cells={
        "referral_in": replace(
            old.REFERRAL.cells["referral_in"],
            dims="jsonb_build_object('ward', r.from_department_id, 'profession', r.from_profession, "
            f"'outcome', {old.OUTCOME})",
        )
    },
    watch=(*old.REFERRAL.watch, "from_profession"),
    children={REFERRED: ("received_at", "from_department_id", "from_profession", "direction")},
    alias="f",
)
MADE = Source(
    {
        "referral_case": Cell(
            old.month("f.received_at"),
            "jsonb_build_object('ward', f.from_department_id, 'profession', f.from_profession)",
            where="f.direction = 'in'",
        )
    },
    watch=("referral_id",),
    parents={"f": ("cases_referral", "f.id = r.referral_id")},
)
CHANGED = {
    "cases_case": CASE,
    "cases_referral": REFERRAL,
    REFERRED: MADE,
    "donations_fundingrequest": REQUEST,
    "donations_fundingact": split(old.ACT, parents=PARTS),
    "donations_disbursement": split(old.DISBURSEMENT, parents=PARTS),
}
SOURCES = {**old.SOURCES, **CHANGED}
# What a case's pairs of scales take from the case.
PAIRED = ("stage", "closed_at", "department_id", *PLACE)


def table_of(key: str) -> str:
    return TABLES.get(key, key)


def tags(splits: tuple[str, str, str] | None, own: str) -> str:
    found = ["('', true)"]
    if splits:
        ward, worker, disease = splits
        found += [
            f"('/w' || {ward}, {ward} is not null{own})",
            f"('/k' || {worker}, {worker} is not null{own})",
            f"('/d' || hashtextextended({disease}, 0), {disease} <> ''{own})",
        ]
    return ", ".join(found)


def counted(
    cells: Mapping[str, Cell],
    origin: str,
    owner: str,
    sign: int,
    splits: tuple | None,
    own: str = "",
) -> str:
    """The signed cells of the rows r of `origin`, for the house in `owner`."""
    values = ", ".join(
        f"('{code}'::text, {cell.period}, {cell.dims}, ({cell.n})::bigint, ({cell.n2})::numeric(18,2), "
        f"{cell.where}, {str(cell.is_split).lower()})"
        for code, cell in cells.items()
    )
    return (
        f"select r.{owner} as organization_id, k.indicator || f_.tag as indicator, k.period, k.dims, "
        f"{sign} * k.n as n, {sign} * k.n2 as n2 from {origin} "
        f"cross join lateral (values {values}) k(indicator, period, dims, n, n2, is_counted, is_split) "
        f"cross join lateral (values {tags(splits, own)}) f_(tag, is_known) "
        f"where k.is_counted and k.period is not null and f_.is_known and (k.is_split or f_.tag = '') "
        f"and r.{owner} is not null"
    )


def rows(key: str, rowset: str, sign: int, given: Mapping[str, str] | None = None) -> str:
    """The signed cells of a row set; `given` puts another row set in the place of a parent."""
    source, given = SOURCES[key], given or {}
    # A foundation is told how much, not of which ward or worker of the hospital.
    own = " and c.organization_id = r.{}" if key in AID else ""
    joins = "".join(
        f"{' left' if key in AID and alias == 'c' and alias not in given else ''} "
        f"join {given.get(alias, parent)} {alias} on {on}"
        for alias, (parent, on) in source.parents.items()
    )
    owners = ("organization_id", *(("counterparty_id",) if source.is_mirrored else ()))
    return " union all ".join(
        counted(source.cells, f"{rowset} r{joins}", owner, sign, source.splits, own.format(owner))
        for owner in owners
    )


TOTAL = "(a.score ->> 'total')::numeric"
PAIR_CELLS = {
    "scale": Cell(
        old.month("r.closed_at"),
        "jsonb_build_object('department', r.department_id, 'scale', r.code)",
        n2="r.first_total",
        is_split=True,
    ),
    "scale_after": Cell(
        old.month("r.closed_at"),
        "jsonb_build_object('department', r.department_id, 'scale', r.code)",
        n2="r.last_total",
        is_split=True,
    ),
}


def pairs(answers: str, sign: int, case: str = "cases_case") -> str:
    """The signed cells of the pairs in a row set of answers; one that was corrected does not count."""
    among = "" if case == "cases_case" else f"and a.case_id in (select id from {case} one) "
    origin = (
        "(select c.organization_id, c.department_id, c.closed_at, c.ward_id, c.worker_id, c.disease_group, "
        "x.code, x.first_total, x.last_total from (select a.case_id, s.code, "
        f"(array_agg({TOTAL} order by a.finalized_at, a.id))[1] as first_total, "
        f"(array_agg({TOTAL} order by a.finalized_at desc, a.id desc))[1] as last_total "
        f"from {answers} a join departments_questionnaire s on s.id = a.questionnaire_id "
        "where a.is_final and a.score ->> 'total' is not null "
        f"and not exists (select 1 from {answers} l where l.corrects_id = a.id and l.is_final) {among}"
        f"group by a.case_id, s.code having count(*) > 1) x join {case} c on c.id = x.case_id "
        "where c.stage = 'closed') r"
    )
    splits = ("r.ward_id", "r.worker_id", "r.disease_group")
    return counted(PAIR_CELLS, origin, "organization_id", sign, splits)


def holds(key: str, rowset: str) -> str:
    """The parents are held until the transaction ends, so that nobody counts these rows anew meanwhile."""
    lines, before = [], ""
    for alias, (parent, on) in SOURCES[key].parents.items():
        column = on.split("= ")[1]
        if column.startswith("r.") or key in AID:
            ids = f"select {column} from {rowset} r{before}"
            lines.append(f"perform 1 from {parent} {alias} where id in ({ids}) for share;")
        before += f" join {parent} {alias} on {on}"
    return " ".join(lines)


def body(key: str) -> str:
    source = SOURCES[key]
    moved = "added a join removed o on o.id = a.id"

    def when(columns: Iterable[str], parts: list[str]) -> str:
        return f"if exists (select from {moved} where {old.differs(columns)}) then {old.put(parts)} end if;"

    update = [when(source.watch, [rows(key, "added", 1), rows(key, "removed", -1)])]
    for child, columns in source.children.items():
        new, was = (
            f"(select {one}.* from {moved} where {old.differs(columns)})" for one in ("a", "o")
        )
        given = [rows(child, table_of(child), 1, {source.alias: new})]
        given += [rows(child, table_of(child), -1, {source.alias: was})]
        update.append(when(columns, given))
    if key == "cases_case":
        new, was = (
            f"(select {one}.* from {moved} where {old.differs(PAIRED)})" for one in ("a", "o")
        )
        update.append(when(PAIRED, [pairs(ANSWERS, 1, new), pairs(ANSWERS, -1, was)]))
    return (
        f"begin if tg_op = 'INSERT' then {holds(key, 'added')} {old.put([rows(key, 'added', 1)])} "
        f"elsif tg_op = 'DELETE' then {holds(key, 'removed')} {old.put([rows(key, 'removed', -1)])} "
        f"else {holds(key, 'added')} {' '.join(update)} end if; return null; end"
    )


def answers_body(event: str) -> str:
    """The pairs of the cases that a statement on answers touched: as they are, less as they were."""
    sets = [name for name in ("added", "removed") if name.upper() in old.EVENTS[event].upper()]
    touched = " union ".join(f"select case_id from {name} where is_final" for name in sets)
    now = f"(select * from {ANSWERS} where case_id in ({touched}))"
    was = [f"select * from {ANSWERS} where case_id in ({touched})"]
    if "added" in sets:
        was[0] += " and id not in (select id from added)"
    if "removed" in sets:
        was.append(f"select * from removed where case_id in ({touched})")
    before = f"({' union all '.join(was)})"
    return (
        f"begin if exists ({touched}) then "
        f"perform 1 from cases_case where id in ({touched}) order by id for no key update; "
        f"{old.put([pairs(now, 1), pairs(before, -1)])} end if; return null; end"
    )


def triggers() -> str:
    own = "".join(
        f"CREATE TRIGGER rollup_{REFERRED}_{event} AFTER {event.upper()} ON cases_case {sets} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION app.rollup_{REFERRED}();"
        for event, sets in old.EVENTS.items()
    )
    return own + "".join(
        f"CREATE TRIGGER rollup_{event} AFTER {event.upper()} ON {ANSWERS} {sets} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION app.rollup_{ANSWERS}_{event}();"
        for event, sets in old.EVENTS.items()
    )


def drops() -> str:
    return "".join(
        f"DROP TRIGGER IF EXISTS rollup_{REFERRED}_{event} ON cases_case;"
        f"DROP TRIGGER IF EXISTS rollup_{event} ON {ANSWERS};"
        for event in old.EVENTS
    )


EVERYTHING = [rows(key, table_of(key), 1) for key in SOURCES if SOURCES[key].cells]
WANT = (
    "CREATE OR REPLACE VIEW reports_want WITH (security_invoker = true) AS SELECT organization_id, indicator, "
    "period, hashtextextended(dims::text, 0) AS dims_hash, dims, sum(n)::bigint AS n, sum(n2)::numeric(18,2) AS n2 "
    f"FROM ({' union all '.join([*EVERYTHING, pairs(ANSWERS, 1)])}) s "
    "GROUP BY organization_id, indicator, period, dims;"
)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0011_weekly_and_subjects"),
        ("cases", "0049_referral_profession"),
    ]
    operations = [
        *(Definer(f"rollup_{key}()", "trigger", body(key)) for key in CHANGED),
        *(
            Definer(f"rollup_{ANSWERS}_{event}()", "trigger", answers_body(event))
            for event in old.EVENTS
        ),
        migrations.RunSQL(triggers(), drops()),
        migrations.RunSQL(WANT, migrations.RunSQL.noop),
        migrations.RunSQL(old.ANEW, migrations.RunSQL.noop),
    ]
