"""The library: groups of indicators, and the page of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.permissions import can_build_report, can_view_indicators
from reports.services.indicator_pages import course_of, group_lines, groups_for
from reports.services.indicator_tables import readable
from reports.services.rows import SOURCES


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """One group with this month and last, and the way to the others."""
    groups = groups_for(request.user) if can_view_indicators(request.user, None) else []
    if not groups:
        raise Http404
    asked = request.GET.get("group", "")
    group = next((one for one in groups if one.code == asked), groups[0])
    context = {
        "groups": groups,
        "group": group,
        "lines": group_lines(group=group, by=request.user),
        "may_build": can_build_report(request.user, None),
    }
    return render(request, "reports/indicators.html", context)


@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Twelve months, what moved, the definition and the restatements."""
    known = {one.code: one for one in readable(request.user)}
    if code not in known:
        raise Http404
    context = {
        "course": course_of(one=known[code], by=request.user),
        "has_rows": code in SOURCES and request.user.role != "authority_officer",
        "may_build": can_build_report(request.user, None),
    }
    return render(request, "reports/indicator.html", context)
