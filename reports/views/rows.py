"""The rows behind a number."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from departments.views.paging import page_of
from msw_portal.kernel import keyset
from reports.indicators import FIGURES
from reports.permissions import can_view_dashboard
from reports.services.rows import SOURCES, figure_rows

PAGE_SIZE = 50


def _day(text: str):
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """What a figure counted, row by row, for those who may see them."""
    if code not in SOURCES or not can_view_dashboard(request.user, None):
        raise Http404
    source, query = SOURCES[code], request.GET
    since, until = _day(query.get("from", "")), _day(query.get("to", ""))
    found = figure_rows(code=code, by=request.user, since=since, until=until, dims=query)
    page = page_of(request, found, order=(f"-{source.at}", "-id"), size=PAGE_SIZE)
    count, is_capped = keyset.capped_count(found)
    context = {
        "figure": FIGURES[code],
        "source": source,
        "since": since,
        "until": until,
        "count": count,
        "is_capped": is_capped,
        "page": page,
        "lines": [source.line(row, request.user) for row in page["rows"]],
    }
    return render(request, "reports/rows.html", context)
