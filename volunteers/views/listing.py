"""One page of the list of volunteers."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.views.list_box import list_box, view_tabs, with_query
from msw_portal.kernel.query import Query
from volunteers.filters import VOLUNTEER_FIELDS
from volunteers.models.codes import Skill
from volunteers.models.people import Volunteer
from volunteers.services.people import star_words
from volunteers.views.finding import page_of
from volunteers.workflow import VolunteerState

PAGE = 40
ORDER = ("-id",)
SHOWS = (
    ("", _("在册")),
    ("applied", _("待审核")),
    ("training", _("培训中")),
    ("paused", _("暂停")),
    ("all", _("全部")),
)


def shown_rows(request: HttpRequest, query: Query) -> tuple[Any, str]:
    """Every volunteer of the view that the address names, and which view it is."""
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    rows = Volunteer.objects.visible_to(request.user).filter(query.where(request.user))
    if show != "all" and not query.has("state"):
        rows = rows.filter(state=show or VolunteerState.ACTIVE)
    return rows, show


def _row(one: Volunteer) -> dict[str, Any]:
    words = dict(Skill.choices)
    return {
        "row": one,
        "age": one.age_on(timezone.localdate()),
        "stars": star_words(one.star),
        "skills": [words.get(code, code) for code in one.skills[:3]],
        "more": max(0, len(one.skills) - 3),
    }


def _shows(here: str, show: str | None) -> list[dict[str, Any]]:
    """The tabs; none is the present one while a query is asked."""
    return [
        {
            "label": label,
            "url": f"{here}?show={key}" if key else here,
            "is_now": key == show,
        }
        for key, label in SHOWS
    ]


def _box(request: HttpRequest, query: Query) -> dict[str, Any]:
    return list_box(
        request,
        key="volunteers",
        fields=VOLUNTEER_FIELDS,
        typed=query.text,
        faults=query.faults,
        kept=with_query(request, None),
        hint=_("按条件查，如 姓名:周晴 状态:在册 特长:导诊陪诊 星级>=2 手机:13900000000"),
    )


def volunteers_page(request: HttpRequest, query: Query) -> dict[str, Any]:
    rows, show = shown_rows(request, query)
    page = page_of(request, rows, ORDER, PAGE)
    here = reverse("volunteers:list")
    said = {"query": query.text} if query.text and not query.faults else {}

    def link(**more: str) -> str:
        kept = {name: value for name, value in (said | {"show": show} | more).items() if value}
        return f"{here}?{urlencode(kept)}" if kept else here

    return {
        "rows": [_row(one) for one in page.rows],
        "before_url": link(before=page.previous) if page.previous else "",
        "after_url": link(after=page.next) if page.next else "",
        "tabs": [*_shows(here, None if said else show), *view_tabs(request, "volunteers")],
        "show": show,
        "is_narrowed": bool(query.conditions),
        "box": _box(request, query),
    }
