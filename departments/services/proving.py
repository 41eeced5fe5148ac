"""Recomputation of what the shared tables hold: every proof must find nothing. As the owner, over all houses."""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from departments.models.publishing import PublicEntry
from departments.services.entering import house_scope
from departments.services.publishing import payload_hash
from departments.services.verifying import audit_verify, houses_with_entries

SHOWN = 10


@dataclass(frozen=True)
class Proof:
    """One recomputation: what was compared, how many rows, and the first differences."""

    name: str
    checked: int
    differences: tuple[tuple, ...]


def prove(name: str, counted: str, differing: str, params: tuple = ()) -> Proof:
    """Count the rows by one statement and look for differences by another."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({counted}) c")
        checked = cursor.fetchone()[0]
        cursor.execute(f"SELECT * FROM ({differing}) d LIMIT {SHOWN}", params)
        return Proof(name, checked, tuple(cursor.fetchall()))


def chains_prove() -> list[Proof]:
    """The audit chain of every house, each in a scope of its own."""
    proofs = []
    for house, name in houses_with_entries():
        with house_scope(house):
            made = audit_verify(organization_id=house)
        broken = made.first_break
        found = ((broken.reason, broken.seq, str(broken.entry_id)),) if broken else ()
        proofs.append(Proof(f"audit chain of {name}", made.links, found))
    return proofs


WITH_SUBJECT = ("document", "message", "task", "notification", "transition", "draft")


def subjects_prove() -> list[Proof]:
    """Nothing points at a row that is not there: documents, messages, tasks, notices, moves, drafts."""
    return [_subjects_of(apps.get_model("departments", kind)) for kind in WITH_SUBJECT]


def _subjects_of(model: type[models.Model]) -> Proof:
    table = model._meta.db_table
    known = {one._meta.model_name: one._meta.db_table for one in apps.get_models()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT subject_kind FROM {table} WHERE subject_id IS NOT NULL")
        kinds = sorted(kind for (kind,) in cursor.fetchall())
    if lost := [kind for kind in kinds if kind not in known]:
        return Proof(f"subjects of {table}", 0, tuple((kind, "no such kind") for kind in lost))
    differing = " UNION ALL ".join(
        f"SELECT t.id::text, t.subject_kind, t.subject_id FROM {table} t WHERE t.subject_kind = '{kind}' "
        f"AND t.subject_id IS NOT NULL AND NOT EXISTS (SELECT FROM {known[kind]} s WHERE s.id = t.subject_id)"
        for kind in kinds
    )
    return prove(
        f"subjects of {table}",
        f"SELECT FROM {table} WHERE subject_id IS NOT NULL",
        differing or "SELECT 1 WHERE false",
    )


# kind of number -> (rows that carry it, the instant whose local year it is counted in)
NUMBERS = """
    SELECT s.organization_id, s.kind, s.period, s.next - 1 AS taken, count(r.n) AS used
      FROM departments_numbersequence s
      LEFT JOIN ({rows}) r(organization_id, period, n) ON r.organization_id = s.organization_id AND r.period = s.period
     WHERE s.kind = '{kind}' GROUP BY 1, 2, 3, 4 HAVING count(r.n) <> s.next - 1
"""


def numbers_prove(kind: str, table: str, instant: str) -> Proof:
    """The numbers of a kind are as many as were taken, in every house and year: no gap."""
    rows = (
        f"SELECT organization_id, to_char({instant} AT TIME ZONE 'Asia/Shanghai', 'YYYY'), number FROM {table} "
        "WHERE number IS NOT NULL AND number <> ''"
    )
    return prove(
        f"numbers of {table}",
        f"SELECT FROM {table} WHERE number IS NOT NULL AND number <> ''",
        NUMBERS.format(rows=rows, kind=kind),
    )


def entries_prove() -> Proof:
    """Every published payload still has the hash under which it was published."""
    rows = PublicEntry.objects.order_by("id").values_list(
        "slug", "version", "payload", "payload_hash"
    )
    checked, differing = 0, []
    for slug, version, payload, known in rows.iterator(chunk_size=200):
        checked += 1
        if payload_hash(payload) != known:
            differing.append((slug, version))
    return Proof("published entries", checked, tuple(differing[:SHOWN]))


def proofs() -> list[Proof]:
    """Every proof of this app."""
    return [*chains_prove(), *subjects_prove(), entries_prove()]
