"""The calculators of a case: chosen, filled in, looked at version by version, printed."""

import uuid
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_permissions import can_keep_form
from cases.forms.calculations import CalculationForm
from cases.models.casework import Case
from cases.services.calculations import (
    beginning,
    calculation_print,
    calculation_save,
    line_of,
    line_said,
    lines_of,
    may_calculate,
    newest_calculation,
)
from cases.views.filling import Filling, fill_in
from cases.views.finding import case_or_404
from cases.views.versions import asked_version, version_paper, versions_of
from departments.views.clashes import Current
from msw_portal.kernel.burden import CALCULATORS

BOTH = require_http_methods(["GET", "POST"])


def _case(request: HttpRequest, uid: uuid.UUID, kind: str) -> Case:
    case = case_or_404(request, uid)
    if kind not in CALCULATORS:
        raise Http404
    return case


def _words(case: Case, kind: str) -> dict[str, Any]:
    return {
        "case": case,
        "kind": kind,
        "kinds": [(one.code, one.title) for one in CALCULATORS.values()],
        "calculator": CALCULATORS[kind],
        "heading": CALCULATORS[kind].title,
    }


@require_GET
def calculation(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """One version with its figures, the others beside it."""
    case = _case(request, uid, kind)
    versions = versions_of(request, case, kind)
    one = asked_version(request, versions)
    context = _words(case, kind) | {
        "one": one,
        "versions": versions,
        "lines": lines_of(one) if one else {},
        "may_write": may_calculate(case) is None and can_keep_form(request.user, case),
    }
    return render(request, "cases/calculation.html", context)


def _current(case: Case, kind: str) -> Current:
    one = newest_calculation(case, kind)
    if one is None:
        return Current(0, {})
    by = one.finalized_by.display_name if one.finalized_by else ""
    values = dict(one.payload["inputs"]) | {"basis": one.payload["basis"]}
    return Current(one.version, values, by, one.finalized_at)


@BOTH
def calculation_edit(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """The boxes; they begin with the figures of the newest version."""
    case = _case(request, uid, kind)
    line = line_of(case, kind)

    sheet = Filling(
        page="cases/calculation_edit.html",
        form=CalculationForm,
        form_args={"kind": kind},
        service=calculation_save,
        given={"case": case, "kind": kind},
        to=reverse("cases:calculation", args=[case.uid, kind]),
        done=_("已算好，存为新的一版。"),
        draft=f"cases-calculation-{kind}",
        subject=case.uid,
        initial=beginning(line),
        current=partial(_current, case, kind),
        context=_words(case, kind) | {"refusal": may_calculate(case), "line": line_said(line)},
    )
    return fill_in(request, sheet)


@BOTH
def calculation_paper(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """One version on paper: GET warns and asks, POST gives the PDF."""
    case = _case(request, uid, kind)
    one = asked_version(request, versions_of(request, case, kind))
    if one is None:
        raise Http404
    return version_paper(
        request, case, one, service=calculation_print, title=CALCULATORS[kind].title
    )
