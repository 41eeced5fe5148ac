"""Needs and assessments: any questionnaire is drawn from its definition; a score is a screen, no diagnosis."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.forms.assessing import ITEM, AnswersForm, AssessmentForm
from cases.forms.closing import ConfirmForm
from cases.forms.planning import NeedForm
from cases.models.casework import Case
from cases.models.work import Assessment, Need
from cases.permissions import can_finalize_assessment, can_record_assessment
from cases.services import assessment as services
from cases.services.guards import final_form
from cases.services.screening import alert_said
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, assessment_or_404, case_or_404
from departments.models.mechanisms import Questionnaire
from departments.views.clashes import Current
from msw_portal.kernel.questionnaire.answering import answer_text, asked, items_said

BOTH = require_http_methods(["GET", "POST"])
KINDS = ("scale", "screen")


@BOTH
def need_add(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One need, in the client's words or the worker's."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/need_add.html",
            form=NeedForm,
            service=services.need_add,
            given={"case": case},
            to=address_of(case),
            done=_("需求已登记。"),
            draft="cases-need",
            subject=case.uid,
            context={"case": case, "heading": _("登记需求")},
        ),
    )


@BOTH
def assessment_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The sheets to choose from; with `?questionnaire=` that sheet, with `?sheet=` the newest of that code."""
    case = case_or_404(request, uid)
    sheets = Questionnaire.objects.visible_to(request.user).in_use()
    sheets = sheets.filter(kind__in=KINDS, definition__has_key="items")
    asked = request.GET.get("questionnaire", "")
    due = sheets.filter(code=request.GET.get("sheet", "")).order_by("-published_at", "-id").first()
    if due is not None and not asked:
        return redirect(f"{request.path}?questionnaire={due.uid}")
    if not asked:
        context = {"case": case, "sheets": sheets.order_by("kind", "title"), "heading": _("做评估")}
        return render(request, "cases/assessment_sheets.html", context | _place_asked(request))
    return fill_in(request, _filling(request, case, get_object_or_404(sheets, uid=_uid(asked))))


def _filling(request: HttpRequest, case: Case, sheet: Questionnaire) -> Filling:
    return Filling(
        page="cases/assessment_new.html",
        form=AssessmentForm,
        service=services.assessment_record,
        given={"case": case, "questionnaire": sheet},
        form_args={"questionnaire": sheet},
        initial=_place_asked(request),
        to=lambda made: reverse("cases:assessment", args=[made.uid]),
        done=_("评估已保存。"),
        draft=f"cases-assessment-{sheet.code}",
        subject=case.uid,
        context={"case": case} | _sheet(case, sheet),
    )


def _place_asked(request: HttpRequest) -> dict[str, str]:
    """The checkpoint a gap asks for, chosen beforehand on the page."""
    return {"checkpoint": request.GET.get("checkpoint", "")}


def _sheet(case: Case, sheet: Questionnaire) -> dict[str, Any]:
    return {"sheet": sheet, "heading": sheet.title, "look_url": _look_url(case, sheet)}


def _look_url(case: Case, sheet: Questionnaire) -> str:
    return f"{reverse('cases:assessment_look', args=[case.uid])}?questionnaire={sheet.uid}"


@require_POST
def assessment_look(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The items that are asked after the answers sent; nothing is kept."""
    case_or_404(request, uid)
    asked_for = _uid(request.GET.get("questionnaire", ""))
    if asked_for is None:
        return HttpResponse()
    sheets = Questionnaire.objects.visible_to(request.user).filter(definition__has_key="items")
    sheet = get_object_or_404(sheets, uid=asked_for)
    sent = AssessmentForm(request.POST, questionnaire=sheet)
    # Shown as typed and without complaints: the person is still answering.
    form = AssessmentForm(
        initial={name: sent[name].value() for name in sent.fields if name != "once"},
        questionnaire=sheet,
    )
    context = {"form": form, "look_url": request.get_full_path()}
    return render(request, "cases/_assessment_items.html", context)


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _page(request: HttpRequest, one: Assessment) -> dict[str, Any]:
    definition = one.questionnaire.definition
    lines = []
    shown = set(asked(definition, one.answers)) if definition.get("items") else set()
    for item in definition.get("items", ()):
        if item["code"] in shown:
            words = answer_text(definition, item, one.answers.get(item["code"]))
            lines.append({"item": item["zh"], "answer": words})
    raised = set(one.score.get("alerts", ()))
    return {
        "case": one.case,
        "assessment": one,
        "lines": lines,
        "heading": one.questionnaire.title,
        "raised": [
            alert_said(alert, one.answers)
            for alert in definition.get("alerts", ())
            if alert["code"] in raised
        ],
        "open_items": "" if one.is_final else items_said(definition, one.score.get("missing", ())),
    }


def _as_kept(one: Assessment) -> dict[str, Any]:
    answers = {
        ITEM + code: [str(each) for each in value] if isinstance(value, list) else str(value)
        for code, value in one.answers.items()
    }
    return answers | {"interpretation": one.interpretation or "", "checkpoint": one.checkpoint}


@BOTH
def assessment(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Answers, score and interpretation; a draft may be written anew until it is final."""
    one = assessment_or_404(request, uid)
    may_amend = not one.is_final and can_record_assessment(request.user, one.case)
    return fill_in(
        request,
        Filling(
            page="cases/assessment.html",
            form=AnswersForm,
            service=services.assessment_amend,
            given={"assessment": one},
            form_args={
                "questionnaire": one.questionnaire,
                "may_finalize": can_finalize_assessment(request.user, one),
            },
            current=lambda: _current(request, one),
            to=reverse("cases:assessment", args=[uid]),
            done=_("评估已保存。"),
            subject=one.uid,
            draft="cases-assessment_amend" if may_amend else "",
            context=_page(request, one)
            | {"may_amend": may_amend, "look_url": _look_url(one.case, one.questionnaire)},
        ),
    )


def _current(request: HttpRequest, one: Assessment) -> Current:
    now = Assessment.objects.visible_to(request.user).get(pk=one.pk)
    return Current(now.row_version, _as_kept(now), at=now.updated_at)


@BOTH
def assess(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The assessment is whole: on to the plan."""
    case = case_or_404(request, uid)
    needs = Need.objects.visible_to(request.user).filter(case=case)
    return fill_in(
        request,
        Filling(
            page="cases/assess.html",
            form=ConfirmForm,
            service=services.case_assess,
            given={"case": case},
            to=address_of(case),
            done=_("预估完成，进入计划。"),
            context={
                "case": case,
                "heading": _("完成预估"),
                "needs": needs.order_by("rank", "id"),
                "sheet": final_form(case, "F3"),
            },
        ),
    )
