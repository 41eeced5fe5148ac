"""Break-glass: opened with a reason, ended by hand or by the clock, reviewed by somebody else."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.break_glass import GlassForm, GlassReviewForm
from cases.models.casework import Case
from cases.models.people import Client
from cases.person_permissions import can_break_glass, can_list_glass
from cases.services import break_glass
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of
from departments.views.paging import page_of
from msw_portal.kernel.htmx import go_to

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30


@BOTH
def open_glass(request: HttpRequest) -> HttpResponse:
    """By number, or `?client=` from the person's page; while one is open, this leads to it."""
    if not can_break_glass(request.user):
        raise Http404
    opened = _open_case(request)
    if request.method == "GET" and opened is not None:
        return redirect(address_of(opened))
    person = _person(request)
    return fill_in(
        request,
        Filling(
            page="cases/break_glass.html",
            form=GlassForm,
            service=break_glass.glass_break,
            given={"client": person},
            to=address_of,
            done=_("已打开，只读；到时间自动关上。"),
            context={"client": person, "glass_case": opened},
        ),
    )


def _open_case(request: HttpRequest) -> Case | None:
    glass = request.user.acting.glass
    return Case.objects.visible_to(request.user).filter(pk=glass).first() if glass else None


def _person(request: HttpRequest) -> Client | None:
    asked = request.GET.get("client", "")
    if not asked:
        return None
    try:
        uid = uuid.UUID(asked)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Client.objects.visible_to(request.user), uid=uid)


@require_POST
def close_glass(request: HttpRequest) -> HttpResponse:
    if not can_break_glass(request.user):
        raise Http404
    break_glass.glass_close(by=request.user)
    return go_to(request, reverse("departments:workbench"))


@BOTH
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for review, or all with `?show=all`; a POST reviews one of them."""
    user = request.user
    if not can_list_glass(user):
        raise Http404
    is_all = request.GET.get("show") == "all"
    numbers = break_glass.glass_numbers(by=user)
    waiting = break_glass.glass_grants(numbers, waiting=True, by=user)
    form = GlassReviewForm(request.POST or None, grants=waiting)
    if request.method == "POST" and form.command(break_glass.glass_review, by=user):
        return go_to(request, reverse("cases:glass_reviews"))
    shown = break_glass.glass_grants(numbers, waiting=not is_all, by=user)
    context = page_of(
        request, shown.select_related("user", "reviewed_by"), order=("-id",), size=PAGE
    )
    context["lines"] = break_glass.glass_readings(context["rows"], numbers, by=user)
    context |= {"form": form, "is_all": is_all, "results": break_glass.RESULTS}
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/glass_reviews.html", context, status=status)
