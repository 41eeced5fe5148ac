"""Several querysets in one statement: a page of many small lists goes to the database once.

Each queryset is written as a subselect whose rows come back as JSON; the values are made what the
driver would have given, and Django's own compiler makes objects of them: select_related,
annotations, deferred columns and slices hold. Row-level security and `visible_to` hold as in the
statements it replaces. Prefetches still ask.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField, RangeField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Decode = Callable[[Any], Any]


def _bytes(value: str) -> memoryview:
    """`bytea` in JSON is its text form: backslash, x, digits."""
    return memoryview(bytes.fromhex(value[2:]))


def as_it_is(value: Any) -> Any:
    return value


_PLAIN: dict[str, Decode] = {
    "BinaryField": _bytes,
    "DateTimeField": dt.datetime.fromisoformat,
    "DateField": dt.date.fromisoformat,
    "TimeField": dt.time.fromisoformat,
    "DecimalField": lambda value: Decimal(str(value)),
    "UUIDField": uuid.UUID,
    "FloatField": float,
    **dict.fromkeys(
        (
            *("AutoField", "BigAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"),
            *("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"),
            *("CharField", "TextField", "BooleanField", "EmailField", "URLField", "SlugField"),
            "JSONField",  # asked for as text, as the driver leaves it for Django to read
        ),
        as_it_is,
    ),
}
_INTEGERS = frozenset({"IntegerField", "BigIntegerField", "SmallIntegerField"})


def decoder(field: models.Field) -> Decode:
    """What makes of a value in JSON what psycopg2 gives for this column.

    Raises:
        TypeError: for a type this module does not know; nobody gets a value of a wrong type.
    """
    if isinstance(field, ArrayField):
        inner = decoder(field.base_field)
        return lambda values: [None if value is None else inner(value) for value in values]
    if isinstance(field, RangeField):
        # Its own to_python reads a JSON object; the driver's reader is asked for the text form.
        return lambda text: _range(field, text)
    if isinstance(field, models.ForeignKey):
        return decoder(field.target_field)
    kind = field.get_internal_type()
    if kind not in _PLAIN:
        raise TypeError(f"together() does not know how {kind} comes back")
    return _PLAIN[kind]


def _range(field: RangeField, text: str) -> Any:
    if text == "empty":
        return field.range_type(empty=True)
    lower, upper = text[1:-1].split(",")
    # The ends of a range are text even where the type alone is a number in JSON.
    kind = field.base_field.get_internal_type()
    inner = int if kind in _INTEGERS else decoder(field.base_field)
    ends = [inner(end.strip('"')) if end else None for end in (lower, upper)]
    return field.range_type(*ends, bounds=text[0] + text[-1])


def together(*querysets: models.QuerySet) -> None:
    """Evaluate the querysets in one round trip; each then holds its rows as if it had been iterated.

    A queryset that is evaluated already, or can hold no row, costs nothing.

    Raises:
        TypeError: for a column of a type that is not known here, or rows that are no model's objects.
    """
    ask([part for rows in querysets if (part := waiting(rows)) is not None])


@dataclass(frozen=True)
class Part:
    """One list of a statement of several: its SQL, and who takes its rows as the text of a JSON list."""

    sql: str
    params: Sequence[Any]
    take: Callable[[str], None]


def waiting(rows: models.QuerySet) -> Part | None:
    """The queryset as a part; None when its rows are known."""
    if rows._iterable_class is not ModelIterable:
        raise TypeError("together() makes objects of models, no values()")
    if rows._result_cache is not None:
        return None
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        rows._result_cache = []
        return None
    return Part(
        as_value(sql, compiler),
        params,
        lambda text: _fill(rows, compiler, json.loads(text, parse_float=Decimal)),
    )


def ask(parts: Sequence[Part]) -> None:
    """All the parts in one statement."""
    if not parts:
        return
    params = [value for one in parts for value in one.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(one.sql for one in parts)}", params)
        answers = cursor.fetchone()
    for one, text in zip(parts, answers, strict=True):
        one.take(text)


def as_value(sql: str, compiler: SQLCompiler) -> str:
    """The statement as one value: the text of a JSON list, in its order.

    JSON columns travel as text inside it: their numbers must not become ours on the way.
    """
    fields = [column[0].output_field for column in compiler.select]
    names = [f"c{n}" for n in range(len(fields))]
    shown = ", ".join(
        f"t.{name}::text" if field.get_internal_type() == "JSONField" else f"t.{name}"
        for name, field in zip(names, fields, strict=True)
    )
    return (
        "(SELECT coalesce(json_agg(row_to_json(r)), '[]')::text "
        f"FROM (SELECT {shown} FROM ({sql}) t({', '.join(names)})) r)"
    )


def _fill(rows: models.QuerySet, compiler: SQLCompiler, found: list[dict[str, Any]]) -> None:
    """Give the rows to Django's iteration in place of the driver's answer."""
    decoders = [decoder(column[0].output_field) for column in compiler.select]
    values = [
        tuple(
            None if value is None else decode(value)
            for decode, value in zip(decoders, row.values(), strict=True)
        )
        for row in found
    ]
    compiler.execute_sql = lambda *_args, **_options: [values]
    # Iteration asks the query for a compiler: it gets the one that knows these columns, this once.
    rows.query.get_compiler = lambda *_args, **_options: compiler
    try:
        rows._fetch_all()
    finally:
        del rows.query.get_compiler
