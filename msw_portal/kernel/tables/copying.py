"""Rows that go from PostgreSQL into a CSV without becoming objects on the way: COPY, with the words made in SQL.

Fifty thousand rows as objects cost most of their time in Python; masks, labels and dates that a column can say in
SQL are said there, and the server writes the lines itself.
"""

import json
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.db import connection
from django.db.models import Case, Expression, F, Func, QuerySet, TextField, Value, When
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


class Word(Case):
    """One of the portal's own words for a code."""


def label(field: str, choices: Iterable[tuple[Any, Any]]) -> Word:
    """The word of a choice, as get_…_display says it; a code that is none of them is taken for typed text."""
    return Word(
        *(When(**{field: code}, then=Value(str(word))) for code, word in choices),
        default=_marked(F(field)),
        output_field=TextField(),
    )


def _marked(one: Expression | F) -> Func:
    """The text with an apostrophe before what begins like a formula."""
    pattern, text = Value(f"^([{STARTS}])"), TextField()
    return Func(Cast(one, text), pattern, MARKED, function="regexp_replace", output_field=text)


# What nobody has typed: no word or clock of the portal begins a formula, and looking took a third of a COPY's time.
OURS = (Word, Labels, Instant)


def _neutral(one: Expression | F) -> Expression:
    """The text of a column that no spreadsheet runs; "" is nothing."""
    text = TextField()
    told = Cast(one, text) if isinstance(one, OURS) else _marked(one)
    return NullIf(told, Value("", text), output_field=text)


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
