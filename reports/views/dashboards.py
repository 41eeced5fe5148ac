"""The dashboard of the active role."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.querysets import PublishedFigureQuerySet
from reports.permissions import can_ask_report, can_view_dashboard
from reports.services.dashboards import dashboard_of


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Key figures and charts of the department or the foundation."""
    if not can_view_dashboard(request.user, None):
        raise Http404
    context = {
        "dashboard": dashboard_of(by=request.user),
        "may_ask": can_ask_report(request.user, None),
        "sees_published": request.user.role in PublishedFigureQuerySet.READERS,
    }
    return render(request, "reports/dashboard.html", context)
