"""Shapes that every app's API is described with (OpenAPI 3.1): its problems, a page of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers

from msw_portal.kernel.api import TYPE, Problem

# What is said of a status wherever it stands; a description adds its own and may say one otherwise.
COMMON = {
    400: "The request cannot be read, or Idempotency-Key is missing.",
    401: "No valid access token: missing, expired or revoked.",
    415: "Only application/json is accepted.",
    422: "A field is not accepted; also an Idempotency-Key that was used with another body.",
    429: "Too many requests of this client: wait as Retry-After says.",
}


def problems_said(
    words: Mapping[int, str],
    *statuses: int,
    examples: Mapping[int, Sequence[OpenApiExample]] | None = None,
) -> dict[Any, OpenApiResponse]:
    """The answers that are problem documents, by status and media type; all of `words` where none is named."""
    return {
        (status, TYPE): OpenApiResponse(
            Problem, description=words[status], examples=list((examples or {}).get(status, []))
        )
        for status in statuses or words
    }


def page_shape(row: type[serializers.Serializer], name: str) -> Any:
    """The schema of a page of rows; `many` is said, since a list's answer would be taken for an array."""
    shape = type(
        name,
        (serializers.Serializer,),
        {
            "items": row(many=True),
            "next": serializers.CharField(
                allow_null=True, help_text="Cursor for `after`; null on the last page."
            ),
        },
    )
    return extend_schema_serializer(many=False)(shape)
