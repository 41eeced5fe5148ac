"""Keyset pages: newest first by one instant and the id; the address names the last row by its public id."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict

PAGE_SIZE = 20


@dataclass(frozen=True)
class Page:
    """The rows of one page and the addresses of its neighbours, empty at an end."""

    rows: list[Any]
    before_url: str
    after_url: str


def address(query: QueryDict, **changes: str | None) -> str:
    """The list's own address with some conditions changed (None takes one away); pages start anew."""
    kept = query.copy()
    for name in ("after", "before", "open", *changes):
        kept.pop(name, None)
    for name, value in changes.items():
        if value is not None:
            kept[name] = value
    return f"?{kept.urlencode()}"


def page_of(request: HttpRequest, rows: QuerySet, field: str, size: int = PAGE_SIZE) -> Page:
    """One page of `rows` (already scoped and filtered) by `field` descending, empty instants first."""
    back = _pivot(request.GET.get("before", ""), rows, field)
    on = None if back else _pivot(request.GET.get("after", ""), rows, field)
    if back:
        found = list(rows.filter(_newer(field, *back)).order_by(F(field).asc(nulls_last=True), "id")[: size + 1])
        has_before, has_after = len(found) > size, True
        found = found[:size][::-1]
    else:
        wanted = rows.filter(_older(field, *on)) if on else rows
        found = list(wanted.order_by(F(field).desc(nulls_first=True), "-id")[: size + 1])
        has_before, has_after = on is not None, len(found) > size
        found = found[:size]
    return Page(
        found,
        address(request.GET, before=str(found[0].uid)) if has_before and found else "",
        address(request.GET, after=str(found[-1].uid)) if has_after and found else "",
    )


def _pivot(text: str, rows: QuerySet, field: str) -> tuple[Any, int] | None:
    """Where a neighbour row stands; None for an address that names none of the rows."""
    try:
        uid = uuid.UUID(text)
    except ValueError:
        return None
    return rows.filter(uid=uid).values_list(field, "id").first()


def _older(field: str, value: Any, pk: int) -> Q:
    if value is None:
        return Q(**{f"{field}__isnull": True, "id__lt": pk}) | Q(**{f"{field}__isnull": False})
    return Q(**{f"{field}__lt": value}) | Q(**{field: value, "id__lt": pk})


def _newer(field: str, value: Any, pk: int) -> Q:
    if value is None:
        return Q(**{f"{field}__isnull": True, "id__gt": pk})
    return (
        Q(**{f"{field}__gt": value}) | Q(**{field: value, "id__gt": pk}) | Q(**{f"{field}__isnull": True})
    )
