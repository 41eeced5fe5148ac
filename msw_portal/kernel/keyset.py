"""Pages by key: signed cursors over the sort values and the id; every page costs the same."""

import datetime as dt
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP

from msw_portal.kernel.crypto import derive
from msw_portal.kernel.keyring import keys
from msw_portal.kernel.together import together

MAC = 16
LARGEST_PAGE = 500


class BadCursor(ValueError):
    """A cursor that was not made here, for this order, under a key of the key file."""


@dataclass(frozen=True)
class Page:
    """`rows` in the asked order; `next` and `previous` are cursors, or None at an end."""

    rows: list[Any]
    next: str | None
    previous: str | None


_KINDS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "t": (dt.datetime, lambda value: value.isoformat(), dt.datetime.fromisoformat),
    "d": (dt.date, lambda value: value.isoformat(), dt.date.fromisoformat),
    "n": (Decimal, str, Decimal),
    "u": (UUID, str, UUID),
    "i": (int, int, int),
    "s": (str, str, str),
}


def make_cursor(values: Sequence[Any], *, order: Sequence[str]) -> str:
    """Url-safe text of the sort values of one row, signed for this order.

    Raises:
        TypeError: for a value that is no datetime, date, Decimal, UUID, int or str.
    """
    packed = []
    for value in values:
        kind = next((name for name, row in _KINDS.items() if isinstance(value, row[0])), None)
        if kind is None or isinstance(value, bool):
            raise TypeError(f"a list is not sorted by {type(value).__name__}; nulls have no place")
        packed.append([kind, _KINDS[kind][1](value)])
    body = json.dumps(packed, separators=(",", ":")).encode()
    return urlsafe_b64encode(_mac(body, order) + body).decode().rstrip("=")


def read_cursor(cursor: str, *, order: Sequence[str]) -> list[Any]:
    """The sort values a cursor was made from.

    Raises:
        BadCursor: when it was changed, cut, or made for another order.
    """
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError:
        raise BadCursor("not a cursor") from None
    mac, body = raw[:MAC], raw[MAC:]
    # The text too must be the one we wrote: base64 has spare bits that decode alike.
    whole = urlsafe_b64encode(raw).decode().rstrip("=") == cursor
    # A list that was open while keys were rotated goes on.
    known = [_mac(body, order, kid) for kid in sorted(keys().masters, reverse=True)]
    if not any(hmac.compare_digest(mac, one) for one in known) or not whole:
        raise BadCursor("the cursor was not made here for this list")
    return [_KINDS[kind][2](value) for kind, value in json.loads(body)]


def _mac(body: bytes, order: Sequence[str], kid: int | None = None) -> bytes:
    bound = json.dumps(list(order)).encode() + b"\n" + body
    return hmac.digest(derive("cursor", kid=kid), bound, hashlib.sha256)[:MAC]


class _Beyond(Func):
    """`(a, b) < (x, y)`: one row comparison, which PostgreSQL turns into one index range."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, names: Sequence[str], values: Sequence[Any], sign: str) -> None:
        super().__init__(*[F(name) for name in names], *[Value(value) for value in values])
        self.count, self.sign = len(names), sign

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "_Beyond":
        resolved = super().resolve_expression(*args, **kwargs)
        parts = resolved.source_expressions
        columns, values = parts[: self.count], parts[self.count :]
        # Each value is written as its column's type writes it, not as Python's type would.
        typed = [Value(v.value, c.output_field) for c, v in zip(columns, values, strict=True)]
        resolved.set_source_expressions([*columns, *typed])
        return resolved

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        parts, params = [], []
        for expression in self.source_expressions:
            sql, more = compiler.compile(expression)
            parts.append(sql)
            params += more
        left, right = ", ".join(parts[: self.count]), ", ".join(parts[self.count :])
        return f"({left}) {self.sign} ({right})", params


def page(
    queryset: QuerySet,
    *,
    order: tuple[str, ...],
    after: str | None = None,
    before: str | None = None,
    size: int,
    beside: Sequence[QuerySet] = (),
) -> Page:
    """One page of `queryset` in `order`, after or before a cursor.

    `order` names columns without nulls, all ascending or all descending; `id` is added as the last
    when it is missing. Fetches size + 1 rows and counts nothing; lists the page needs besides are
    fetched in the same statement.

    Raises:
        BadCursor: for a cursor that is not of this list, or for both at once.
        ValueError: for mixed directions or a size outside 1 to 500.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise ValueError(f"a page has 1 to {LARGEST_PAGE} rows")
    if after and before:
        raise BadCursor("a page is either after or before a cursor")
    falls = order[0].startswith("-")
    if any(name.startswith("-") != falls for name in order):
        raise ValueError("one row comparison needs one direction")
    names = [name.removeprefix("-") for name in order]
    if names[-1] not in ("id", "pk"):
        names.append("id")
    backwards = bool(before)
    cursor = before or after
    if cursor:
        values = read_cursor(cursor, order=order)
        queryset = queryset.filter(_Beyond(names, values, "<" if falls != backwards else ">"))
    down = falls != backwards
    queryset = queryset.order_by(*(f"-{name}" if down else name for name in names))[: size + 1]
    if beside:
        together(queryset, *beside)
    rows = list(queryset)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()

    def cursor_of(row: Any) -> str:
        return make_cursor([_value(row, name) for name in names], order=order)

    has_next, has_previous = (bool(rows), more) if backwards else (more, bool(rows) and bool(after))
    return Page(
        rows,
        next=cursor_of(rows[-1]) if has_next else None,
        previous=cursor_of(rows[0]) if has_previous else None,
    )


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split(LOOKUP_SEP):
        row = getattr(row, part)
    return row


def capped_count(queryset: QuerySet, cap: int = 10_000) -> tuple[int, bool]:
    """How many rows, counting no further than `cap`; the second says that there are more."""
    rows = queryset.order_by()
    if rows.query.group_by is None and not rows.query.combinator:
        rows = rows.values("pk")  # Django's own count makes two queries of it first
        try:
            sql, params = rows[: cap + 1].query.sql_with_params()
        except EmptyResultSet:
            return 0, False
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({sql}) counted", params)  # nosec B608
            found = cursor.fetchone()[0]
    else:
        found = rows[: cap + 1].count()
    return min(found, cap), found > cap


def capped_counts(
    asked: Mapping[str, QuerySet], cap: int = 1_000, order: Sequence[str] = ()
) -> dict[str, str]:
    """How many rows each queryset has, in words and in one statement: `37`, or `1,000+`.

    No more than `cap` + 1 rows are looked at for each, so that a tab costs the same in a large house. `order` is
    that of an index which finds them: without it the database may read a table from its beginning, in the hope
    that the rows it counts are spread evenly, and those of a state or a worker never are.
    """
    parts, given, counts = [], [], dict.fromkeys(asked, 0)
    for name, rows in asked.items():
        try:
            sql, params = rows.order_by(*order).values("pk")[: cap + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append((name, f"(SELECT count(*) FROM ({sql}) counted)"))  # nosec B608
        given += params
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(part for _name, part in parts), given)
            counts |= dict(zip((name for name, _part in parts), cursor.fetchone(), strict=True))
    return {name: f"{cap:,}+" if n > cap else f"{n:,}" for name, n in counts.items()}
