"""Many rows at once, sealed and indexed as saving one by one would: for loads that a job makes in batches.

What costs most of a `bulk_create` with sealed columns is done once a batch: the key is looked up, the
place of a value is put together, the columns are named. Nothing here is a shorter way around a rule:
the caller's service has checked every row.
"""

import gc
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg2.extras import execute_values

from msw_portal.kernel.crypto import BlindIndex, Sealed, organization_uid
from msw_portal.kernel.identifiers import index_text
from msw_portal.kernel.keyring import keys
from msw_portal.kernel.sealing import padded, sealer, unseal

PAGE = 1000


class Sealing:
    """The sealed columns and blind indexes of one model in one house, under the keys of this moment."""

    def __init__(self, model: type[models.Model], organization_id: int):
        self._house, self._table = organization_uid(organization_id), model._meta.db_table
        self._seal = sealer(self._house)
        self._columns = {
            field.name: (f"{model._meta.db_table}|{field.column}|", field)
            for field in model._meta.concrete_fields
            if isinstance(field, Sealed)
        }
        ring, house = keys(), organization_uid(organization_id)
        self._indexes = {
            field.name: (field, ring.derive(f"bidx|{house}|{field.fact}", kid))
            for field in model._meta.concrete_fields
            if isinstance(field, BlindIndex)
            for kid in ring.live
            if kid % 2 == (not field.is_for_even_keys)
        }

    def sealed(self, name: str, value: Any, uid: UUID) -> bytes | None:
        """The ciphertext of a value in the row `uid`; None stays None."""
        if value is None:
            return None
        place, field = self._columns[name]
        plain = field.encode(value)
        return self._seal(padded(plain) if field.pad else plain, f"{place}{uid}")

    def opened(self, name: str, sealed: bytes | None, uid: UUID) -> Any:
        """The value again that stands in the row `uid`; None stays None.

        Raises:
            CryptoError: as `sealing.unseal`.
        """
        if sealed is None:
            return None
        _place, field = self._columns[name]
        where = {"table": self._table, "column": field.column, "row": uid}
        return field.decode(unseal(sealed, organization=self._house, pad=field.pad, **where))

    def index(self, name: str, value: str | None, kind: str = "") -> bytes | None:
        """The blind index of a value, None without a value or a key for this column; `kind` where the row says it."""
        found = self._indexes.get(name)
        if not value or found is None:
            return None
        field, key = found
        text = index_text(kind or field.kind, value)
        return hmac.digest(key, text.encode(), hashlib.sha256)[:16]


def rows_insert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    returning: str = "",
) -> list[Any]:
    """Insert rows of the columns `names` in one statement; the values of `returning` in the order of the rows.

    The names are the house's own field names, never input.
    """
    columns = ", ".join(model._meta.get_field(name).column for name in names)
    sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES %s"
    if returning:
        sql += f" RETURNING {model._meta.get_field(returning).column}"
    # A uid as text: the driver's own way costs as much as sealing the value beside it.
    given = [[str(one) if type(one) is UUID else one for one in row] for row in rows]
    if not given:
        return []
    with connection.cursor() as cursor:
        found = execute_values(
            cursor.cursor, sql, given, page_size=max(PAGE, len(given)), fetch=bool(returning)
        )
    return [row[0] for row in found] if returning else []


def columns_write(
    model: type[models.Model], names: Sequence[str], rows: Mapping[int, Sequence[Any]]
) -> int:
    """Set the named plain columns of each row (primary key -> values in the order of `names`); how many were.

    From some hundred rows on the CASE that bulk_update builds costs more than the update itself.

    The walls hold as for every other UPDATE. Not for sealed fields: these are bound to their row.
    """
    if not rows:
        return 0
    meta, quoted = model._meta, connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    arrays = [list(rows)]
    for at, field in enumerate(fields):
        arrays.append([field.get_db_prep_save(values[at], connection) for values in rows.values()])
    columns = ", ".join(quoted(field.column) for field in fields)
    changes = ", ".join(f"{quoted(one.column)} = v.{quoted(one.column)}" for one in fields)
    places = ", ".join(f"%s::{one.db_type(connection)}[]" for one in fields)
    sql = (
        f"UPDATE {quoted(meta.db_table)} AS t SET {changes} "
        f"FROM unnest(%s::bigint[], {places}) AS v(pk, {columns}) "
        f"WHERE t.{quoted(meta.pk.column)} = v.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, arrays)
        return cursor.rowcount


@contextmanager
def settled_memory() -> Iterator[None]:
    """Let the garbage collector pass over what stands already while many rows are made and thrown away.

    Otherwise it looks through the whole portal again and again: a fifth of an import.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def plans_anew() -> None:
    """Plan the statements of the running transaction anew, by indexes.

    For batches of many rows. The plans of foreign keys and triggers are kept as long as a connection: one
    made while a table was nearly empty reads the whole of it for every row of a load (10,000 rows read
    150 million).
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; DISCARD PLANS")
