"""Events, requests to change, the work that counts, and reports of a project."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.models.activities import Activity
from cases.models.casework import Case
from cases.models.groups import Group
from departments.models.learning import LearningEvent
from departments.models.people import User
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.access import require
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.ids import uuid7
from projects.forms import cultivation as forms
from projects.forms import project_events as asked
from projects.forms.links import LinksForm
from projects.models.cultivation import (
    Project,
    ProjectEvent,
    ProjectIndicator,
    ProjectLink,
    ProjectReport,
)
from projects.permissions import cultivation as may
from projects.services import cultivation_events as events
from projects.services import cultivation_reports as reports
from projects.services.coaching import is_coaching
from projects.services.cultivation_values import computed_of, goals_of, indicators_of
from projects.views.project_editing import BOTH, FORM, plain
from projects.views.project_finding import (
    address_of,
    around,
    event_or_404,
    project_or_404,
    report_or_404,
)
from projects.workflow.cultivation import ReportState
from volunteers.models.service import ServiceRecord

SHOWN = 60


@BOTH
def event_new(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    one = project_or_404(request, uid)
    if kind not in events.kinds_for(request.user, one):
        raise Http404
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=asked.EventForm,
            form_args={"kind": kind},
            service=events.event_add,
            given={"project": one, "kind": kind},
            to=address_of(one, "events"),
            done=_("已登记。"),
            draft=f"projects-event-{kind}",
            subject=one.uid,
            context=around(one, ProjectEvent.Kind(kind).label),
        ),
    )


@BOTH
def event_finish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = event_or_404(request, uid)
    if event.kind not in events.kinds_for(request.user, event.project):
        raise Http404
    return fill_in(
        request,
        Filling(
            page=FORM,
            form=asked.FinishForm,
            form_args={
                "has_note": not is_coaching(event) or may.can_write_coaching(request.user, event)
            },
            service=events.event_finish,
            given={"event": event},
            to=address_of(event.project, "events"),
            done=_("已登记完成。"),
            draft="projects-finish",
            subject=event.uid,
            initial={
                "done_on": timezone.localdate(),
                "hours": event.hours,
                "participants": event.participants,
            },
            context=around(event.project, _("登记完成"), lead=event.title),
        ),
    )


@BOTH
def change_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_lead_project,
        asked.ChangeForm,
        events.change_ask,
        _("申请变更"),
        draft="projects-change",
        subject=one.uid,
        lead=_("由主管单位答复；同意延长时间的，结束日期随之改变。"),
    )


@BOTH
def change_answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    event = event_or_404(request, uid)
    if event.kind != ProjectEvent.Kind.CHANGE:
        raise Http404
    return plain(
        request,
        event.project,
        may.can_judge_project,
        asked.AnswerForm,
        events.change_answer,
        _("答复变更申请"),
        given={"event": event},
        form_args={"words_as": "answer"},
        lead=event.detail.get("wanted", ""),
    )


# ── work that counts ─────────────────────────────────────────────────────────


def _cases(user: User, project: Project) -> list[tuple[Any, str]]:
    rows = Case.objects.visible_to(user).exclude(project_links__project=project)
    return [(one, one.number or "—") for one in rows.order_by("-id")[:SHOWN]]


def _groups(user: User, project: Project) -> list[tuple[Any, str]]:
    rows = Group.objects.visible_to(user).exclude(project_links__project=project)
    return [(one, str(one)) for one in rows.order_by("-id")[:SHOWN]]


def _activities(user: User, project: Project) -> list[tuple[Any, str]]:
    rows = Activity.objects.visible_to(user).exclude(project_links__project=project)
    return [(one, str(one)) for one in rows.order_by("-id")[:SHOWN]]


def _service(user: User, project: Project) -> list[tuple[Any, str]]:
    rows = (
        ServiceRecord.objects.visible_to(user)
        .confirmed()
        .exclude(project_links__project=project)
        .order_by("-id")[:SHOWN]
    )
    return [
        (one, f"{one.title} {timezone.localtime(one.checked_in):%m-%d} {one.hours}h")
        for one in rows
    ]


def _learning(user: User, project: Project) -> list[tuple[Any, str]]:
    rows = LearningEvent.objects.visible_to(user).exclude(project_links__project=project)
    return [(one, str(one)) for one in rows.order_by("-id")[:SHOWN]]


CANDIDATES: dict[str, tuple[Any, Callable[[User, Project], list[tuple[Any, str]]]]] = {
    "group": (gettext_lazy("小组"), _groups),
    "activity": (gettext_lazy("活动"), _activities),
    "service_record": (gettext_lazy("志愿服务"), _service),
    "learning_event": (gettext_lazy("培训督导"), _learning),
    "case": (gettext_lazy("个案"), _cases),
}


@require_http_methods(["GET", "POST"])
def links(request: HttpRequest, uid: uuid.UUID, what: str) -> HttpResponse:
    """What counts for the project already, and what may: the newest of each kind."""
    one = project_or_404(request, uid)
    if what not in CANDIDATES:
        raise Http404
    require(may.can_keep_project, request.user, one)
    choices = [(str(row.uid), text) for row, text in CANDIDATES[what][1](request.user, one)]
    form = LinksForm(request.POST if request.method == "POST" else None, choices=choices)
    here = reverse("projects:links", args=[one.uid, what])
    if request.method == "POST" and form.command(
        events.links_add, project=one, what=what, by=request.user
    ):
        return answer(request, "", {}, ok=True, to=here, done=_("已关联，完成值随之更新。"))
    context = _links_page(request.user, one, what) | {"form": form, "has_choices": bool(choices)}
    status = 422 if request.method == "POST" else 200
    return render(request, "projects/links.html", context, status=status)


def _links_page(user: User, one: Project, what: str) -> dict[str, Any]:
    linked = ProjectLink.objects.visible_to(user).filter(project=one, **{f"{what}__isnull": False})
    goals = goals_of(indicators_of(one), computed_of(one))
    return around(one, _("关联工作记录")) | {
        "tabs": [
            {
                "label": CANDIDATES[key][0],
                "url": reverse("projects:links", args=[one.uid, key]),
                "is_now": key == what,
            }
            for key in CANDIDATES
        ],
        "linked": [
            _linked(row, what)
            for row in linked.select_related(what, "project").order_by("-id")[:200]
        ],
        "goals": [
            goal for goal in goals if goal.is_computed and not goal.indicator.is_before_after
        ],
    }


def _linked(row: ProjectLink, what: str) -> dict[str, Any]:
    subject = getattr(row, what)
    return {
        "text": (subject.number or "—") if what == "case" else str(subject),
        "once": uuid7(),
        "drop_url": reverse("projects:link_drop", args=[row.project.uid, row.pk]),
    }


@require_POST
def link_drop(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    one = project_or_404(request, uid)
    row = get_object_or_404(
        ProjectLink.objects.visible_to(request.user).filter(project=one), pk=number
    )
    what = next(name for name in CANDIDATES if getattr(row, f"{name}_id") is not None)
    events.link_drop(link=row, by=request.user)
    return redirect("projects:links", uid=one.uid, what=what)


# ── reports ──────────────────────────────────────────────────────────────────


@BOTH
def reports_plan(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = project_or_404(request, uid)
    return plain(
        request,
        one,
        may.can_plan_project,
        forms.PlanReportsForm,
        reports.reports_plan,
        _("安排报告"),
        to=address_of(one, "reports"),
        lead=_("按月或按季列出整个项目期的报告，每期结束后 10 天内提交。"),
    )


@require_POST
def report_begin(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """The mid-term or closing report of a project; the page of the report opens."""
    one = project_or_404(request, uid)
    if kind not in ("mid_term", "closing"):
        raise Http404
    report = reports.report_begin(project=one, kind=kind, by=request.user)
    return redirect("projects:report", uid=report.uid)


@BOTH
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A report to fill in, or as it was sent."""
    one = report_or_404(request, uid)
    is_open = one.state in (ReportState.DRAFT, ReportState.RETURNED)
    if not is_open or not may.can_keep_project(request.user, one.project):
        return render(request, "projects/report.html", _sent(request.user, one))
    return fill_in(request, _report_sheet(one))


def _report_sheet(one: ProjectReport) -> Filling:
    """The form of a report: values typed by hand, beside what the system counts."""
    indicators = indicators_of(one.project)
    hand = ProjectIndicator.Source.MANUAL
    manual = [i for i in indicators if i.source == hand and not i.is_before_after]
    is_station = one.kind == one.Kind.STATION_MONTH
    goals = goals_of(indicators, computed_of(one.project))
    return Filling(
        page="projects/report_form.html",
        form=forms.ReportForm,
        form_args={
            "manual": manual,
            "areas": reports.areas_of(timezone.localdate()) if is_station else (),
        },
        service=reports.report_send,
        given={"report": one},
        to=address_of(one.project, "reports"),
        done=_("报告已提交。"),
        draft="projects-report",
        subject=one.uid,
        initial=_told_before(one),
        context=around(one.project, f"{one.get_kind_display()} {one.period}")
        | {"report": one, "computed": [goal for goal in goals if goal.is_computed]},
    )


def _told_before(one: Any) -> dict[str, Any]:
    """What stood in the version that came back."""
    told = one.payload or {}
    initial = {name: told.get(name, "") for name in reports.TEXTS}
    initial["staff"] = told.get("staff")
    for code, figures in (told.get("areas") or {}).items():
        initial |= {f"a_{code}_{name}": value for name, value in figures.items()}
    return initial


def _sent(user: User, one: Any) -> dict[str, Any]:
    told = one.payload or {}
    labels = {area.code: area for area in reports.areas_of(timezone.localdate())}
    texts = ((_("本期做了什么"), "done"), (_("问题与困难"), "problems"), (_("下期计划"), "plan"))
    return around(one.project, f"{one.get_kind_display()} {one.period}") | {
        "report": one,
        "texts": [(label, told.get(name, "")) for label, name in texts if told.get(name)],
        "goals": told.get("goals", []),
        "completion": told.get("completion"),
        "spent": told.get("spent"),
        "staff": told.get("staff"),
        "answer": told.get("answer", ""),
        "areas": [
            {"label": labels[code].zh if code in labels else code, **figures}
            for code, figures in (told.get("areas") or {}).items()
        ],
        "answer_url": reverse("projects:report_answer", args=[one.uid])
        if one.state == ReportState.SUBMITTED and may.can_judge_project(user, one.project)
        else "",
    }


@BOTH
def report_answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = report_or_404(request, uid)
    return plain(
        request,
        one.project,
        may.can_judge_project,
        asked.AnswerForm,
        reports.report_answer,
        _("接收或退回报告"),
        given={"report": one},
        form_args={"words_as": "note"},
        to=address_of(one.project, "reports"),
        lead=f"{one.get_kind_display()} {one.period}",
    )
