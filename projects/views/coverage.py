"""The coverage map and the match of a donor's wish with projects that still need money."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.models.organizations import Code
from projects.forms.registers import MatchForm, PlaceFilter
from projects.permissions.registers import can_view_coverage
from projects.services.coverage import Grid, calls_with_projects, coverage_of, matches_for


def _spots(drawn: Any) -> list[dict[str, Any]]:
    """The lines of the map: a disease and its cells by setting, each with its regions."""
    rows = zip(drawn.by_setting.rows, drawn.spots, strict=True)
    return [{"tag": tag, "cells": cells} for tag, cells in rows]


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Disease by setting and by region, of all projects seen or of one batch."""
    if not can_view_coverage(request.user):
        raise Http404
    calls = list(calls_with_projects(request.user)[:50])
    call = next((one for one in calls if str(one.uid) == request.GET.get("call")), None)
    form = PlaceFilter(request.GET)
    form.is_valid()
    place = form.cleaned_data.get("place")
    applied = request.GET.get("of") == "applications"
    drawn = coverage_of(request.user, call=call, applied=applied, place=place)
    context = {
        "calls": calls,
        "call": call,
        "applied": applied,
        "form": form,
        "settings": drawn.by_setting,
        "regions": drawn.by_region,
        "setting_lines": _lines(drawn.by_setting),
        "region_lines": _lines(drawn.by_region),
        "spot_lines": _spots(drawn),
        "blanks": [f"{row.name} × {column.name}" for row, column in drawn.by_setting.blanks],
    }
    return render(request, "registers/coverage.html", context)


def _lines(grid: Grid) -> list[dict[str, Any]]:
    return [{"tag": tag, "cells": cells} for tag, cells in zip(grid.rows, grid.cells, strict=True)]


@require_safe
def matching(request: HttpRequest) -> HttpResponse:
    """Which unfunded projects fit a wish, each with its points and their reasons."""
    if not can_view_coverage(request.user):
        raise Http404
    diseases = Code.objects.visible_to(request.user).filter(scheme="disease_theme")
    choices = [(one.code, one.zh) for one in diseases.order_by("rank", "id")]
    form = MatchForm(request.GET or None, diseases=choices)
    asked = form.cleaned_data if form.is_valid() else {}
    context = {
        "form": form,
        "is_asked": form.is_bound and form.is_valid(),
        "rows": matches_for(
            request.user,
            disease=asked.get("disease", ""),
            place=asked.get("place"),
            amount=asked.get("amount"),
        ),
    }
    return render(request, "registers/matching.html", context)
