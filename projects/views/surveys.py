"""Studies: the list, one study with its plan and progress, its design, its steps."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.regions import region_path
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from projects.forms.surveys import GroupForm, ReasonForm, SurveyForm, UnitForm, VoidForm
from projects.models.register_codes import Method
from projects.models.surveys import SampleGroup, SampleUnit, Survey
from projects.permissions.registers import can_enter_survey, can_manage_survey
from projects.querysets.registers import STUDY_ROLES
from projects.services import survey_links, surveys
from projects.services.survey_figures import progress_of, shows_results
from projects.workflow.surveys import SURVEY, SurveyState

BOTH = require_http_methods(["GET", "POST"])
PAGE = 30
# Step -> the service that takes it, and what is said afterwards.
STEPS = {
    "open": (surveys.survey_open, _("开始收集了。")),
    "close": (survey_links.survey_close, _("已停止收集，可以看结果。")),
    "reopen": (surveys.survey_reopen, _("继续收集。")),
    "report": (surveys.survey_report, _("报告已定稿。")),
}
WITH_REASON = frozenset({"reopen"})


def survey_or_404(request: HttpRequest, uid: uuid.UUID, allowed: Any = None) -> Survey:
    """A study that the person sees, and may act on as `allowed` says."""
    rows = Survey.objects.visible_to(request.user)
    related = ("questionnaire", "region__parent__parent", "created_by", "organization", "project")
    survey = get_object_or_404(rows.select_related(*related), uid=uid)
    if allowed is not None and not allowed(request.user, survey):
        raise Http404
    return survey


def to_survey(survey: Survey) -> str:
    return reverse("surveys:survey", args=[survey.uid])


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The house's studies, the newest first."""
    if request.user.role not in STUDY_ROLES:
        raise Http404
    rows = Survey.objects.visible_to(request.user).select_related("region")
    state = request.GET.get("state", "")
    if state in SurveyState.values:
        rows = rows.filter(state=state)
    tabs = [("", _("全部")), *SurveyState.choices]
    context = {
        **page_of(request, rows, order=("-starts_on", "-id"), size=PAGE),
        "tabs": [
            {"label": label, "url": f"?state={key}" if key else "?", "is_now": key == state}
            for key, label in tabs
        ],
        "is_narrowed": bool(state),
        "may_add": can_manage_survey(request.user, None),
    }
    return render(request, "surveys/list.html", context)


@require_safe
def survey(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One study: what it is, how far it is, what can be done now."""
    one = survey_or_404(request, uid)
    return render(request, "surveys/survey.html", _page(request, one, CommandForm()))


def _page(request: HttpRequest, one: Survey, form: Any) -> dict[str, Any]:
    may_manage = can_manage_survey(request.user, one)
    is_open = one.state in surveys.OPEN_STATES
    links = one.register_links.select_related("entry").order_by("id")
    return {
        "survey": one,
        "form": form,
        "progress": progress_of(one),
        "methods": [Method(code).label for code in one.methods],
        "region": region_path(one.region) if one.region else "",
        "steps": [
            {"name": step.name, "label": step.label, "needs_reason": step.name in WITH_REASON}
            for step in SURVEY.open_steps(one)
            if may_manage
        ],
        "may_manage": may_manage,
        "may_change": may_manage and is_open,
        "may_enter": can_enter_survey(request.user, one) and one.state == SurveyState.COLLECTING,
        "asks": one.questionnaire_id is not None,
        "shows_results": shows_results(one),
        "advices": one.advices.prefetch_related("actions").order_by("id"),
        "actions": one.actions.select_related("owner").order_by("due_on", "id"),
        "may_write": may_manage and one.state == SurveyState.CLOSED,
        "links": links,
        "reason_form": ReasonForm(),
    }


@BOTH
def survey_new(request: HttpRequest) -> HttpResponse:
    if not can_manage_survey(request.user, None):
        raise Http404
    return fill_in(
        request,
        Filling(
            page="surveys/design.html",
            form=SurveyForm,
            form_args={"by": request.user},
            service=surveys.survey_add,
            given={},
            draft="projects-survey",
            to=to_survey,
            done=_("已建立。接着写样本计划。"),
            context={"heading": _("新建调研"), "back": reverse("surveys:list")},
        ),
    )


@BOTH
def survey_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = survey_or_404(request, uid, can_manage_survey)
    return fill_in(
        request,
        Filling(
            page="surveys/design.html",
            form=SurveyForm,
            form_args={"by": request.user},
            service=surveys.survey_change,
            given={"survey": one},
            current=lambda: _current(request, uid),
            draft="projects-survey_edit",
            subject=one.uid,
            to=to_survey(one),
            done=_("已保存。"),
            context={"heading": _("修改设计"), "back": to_survey(one), "survey": one},
        ),
    )


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = survey_or_404(request, uid)
    values = {name: getattr(now, name) for name in surveys.PARTS}
    values |= {
        "region": region_path(now.region) if now.region else "",
        "questionnaire": now.questionnaire.uid if now.questionnaire else "",
        "project": now.project.uid if now.project else "",
    }
    return Current(now.row_version, values, at=now.updated_at)


@require_POST
def survey_step(request: HttpRequest, uid: uuid.UUID, step: str) -> HttpResponse:
    """One arrow of the diagram."""
    one = survey_or_404(request, uid, can_manage_survey)
    if step not in STEPS:
        raise Http404
    service, done = STEPS[step]
    form = (ReasonForm if step in WITH_REASON else CommandForm)(request.POST)
    ok = form.command(service, survey=one, by=request.user)
    one = survey_or_404(request, uid)
    context = _page(request, one, form)
    return answer(request, "surveys/survey.html", context, ok=ok, to=to_survey(one), done=str(done))


# ── the sample plan ──────────────────────────────────────────────────────────


def _group_or_404(request: HttpRequest, uid: uuid.UUID, allowed: Any = None) -> SampleGroup:
    rows = SampleGroup.objects.visible_to(request.user).select_related("survey")
    group = get_object_or_404(rows, uid=uid)
    if allowed is not None and not allowed(request.user, group.survey):
        raise Http404
    return group


@BOTH
def group_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    one = survey_or_404(request, uid, can_manage_survey)
    free = surveys.letters_left(list(one.groups.values_list("letter", flat=True)))
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=GroupForm,
            form_args={"survey": one},
            service=surveys.sample_group_add,
            given={"survey": one},
            initial={"letter": free},
            draft="projects-sample_group",
            subject=one.uid,
            to=to_survey(one),
            done=_("已加入样本计划。"),
            context={"heading": _("加一类样本"), "back": to_survey(one), "survey": one},
        ),
    )


@BOTH
def group_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    group = _group_or_404(request, uid, can_manage_survey)
    one = group.survey
    parts = ("letter", "label", "kind", "method", "target")
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=GroupForm,
            form_args={"survey": one},
            service=surveys.sample_group_change,
            given={"group": group},
            initial={name: getattr(group, name) for name in parts},
            draft="projects-sample_group_edit",
            subject=group.uid,
            to=to_survey(one),
            done=_("已保存。"),
            context={"heading": _("修改样本类"), "back": to_survey(one), "survey": one},
        ),
    )


@require_POST
def group_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    group = _group_or_404(request, uid, can_manage_survey)
    one, form = group.survey, CommandForm(request.POST)
    ok = form.command(surveys.sample_group_remove, group=group, by=request.user)
    context = _page(request, survey_or_404(request, one.uid), form)
    done = str(_("已从计划里删除。"))
    return answer(request, "surveys/survey.html", context, ok=ok, to=to_survey(one), done=done)


@require_safe
def units(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who was reached in one line of the plan."""
    group = _group_or_404(request, uid)
    rows = SampleUnit.objects.visible_to(request.user).filter(group=group)
    rows = rows.select_related("body", "created_by")
    context = {
        **page_of(request, rows, order=("id",), size=PAGE),
        "group": group,
        "survey": group.survey,
        "may_manage": can_manage_survey(request.user, group.survey),
        "may_enter": can_enter_survey(request.user, group.survey)
        and group.survey.state == SurveyState.COLLECTING,
    }
    return render(request, "surveys/units.html", context)


@BOTH
def unit_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    group = _group_or_404(request, uid, can_enter_survey)
    back = reverse("surveys:units", args=[group.uid])
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=UnitForm,
            form_args={"group": group, "by": request.user},
            service=surveys.sample_unit_add,
            given={"group": group},
            draft="projects-sample_unit",
            subject=group.uid,
            to=back,
            done=_("已登记。"),
            context={"heading": _("登记样本"), "back": back, "survey": group.survey},
        ),
    )


@BOTH
def unit_void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = SampleUnit.objects.visible_to(request.user).select_related("survey", "group")
    unit = get_object_or_404(rows, uid=uid)
    if not can_manage_survey(request.user, unit.survey):
        raise Http404
    back = reverse("surveys:units", args=[unit.group.uid])
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=VoidForm,
            service=surveys.sample_unit_void,
            given={"unit": unit},
            to=back,
            done=_("已作废，不再计数。"),
            context={"heading": _("作废样本"), "back": back, "survey": unit.survey},
        ),
    )
