"""The search box: suggestions as one types, and a page of its own without JavaScript."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from departments.services.search_box import (
    LONGEST,
    SHOWN,
    SUGGESTED,
    box_search,
    text_opened,
    text_sealed,
)
from msw_portal.kernel.scope import CARE_ROLES


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What was found; what was typed stands sealed in the address, so that it can be reloaded and gone back to."""
    typed = (request.POST.get("q") or request.GET.get("q", "")).strip()[:LONGEST]
    if typed or request.method == "POST":
        here = reverse("departments:search")
        kept = urlencode({"s": text_sealed(typed, request.user)}) if typed else ""
        return redirect(f"{here}?{kept}" if kept else here)
    text = text_opened(request.GET.get("s", ""), request.user)
    groups = box_search(text=text, limit=SHOWN, by=request.user)
    context = {"groups": groups, "searched": text, "is_care": request.user.role in CARE_ROLES}
    return render(request, "departments/search.html", context)


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """The list under the box: a few of each kind, and the way to all of them."""
    text = request.POST.get("q", "").strip()[:LONGEST]
    groups = box_search(text=text, limit=SUGGESTED, by=request.user)
    return render(request, "departments/_suggestions.html", {"groups": groups, "searched": text})
