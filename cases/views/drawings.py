"""Family tree and ecomap: looked at, drawn by rows, dragged, printed; every saving is a version."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.form_permissions import can_draw_family
from cases.forms.drawings import MORE_OF, DrawingForm, initial_of_drawing
from cases.models.casework import Case
from cases.services.drawings import (
    drawing_print,
    drawing_save,
    first_drawing,
    may_draw,
)
from cases.services.drawn import newest_drawing
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404
from cases.views.versions import asked_version, version_paper, versions_of
from departments.services.drafts import base_typed
from departments.views.clashes import Current
from msw_portal.kernel.drawings.checking import faults
from msw_portal.kernel.drawings.svg import described_lines, drawing_svg
from msw_portal.kernel.drawings.words import Kind
from msw_portal.kernel.ids import uuid7

BOTH = require_http_methods(["GET", "POST"])
ASKS = ("look", MORE_OF, "arrange")


def _case(request: HttpRequest, uid: uuid.UUID, kind: str) -> Case:
    case = case_or_404(request, uid)
    if kind not in Kind.values:
        raise Http404
    return case


@require_GET
def drawing(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """One version as picture and in words, the others beside it."""
    case = _case(request, uid, kind)
    versions = versions_of(request, case, kind)
    one = asked_version(request, versions)
    context = {
        "case": case,
        "kind": kind,
        "kinds": Kind.choices,
        "heading": Kind(kind).label,
        "one": one,
        "versions": versions,
        "may_draw": may_draw(case) is None and can_draw_family(request.user, case),
        "svg": drawing_svg(one.payload) if one else "",
        "lines": described_lines(one.payload) if one else [],
    }
    return render(request, "cases/drawing.html", context)


def _current(case: Case, kind: str) -> Current:
    one = newest_drawing(case, kind)
    if one is None:
        return Current(0, initial_of_drawing(first_drawing(case, kind)))
    by = one.finalized_by.display_name if one.finalized_by else ""
    return Current(one.version, initial_of_drawing(one.payload), by, one.finalized_at)


@BOTH
def drawing_edit(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """The rows and the picture they make; `look`, `more` and `arrange` keep nothing."""
    case = _case(request, uid, kind)
    if request.method == "POST" and any(name in request.POST for name in ASKS):
        return _ask(request, case, kind)
    sheet = Filling(
        page="cases/drawing_edit.html",
        form=DrawingForm,
        form_args={"kind": kind},
        service=drawing_save,
        given={"case": case, "kind": kind},
        to=reverse("cases:drawing", args=[case.uid, kind]),
        done=_("已存为新的一版。"),
        draft=f"cases-drawing-{kind}",
        subject=case.uid,
        current=lambda: _current(case, kind),
        context=_words(request, case, kind),
    )
    return fill_in(request, sheet)


def _words(request: HttpRequest, case: Case, kind: str) -> dict[str, Any]:
    return {
        "case": case,
        "kind": kind,
        "heading": _("画%(kind)s") % {"kind": Kind(kind).label},
        "look_url": reverse("cases:drawing_look", args=[case.uid, kind]),
        "refusal": may_draw(case),
        "may_draw": can_draw_family(request.user, case),
    }


def _ask(request: HttpRequest, case: Case, kind: str) -> HttpResponse:
    """The page again with what was typed: with more rows, or with the places found anew."""
    typed = request.POST.copy()
    # This answer is a page of its own: its `once` is not the one this request has used up.
    typed["once"] = str(uuid7())
    if "arrange" in typed:
        for name in [name for name in typed if name.endswith(("-x", "-y"))]:
            typed[name] = ""
    form = DrawingForm(typed, kind=kind)
    context = _words(request, case, kind) | {
        "form": form,
        "base": base_typed(typed),
        "draft_url": reverse("departments:draft", args=[f"cases-drawing-{kind}", case.uid]),
    }
    return render(request, "cases/drawing_edit.html", context)


@require_POST
def drawing_look(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """The picture of the rows as they stand; nothing is kept."""
    case = _case(request, uid, kind)
    form = DrawingForm(request.POST, kind=kind)
    return render(request, "cases/_drawing_look.html", {"case": case, "form": form})


@BOTH
def drawing_paper(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """One version on paper: GET warns and asks, POST gives the PDF."""
    case = _case(request, uid, kind)
    one = asked_version(request, versions_of(request, case, kind))
    if one is None or faults(one.payload):
        raise Http404
    return version_paper(request, case, one, service=drawing_print, title=Kind(kind).label)
