"""Open data for anybody: the tables of a period, one table, and both for programs."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from departments.views.publishing import public_page, published
from reports.models import OpenTable
from reports.open_periods import period_at
from reports.services.open_data.reading import (
    LICENCE,
    LICENCE_URL,
    catalogue_read,
    metadata,
    page_read,
    shown_of,
    table_csv,
    table_json,
    table_read,
)

LICENSED = {"licence": LICENCE, "licence_url": LICENCE_URL}


@published
def figures(request: HttpRequest) -> HttpResponse:
    """The tables of `?period=`, of the newest quarter without it."""
    asked = request.GET.get("period", "")
    period = period_at(asked)
    if asked and period is None:
        raise Http404
    page = page_read(period)
    if page is None and asked:
        raise Http404
    return public_page(request, "public/figures.html", {"page": page, **LICENSED})


@published
def table(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One released table."""
    one = shown_of(_found(uid))
    return public_page(request, "public/figures_table.html", {"one": one, **LICENSED})


@published
def table_file_json(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _json(table_json(_found(uid)))


@published
def table_file_csv(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _found(uid)
    response = HttpResponse(table_csv(found), content_type="text/csv; charset=utf-8")
    name = f"{found.code}-{found.first:%Y%m}-{found.last:%Y%m}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@published
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every table with what it counts and where it is, for programs."""
    listed = [
        metadata(one)
        | {"json": _address(request, one, "json"), "csv": _address(request, one, "csv")}
        for one in catalogue_read()
    ]
    return _json({**LICENSED, "tables": listed})


def _address(request: HttpRequest, one: OpenTable, way: str) -> str:
    return request.build_absolute_uri(reverse(f"figures:{way}", args=[one.uid]))


def _found(uid: uuid.UUID) -> OpenTable:
    found = table_read(uid)
    if found is None:
        raise Http404
    return found


def _json(said: dict[str, Any]) -> JsonResponse:
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})
