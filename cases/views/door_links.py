"""The codes of the wards and of the department: hang up, print, make anew, take down; the clocks."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.door_permissions import can_keep_settings, can_manage_doors
from cases.forms.closing import ConfirmForm
from cases.forms.doors import DoorLinkForm
from cases.services.department_settings import clocks_of
from cases.services.door_links import PLACES, door_create, door_links, door_of_token, door_revoke
from cases.services.posters import door_poster
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department
from msw_portal.kernel import keyset
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.pictures import code_picture

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30


def _may(request: HttpRequest) -> None:
    """Who does not keep the codes does not learn that there is such a page."""
    if not can_manage_doors(request.user):
        raise Http404


def _own_department(request: HttpRequest) -> Department:
    rows = Department.objects.visible_to(request.user)
    return get_object_or_404(rows, pk=request.user.acting.department_id)


@require_GET
def doors(request: HttpRequest) -> HttpResponse:
    """Every code that leads here, the live ones first, with how often and when it was last used."""
    _may(request)
    return render(request, "cases/doors.html", _list(request))


def _list(request: HttpRequest) -> dict[str, Any]:
    shows_over = request.GET.get("show") == "over"
    rows = door_links(by=request.user).filter(revoked_at__isnull=not shows_over)
    order = ("-created_at", "-id")
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    try:
        page = keyset.page(rows, order=order, size=PAGE, **asked)
    except keyset.BadCursor:
        page = keyset.page(rows, order=order, size=PAGE)
    here, department = reverse("cases:doors"), _own_department(request)
    link = f"{here}?show=over&" if shows_over else f"{here}?"
    return {
        "rows": page.rows,
        "now": timezone.now(),
        "kinds": dict(AccessLink.Kind.choices),
        "shows_over": shows_over,
        "before_url": f"{link}before={page.previous}" if page.previous else "",
        "after_url": f"{link}after={page.next}" if page.next else "",
        "clocks": clocks_of(department),
        "may_set_clocks": can_keep_settings(request.user, department),
    }


@BOTH
def door_new(request: HttpRequest) -> HttpResponse:
    """A new code; its address stands on the answer and nowhere else."""
    _may(request)
    places = Department.objects.visible_to(request.user).filter(
        organization_id=request.user.house_id, kind__in=PLACES, ended_on__isnull=True
    )
    given = {"departments": places.order_by("kind", "name")}
    if request.method != "POST":
        start = {
            "department": request.GET.get("place", ""),
            "kind": request.GET.get("kind", AccessLink.Kind.WARD_DOOR),
        }
        form = DoorLinkForm(initial=start, **given)
        return render(request, "cases/door_new.html", {"form": form})
    form = DoorLinkForm(request.POST, **given)
    if not form.command(door_create, by=request.user):
        return render(request, "cases/door_new.html", {"form": form}, status=422)
    return render(request, "cases/door_made.html", _made(request, form.result))


def _made(request: HttpRequest, made: Any) -> dict[str, Any]:
    address = _address(request, made.token)
    return {
        "link": made.link,
        "kind": AccessLink.Kind(made.link.kind).label,
        "token": made.token,
        "address": address,
        "picture": code_picture(address),
    }


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("doors:door", args=[token]))


@require_POST
def door_print(request: HttpRequest) -> HttpResponse:
    """The A4 sheet of a code that has just been made: only who holds the token can have it."""
    _may(request)
    token = request.POST.get("token", "")
    link = door_of_token(token=token, by=request.user)
    if link is None:
        raise Http404
    content = door_poster(
        link=link,
        address=_address(request, token),
        department=request.user.acting.department_name,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="poster-{link.uid}.pdf"'
    return response


@require_POST
def door_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take a code down: it stops at once."""
    _may(request)
    link = get_object_or_404(door_links(by=request.user), uid=uid)
    form = ConfirmForm(request.POST)
    ok = form.command(door_revoke, link=link, by=request.user)
    context = _list(request) | {"form": form}
    to = reverse("cases:doors")
    return answer(request, "cases/doors.html", context, ok=ok, to=to, done=str(_("码已停用。")))
