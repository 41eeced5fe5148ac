"""The rows behind a number."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from departments.views.paging import page_of
from msw_portal.kernel import keyset
from reports.permissions import can_view_rows
from reports.services.boards.asking import kept_query
from reports.services.boards.words import said
from reports.services.rows import SOURCES, NoSuchRows, chosen_of, chosen_said, figure_rows

PAGE_SIZE = 50


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """What a figure counted, row by row, for those who may see them."""
    if code not in SOURCES or not can_view_rows(request.user, None):
        raise Http404
    source, query, by = SOURCES[code], request.GET, request.user
    span = {"since": _day(query.get("from", "")), "until": _day(query.get("to", ""))}
    try:
        chosen = chosen_of(code=code, by=by, text=query.get("only", ""))
        found = figure_rows(code=code, by=by, dims=query, chosen=chosen, **span)
    except NoSuchRows as error:
        raise Http404 from error
    page = page_of(request, found, order=(f"-{source.at}", "-id"), size=PAGE_SIZE)
    count, is_capped = keyset.capped_count(found)
    context = {"figure": said(code), "source": source, "count": count, "is_capped": is_capped}
    context |= {"lines": [source.line(row, by) for row in page["rows"]], "page": page, **span}
    context["back"] = kept_query(query.get("back", ""))
    context["chosen"] = chosen_said(chosen, by=by)
    return render(request, "reports/rows.html", context)
