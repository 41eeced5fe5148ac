"""Policies and standards for anybody, without an account."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from departments.views.publishing import public_page, published
from projects.forms.registers import PublicFilter
from projects.services.public_registers import policies_listed, policy_at


@published
def policies(request: HttpRequest) -> HttpResponse:
    """What is published; `?on=` narrows it to what applied that day."""
    form = PublicFilter(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    found = policies_listed(
        kind=asked.get("kind", ""),
        words=asked.get("q", ""),
        on=asked.get("on"),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
    )
    kept = request.GET.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    lead = f"{kept.urlencode()}&" if kept else ""
    context = {
        "form": form,
        "rows": found.rows,
        "on": asked.get("on"),
        "english": translation.get_language() == "en",
        "is_narrowed": any(asked.get(name) for name in ("kind", "q", "on")),
        "before_url": f"?{lead}before={found.before}" if found.before else "",
        "after_url": f"?{lead}after={found.after}" if found.after else "",
    }
    return public_page(request, "public/policies.html", context)


@published
def policy(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = policy_at(uid)
    if found is None:
        raise Http404
    context = {"found": found, "entry": found.entry, "list_url": reverse("policies:policies")}
    return public_page(request, "public/policy.html", context)
