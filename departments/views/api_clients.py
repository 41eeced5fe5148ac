"""The programs that speak for one's own house: for its security administrator."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.forms.people import ApiClientForm, ReasonForm, RotateForm
from departments.models.organizations import Organization, OrganizationKind
from departments.models.people import ApiClient
from departments.permissions import can_create_api_client
from departments.services.api_clients import (
    DUTIES,
    SCOPES_OF,
    api_client_create,
    api_client_end,
    api_client_rotate,
    clients_of,
)
from departments.views.keeping import Keeping
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer


@require_safe
def api_clients(request: HttpRequest) -> HttpResponse:
    clients = clients_of(by=request.user)
    rows = [
        {"client": one, "duties": [DUTIES.get(duty, duty) for duty in one.duties]}
        for one in clients
    ]
    kind = request.user.acting.organization_kind
    context = {
        "rows": rows,
        "form": ReasonForm(),
        "may_create": kind in SCOPES_OF,
        "is_foundation": kind == OrganizationKind.FOUNDATION,
    }
    return render(request, "departments/api_clients.html", context)


def api_client_new(request: HttpRequest) -> HttpResponse:
    """A new client; its secret stands on the answer and nowhere else."""
    require(can_create_api_client, request.user, None)
    house = Organization.objects.visible_to(request.user).get(pk=request.user.house_id)
    keep = Keeping(request, "departments-api_client")
    form = keep.form(ApiClientForm, house=house)
    if request.method == "POST" and keep.sent(
        form.command(api_client_create, organization=house, by=request.user)
    ):
        client_id, secret = form.result
        context = {"client_id": client_id, "secret": secret, "token_url": _token_url(request)}
        return render(request, "departments/api_client_made.html", context)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, **keep.context}
    return render(request, "departments/api_client_new.html", context, status=status)


@require_POST
def end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    client = _own(request, uid)
    form = ReasonForm(request.POST)
    done = form.command(api_client_end, client=client, by=request.user)
    to = reverse("departments:api_clients")
    context = {"client": client, "form": form}
    page = "departments/api_client_end.html"
    return answer(request, page, context, ok=done, to=to, done=_("客户端已停用，令牌立即失效。"))


def rotate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new secret of a client; it stands on the answer and nowhere else."""
    client = _own(request, uid)
    form = RotateForm(request.POST or None)
    if request.method == "POST" and form.command(api_client_rotate, client=client, by=request.user):
        client_id, secret = form.result
        context = {
            "client_id": client_id,
            "secret": secret,
            "token_url": _token_url(request),
            "hours": form.cleaned_data["hours"],
            "is_rotated": True,
        }
        return render(request, "departments/api_client_made.html", context)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "client": client}
    return render(request, "departments/api_client_rotate.html", context, status=status)


def _own(request: HttpRequest, uid: uuid.UUID) -> ApiClient:
    may = can_create_api_client(request.user, None)
    found = [one for one in clients_of(by=request.user) if one.uid == uid] if may else []
    if not found:
        raise Http404
    return found[0]


def _token_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oauth_token"))
