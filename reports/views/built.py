"""Put a table together, keep it, open it again, take it away as a file."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.built_forms import BuildForm, ExportForm, KeepForm
from reports.models import BuiltReport
from reports.permissions import can_ask_report, can_build_report, can_end_built
from reports.services.built import built_end, built_keep
from reports.services.ready.built import BUILT
from reports.services.runs import report_ask

PAGE_SIZE = 20


def _gate(request: HttpRequest) -> None:
    if not can_build_report(request.user, None):
        raise Http404


def _report(request: HttpRequest, uid: UUID) -> BuiltReport:
    return get_object_or_404(BuiltReport.objects.visible_to(request.user), uid=uid)


@require_safe
def builder(request: HttpRequest) -> HttpResponse:
    """The form, the table of what is asked, and the kept ones."""
    _gate(request)
    asked, chosen = "code" in request.GET, {"where": request.GET.get("where", "")}
    form = BuildForm(request.GET if asked else None, initial=chosen, by=request.user)
    built = form.made()
    rows = BuiltReport.objects.visible_to(request.user).select_related("created_by")
    context = {
        "form": form,
        "built": built,
        "keep": KeepForm(initial=form.as_query()) if built else None,
        "page": page_of(request, rows, order=("-id",), size=PAGE_SIZE),
    }
    return render(request, "reports/built.html", context)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands on the page under a name."""
    _gate(request)
    form = KeepForm(request.POST)
    done = form.command(built_keep, by=request.user)
    to = reverse("reports:built_one", args=[form.result.uid]) if done else None
    return answer(
        request, "reports/built_kept.html", {"keep": form}, ok=done, to=to, done=_("已保存。")
    )


@require_safe
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A kept one with the numbers of now."""
    _gate(request)
    report = _report(request, uid)
    form = BuildForm.of_report(report, request.GET, by=request.user)
    context = {
        "report": report,
        "built": form.made(),
        "form": form,
        "export": ExportForm(),
        "may_export": can_ask_report(request.user, BUILT),
        "may_end": can_end_built(request.user, report),
    }
    return render(request, "reports/built_one.html", context)


@require_POST
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    _gate(request)
    report = _report(request, uid)
    built_end(report=report, by=request.user)
    return answer(
        request,
        "reports/built_kept.html",
        {"report": report},
        ok=True,
        to=reverse("reports:built"),
        done=_("已删除。"),
    )


@require_POST
def export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the files; a job makes them with the numbers of the period."""
    _gate(request)
    report = _report(request, uid)
    form = ExportForm(request.POST)
    done = form.command(
        report_ask, kind=BUILT.code, params={"built": str(report.uid)}, by=request.user
    )
    to = reverse("reports:run", args=[form.result.uid]) if done else None
    return answer(
        request, "reports/built_kept.html", {"keep": form, "report": report}, ok=done, to=to
    )
