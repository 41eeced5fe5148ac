"""The search box: suggestions as one types, and a page of its own without JavaScript."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from departments.services.search_box import (
    LONGEST,
    SHOWN,
    SUGGESTED,
    Group,
    box_search,
    can_widen,
    text_opened,
    text_sealed,
)
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import CARE_ROLES

SUGGESTIONS = "departments/_suggestions.html"


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What was found; what was typed stands sealed in the address, so that it can be reloaded and gone back to."""
    typed = (request.POST.get("q") or request.GET.get("q", "")).strip()[:LONGEST]
    if typed or request.method == "POST":
        here = reverse("departments:search")
        kept = {"s": text_sealed(typed, request.user)} if typed else {}
        if kept and request.POST.get("wide"):
            kept["wide"] = "1"
        return redirect(f"{here}?{urlencode(kept)}" if kept else here)
    sealed, is_wide = request.GET.get("s", ""), request.GET.get("wide") == "1"
    text = text_opened(sealed, request.user)
    groups = box_search(text=text, limit=SHOWN, is_wide=is_wide, by=request.user)
    context = {
        "groups": groups,
        "searched": text,
        "is_care": request.user.role in CARE_ROLES,
        "wider": urlencode({"s": sealed, "wide": "1"}) if _may_widen(groups, text) else "",
    }
    return render(request, "departments/search.html", context)


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """The list under the box: a few of each kind, and the way to all of them."""
    text = request.POST.get("q", "").strip()[:LONGEST]
    context = {"searched": text}
    try:
        groups = box_search(text=text, limit=SUGGESTED, by=request.user)
    except DomainError as refusal:
        # The box goes on: what was typed stays, the list says when to type on.
        context["refusal"] = refusal
        return render(request, SUGGESTIONS, context, status=refusal.status)
    context |= {"groups": groups, "may_widen": _may_widen(groups, text)}
    return render(request, SUGGESTIONS, context)


def _may_widen(groups: Sequence[Group], text: str) -> bool:
    """Whether what only sounds like it was left out so far."""
    return bool(groups) and can_widen(text) and all(group.key != "sounds" for group in groups)
