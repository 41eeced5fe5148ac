"""Tables made bare for a load and dressed again: foreign keys, keys, indexes and triggers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from django.db import connection, models

FOREIGN = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype = 'f' AND (conrelid::regclass::text = ANY(%(tables)s) OR confrelid::regclass::text = ANY(%(tables)s))
"""
KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%(tables)s)
"""
INDEXES = """
    SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
     WHERE i.indrelid::regclass::text = ANY(%(tables)s)
       AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
"""


@dataclass(frozen=True)
class Dress:
    """What was taken off the tables, as the statements that put it on again."""

    tables: tuple[str, ...]
    foreign: tuple[tuple[str, str, str], ...]
    keys: tuple[tuple[str, str, str], ...]
    indexes: tuple[tuple[str, str, str], ...]
    lasting: dict[str, float] = field(default_factory=dict, compare=False)

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def _rows(sql: str, tables: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tables": list(tables)})
        return tuple(cursor.fetchall())


def undress(found: Iterable[type[models.Model]]) -> Dress:
    """Switch off the tables' own triggers and drop their keys and indexes; check constraints stay on."""
    tables = tuple(sorted(model._meta.db_table for model in found))
    dress = Dress(tables, _rows(FOREIGN, tables), _rows(KEYS, tables), _rows(INDEXES, tables))
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, name, _definition in (*dress.foreign, *dress.keys):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _table, name, _definition in dress.indexes:
            cursor.execute(f"DROP INDEX {name}")
    return dress


def put_on(dress: Dress, tables: Iterable[str]) -> None:
    """The keys and indexes of some tables, each table in a transaction of its own."""
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(
                "SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 0"
            )
            for place, name, definition in dress.keys:
                if place == table:
                    cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            for place, _name, definition in dress.indexes:
                if place == table:
                    cursor.execute(definition)


def tie(dress: Dress) -> None:
    """The foreign keys, each proved over all rows, and the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        for table, name, definition in dress.foreign:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for table in dress.tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("RESET work_mem")


def next_ids(found: Iterable[type[models.Model]]) -> dict[type[models.Model], int]:
    """The first free id of every table that counts its rows."""
    free = {}
    with connection.cursor() as cursor:
        for model in found:
            if isinstance(model._meta.pk, models.BigAutoField):
                cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {model._meta.db_table}")
                free[model] = cursor.fetchone()[0]
    return free


def set_sequences(found: Iterable[type[models.Model]]) -> None:
    """Let the tables count on after what was copied."""
    with connection.cursor() as cursor:
        for model in found:
            if isinstance(model._meta.pk, models.BigAutoField):
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
