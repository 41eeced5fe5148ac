"""The case list and the workbench's panels: masked, one statement for the rows, the address is the state."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.filters.listing import ALL, CASE_FIELDS, CaseFilter
from cases.forms.people import SearchForm
from cases.models.casework import Case
from cases.permissions import can_receive_referral, can_register_client
from cases.person_permissions import can_break_glass
from cases.services.case_numbers import looks_like_number
from cases.services.clients import client_search
from cases.services.exports import CASES
from cases.services.my_day import caseload
from cases.services.team import colleagues
from cases.views.doors import lines, waiting
from cases.workflow import CaseStage
from departments.models.people import User
from departments.permissions import can_export_listing
from departments.services.importing.kinds import kinds_for
from departments.views.list_box import list_box, view_tabs
from msw_portal.kernel import keyset
from msw_portal.kernel.query import Query, parse

PAGE = 20
ORDER = ("-opened_at", "-id")
KEPT_SEARCHES = 5
PANEL = 5


@require_http_methods(["GET", "POST"])
def case_list(request: HttpRequest) -> HttpResponse:
    """The list; a name that was typed is searched, and only the search's id stands in the address."""
    typed = request.POST.get("q") or request.GET.get("q", "")
    if not typed.strip():
        if request.method == "POST":
            return redirect(_narrowed(request).url(query=None))
        return render(request, "cases/list.html", _list_page(request))
    asked = parse(typed, CASE_FIELDS, takes_words=True)
    if asked.faults:
        page = _list_page(request, typed=asked.text, faults=asked.faults)
        return render(request, "cases/list.html", page, status=422)
    return redirect(_looked_for(request, asked))


def _narrowed(request: HttpRequest) -> CaseFilter:
    return CaseFilter(request.GET, path=reverse("cases:list"), user=request.user)


def _looked_for(request: HttpRequest, asked: Query) -> str:
    """Where the answer to the list's box is: its conditions, a number, or what a search of persons found."""
    narrow, terms = _narrowed(request), asked.terms() or None
    typed = " ".join(asked.words)
    if not typed:
        return narrow.url(query=terms)
    if looks_like_number(typed):
        return narrow.url(query=terms, number=typed, found=None)
    form = SearchForm({"name": typed})
    if not form.command(client_search, by=request.user):
        messages.warning(request, " ".join(map(str, form.errors.get("name", []))))
        return narrow.url(query=terms)
    kept = dict(list(request.session.get("case_searches", {}).items())[-KEPT_SEARCHES + 1 :])
    kept[str(form.result.uid)] = [str(one.uid) for one in form.result.hits]
    request.session["case_searches"] = kept
    return narrow.url(query=terms, found=str(form.result.uid), number=None)


def found_in(request: HttpRequest) -> list[str] | None:
    """The persons of an earlier search of this session; none for a search that is not remembered."""
    asked = request.GET.get("found", "")
    return request.session.get("case_searches", {}).get(asked, []) if asked else None


def _list_page(
    request: HttpRequest, *, typed: str | None = None, faults: Sequence[str] = ()
) -> dict[str, Any]:
    user = request.user
    narrow = CaseFilter(request.GET, path=reverse("cases:list"), user=user, found=found_in(request))
    listed = narrow.narrow(Case.objects.listed_to(user))
    rows = listed.with_list_facts().with_is_mine(user)
    team = _team(user)
    page = _page(request, rows, () if team is None else (team,))
    mates = [] if team is None else list(team)
    count, is_capped = _count(listed, page)
    return {
        "filter": narrow,
        "box": list_box(
            request,
            key="cases",
            fields=CASE_FIELDS,
            typed=narrow.asked.text if typed is None else typed,
            faults=faults or narrow.asked.faults,
            name="q",
            kept=narrow.url(query=None),
            hint=_("编号、姓名，或条件，如 状态:在案 社工:@我 住院>2026-01"),
        ),
        "rows": page.rows,
        "kept_fields": narrow.kept_fields(),
        "chips": narrow.chips({str(one.uid): one.display_name for one in mates}),
        "workers": [(one.display_name, narrow.url(worker=str(one.uid))) for one in mates],
        "tabs": [*_tabs(user, narrow), *view_tabs(request, "cases")],
        "count": count,
        "is_capped": is_capped,
        "before_url": narrow.url(before=page.previous) if page.previous else "",
        "after_url": narrow.url(after=page.next) if page.next else "",
        "stages": narrow.options("stage"),
        "risks": narrow.options("risk"),
        "needs": narrow.options("need"),
        "can_register": can_register_client(user),
        "can_break_glass": can_break_glass(user),
        "export_url": _export_url(request),
        "can_import": bool(kinds_for(user)),
        "sees_department": user.role == "dept_head",
    }


def _export_url(request: HttpRequest) -> str:
    """The whole list under its present conditions as a file; nothing for who sees only single cases."""
    if not can_export_listing(request.user, CASES):
        return ""
    query = request.GET.urlencode()
    return reverse("cases:list_export") + (f"?{query}" if query else "")


def _team(user: Any) -> QuerySet[User] | None:
    """Whose cases a leader may ask for; None for who leads nobody: an empty queryset is put together before it is empty."""
    if user.role not in ("dept_head", "supervisor"):
        return None
    return colleagues(role="worker", by=user, department_id=user.acting.department_id)


def _page(request: HttpRequest, rows: Any, beside: Sequence[QuerySet]) -> keyset.Page:
    """The asked page with the team, if there is one; the first page for a cursor that was not made here."""
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    given = {"order": ORDER, "size": PAGE, "beside": beside}
    try:
        return keyset.page(rows, **given, **asked)
    except keyset.BadCursor:
        return keyset.page(rows, **given)


def _count(rows: Any, page: keyset.Page) -> tuple[int, bool]:
    """How many there are; a list that fits on one page is counted without asking again."""
    if page.next is None and page.previous is None:
        return len(page.rows), False
    return keyset.capped_count(rows)


def _tabs(user: Any, narrow: CaseFilter) -> list[dict[str, Any]]:
    """Saved views: each is an address."""
    mine = _("我督导的") if user.role == "supervisor" else _("我的在案")
    views = (
        [(mine, {"worker": "me", "status": "open"})]
        if user.role in ("worker", "supervisor")
        else []
    )
    views += [
        (_("在案"), {"worker": ALL, "status": "open"}),
        (_("待受理"), {"worker": ALL, "stage": CaseStage.PENDING.value}),
        (_("高风险与危机"), {"worker": ALL, "status": "open", "risk": ["high", "crisis"]}),
        (_("待结案审核"), {"worker": ALL, "stage": CaseStage.CLOSURE.value}),
        (_("已结束"), {"worker": ALL, "status": "ended"}),
    ]
    nothing = dict.fromkeys(CaseFilter.kept)
    addresses = [(label, narrow.url(**nothing | view)) for label, view in views]
    now = narrow.url(**_as_asked(narrow))
    return [{"label": label, "url": url, "is_now": url == now} for label, url in addresses]


def _as_asked(narrow: CaseFilter) -> dict[str, Any]:
    """The present conditions written out, defaults included, to compare with the saved views."""
    shown = {
        "worker": narrow.worker,
        "stage": narrow.stages,
        "risk": narrow.risks,
        "need": narrow.needs,
    }
    return shown | {"status": narrow.status if not narrow.stages else None}


@require_GET
def panel_referrals(request: HttpRequest) -> HttpResponse:
    """For the workbench: the referrals with the shortest time left."""
    rows = list(waiting(request.user)[: PANEL + 1])
    context = {
        "rows": lines(rows[:PANEL]),
        "is_more": len(rows) > PANEL,
        "can_receive": can_receive_referral(request.user),
    }
    return render(request, "cases/_panel_referrals.html", context)


@require_GET
def panel_caseload(request: HttpRequest) -> HttpResponse:
    """For the workbench: my open cases by stage, with their weights."""
    user = request.user
    narrow = CaseFilter(request.GET, path=reverse("cases:list"), user=user)
    rows = narrow.narrow(Case.objects.visible_to(user).kept_by(user)).open()
    stages = sorted(caseload(rows), key=lambda row: list(CaseStage).index(row[0]))
    lines = [
        {
            "label": CaseStage(stage).label,
            "n": n,
            "weight": weight,
            "url": narrow.url(stage=stage, worker=narrow.worker),
        }
        for stage, n, weight in stages
    ]
    context = {
        "lines": lines,
        "count": sum(line["n"] for line in lines),
        "weight": sum(line["weight"] for line in lines),
        "list_url": narrow.url(),
    }
    return render(request, "cases/_panel_caseload.html", context)
