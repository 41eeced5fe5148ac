"""How the API's further operations describe themselves (OpenAPI 3.1): one function for readings, one for commands."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from donations.api_schema import ETAG, HEADERS, problems


def path_uid(of: str, name: str = "uid") -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.UUID, OpenApiParameter.PATH, description=of)


def query(
    name: str, words: str, kind: Any = OpenApiTypes.STR, *, choices: Any = None, many: bool = False
) -> OpenApiParameter:
    return OpenApiParameter(
        name, kind, description=words, enum=list(choices) if choices else None, many=many
    )


PAGING = [
    query("after", "`next` of the page before."),
    query("limit", "Rows of a page, 1 to 200; 50 by default.", OpenApiTypes.INT),
]


def reads(
    operation: str,
    tag: str,
    summary: str,
    description: str,
    answer: Any,
    *,
    one: str = "",
    filters: tuple[OpenApiParameter, ...] = (),
    paged: bool = False,
) -> extend_schema:
    """A reading; `one` says what the uid of the address names."""
    parameters: list[OpenApiParameter] = [*filters]
    if one:
        parameters = [path_uid(one), ETAG, *parameters]
    if paged:
        parameters += PAGING
    refusals = (401, 403, *((404,) if one else ()), *((422,) if paged or filters else ()), 429, 503)
    return extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        description=f"{description} Reading is audited.",
        parameters=parameters,
        responses={200: answer, **problems(*refusals)},
    )


def commands(
    operation: str,
    tag: str,
    summary: str,
    description: str,
    *,
    body: Any,
    answer: Any,
    one: str = "",
    status: int = 200,
    example: dict[str, Any] | None = None,
) -> extend_schema:
    """A command; on one resource it demands If-Match, always an Idempotency-Key."""
    headers = [*HEADERS] if one else [HEADERS[0]]
    refusals = (400, 401, 403, 404, 409, 412, 415, 422, 428, 429, 503)
    if not one:
        refusals = (400, 401, 403, 409, 415, 422, 429, 503)
    examples = [OpenApiExample("request", value=example, request_only=True)] if example else []
    return extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        description=description,
        parameters=[*([path_uid(one)] if one else []), *headers],
        request=body,
        examples=examples,
        responses={status: OpenApiResponse(answer, description="Done."), **problems(*refusals)},
    )
