"""The box over a list: its query language with what was not understood, and the views one has saved."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from departments.forms.views import SaveViewForm
from departments.models.saved_views import SavedView
from departments.services.desk import KeptView, badges
from departments.services.saved_views import (
    LISTS,
    conditions_of,
    saved_view_drop,
    saved_view_keep,
)
from msw_portal.kernel.query import Field, Query, parse, said


def asked_of(request: HttpRequest, fields: Iterable[Field]) -> Query:
    """The query of a list: what was just sent, or what stands in the address."""
    return parse(request.POST.get("query", request.GET.get("query", "")), fields)


def with_query(request: HttpRequest, query: Query | None) -> str:
    """The list's address with this query in place of another, from its first page."""
    given = request.GET.copy()
    for name in ("query", "after", "before", "open"):
        given.pop(name, None)
    if query is not None and query.text:
        given["query"] = query.text
    return f"{request.path}?{given.urlencode()}" if given else request.path


def is_settled(request: HttpRequest, query: Query) -> bool:
    """Whether a query that was sent can go into the address; one with faults is shown again as typed."""
    return request.method == "POST" and not query.faults


def list_box(
    request: HttpRequest,
    *,
    key: str,
    fields: Iterable[Field],
    typed: str,
    faults: Sequence[str] = (),
    name: str = "query",
    kept: str = "",
    hint: Any = "",
) -> dict[str, Any]:
    """What templates/components/list_box.html shows; `kept` is the list's address without the query."""
    return {
        "key": key,
        "name": name,
        "typed": typed,
        "faults": faults,
        "action": kept or request.path,
        "hint": hint,
        "fields": said(fields),
        "conditions": conditions_of(request.GET.urlencode()),
        "views": [
            {"uid": one.uid, "name": one.name, "url": _url(one)} for one in _views(request, key)
        ],
    }


def view_tabs(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    """The saved views as tabs after the list's own."""
    now = conditions_of(request.GET.urlencode())
    return [
        {"label": one.name, "url": _url(one), "is_now": one.query == now, "is_on": one.query == now}
        for one in _views(request, key)
    ]


def _views(request: HttpRequest, key: str) -> list[KeptView]:
    """Read with the frame's counts, in their statement."""
    if "badges" not in request.__dict__:
        request.badges = badges(request.user)
    return [one for one in request.badges.views if one.list == key]


def _url(view: KeptView | SavedView) -> str:
    return f"{reverse(LISTS[view.list])}?{view.query}"


@require_POST
def view_keep(request: HttpRequest) -> HttpResponse:
    """Save the conditions of a list; a name that is refused is asked for again with what was typed."""
    form = SaveViewForm(request.POST)
    if form.command(saved_view_keep, by=request.user):
        messages.success(request, _("已保存视图。"))
        return redirect(_url(form.result))
    return render(request, "departments/view_keep.html", {"form": form}, status=422)


@require_POST
def view_drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), uid=uid)
    to = reverse(LISTS[view.list])
    saved_view_drop(view=view, by=request.user)
    messages.success(request, _("已删除视图。"))
    return redirect(to)
