"""How pages and fragments answer, and the net for a DomainError that no form caught."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from msw_portal.kernel.errors import Busy, DomainError
from msw_portal.kernel.scope import request_facts


def is_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a piece of the page, not for the whole (boosted links ask for the whole)."""
    return bool(request.htmx) and not request.htmx.boosted


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """After a success: a redirect that htmx and a plain form both follow."""
    if is_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def answer(
    request: HttpRequest,
    page: str,
    context: Mapping[str, Any],
    *,
    ok: bool,
    to: str | None = None,
    fragment: str | None = None,
    done: str = "",
) -> HttpResponse:
    """After a success go to `to` (saying `done`), or show the fragment; after a refusal 422 with what was typed."""
    if ok and to is not None:
        if done:
            messages.success(request, done)
        return go_to(request, to)
    template = fragment if fragment and is_fragment(request) else page
    return render(request, template, dict(context), status=200 if ok else 422)


class DomainErrorMiddleware:
    """The net for what has no form: a refusal becomes a page that says the rule."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            request.refusal = exception
            return render(request, "refused.html", {"error": exception}, status=exception.status)
        if isinstance(exception, Busy):
            template = "components/away.html" if is_fragment(request) else "503.html"
            busy = {
                "rule": "busy",
                "sentence": _("系统正忙，请稍后再试。"),
                "request_id": request_facts.get().request_id,
            }
            response = render(request, template, busy, status=503)
            response["Retry-After"] = "2"
            return response
        return None
