"""What a database is, as figures and texts that must be the same after a restore."""

import re
from typing import Any

from msw_portal.kernel.walls import POLICIES

Facts = dict[str, Any]

SESSION = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'; "
    "SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL search_path = pg_catalog, public"
)
TABLES = """
    SELECT c.relname FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
"""
# Independent of the order of rows: a restore may lay them out anew.
ROWS = """
    SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text FROM public.{table} t
"""
LISTS = {
    "policies": """
        SELECT tablename || '.' || policyname, cmd, roles::text, permissive, coalesce(qual, ''), coalesce(with_check, '')
          FROM pg_policies ORDER BY 1
    """,
    "forced row security": """
        SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
    """,
    "classes of tables": """
        SELECT relname, coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
    """,
    "grants": """
        SELECT kind || ' ' || name, acl::text FROM (
          SELECT 'table' kind, c.relname::text name, unnest(c.relacl) acl FROM pg_class c
           WHERE c.relnamespace = 'public'::regnamespace
          UNION ALL SELECT 'column', c.relname || '.' || a.attname, unnest(a.attacl) FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
          UNION ALL SELECT 'function', p.oid::regprocedure::text, unnest(p.proacl) FROM pg_proc p
           WHERE p.pronamespace = 'app'::regnamespace
          UNION ALL SELECT 'schema', n.nspname::text, unnest(n.nspacl) FROM pg_namespace n WHERE n.nspname IN ('public', 'app')
        ) granted ORDER BY 1, 2
    """,
    "extensions": "SELECT extname FROM pg_extension ORDER BY 1",
    "functions": """
        SELECT p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid)) FROM pg_proc p
         WHERE p.pronamespace = 'app'::regnamespace ORDER BY 1
    """,
    "triggers": """
        SELECT t.tgrelid::regclass::text || '.' || t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) FROM pg_trigger t
          JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1
    """,
    "constraints": """
        SELECT conrelid::regclass::text || '.' || conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1
    """,
    "indexes": """
        SELECT i.indexrelid::regclass::text, i.indisvalid, pg_get_indexdef(i.indexrelid) FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1
    """,
    "ledger totals": """
        SELECT a.organization_id::text || ' ' || a.kind, count(DISTINCT a.id)::text, coalesce(sum(a.balance), 0)::text,
               (SELECT coalesce(sum(e.amount), 0)::text FROM public.donations_ledgerentry e
                  JOIN public.donations_ledgeraccount b ON b.id = e.account_id
                 WHERE b.organization_id = a.organization_id AND b.kind = a.kind)
          FROM public.donations_ledgeraccount a GROUP BY a.organization_id, a.kind ORDER BY 1
    """,
    "audit chains": """
        SELECT DISTINCT ON (organization_id, lane) organization_id::text || '/' || lane, seq, encode(hash, 'hex')
          FROM public.departments_auditlink ORDER BY organization_id, lane, seq DESC
    """,
    "migrations": "SELECT app || '.' || name FROM public.django_migrations ORDER BY 1",
}
CASTS = re.compile(r"::(?:character varying|text)(?:\[\])?|[()]")
SEQUENCES = (
    "SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM pg_sequences ORDER BY 1"
)
# The file of a deleted document is gone, and meant to be.
FILES = "SELECT DISTINCT file_key FROM public.departments_document WHERE voided_at IS NULL"


def collect(cursor: Any) -> Facts:
    """Every fact, in the caller's transaction; the role must bypass the walls."""
    cursor.execute(SESSION)
    facts: Facts = {}
    for name, query in LISTS.items():
        cursor.execute(query)
        facts[name] = {}
        for key, *values in cursor.fetchall():
            facts[name].setdefault(key, []).append([_text(name, value) for value in values])
    cursor.execute(SEQUENCES)
    facts["sequences"] = dict(cursor.fetchall())
    cursor.execute(TABLES)
    facts["rows"] = {}
    for (table,) in cursor.fetchall():
        cursor.execute(ROWS.format(table=table))
        facts["rows"][table] = list(cursor.fetchone())
    return facts


def _text(name: str, value: Any) -> str:
    """A fact as text; PostgreSQL writes the casts in a rule otherwise once the rule has been read back."""
    if name in ("constraints", "indexes", "triggers"):
        return CASTS.sub("", str(value))
    return str(value)


def differences(expected: Facts, found: Facts) -> list[str]:
    """One sentence for each thing that is not as the manifest says."""
    said = []
    for name, value in expected["sequences"].items():
        # Numbers may be taken while the dump is made, never given back.
        if found["sequences"].get(name, 0) < value:
            said.append(
                f"Sequence {name} stands at {found['sequences'].get(name)}, not at {value}."
            )
    for name in LISTS:
        before, after = expected[name], found[name]
        said += [
            f"{name.capitalize()}: {key} is missing."
            for key in sorted(before.keys() - after.keys())
        ]
        said += [
            f"{name.capitalize()}: {key} was not in the backup."
            for key in sorted(after.keys() - before.keys())
        ]
        changed = [key for key in sorted(before.keys() & after.keys()) if before[key] != after[key]]
        said += [f"{name.capitalize()}: {key} is not as it was." for key in changed]
    for table, (count, checksum) in expected["rows"].items():
        rows = found["rows"].get(table)
        if rows is None:
            said.append(f"Table {table} is missing.")
        elif rows[0] != count:
            said.append(f"Table {table} holds {rows[0]} rows, not {count}.")
        elif rows[1] != checksum:
            said.append(f"Table {table} holds other values than were backed up.")
    return said


def holes(found: Facts) -> list[str]:
    """What is wrong with the walls themselves, whatever was backed up: a sentence for each.

    The class in a table's comment says which policies it must have; tables of one class must agree.
    """
    said, texts = [], {}
    forced = {name: values[0] for name, values in found["forced row security"].items()}
    for table, notes in found["classes of tables"].items():
        note = notes[0][0]
        if not note.startswith("wall:"):
            said.append(f"Table {table} has no wall.")
            continue
        wall, *person = note.removeprefix("wall:").split(":")
        policy = POLICIES.get(wall)
        if policy is None:
            continue
        if forced[table] != ["True", "True"]:
            said.append(f"Table {table}: row-level security is not forced.")
        single = policy.insert is None and policy.check is None
        wanted = (
            {"wall"}
            if single
            else {f"wall_{verb}" for verb in ("select", "insert", "update", "delete")}
        )
        for name in sorted(wanted):
            rows = found["policies"].get(f"{table}.{name}")
            if rows is None:
                said.append(f"Table {table}: the policy {name} is missing.")
                continue
            text = re.sub(rf"\b{person[0]}\b", "person", str(rows)) if person else str(rows)
            texts.setdefault((wall, name), {}).setdefault(text, []).append(table)
        # A restrictive policy beside the wall can only take rows away.
        widening = {
            key
            for key, rows in found["policies"].items()
            if key.startswith(f"{table}.") and "RESTRICTIVE" not in rows[0]
        }
        extra = widening - {f"{table}.{name}" for name in wanted}
        said += [f"{key} is a policy that no wall has." for key in sorted(extra)]
    for (wall, name), forms in texts.items():
        usual = max(forms.values(), key=len)
        said += [
            f"Table {table}: the policy {name} is not that of the class {wall}."
            for tables in forms.values()
            if tables is not usual
            for table in tables
        ]
    return said


def files_of(cursor: Any) -> set[str]:
    """The names of the files that rows speak of."""
    cursor.execute(FILES)
    return {key for (key,) in cursor.fetchall()}
