"""What a study found: results with small cells hidden, findings, advice, the report on paper."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cases.views.documents import attach
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from projects.forms.surveys import AdviceForm, FindingsForm
from projects.models.surveys import Survey, SurveyAdvice
from projects.permissions.registers import can_manage_survey
from projects.services import surveys
from projects.services.small_cells import SMALLEST
from projects.services.survey_figures import (
    breakdowns,
    progress_of,
    results_of,
    shows_results,
)
from projects.services.survey_papers import report_paper
from projects.views.surveys import BOTH, survey_or_404, to_survey


def _shown_or_404(request: HttpRequest, uid: uuid.UUID) -> Survey:
    survey = survey_or_404(request, uid)
    if not shows_results(survey):
        raise Http404
    return survey


@require_safe
def results(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every item with its answers; `?by=` breaks them down."""
    survey = _shown_or_404(request, uid)
    by = request.GET.get("by", "")
    choices = breakdowns(survey)
    found = results_of(survey, by=by)
    context = {
        "survey": survey,
        "progress": progress_of(survey),
        "results": found,
        "by": by,
        "choices": choices,
        "is_broken_down": any(one.columns for one in found),
        "smallest": SMALLEST,
        "may_write": can_manage_survey(request.user, survey) and survey.state == "closed",
    }
    return render(request, "surveys/results.html", context)


@BOTH
def findings(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    survey = survey_or_404(request, uid, can_manage_survey)

    def current() -> Current:
        now = survey_or_404(request, uid)
        values = {"findings": now.findings, "limits": now.limits}
        return Current(now.row_version, values, at=now.updated_at)

    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=FindingsForm,
            service=surveys.survey_write,
            given={"survey": survey},
            current=current,
            draft="projects-survey_findings",
            subject=survey.uid,
            to=to_survey(survey),
            done=_("已保存。"),
            context={"heading": _("写结果"), "back": to_survey(survey), "survey": survey},
        ),
    )


@BOTH
def advice_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    survey = survey_or_404(request, uid, can_manage_survey)
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=AdviceForm,
            service=surveys.survey_advice_add,
            given={"survey": survey},
            draft="projects-survey_advice",
            subject=survey.uid,
            to=to_survey(survey),
            done=_("建议已写下。"),
            context={"heading": _("写一条建议"), "back": to_survey(survey), "survey": survey},
        ),
    )


@require_POST
def advice_remove(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = SurveyAdvice.objects.visible_to(request.user).select_related("survey")
    advice = get_object_or_404(rows, uid=uid)
    if not can_manage_survey(request.user, advice.survey):
        raise Http404
    form = CommandForm(request.POST)
    ok = form.command(surveys.survey_advice_remove, advice=advice, by=request.user)
    context = {"form": form, "heading": _("写一条建议"), "survey": advice.survey}
    context["back"] = to_survey(advice.survey)
    return answer(
        request,
        "surveys/small.html",
        context,
        ok=ok,
        to=to_survey(advice.survey),
        done=str(_("建议已删除。")),
    )


@require_safe
def report(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The report as it stands, on A4."""
    survey = _shown_or_404(request, uid)
    name = f"{survey.title}-{reverse('surveys:survey', args=[survey.uid])[-9:-1]}.pdf"
    return attach(name, report_paper(survey), "application/pdf")
