"""What a drawing and a calculation have alike: versions that are looked at one by one and printed."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cases.forms.printing import PrintForm
from cases.models.casework import Case, CaseForm
from cases.services.printing import warnings_of
from cases.views.documents import attach


def versions_of(request: HttpRequest, case: Case, kind: str) -> list[CaseForm]:
    """The final versions of a kind, newest first."""
    rows = CaseForm.objects.visible_to(request.user).filter(case=case, kind=kind, state="final")
    return list(rows.select_related("finalized_by").order_by("-version"))


def asked_version(request: HttpRequest, versions: list[CaseForm]) -> CaseForm | None:
    """The version `?version=` names, the newest without it.

    Raises:
        Http404: for a version that is not there.
    """
    asked = request.GET.get("version", "")
    if not asked:
        return versions[0] if versions else None
    for one in versions:
        if str(one.version) == asked:
            return one
    raise Http404


def version_paper(
    request: HttpRequest, case: Case, one: CaseForm, *, service: Callable[..., bytes], title: Any
) -> HttpResponse:
    """One version on paper: GET warns and asks, POST gives the PDF."""
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.command(service, case=case, row=one, by=request.user):
        return attach(f"{title} {case.number or case.uid}.pdf", form.result, "application/pdf")
    context = {
        "case": case,
        "form": form,
        "heading": _("打印：%(title)s") % {"title": title},
        "warnings": warnings_of(case),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/print.html", context, status=status)
