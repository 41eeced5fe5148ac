"""What the readings of the API share: a page behind a cursor, one resource under the tag of its content."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from msw_portal.kernel import keyset
from msw_portal.kernel.api import PreconditionFailed, PreconditionRequired

NOT_FILTERS = frozenset({"after", "limit"})
PAGE_SIZE, LARGEST_PAGE = 50, 200


class IdempotencyKeyRequired(exceptions.APIException):
    status_code = 400
    default_code = "idempotency_key_required"
    default_detail = _("请在 Idempotency-Key 中带上本次操作的唯一标识。")


def size_of(request: Request, name: str = "limit") -> int:
    """`limit` of a list, or what it is called there.

    Raises:
        ValidationError: unless it is a whole number from 1 to 200.
    """
    text = request.GET.get(name, str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_PAGE):
        raise exceptions.ValidationError({name: [_("每页 1 到 200 条。")]})
    return int(text)


def filtered(request: Request, rows: QuerySet, filters: type) -> tuple[QuerySet, list[str]]:
    """`rows` narrowed by a FilterSet over the address, and the names of what narrows.

    Raises:
        ValidationError: for a value that is none, beside its field.
    """
    asked = filters(request.GET, queryset=rows)
    if not asked.is_valid():
        raise exceptions.ValidationError(dict(asked.errors))
    used = sorted(
        name for name, value in asked.form.cleaned_data.items() if value not in (None, "", [])
    )
    return asked.qs, used


def page_of(
    request: Request, rows: QuerySet, *, order: tuple[str, ...], size: str = "limit"
) -> keyset.Page:
    """One page of scoped rows by `after` and `limit`, which may be called otherwise by `size`.

    Raises:
        ValidationError: for a cursor that is not of this list, or a size out of bounds.
    """
    try:
        return keyset.page(
            rows, order=order, after=request.GET.get("after") or None, size=size_of(request, size)
        )
    except keyset.BadCursor:
        raise exceptions.ValidationError({"after": [_("游标无效，请从第一页开始。")]}) from None


def page_answer(page: keyset.Page, shape: Callable[[Any], Any]) -> Response:
    """{"items", "next"} of one page."""
    return Response({"items": [shape(row) for row in page.rows], "next": page.next})


def content_tag(body: Any) -> str:
    """A strong tag that changes exactly when what is answered does."""
    return f'"{hashlib.sha256(JSONRenderer().render(body)).hexdigest()[:32]}"'


def single(body: Any, *, tag: str = "", status: int = 200) -> Response:
    """One resource with its ETag: the row's own where commands compare it, else the content's."""
    response = Response(body, status=status)
    response["ETag"] = tag or content_tag(body)
    return response


def require_key(request: Request) -> None:
    """Refuse a command without an Idempotency-Key.

    Raises:
        IdempotencyKeyRequired.
    """
    if not request.headers.get("Idempotency-Key"):
        raise IdempotencyKeyRequired


def require_tag(request: Request, tag: str) -> None:
    """Refuse a command on what the client has not read as it stands.

    Raises:
        PreconditionRequired: without If-Match.  PreconditionFailed: with another tag.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionRequired
    if given != "*" and tag not in [one.strip() for one in given.split(",")]:
        raise PreconditionFailed
