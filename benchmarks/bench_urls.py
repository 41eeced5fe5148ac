"""The portal's addresses plus the references every figure is a ratio to."""

from django.db import connection
from django.http import JsonResponse
from django.urls import path

from departments.middleware import outside_scope
from msw_portal.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401


@outside_scope
def bare(request):
    """B: an empty answer behind the full middleware."""
    return JsonResponse({"ok": True})


@outside_scope
def one_query(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


bare.login_required = one_query.login_required = False
urlpatterns = [*urlpatterns, path("bench/bare/", bare), path("bench/one-query/", one_query)]
