"""The dashboard of the active role."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.querysets import PublishedFigureQuerySet
from reports.permissions import can_view_dashboard
from reports.services.dashboards import dashboard_of
from reports.services.kinds import kinds_for


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Key figures and charts of the department or the foundation."""
    if not can_view_dashboard(request.user, None):
        raise Http404
    context = {
        "dashboard": dashboard_of(by=request.user),
        "may_ask": bool(kinds_for(request.user)),
        "sees_published": request.user.role in PublishedFigureQuerySet.READERS,
    }
    return render(request, "reports/dashboard.html", context)
