"""Rows that go from PostgreSQL into a CSV without becoming objects on the way: COPY, with the words made in SQL.

Fifty thousand rows as objects cost most of their time in Python; masks, labels and dates that a column can say in
SQL are said there, and the server writes the lines itself.
"""

import json
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.db import connection
from django.db.models import Case, CharField, Expression, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, NullIf

from msw_portal.kernel.tables.writing import FORMULA

# What a spreadsheet takes for the beginning of a formula: a bracket of writing's own characters.
STARTS = "".join(f"\\{one}" if one in "\\]^-" else one for one in FORMULA)
MARKED = Value(r"'\1")


class Instant(Func):
    """An instant on the clock of Shanghai, in a shape of to_char that is the house's own literal."""

    template = "to_char(%(expressions)s at time zone 'Asia/Shanghai', '%(shape)s')"
    output_field = TextField()


class Labels(Func):
    """The labels of an array of codes, joined by 、 in their order."""

    template = (
        "(select string_agg(w.value, '、' order by c.place) from unnest(%(codes)s) "
        "with ordinality c(code, place) join json_each_text(%(words)s::json) w on w.key = c.code)"
    )
    output_field = TextField()

    def __init__(self, codes: str, choices: Iterable[tuple[str, Any]]):
        words = {code: str(label) for code, label in choices}
        super().__init__(F(codes), Value(json.dumps(words, ensure_ascii=False)))

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        parts = [compiler.compile(one) for one in self.source_expressions]
        (codes, first), (words, second) = parts
        return self.template % {"codes": codes, "words": words}, [*first, *second]


def label(field: str, choices: Iterable[tuple[Any, Any]]) -> Case:
    """The word of a choice, as get_…_display says it."""
    return Case(
        *(When(**{field: code}, then=Value(str(word))) for code, word in choices),
        default=Cast(F(field), CharField()),
        output_field=CharField(),
    )


def _neutral(one: Expression | F) -> Expression:
    """The text of a column that no spreadsheet runs; "" is nothing."""
    text = TextField()
    marked = Func(
        Cast(one, text),
        Value(f"^([{STARTS}])"),
        MARKED,
        function="regexp_replace",
        output_field=text,
    )
    return NullIf(marked, Value("", text), output_field=text)


def copy_rows(rows: QuerySet, columns: Sequence[Expression | F], target: IO[bytes]) -> int:
    """Write the rows as lines of a CSV without a head, each column neutral text; how many there were.

    Rows come in the queryset's own order and under the scope of the open transaction.
    """
    told = [_neutral(one) for one in columns]
    sql, params = rows.values_list(*told).query.sql_with_params()
    with connection.cursor() as cursor:
        wanted = cursor.mogrify(sql, params)
        wanted = wanted.decode() if isinstance(wanted, bytes) else wanted
        cursor.copy_expert(f"COPY ({wanted}) TO STDOUT WITH (FORMAT csv)", target)
        return cursor.rowcount
