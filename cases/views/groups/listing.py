"""The list of groups and patient associations, newest first, with what each counts."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases.forms.groups import KindForm
from cases.group_permissions import can_plan_group
from cases.group_workflow import GROUP_FINAL
from cases.models.groups import Group, GroupCoLeader
from msw_portal.kernel import keyset

PAGE = 30
ORDER = ("-starts_on", "-id")


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """Groups of the department; 人数 and 人次 stand in the same statement as the rows."""
    asked = KindForm(request.GET).asked()
    page = _page(request, _narrow(request, asked))
    context = {
        "rows": page.rows,
        "asked": asked,
        "tabs": work_tabs("associations" if asked["what"] == "association" else "groups"),
        "can_plan": can_plan_group(request.user),
        "open_url": _url(asked, stage="" if asked["stage"] == "open" else "open"),
        "ended_url": _url(asked, stage="" if asked["stage"] == "ended" else "ended"),
        "mine_url": _url(asked, mine=not asked["mine"]),
        "before_url": _url(asked, before=page.previous) if page.previous else "",
        "after_url": _url(asked, after=page.next) if page.next else "",
    }
    return render(request, "cases/groups.html", context)


def work_tabs(now: str) -> list[dict[str, Any]]:
    """The pages that stand beside each other: groups, associations, activities, their figures."""
    places = (
        ("groups", reverse("cases:groups")),
        ("associations", f"{reverse('cases:groups')}?what=association"),
        ("events", reverse("cases:events")),
        ("figures", reverse("cases:work_figures")),
    )
    return [{"name": name, "url": url, "is_now": name == now} for name, url in places]


def _narrow(request: HttpRequest, asked: dict[str, Any]) -> Any:
    user = request.user
    rows = Group.objects.visible_to(user).filter(
        department_id=user.acting.department_id, is_association=asked["what"] == "association"
    )
    if asked["stage"]:
        ended = Q(stage__in=GROUP_FINAL)
        rows = rows.filter(ended if asked["stage"] == "ended" else ~ended)
    if asked["mine"]:
        beside = GroupCoLeader.objects.visible_to(user).filter(user=user)
        rows = rows.filter(Q(leader=user) | Q(pk__in=beside.values("group_id")))
    return rows.select_related("leader").with_counts()


def _page(request: HttpRequest, rows: Any) -> keyset.Page:
    after, before = request.GET.get("after"), request.GET.get("before")
    try:
        return keyset.page(rows, order=ORDER, after=after, before=before, size=PAGE)
    except keyset.BadCursor:
        return keyset.page(rows, order=ORDER, size=PAGE)


def _url(asked: dict[str, Any], **more: Any) -> str:
    given = {**asked, **more}
    given["mine"] = "1" if given["mine"] else ""
    kept = {name: value for name, value in given.items() if value}
    return f"{reverse('cases:groups')}?{urlencode(kept)}"
