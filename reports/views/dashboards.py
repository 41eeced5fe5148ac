"""The dashboard of the active role, and the numbers of one of its charts as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.querysets import PublishedFigureQuerySet
from departments.views.exporting import sent
from departments.views.list_box import list_box
from reports.permissions import can_view_dashboard
from reports.services.boards.taking import chart_export, chart_of
from reports.services.dashboards import dashboard_of
from reports.services.kinds import kinds_for


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Key figures and charts of the department, the foundation, the region or one's own work."""
    if not can_view_dashboard(request.user, None):
        raise Http404
    context = {
        "dashboard": dashboard_of(by=request.user, query=request.GET.dict()),
        "box": list_box(request, key="dashboard", fields=(), typed=""),
        "may_ask": bool(kinds_for(request.user)),
        "sees_published": request.user.role in PublishedFigureQuerySet.READERS,
    }
    return render(request, "reports/dashboard.html", context)


@require_safe
def chart_csv(request: HttpRequest, chart: str) -> HttpResponse:
    """The numbers of a chart under the same filter, as CSV."""
    if not can_view_dashboard(request.user, None):
        raise Http404
    found = chart_of(id=chart, by=request.user, query=request.GET.dict())
    if found is None:
        raise Http404
    return sent(chart_export(chart=found, by=request.user), found.title)
