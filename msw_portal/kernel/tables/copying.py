"""Rows that go from PostgreSQL into a CSV without becoming objects on the way: COPY, with the words made in SQL.

Fifty thousand rows as objects cost most of their time in Python; masks, labels and dates that a column can say in
SQL are said there, and the server writes the lines itself.
"""

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


class Day(Func):
    """The day of an instant in Shanghai; half the time of to_char, and the same under the driver's ISO dates."""

    template = "((%(expressions)s at time zone 'Asia/Shanghai')::date)::text"
    output_field = TextField()


class Labels(Func):
    """The labels of an array of codes, joined by 、 in their order."""

    template = (
        "(select string_agg(case c.code %(words)s end, '、' order by c.place) "
        "from unnest(%(codes)s) with ordinality c(code, place))"
    )
    output_field = TextField()

    def __init__(self, codes: str, choices: Iterable[tuple[str, Any]]):
        pairs = [Value(str(one)) for pair in choices for one in pair]
        super().__init__(F(codes), *pairs)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        parts = [compiler.compile(one) for one in self.source_expressions]
        (codes, first), pairs = parts[0], parts[1:]
        words = " ".join("when %s then %s" for _pair in pairs[::2])
        # The words stand before the array.
        given = [one for _sql, params in pairs for one in params]
        return self.template % {"codes": codes, "words": words}, [*given, *first]


class Word(Case):
    """One of the portal's own words for a code."""


def label(field: str, choices: Iterable[tuple[Any, Any]]) -> Word:
    """The word of a choice, as get_…_display says it; a code that is none of them is taken for typed text."""
    return Word(
        *(When(**{field: code}, then=Value(str(word))) for code, word in choices),
        default=_neutral(F(field)),
        output_field=TextField(),
    )


# What nobody has typed: no word or clock of the portal begins a formula or is empty, and looking cost a COPY its time.
OURS = (Word, Labels, Instant, Day)


class Marked(Func):
    """The text of a plain column that no spreadsheet runs; it stands three times and so is nothing that is worked out."""

    template = (
        "case when left(%(expressions)s, 1) = any (array[%(starts)s]) "
        "then '''' || %(expressions)s else nullif(%(expressions)s, '') end"
    )
    output_field = TextField()


def _neutral(one: Expression | F, *, is_plain: bool = False) -> Expression:
    """The text of a column that no spreadsheet runs; "" is nothing."""
    if isinstance(one, OURS):
        return one
    text = TextField()
    told = Cast(one, text)
    if is_plain:
        return Marked(told, starts=", ".join(f"chr({ord(sign)})" for sign in FORMULA))
    pattern = Value(f"^([{STARTS}])")
    marked = Func(told, pattern, MARKED, function="regexp_replace", output_field=text)
    return NullIf(marked, Value("", text), output_field=text)


def copy_rows(rows: QuerySet, columns: Sequence[Expression | F], target: IO[bytes]) -> int:
    """Write the rows as lines of a CSV without a head, each column neutral text; how many there were.

    Rows come in the queryset's own order and under the scope of the open transaction.
    """
    made = rows.query.annotations
    told = [
        _neutral(one, is_plain=isinstance(one, F) and one.name.partition("__")[0] not in made)
        for one in columns
    ]
    sql, params = rows.values_list(*told).query.sql_with_params()
    with connection.cursor() as cursor:
        wanted = cursor.mogrify(sql, params)
        wanted = wanted.decode() if isinstance(wanted, bytes) else wanted
        cursor.copy_expert(f"COPY ({wanted}) TO STDOUT WITH (FORMAT csv)", target)
        return cursor.rowcount
