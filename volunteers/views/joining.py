"""The poster that invites volunteers, and the page behind its code."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cases.services.posters import door_poster
from cases.views.public_doors import gone, page, public, too_many, too_many_words
from msw_portal.kernel.pictures import code_picture
from volunteers.forms.joining import ApplicationForm
from volunteers.permissions import can_keep_join_door
from volunteers.services.joining import (
    application_submit,
    join_door_at,
    join_door_by,
    join_door_end,
    join_door_make,
    join_door_of,
    posts_offered,
)


def _may(request: HttpRequest) -> None:
    """Who does not keep the code does not learn that there is such a page."""
    if not can_keep_join_door(request.user):
        raise Http404


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("joining:join", args=[token]))


@require_GET
def poster(request: HttpRequest) -> HttpResponse:
    """Whether a code hangs somewhere, and the way to a new one."""
    _may(request)
    return render(request, "volunteers/poster.html", {"link": join_door_of(request.user)})


@require_POST
def poster_make(request: HttpRequest) -> HttpResponse:
    """A new code; its address stands on the answer and nowhere else."""
    _may(request)
    made = join_door_make(by=request.user)
    address = _address(request, made.token)
    given: dict[str, Any] = {"link": made.link, "token": made.token, "address": address}
    return render(
        request, "volunteers/poster_made.html", given | {"picture": code_picture(address)}
    )


@require_POST
def poster_end(request: HttpRequest) -> HttpResponse:
    _may(request)
    join_door_end(by=request.user)
    return redirect("volunteers:poster")


@require_POST
def poster_print(request: HttpRequest) -> HttpResponse:
    """The A4 sheet of a code that has just been made: only who holds the token can have it."""
    _may(request)
    token = request.POST.get("token", "")
    link = join_door_by(token=token, by=request.user)
    if link is None:
        raise Http404
    content = door_poster(
        link=link, address=_address(request, token), department=link.department.name
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="volunteers-{link.uid}.pdf"'
    return response


@public
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The application behind the poster's code; what is wrong, stopped or over answers alike."""
    opened = join_door_at(token)
    if opened is None:
        return gone(request)
    given = {"organization_id": opened.organization_id}
    if request.method != "POST":
        return _form(request, opened, ApplicationForm(**given))
    form = ApplicationForm(request.POST, **given)
    if not form.is_valid():
        return _form(request, opened, form, 422)
    wait = too_many(request, opened)
    if wait:
        form.add_error(None, too_many_words(wait))
        response = _form(request, opened, form, 429)
        response["Retry-After"] = str(wait)
        return response
    if not application_submit(token=token, payload=form.payload, once=form.cleaned_data["once"]):
        return gone(request)
    return page(request, "joining/done.html", door=opened)


def _form(
    request: HttpRequest, opened: Any, form: ApplicationForm, status: int = 200
) -> HttpResponse:
    posts = posts_offered(opened.organization_id)
    return page(request, "joining/join.html", status, door=opened, form=form, posts=posts)
