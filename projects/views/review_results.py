"""From the ranking to the projects, for the desk: why this rank, meetings, places, letters, notice, list."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.public_entries import csv_of
from msw_portal.kernel.htmx import answer
from projects.forms.experts import ReasonForm
from projects.forms.reviews import AnswerForm, HoldForm, PanelForm, PicksForm, PlaceForm
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.experts import ExpertProfile
from projects.models.reviews import Panel
from projects.services.announcing import (
    blocks_of,
    difference,
    list_publish,
    listed_rows,
    notice_objection_answer,
    notice_open,
    notice_stop,
    objections_of,
)
from projects.services.opening import opens_projects, projects_open
from projects.services.panels import TO_DISCUSS, panel_cancel, panel_hold, panel_plan
from projects.services.ranking import Standing
from projects.services.results import call_rank, marks_of, standings_of, unsent_of
from projects.services.review_plans import plan_needed, plan_of
from projects.services.selecting import PLACED, selection_change, selection_propose
from projects.views.expert_bank import desk_or_404
from projects.views.review_calls import application_or_404, call_or_404
from projects.workflow.calls import ApplicationState, CallState

BOTH = require_http_methods(["GET", "HEAD", "POST"])
A = ApplicationState


def _titles(request: HttpRequest, row: Call) -> dict[str, Application]:
    """What the person may see the standing of, by uid: not what the person has still to mark."""
    rows = Application.objects.visible_to(request.user).filter(call=row)
    return {str(one.uid): one for one in rows.exclude(pk__in=unsent_of(request.user))}


@require_safe
def ranking(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The ranking as the marks give it now; what the person has a part in is left out."""
    row = call_or_404(request, uid)
    rules = plan_of(row)
    rows, lacking = [], 0
    if rules is not None:
        marks, progress = marks_of(row)
        titles = _titles(request, row)
        found = standings_of(row, rules, marks)
        rows = [
            (titles[one.application], one, progress[one.application])
            for one in found
            if one.application in titles
        ]
        lacking = sum(one.sent < one.asked for one in progress.values())
    context = {
        "call": row,
        "part": "ranking",
        "plan": rules,
        "rows": rows,
        "lacking": lacking,
        "places": row.places or 0,
        "limit": (row.places or 0) + (rules.reserve_places if rules else 0),
        "may_rank": row.state in (CallState.REVIEWING, CallState.RANKED),
    }
    return render(request, "projects/ranking.html", context)


@require_safe
def ranking_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The ranking as CSV: everything the person may see, and no expert's name."""
    row = call_or_404(request, uid)
    marks, _progress = marks_of(row)
    titles = _titles(request, row)
    heads = [
        *(_("名次"), _("编号"), _("项目名称"), _("申报单位"), _("平均分")),
        *(_("标准化分"), _("标准差"), _("份数"), _("状态")),
    ]
    lines = [
        [
            *(str(one.rank), titles[one.application].number or "", titles[one.application].title),
            *(titles[one.application].unit_name, str(one.mean), str(one.normalised)),
            *(str(one.spread), str(len(one.marks))),
            str(titles[one.application].get_state_display()),
        ]
        for one in standings_of(row, plan_needed(row), marks)
        if one.application in titles
    ]
    response = HttpResponse(csv_of(heads, lines), content_type="text/csv; charset=utf-8")
    name = f"{row.title} {_('排名')}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_POST
def rank(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    call_rank(call=row, by=request.user)
    to = reverse("experts:ranking", args=[uid])
    return answer(request, "projects/ranking.html", {}, ok=True, to=to, done=_("已排名。"))


@require_safe
def why(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Why this rank: every mark, what was dropped, the mean, the ties, the neighbours."""
    application = application_or_404(request, uid)
    titles, rules = _titles(request, application.call), plan_needed(application.call)
    marks, _progress = marks_of(application.call)
    found = standings_of(application.call, rules, marks)
    at = next((n for n, one in enumerate(found) if one.application == str(uid)), None)
    if at is None or str(uid) not in titles:
        raise Http404
    one = found[at]
    near = [(n, found[n]) for n in (at - 1, at, at + 1) if 0 <= n < len(found)]
    context = {
        "application": application,
        "near": [
            (titles[other.application], other, n == at)
            for n, other in near
            if other.application in titles
        ],
        "kept": application.score_shown,
        "is_as_stored": application.score_mean == one.mean and application.rank == one.rank,
        **_reasons(request, application.call, one),
    }
    return render(request, "projects/why.html", context)


def _reasons(request: HttpRequest, row: Call, one: Standing) -> dict[str, Any]:
    """The marks by name and what decided, in the words of the sheet."""
    rules = plan_needed(row)
    people = {
        str(expert.uid): expert.user.display_name
        for expert in ExpertProfile.objects.visible_to(request.user).select_related("user")
    }
    names = {item["code"]: item["zh"] for item in rules.sheet.definition["items"]}
    return {
        "call": row,
        "part": "ranking",
        "plan": rules,
        "standing": one,
        "marks": [(people.get(mark.mark.expert, "—"), mark) for mark in one.marks],
        "ties": [
            (names.get(code, code), value)
            for code, value in zip(rules.tie_order, one.ties, strict=True)
        ],
        "decided_by": names.get(one.decided_by, ""),
    }


# ── meetings ─────────────────────────────────────────────────────────────────


def _experts(request: HttpRequest) -> Any:
    return ExpertProfile.objects.visible_to(request.user).on_roll().select_related("user")


def _panels_page(
    request: HttpRequest, row: Call, planning: PanelForm | None = None
) -> dict[str, Any]:
    return {
        "call": row,
        "part": "panels",
        "rows": list(
            Panel.objects.visible_to(request.user)
            .filter(call=row)
            .select_related("chair__user")
            .order_by("-on", "-id")
        ),
        "planning": planning or PanelForm(experts=_experts(request)),
        "may_plan": row.state in (CallState.REVIEWING, CallState.RANKED),
    }


@BOTH
def panels(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    if request.method != "POST":
        return render(request, "projects/panels.html", _panels_page(request, row))
    form = PanelForm(request.POST, experts=_experts(request))
    ok = form.command(panel_plan, call=row, by=request.user)
    context = {} if ok else _panels_page(request, row, form)
    to = reverse("experts:panels", args=[uid])
    return answer(request, "projects/panels.html", context, ok=ok, to=to, done=_("会议已安排。"))


def _panel_or_404(request: HttpRequest, uid: uuid.UUID) -> Panel:
    desk_or_404(request)
    rows = Panel.objects.visible_to(request.user).select_related("call", "chair__user")
    return get_object_or_404(rows, uid=uid)


def _panel_page(
    request: HttpRequest, row: Panel, form: HoldForm, ending: ReasonForm | None = None
) -> dict[str, Any]:
    titles = _titles(request, row.call)
    return {
        "call": row.call,
        "part": "panels",
        "panel": row,
        "form": form,
        "ending": ending or ReasonForm(),
        "again": [one for uid, one in titles.items() if uid in row.applications],
    }


def _hold_form(request: HttpRequest, row: Panel, typed: Any = None) -> HoldForm:
    rows = Application.objects.visible_to(request.user)
    applications = rows.filter(call=row.call, state__in=TO_DISCUSS).order_by("rank", "number")
    return HoldForm(typed, experts=_experts(request), applications=applications)


@BOTH
def panel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A meeting: signed in, minuted, with what is to be marked anew."""
    row = _panel_or_404(request, uid)
    if request.method != "POST":
        form = _hold_form(request, row)
        return render(request, "projects/panel.html", _panel_page(request, row, form))
    form = _hold_form(request, row, request.POST)
    ok = form.command(panel_hold, panel=row, by=request.user)
    context = {} if ok else _panel_page(request, row, form)
    to = reverse("experts:panel", args=[uid])
    return answer(request, "projects/panel.html", context, ok=ok, to=to, done=_("会议已记录。"))


@require_POST
def panel_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _panel_or_404(request, uid)
    form = ReasonForm(request.POST)
    ok = form.command(panel_cancel, panel=row, by=request.user)
    to = reverse("experts:panels", args=[row.call.uid])
    context = {} if ok else _panel_page(request, row, _hold_form(request, row), form)
    return answer(request, "projects/panel.html", context, ok=ok, to=to, done=_("会议已取消。"))


# ── places ───────────────────────────────────────────────────────────────────


def _selection_page(
    request: HttpRequest, row: Call, picking: PicksForm | None = None
) -> dict[str, Any]:
    rows = Application.objects.visible_to(request.user).filter(call=row)
    shown = rows.filter(state__in=(A.SCORED, *PLACED, A.SELECTED, A.APPROVED))
    placed = list(shown.order_by("rank", "number", "pk"))
    tied = rows.filter(score_shown__is_shared=True, state__in=(A.SCORED, *PLACED))
    return {
        "call": row,
        "part": "selection",
        "rows": placed,
        "counts": {
            str(state): sum(one.state == state for one in placed) for state in (*PLACED, A.SCORED)
        },
        "picking": picking or PicksForm(tied=tied.order_by("rank")),
        "has_ties": tied.exists(),
        "may_propose": row.state == CallState.RANKED,
        "may_change": row.state in (CallState.RANKED, CallState.NOTICED),
    }


@BOTH
def selection(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Places by rank; where a tie lies across a limit, which of it comes first."""
    row = call_or_404(request, uid)
    if request.method != "POST":
        return render(request, "projects/selection.html", _selection_page(request, row))
    rows = Application.objects.visible_to(request.user).filter(call=row)
    tied = rows.filter(score_shown__is_shared=True)
    form = PicksForm(request.POST, tied=tied)
    ok = form.command(selection_propose, call=row, by=request.user)
    context = {} if ok else _selection_page(request, row, form)
    to = reverse("experts:selection", args=[uid])
    return answer(request, "projects/selection.html", context, ok=ok, to=to, done=_("名单已拟定。"))


@BOTH
def place(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Place one application otherwise than by rank."""
    row = application_or_404(request, uid)
    form = PlaceForm(request.POST or None)
    context = {"call": row.call, "part": "selection", "application": row, "form": form}
    if request.method != "POST":
        return render(request, "projects/place.html", context)
    ok = form.command(selection_change, application=row, by=request.user)
    to = reverse("experts:selection", args=[row.call.uid])
    return answer(request, "projects/place.html", context, ok=ok, to=to, done=_("已调整。"))


# ── notice and list ──────────────────────────────────────────────────────────


def _notice_page(request: HttpRequest, row: Call, **forms: Any) -> dict[str, Any]:
    applications = Application.objects.visible_to(request.user).filter(call=row, state__in=PLACED)
    before = listed_rows(row.previous) if row.previous else []
    now = listed_rows(row)
    selected = Application.objects.visible_to(request.user).filter(call=row, state=A.SELECTED)
    return {
        "call": row,
        "part": "notice",
        "objections": list(objections_of(row)),
        "blocks": blocks_of(row) if row.state == CallState.NOTICED else [],
        "answering": forms.get("answering") or AnswerForm(applications=applications),
        "stopping": forms.get("stopping") or ReasonForm(),
        "failed": forms.get("failed"),
        "change": difference(before, now) if before and now else None,
        "is_ranked": row.state == CallState.RANKED,
        "is_noticed": row.state == CallState.NOTICED,
        "to_open": selected.count() if opens_projects(row) else 0,
        "today": timezone.localdate(),
    }


@require_safe
def notice(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The public notice with its objections, then the list and its projects."""
    row = call_or_404(request, uid)
    return render(request, "projects/notice.html", _notice_page(request, row))


def _notice_step(request: HttpRequest, uid: uuid.UUID, service: Any, done: str) -> HttpResponse:
    row = call_or_404(request, uid)
    service(call=row, by=request.user)
    to = reverse("experts:notice", args=[uid])
    return answer(request, "projects/notice.html", {}, ok=True, to=to, done=done)


@require_POST
def notice_start(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _notice_step(request, uid, notice_open, _("已向社会公示。"))


@require_POST
def notice_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    form = ReasonForm(request.POST)
    ok = form.command(notice_stop, call=row, by=request.user)
    context = {} if ok else _notice_page(request, row, stopping=form)
    to = reverse("experts:notice", args=[uid])
    return answer(request, "projects/notice.html", context, ok=ok, to=to, done=_("公示已撤下。"))


@require_POST
def object_answer(request: HttpRequest, uid: uuid.UUID, objection: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    held = get_object_or_404(objections_of(row), uid=objection)
    applications = Application.objects.visible_to(request.user).filter(call=row, state__in=PLACED)
    form = AnswerForm(request.POST, applications=applications)
    ok = form.command(notice_objection_answer, objection=held, by=request.user)
    context = {} if ok else _notice_page(request, row, answering=form, failed=held.pk)
    to = reverse("experts:notice", args=[uid])
    return answer(request, "projects/notice.html", context, ok=ok, to=to, done=_("已答复。"))


@require_POST
def publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _notice_step(request, uid, list_publish, _("名单已公布。"))


@require_POST
def open_projects(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _notice_step(request, uid, projects_open, _("已立项。"))
