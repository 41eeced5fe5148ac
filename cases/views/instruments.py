"""Questionnaires of the house: what is in use, what waits, importing, looking as the worker will, publishing."""

import json
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.forms.assessing import AssessmentForm
from cases.forms.closing import ConfirmForm
from cases.forms.instruments import ImportForm
from cases.instrument_permissions import can_manage_instruments
from cases.services.instruments import (
    questionnaire_discard,
    questionnaire_import,
    questionnaire_publish,
    questionnaire_retire,
    slot_of,
)
from cases.services.screening import alerts_said
from cases.views.documents import attach
from cases.views.filling import Filling, fill_in
from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.htmx import answer
from msw_portal.kernel.instruments.catalogue import CLOSED, SLOTS

BOTH = require_http_methods(["GET", "POST"])


def _may(request: HttpRequest) -> None:
    if not can_manage_instruments(request.user):
        raise Http404


def _one(request: HttpRequest, uid: uuid.UUID) -> Questionnaire:
    _may(request)
    rows = Questionnaire.objects.visible_to(request.user).filter(definition__has_key="items")
    return get_object_or_404(rows.select_related("created_by"), uid=uid)


@require_GET
def instruments(request: HttpRequest) -> HttpResponse:
    """All of the house with their state, the templates of class B, and what is closed."""
    _may(request)
    rows = Questionnaire.objects.visible_to(request.user).filter(kind__in=("scale", "screen"))
    context = {
        "rows": rows.order_by("title", "-published_at", "-id"),
        "slots": [
            {"code": code, "version": version, "zh": one["zh"], "licence": one["licence"]}
            for (code, version), one in SLOTS.items()
        ],
        "closed": CLOSED,
    }
    return render(request, "cases/instruments.html", context)


@require_GET
def slot(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """The scoring template of a class B instrument, to be worded by the hospital."""
    _may(request)
    found = slot_of(code, version)
    if found is None:
        raise Http404
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    return attach(f"{code}-{version}.json", content, "application/json")


@BOTH
def instrument_import(request: HttpRequest) -> HttpResponse:
    """One file; every fault is named with its place."""
    _may(request)
    return fill_in(
        request,
        Filling(
            page="cases/instrument_import.html",
            form=ImportForm,
            service=questionnaire_import,
            given={},
            to=lambda made: reverse("cases:instrument", args=[made.uid]),
            done=_("已导入。请核对题目，再发布。"),
        ),
    )


def _page(one: Questionnaire, form: Any) -> dict[str, Any]:
    definition = one.definition
    return {
        "one": one,
        "form": form,
        "sheet": AssessmentForm(questionnaire=one),
        "bands": definition.get("bands", []),
        "alerts": alerts_said(definition, one.organization_id),
        "repeat": definition.get("repeat", []),
        "look_url": reverse("cases:instrument_look", args=[one.uid]),
    }


@require_GET
def instrument(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One version as the worker will see it, with its scoring, licence and source."""
    one = _one(request, uid)
    return render(request, "cases/instrument.html", _page(one, ConfirmForm()))


@require_POST
def instrument_look(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The items that are asked after the answers tried; nothing is kept."""
    one = _one(request, uid)
    sent = AssessmentForm(request.POST, questionnaire=one)
    form = AssessmentForm(
        initial={name: sent[name].value() for name in sent.fields if name != "once"},
        questionnaire=one,
    )
    context = {"form": form, "look_url": request.get_full_path()}
    return render(request, "cases/_assessment_items.html", context)


def _step(request: HttpRequest, uid: uuid.UUID, service: Any, done: Any, to: str) -> HttpResponse:
    one = _one(request, uid)
    form = ConfirmForm(request.POST)
    ok = form.command(service, questionnaire=one, by=request.user)
    return answer(request, "cases/instrument.html", _page(one, form), ok=ok, to=to, done=str(done))


@require_POST
def publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    to = reverse("cases:instrument", args=[uid])
    return _step(request, uid, questionnaire_publish, _("已发布，社工现在可以用。"), to)


@require_POST
def retire(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    to = reverse("cases:instrument", args=[uid])
    return _step(request, uid, questionnaire_retire, _("已停用；已做的评估都在。"), to)


@require_POST
def discard(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    to = reverse("cases:instruments")
    return _step(request, uid, questionnaire_discard, _("草稿已删除。"), to)
