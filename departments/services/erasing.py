"""Emptying rows whose time is over: what tells about a person goes, what counts stays.

Which columns those are is read from the fields and their data classes, so that a new field is not
forgotten. A value that stands is replaced and one that is missing stays missing, so that every
constraint holds as before. Through the two functions of the database that ask for a list signed by two.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils import timezone

from departments.models.doors import Signature
from departments.models.mechanisms import Document, Draft, Message, Transition
from departments.services.documents import file_forget
from msw_portal.kernel.crypto import (
    BlindIndex,
    Sealed,
    SealedBytes,
    SealedDate,
    SealedJSON,
    SealedText,
)
from msw_portal.kernel.data_classes import Level, class_of
from msw_portal.kernel.keyring import CryptoError
from msw_portal.kernel.sealing import seal, unseal

GONE = "已销毁"
KEY_BYTES = 32
# What hangs on a row by its kind and id. A draft holds what somebody typed about it.
SUBJECTS = (Message, Transition, Signature, Draft)


@dataclass(frozen=True)
class Rows:
    """The rows of `model` whose `column` is one of `ids`; `more` are columns emptied beside those that tell about a person."""

    model: type[models.Model]
    column: str
    ids: Collection[int]
    more: tuple[str, ...] = ()
    with_subjects: bool = True


def rows_erase(*, batch_id: int, house: int, rows: Rows, **put: Any) -> list[int]:
    """Empty the rows and what hangs on them, set the columns of `put` on each; their ids."""
    if not rows.ids:
        return []
    fields = fields_to_empty(rows.model, rows.more)
    found = _read(batch_id, rows.model, rows.column, rows.ids, fields)
    _store(batch_id, house, rows.model, fields, found, put)
    ids = [int(row["id"]) for row in found if row["id"].isdigit()]
    if rows.with_subjects and ids:
        for subject in SUBJECTS:
            _subjects_erase(batch_id, house, subject, rows.model._meta.model_name, ids)
        _documents_erase(batch_id, house, rows.model._meta.model_name, ids)
    return ids


def column_of(*, batch_id: int, rows: Rows, column: str) -> list[int]:
    """The ids in one column of the rows, without the empty ones."""
    found = values_of(batch_id=batch_id, rows=rows, column=column)
    return sorted({int(value) for value in found if value is not None})


def values_of(*, batch_id: int, rows: Rows, column: str) -> list[Any]:
    """What stands in one column, row by row; a date as its ISO text."""
    if not rows.ids:
        return []
    name = rows.model._meta.get_field(column).column
    found = _read(batch_id, rows.model, rows.column, rows.ids, [rows.model._meta.get_field(column)])
    return [row[name] for row in found]


def values_across(
    *, batch_id: int, ids: Collection[int], asked: Sequence[tuple[type[models.Model], str, str]]
) -> list[list[Any]]:
    """As values_of of several tables in one statement; `asked`: (table, column that holds the ids, wanted column)."""
    found: list[list[Any]] = [[] for _one in asked]
    if not ids:
        return found
    names = [model._meta.get_field(wanted).column for model, _by, wanted in asked]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.place, r.told FROM unnest(%s::text[], %s::text[], %s::text[]) "
            "WITH ORDINALITY t(name, holder, wanted, place) "
            "CROSS JOIN LATERAL app.erase_rows(%s, t.name, t.holder, %s, '', array[t.wanted]) r(told)",
            [
                [model._meta.db_table for model, _by, _wanted in asked],
                [holder for _model, holder, _wanted in asked],
                names,
                batch_id,
                list(ids),
            ],
        )
        for place, told in cursor.fetchall():
            row = json.loads(told) if isinstance(told, str) else told
            found[place - 1].append(row[names[place - 1]])
    return found


def fields_to_empty(model: type[models.Model], more: Iterable[str] = ()) -> list[models.Field]:
    """Sealed values, blind indexes and plain fields that identify a person or tell about one."""
    named = set(more)
    return [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, Sealed | BlindIndex)
        or field.name in named
        or (
            isinstance(field, models.CharField | models.TextField | models.JSONField | ArrayField)
            and class_of(model, field.name).level >= Level.PERSON
        )
    ]


def _read(
    batch_id: int,
    model: type[models.Model],
    column: str,
    ids: Collection[int],
    fields: Iterable[models.Field],
    kind: str = "",
) -> list[dict[str, Any]]:
    columns = [field.column for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM app.erase_rows(%s, %s, %s, %s, %s, %s)",
            [batch_id, model._meta.db_table, column, list(ids), kind, columns],
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def _store(
    batch_id: int,
    house: int,
    model: type[models.Model],
    fields: Iterable[models.Field],
    found: list[dict[str, Any]],
    put: dict[str, Any],
) -> None:
    fields = list(fields)
    made = [{**_emptied(model, fields, row, house), **put} for row in found]
    columns = [field.column for field in fields] + list(put)
    if not made or not columns:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.erase_store(%s, %s, %s, %s::jsonb)",
            [batch_id, model._meta.db_table, columns, json.dumps(made)],
        )


def _emptied(
    model: type[models.Model], fields: Iterable[models.Field], row: dict[str, Any], house: int
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": row["id"]}
    stand = model(organization_id=house)
    if row["uid"] and model._meta.pk.get_internal_type() == "UUIDField":
        stand.pk = UUID(row["uid"])
    elif row["uid"] and hasattr(stand, "uid"):
        stand.uid = UUID(row["uid"])
    for field in fields:
        value = row[field.column]
        if value is not None:
            made[field.column] = _nothing(field, stand, value)
    return made


def _nothing(field: models.Field, stand: models.Model, value: Any) -> Any:
    """What stands in the place of a value: of its own kind, and telling nothing."""
    if isinstance(field, BlindIndex | SealedDate):
        return None
    if isinstance(field, Sealed):
        place = field.place(stand)
        return seal(_plain(field, place, bytes.fromhex(value)), pad=field.pad, **place).hex()
    if isinstance(field, models.JSONField):
        return [] if isinstance(value, list) else {}
    if isinstance(field, ArrayField):
        return "{}"
    if isinstance(field, models.CharField | models.TextField):
        return ""
    return None


def _plain(field: Sealed, place: dict[str, Any], sealed: bytes) -> bytes:
    if isinstance(field, SealedText):
        return GONE.encode()
    if isinstance(field, SealedBytes):
        return secrets.token_bytes(KEY_BYTES)
    if not isinstance(field, SealedJSON):
        raise TypeError(f"{field} does not say what stands for nothing")
    try:
        is_list = unseal(sealed, pad=field.pad, **place).startswith(b"[")
    except CryptoError:
        is_list = False
    return b"[]" if is_list else b"{}"


def _subjects_erase(
    batch_id: int, house: int, model: type[models.Model], kind: str, ids: list[int]
) -> None:
    fields = fields_to_empty(model)
    found = _read(batch_id, model, "subject_id", ids, fields, kind)
    _store(batch_id, house, model, fields, found, {})


def _documents_erase(batch_id: int, house: int, kind: str, ids: list[int]) -> None:
    """The key of each file is thrown away with the row, the file itself once that is certain."""
    fields = fields_to_empty(Document)
    more = [Document._meta.get_field(name) for name in ("file_key", "voided_at")]
    found = _read(batch_id, Document, "subject_id", ids, [*fields, *more], kind)
    now = timezone.now().isoformat()
    for row in found:
        key = row.pop("file_key")
        at = row.pop("voided_at") or now
        _store(batch_id, house, Document, fields, [row], {"voided_at": at})
        transaction.on_commit(lambda key=key: file_forget(key), robust=True)
