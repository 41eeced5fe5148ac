"""Which tables hold something under a key: found by looking at the models, so that none is forgotten."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, models

from departments.adapters import MfaAdapter
from msw_portal.kernel.crypto import BlindIndex, Sealed, organization_uid
from msw_portal.kernel.keyring import keys
from msw_portal.kernel.sealing import Ciphertext, is_sealed, kid_of, reseal


@dataclass(frozen=True)
class SealedTable:
    """A model with sealed values or blind indexes."""

    model: type[models.Model]
    sealed: tuple[str, ...]
    indexes: tuple[BlindIndex, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def indexes_of(self, kid: int) -> list[BlindIndex]:
        """The index columns that belong to the key."""
        return [index for index in self.indexes if index.is_for_even_keys == (kid % 2 == 0)]

    def source_of(self, index: BlindIndex) -> str:
        return self.model._meta.get_field(index.of).column

    @property
    def kind_column(self) -> str:
        """The one column that says which type of document a number is; none in most tables."""
        named = {index.kind_in for index in self.indexes if index.kind_in}
        return self.model._meta.get_field(named.pop()).column if named else ""


def sealed_tables() -> list[SealedTable]:
    """Every table of the installed apps that holds sealed values, in the order of their names."""
    tables = []
    for model in apps.get_models():
        fields = model._meta.local_concrete_fields
        sealed = tuple(field.column for field in fields if isinstance(field, Sealed))
        indexes = tuple(field for field in fields if isinstance(field, BlindIndex))
        if sealed or indexes:
            tables.append(SealedTable(model, sealed, indexes))
    return sorted(tables, key=lambda table: table.name)


def page(
    table: SealedTable, *, kid: int, fill: bool, after: str, limit: int
) -> list[dict[str, Any]]:
    """The next rows that are not yet under `kid`, locked; each value as hexadecimal ciphertext."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM app.rekey_page(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [table.name, *_left(table, kid, fill), table.kind_column, after, limit],
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def count_left(table: SealedTable, *, kid: int, fill: bool) -> int:
    """How many rows of the house in scope are not yet as they shall be."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.rekey_count(%s, %s, %s, %s, %s, %s)",
            [table.name, *_left(table, kid, fill)],
        )
        return cursor.fetchone()[0]


def _left(table: SealedTable, kid: int, fill: bool) -> list[Any]:
    """Arguments that say what is left to do: values to seal anew and indexes to make, or indexes to remove."""
    if fill:
        made = table.indexes_of(kid)
        sources = [table.source_of(index) for index in made]
        return [kid, list(table.sealed), [index.column for index in made], sources, []]
    return [kid, [], [], [], [index.column for index in table.indexes_of(kid + 1)]]


def changed(table: SealedTable, row: dict[str, Any], *, house: int, kid: int) -> dict[str, Any]:
    """The row's columns under `kid` (hexadecimal), with its `id`; only the id when nothing changes.

    Raises:
        CryptoError: when a value does not open: the rotation stops there and nothing is lost.
    """
    uid = organization_uid(house)
    instance = table.model(organization_id=house) if table.indexes else None
    made: dict[str, Any] = {"id": row["id"]}
    for column in table.sealed:
        if row[column] is None:
            continue
        value = bytes.fromhex(row[column])
        if kid_of(value) != kid:
            place = {"organization": uid, "table": table.name, "column": column}
            value = reseal(value, row=UUID(row["uid"]), **place)
            made[column] = value.hex()
        if instance is not None:
            setattr(instance, column, Ciphertext(value))
    if instance is None:
        return made
    instance.uid = UUID(row["uid"])
    if table.kind_column:
        setattr(instance, table.kind_column, row["kind"])
    for index in table.indexes_of(kid):
        if (key := index.made(instance, kid)) is not None:
            made[index.column] = key.hex()
    return made


def store(table: SealedTable, rows: list[dict[str, Any]]) -> int:
    """Write what `changed` made, touching neither version nor time of the rows; how many."""
    columns = [index.column for index in table.indexes]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.rekey_store(%s, %s, %s, %s::jsonb)",
            [table.name, list(table.sealed), columns, json.dumps(rows)],
        )
        return cursor.fetchone()[0]


def kids_of(table: SealedTable) -> set[int]:
    """The keys under which values of the table stand, in all houses."""
    if not table.sealed:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.rekey_kids(%s, %s)", [table.name, list(table.sealed)])
        return set(cursor.fetchone()[0])


# ── second factors: sealed texts inside a library's JSON ─────────────────────


def authenticators_rekey(*, after: int, limit: int) -> int | None:
    """Seal the secrets of the next second factors anew; the id to go on after, None at the end."""
    rows = Authenticator.objects.select_for_update(no_key=True).filter(pk__gt=after)
    batch = list(rows.order_by("pk")[:limit])
    place = MfaAdapter().place()

    def anew(value: Any) -> Any:
        sealed = _sealed_text(value)
        if sealed is None or kid_of(sealed) == keys().active:
            return value
        return base64.b64encode(reseal(sealed, **place)).decode()

    for authenticator in batch:
        fresh = {name: _mapped(value, anew) for name, value in authenticator.data.items()}
        if fresh != authenticator.data:
            authenticator.data = fresh
            authenticator.save(update_fields=["data"])
    return batch[-1].pk if len(batch) == limit else None


def authenticator_kids() -> set[int]:
    """The keys under which secrets of second factors stand."""
    return {
        kid_of(sealed)
        for data in Authenticator.objects.values_list("data", flat=True)
        for value in _leaves(data)
        if (sealed := _sealed_text(value)) is not None
    }


def _mapped(value: Any, function: Any) -> Any:
    return [function(one) for one in value] if isinstance(value, list) else function(value)


def _leaves(value: Any) -> Iterator[Any]:
    parts = value.values() if isinstance(value, dict) else value
    for part in parts:
        yield from _leaves(part) if isinstance(part, dict | list) else (part,)


def _sealed_text(value: Any) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        sealed = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return sealed if is_sealed(sealed) else None
