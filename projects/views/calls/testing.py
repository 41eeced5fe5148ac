"""The self-test of a call, and published calls for anybody."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cases.views.public_doors import page, public, too_many_words
from departments.models.organizations import Organization
from departments.services import rate
from projects.forms.sections import SelfTestForm
from projects.services.calls import shapes
from projects.services.calls.eligibility import advise
from projects.services.calls.public import call_public, calls_listed
from projects.views.calls.listing import call_or_404
from projects.views.guards import unit_page


@require_http_methods(["GET", "POST"])
@unit_page
def self_test(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Answers lead to advice with its reasons; nothing is kept."""
    call = call_or_404(request, uid)
    form = SelfTestForm(request.POST or None, call=call)
    advice = None
    if request.method == "POST" and form.is_valid():
        unit = Organization.objects.visible_to(request.user).get(pk=request.user.house_id)
        advice = advise(call=call, unit=unit, answers=form.answers)
    context = {"call": call, "form": form, "advice": advice}
    return render(request, "projects/self_test.html", context)


def refused_for_now(request: HttpRequest) -> HttpResponse | None:
    tried = rate.hit(
        f"public:{request.facts.ip}",
        limit=settings.PUBLIC_LIMIT,
        window=settings.DOOR_WINDOW_SECONDS,
    )
    if tried:
        return None
    words = too_many_words(tried.seconds_left)
    response = page(request, "doors/call.html", 429, found=None, words=words)
    response["Retry-After"] = str(tried.seconds_left)
    return response


@public
def public_list(request: HttpRequest) -> HttpResponse:
    refused = refused_for_now(request)
    if refused is not None:
        return refused
    found = calls_listed(after=request.GET.get("after"), before=request.GET.get("before"))
    return page(
        request, "doors/calls.html", rows=found.rows, after=found.after, before=found.before
    )


@public
def public_call(request: HttpRequest, slug: str) -> HttpResponse:
    refused = refused_for_now(request)
    if refused is not None:
        return refused
    found = call_public(slug)
    if found is None:
        return page(request, "doors/call.html", 404, found=None)
    sections = shapes.sections_of(found.content["form"])
    return page(request, "doors/call.html", found=found, content=found.content, sections=sections)
