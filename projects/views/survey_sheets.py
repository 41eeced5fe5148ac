"""Sheets of a study: the code on the screen, the page behind it, paper typed in, the list of what came."""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cases.views.public_doors import page, public
from departments.services import rate
from departments.views.filling import Filling, fill_in
from departments.views.paging import page_of
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.pictures import code_picture
from projects.forms.surveys import PaperForm, SheetForm, VoidForm
from projects.models.surveys import Survey, SurveyResponse
from projects.permissions.registers import can_enter_survey, can_manage_survey
from projects.services import survey_links as services
from projects.views.surveys import BOTH, PAGE, survey_or_404
from projects.workflow.surveys import SurveyState

STAFF, PUBLIC = "surveys/code.html", "surveys/sheet.html"


def _asking(request: HttpRequest, uid: uuid.UUID, allowed: Any) -> Survey:
    survey = survey_or_404(request, uid, allowed)
    if survey.questionnaire is None:
        raise Http404
    return survey


def _context(survey: Survey, form: CommandForm) -> dict[str, Any]:
    return {
        "survey": survey,
        "link": services.survey_link_of(survey=survey),
        "is_open": survey.state == SurveyState.COLLECTING,
        "form": form,
    }


@require_safe
def code(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Whether a code is taking answers."""
    survey = _asking(request, uid, can_manage_survey)
    return render(request, STAFF, _context(survey, CommandForm()))


@require_POST
def code_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new code; it stands on the answer and nowhere else."""
    survey = _asking(request, uid, can_manage_survey)
    form = CommandForm(request.POST)
    made = form.command(services.survey_link_create, survey=survey, by=request.user)
    context = _context(survey, form)
    if made:
        path = reverse("sheets:sheet", args=[form.result.token])
        address = request.build_absolute_uri(path)
        context |= {"address": address, "picture": code_picture(address)}
    return render(request, STAFF, context, status=200 if made else 422)


@require_POST
def code_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The code takes no more."""
    survey = _asking(request, uid, can_manage_survey)
    form = CommandForm(request.POST)
    ok = form.command(services.survey_link_revoke, survey=survey, by=request.user)
    to = reverse("surveys:code", args=[survey.uid])
    return answer(
        request, STAFF, _context(survey, form), ok=ok, to=to, done=_now("这个码不再收答卷。")
    )


@require_safe
def sheets(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What came in: when and how, not what was answered, for that could tell who."""
    survey = _asking(request, uid, can_enter_survey)
    rows = SurveyResponse.objects.visible_to(request.user).filter(survey=survey)
    rows = rows.select_related("group", "created_by").defer("answers")
    context = {
        **page_of(request, rows, order=("-id",), size=PAGE),
        "survey": survey,
        "may_manage": can_manage_survey(request.user, survey),
        "may_enter": survey.state == SurveyState.COLLECTING,
    }
    return render(request, "surveys/sheets.html", context)


@BOTH
def sheet_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A sheet of paper is typed in."""
    survey = _asking(request, uid, can_enter_survey)
    return fill_in(
        request,
        Filling(
            page="surveys/paper.html",
            form=PaperForm,
            form_args={"survey": survey},
            service=services.response_enter,
            given={"survey": survey},
            draft="projects-survey_sheet",
            subject=survey.uid,
            to=reverse("surveys:sheet_new", args=[survey.uid]),
            done=_("已录入，可以录下一份。"),
            context={
                "survey": survey,
                "look_url": reverse("surveys:sheet_look", args=[survey.uid]),
            },
        ),
    )


@require_POST
def sheet_look(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The items that are asked after the answers so far; nothing is kept."""
    survey = _asking(request, uid, can_enter_survey)
    return _looked(request, survey.questionnaire)


def _looked(request: HttpRequest, questionnaire: Any) -> HttpResponse:
    sent = SheetForm(request.POST, questionnaire=questionnaire)
    names = [name for name in sent.fields if name not in {"once", "sheet_key"}]
    form = SheetForm(
        initial={name: sent[name].value() for name in names}, questionnaire=questionnaire
    )
    context = {"form": form, "look_url": request.get_full_path()}
    return render(request, "cases/_assessment_items.html", context)


@BOTH
def sheet_void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rows = SurveyResponse.objects.visible_to(request.user).select_related("survey")
    response = get_object_or_404(rows.defer("answers"), uid=uid)
    if not can_manage_survey(request.user, response.survey):
        raise Http404
    back = reverse("surveys:sheets", args=[response.survey.uid])
    return fill_in(
        request,
        Filling(
            page="surveys/small.html",
            form=VoidForm,
            service=services.response_void,
            given={"response": response},
            to=back,
            done=_("已作废，不再计数。"),
            context={"heading": _("作废答卷"), "back": back, "survey": response.survey},
        ),
    )


# ── without an account ───────────────────────────────────────────────────────


@public
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The questionnaire on a phone; dead codes answer alike."""
    asked = services.sheet_at(token)
    if asked is None:
        return page(request, "doors/gone.html", 404)
    look = reverse("sheets:sheet_look", args=[token])
    known = {"asked": asked, "look_url": look}
    if request.method != "POST":
        return page(request, PUBLIC, form=SheetForm(questionnaire=asked.questionnaire), **known)
    form = SheetForm(request.POST, questionnaire=asked.questionnaire)
    if wait := _too_many(request):
        form.add_error(None, _now("试的次数太多，请 %(n)s 分钟后再试。") % {"n": wait})
        return page(request, PUBLIC, 429, form=form, **known)
    try:
        ok = form.command(services.sheet_give, token=token)
    except DomainError as error:
        form.add_error(None, str(error))
        ok = False
    if not ok:
        return page(request, PUBLIC, 422, form=form, **known)
    if form.result is None:
        return page(request, "doors/gone.html", 404)
    return page(request, PUBLIC, asked=asked, is_given=True)


@public
def public_look(request: HttpRequest, token: str) -> HttpResponse:
    """The items asked after the answers so far, for the phone."""
    asked = services.sheet_at(token)
    if asked is None:
        return page(request, "doors/gone.html", 404)
    return _looked(request, asked.questionnaire)


def _too_many(request: HttpRequest) -> int:
    """Minutes to wait; a hall full of people behind one address of the house is not too many."""
    tried = rate.hit(
        f"survey:{request.facts.ip}",
        limit=settings.DOOR_ADDRESS_LIMIT * 10,
        window=settings.DOOR_WINDOW_SECONDS,
    )
    return 0 if tried else tried.seconds_left // 60 + 1
