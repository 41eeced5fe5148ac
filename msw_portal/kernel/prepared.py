"""The lists of a page, put together once for each kind of question and asked again with other values.

Django builds and compiles a queryset anew for every request; of a page of twenty small lists that is
most of what it costs. Here the lists are built for stand-ins instead: numbers that nobody has, one for
each value of the question. Where such a number comes out of the compiler, the value of the request
goes in; everything else of the statement is the same for every request of its kind. The database sees
the statement it saw before, value for value, and both walls stand in it.

What is trusted and what is proved: a list is learned from two sets of stand-ins and from the request
itself, and only where the three agree in every word and every place; what does not agree (a value that
was computed from another one, say) is built anew each time. Stand-ins have no other fact than the
values named, so that nothing unnamed can slip into what is kept. Under test every answer is compared
with the statement as Django builds it.
"""

import datetime as dt
import json
import logging
import secrets
import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from msw_portal.kernel.together import Part, as_it_is, as_value, ask, decoder, together, waiting

Lists = Sequence[models.QuerySet]
Values = Mapping[str, Any]
Real = Callable[[int], models.QuerySet]
MOST_KINDS = 500
log = logging.getLogger("msw_portal.prepared")
Model = TypeVar("Model", bound=models.Model)


@dataclass(frozen=True)
class _Statement:
    """A list as SQL; `places` says which parameter is which value of the question; no SQL: never a row."""

    rows: type[models.QuerySet]
    model: type[models.Model]
    sql: str | None = None
    params: tuple[Any, ...] = ()
    places: tuple[tuple[int, str], ...] = ()
    reader: "_Reader | None" = None

    def bound(self, facts: Mapping[str, Any]) -> list[Any]:
        params = list(self.params)
        for place, name in self.places:
            params[place] = facts[name]
        return params


_known: dict[Hashable, list[_Statement | None]] = {}
_classes: dict[type[models.QuerySet], type[models.QuerySet]] = {}


def together_again(
    kind: Hashable,
    values: Mapping[str, tuple[str, Any]],
    build: Callable[[Values], Lists],
    real: Callable[[], Lists],
) -> Lists:
    """The evaluated lists of a question, in one round trip.

    `kind` is all that decides over the shape of the statements (role, part of the page, the day);
    `values` are the facts of this request by name, each with what it is a number of (equal facts of one
    sort have one stand-in). `build` makes the lists for values, which it must not look at; `real` makes
    the same lists of the real objects, in the same order.
    """
    kind = (kind, _pattern(values))
    statements = _known.get(kind)
    if statements is None:
        lists = real()
        _learn(kind, values, build, lists)
        together(*lists)
        return lists
    lists = cache(real)
    return _answers(statements, _facts(values), lambda place: lists()[place])


def rows_again(
    kind: Hashable,
    values: Mapping[str, tuple[str, Any]],
    build: Callable[[Values], models.QuerySet],
    real: Callable[[], models.QuerySet],
) -> list[tuple[Any, ...]]:
    """The rows of a `values_list` (a union of several, say), which is put together as the lists of `together_again` are."""
    kind = (kind, _pattern(values))
    if kind not in _known:
        _learn(kind, values, lambda given: [build(given)], [real()])
    (one,) = _known[kind]
    if one is None or one.sql is None:
        return list(real())
    facts = _facts(values)
    if settings.TESTING:
        _compare([one], facts, lambda _place: real())
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(one.sql, one.bound(facts))
        return cursor.fetchall()


def _facts(values: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, (_sort, value) in values.items()}


def _learn(
    kind: Hashable,
    values: Mapping[str, tuple[str, Any]],
    build: Callable[[Values], Lists],
    lists: Lists,
) -> None:
    if len(_known) >= MOST_KINDS:
        _known.clear()
    try:
        _known[kind] = _learned(values, build, lists)
    except Exception:
        # A list that looks at what a stand-in has not: the page is what it was without this module.
        if settings.TESTING:
            raise
        log.exception("lists cannot be prepared")
        _known[kind] = [None] * len(lists)


def _pattern(values: Mapping[str, tuple[str, Any]]) -> tuple[tuple[str, int], ...]:
    """Which facts there are, which are missing and which are the same: code may look at that."""
    seen: dict[Any, int] = {}
    return tuple(
        (name, -1 if fact[1] is None else seen.setdefault(fact, len(seen)))
        for name, fact in values.items()
    )


def _stand_ins(values: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    of_fact: dict[Any, Any] = {}
    for fact in values.values():
        if fact[1] is not None and fact not in of_fact:
            of_fact[fact] = _nobodys(fact[1])
    return {name: of_fact.get(fact) for name, fact in values.items()}


def _nobodys(value: Any) -> Any:
    """A value of the same type that cannot be anybody's."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid4()
    number = 2**61 + secrets.randbits(60)
    if isinstance(value, dt.datetime):
        return dt.datetime(3000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=number >> 6)
    return number


def bare(model: type[Model], **facts: Any) -> Model:
    """An object with these columns and no other: whoever asks for one more asks the database, which has no such row."""
    names = [one.attname for one in model._meta.concrete_fields if one.attname in facts]
    return model.from_db(DEFAULT_DB_ALIAS, names, [facts[name] for name in names])


# ── learning


def _compiled(rows: models.QuerySet) -> tuple[str, tuple[Any, ...], Any] | None:
    """SQL, parameters and compiler; None for a list that can hold no row."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    if rows._iterable_class is ModelIterable:
        sql = as_value(sql, compiler)
    return sql, tuple(params), compiler


def _learned(
    values: Mapping[str, tuple[str, Any]], build: Callable[[Values], Lists], lists: Lists
) -> list[_Statement | None]:
    sets = [_facts(values), _stand_ins(values), _stand_ins(values)]
    built = zip(lists, build(sets[1]), build(sets[2]), strict=True)
    return [_statement(three, sets) for three in built]


def _statement(three: Lists, sets: Sequence[dict[str, Any]]) -> _Statement | None:
    """What the three agree on; None where they do not, or where more than plain rows is asked for."""
    rows = three[0]
    if rows._iterable_class not in (ModelIterable, ValuesListIterable):
        return None
    if rows._prefetch_related_lookups or rows._known_related_objects:
        return None
    found = [_compiled(one) for one in three]
    if all(one is None for one in found):
        return _Statement(type(rows), rows.model)
    if None in found:
        return None
    (sql, params, compiler), *others = found
    if any(one[0] != sql or len(one[1]) != len(params) for one in others):
        return None
    places = []
    for place, (value, first, second) in enumerate(
        zip(params, others[0][1], others[1][1], strict=True)
    ):
        if _is_same(value, first) and _is_same(value, second):
            continue
        name = _name_of(value, first, second, sets)
        if name is None:
            return None
        places.append((place, name))
    if rows._iterable_class is ValuesListIterable:
        # The driver's values as they are: what Django would still do to them is not done here.
        is_plain = not any(_converters(one[0], connections[rows.db]) for one in compiler.select)
        return _Statement(type(rows), rows.model, sql, params, tuple(places)) if is_plain else None
    reader = _Reader(compiler, rows.db)
    return _Statement(type(rows), rows.model, sql, params, tuple(places), reader)


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _name_of(value: Any, first: Any, second: Any, sets: Sequence[dict[str, Any]]) -> str | None:
    """The fact whose value and stand-ins these are."""
    for name in sets[0]:
        wanted = [one[name] for one in sets]
        if all(map(_is_same, (value, first, second), wanted)):
            return name
    return None


# ── asking


def _answers(statements: list[_Statement | None], facts: dict[str, Any], real: Real) -> Lists:
    if settings.TESTING:
        _compare(statements, facts, real)
    answers, parts = [], []
    for place, one in enumerate(statements):
        rows = real(place) if one is None else _empty(one, partial(real, place))
        answers.append(rows)
        if one is None:
            parts.append(waiting(rows))
        elif one.reader is None:
            rows._result_cache = []
        else:
            parts.append(Part(one.sql, one.bound(facts), partial(_take, rows, one.reader)))
    ask([one for one in parts if one is not None])
    return answers


def _take(rows: models.QuerySet, reader: "_Reader", text: str) -> None:
    rows._result_cache = reader.objects(text)


def _compare(statements: list[_Statement | None], facts: dict[str, Any], real: Real) -> None:
    for place, one in enumerate(statements):
        if one is None:
            continue
        found = _compiled(real(place))
        is_same = (
            one.sql is None
            if found is None
            else one.sql == found[0] and tuple(one.bound(facts)) == found[1]
        )
        if not is_same:
            raise AssertionError(f"list {place} is not the one that was prepared: {one.sql}")


class _Reader:
    """Makes objects of a list's rows as Django does, by what the compiler said once."""

    def __init__(self, compiler: SQLCompiler, using: str):
        connection, select = connections[using], compiler.select
        self._using = using
        columns = list(enumerate(column[0] for column in select))
        steps = [(place, decoder(column.output_field)) for place, column in columns]
        self._decoded = [(place, step) for place, step in steps if step is not as_it_is]
        self._converted = [
            (place, convert, column)
            for place, column in columns
            for convert in _converters(column, connection)
        ]
        info = compiler.klass_info
        fields = info["select_fields"]
        self._model, self._start, self._end = info["model"], fields[0], fields[-1] + 1
        self._names = [one[0].target.attname for one in select[self._start : self._end]]
        self._related = get_related_populators(info, select, using)
        self._extra = list(compiler.annotation_col_map.items())

    def objects(self, text: str) -> list[models.Model]:
        found = []
        for one in json.loads(text, parse_float=Decimal):
            row = list(one.values())
            for place, decode in self._decoded:
                if row[place] is not None:
                    row[place] = decode(row[place])
            for place, convert, column in self._converted:
                row[place] = convert(row[place], column, connections[self._using])
            made = self._model.from_db(self._using, self._names, row[self._start : self._end])
            for related in self._related:
                related.populate(row, made)
            for name, place in self._extra:
                setattr(made, name, row[place])
            found.append(made)
        return found


def _converters(column: Any, connection: Any) -> list[Callable]:
    """What Django makes of the driver's value, in its order."""
    return [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]


# ── what is handed out


class _Answered:
    """A queryset that has its rows already; whoever asks more of it gets the one it stands for."""

    _stands_for: Callable[[], models.QuerySet]

    @property
    def query(self) -> Any:
        if self._query is None:
            self._query = self._stands_for().query
        return self._query

    @query.setter
    def query(self, value: Any) -> None:
        self._query = value


def _empty(one: _Statement, stands_for: Callable[[], models.QuerySet]) -> models.QuerySet:
    kind = _classes.get(one.rows)
    if kind is None:
        kind = _classes[one.rows] = type(one.rows.__name__, (_Answered, one.rows), {})
    rows = kind(one.model)
    rows._query, rows._stands_for = None, stands_for
    return rows
