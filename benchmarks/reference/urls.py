"""The portal's addresses plus the references that every figure is a ratio to."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from benchmarks.reference import stock
from departments.middleware import outside_scope
from departments.services import search_box
from msw_portal.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401

# How fast a person may search is no part of what a search costs.
search_box.PACE = 1_000_000_000


@outside_scope
def bare(request: HttpRequest) -> HttpResponse:
    """B: an empty answer behind the full middleware. B0 is the same without any (wsgi.py)."""
    # Without the middleware nobody counts the bytes, and the answer would come in chunks.
    return JsonResponse({"ok": True}, headers={"Content-Length": "12"})


@outside_scope
def one_query(request: HttpRequest) -> HttpResponse:
    """The same with one statement on the persistent connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


REFERENCES = {
    "bare": bare,
    "one-query": one_query,
    "stock-list": stock.stock_list,
    "live-group-by": stock.live_group_by,
}
for view in REFERENCES.values():
    view.login_required = False
urlpatterns = [
    *urlpatterns,
    *(path(f"bench/{name}/", view) for name, view in REFERENCES.items()),
]
