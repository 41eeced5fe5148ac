"""Keyset pages of this app's lists."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from msw_portal.kernel import keyset


def page_of(
    request: HttpRequest, rows: QuerySet, *, order: tuple[str, ...], size: int
) -> dict[str, Any]:
    """A page of a list by `?after=` or `?before=`: `rows` and the addresses before and after it.

    A cursor that is not of this list shows its first page.
    """
    given = request.GET
    try:
        found = keyset.page(
            rows, order=order, after=given.get("after"), before=given.get("before"), size=size
        )
    except keyset.BadCursor:
        found = keyset.page(rows, order=order, size=size)
    return {
        "rows": found.rows,
        "before_url": _turned(given, "before", found.previous),
        "after_url": _turned(given, "after", found.next),
    }


def _turned(given: QueryDict, name: str, cursor: str | None) -> str:
    if cursor is None:
        return ""
    asked = given.copy()
    asked.pop("after", None)
    asked.pop("before", None)
    asked[name] = cursor
    return f"?{asked.urlencode()}"
