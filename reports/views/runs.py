"""Ask for a report, watch it, take it away."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.documents import document_read
from departments.services.history import history_lines
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.forms import AskForm
from reports.models import ReportRun
from reports.permissions import can_ask_report, can_cancel_run
from reports.services.runs import report_ask, report_cancel, run_file

PAGE_SIZE = 20


def _runs(request: HttpRequest):
    return ReportRun.objects.visible_to(request.user).select_related("job", "sheet", "print")


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The asker's reports, newest first, and the form to ask for one."""
    if not can_ask_report(request.user, None):
        raise Http404
    form = AskForm(request.POST or None)
    done = request.method == "POST" and form.command(report_ask, by=request.user)
    page = page_of(request, _runs(request), order=("-id",), size=PAGE_SIZE)
    to = reverse("reports:run", args=[form.result.uid]) if done else None
    return answer(
        request,
        "reports/runs.html",
        {"form": form, "page": page},
        ok=done or request.method != "POST",
        to=to,
        done=_("已开始生成。可以离开本页，完成后会通知您。"),
    )


@require_safe
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One report: progress, then its files."""
    report = get_object_or_404(_runs(request), uid=uid)
    context = {
        "run": report,
        "may_cancel": can_cancel_run(request.user, report),
        "history": history_lines(report),
    }
    return render(request, "reports/run.html", context)


@require_safe
def run_progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The part of the page that asks again every two seconds until the report is done."""
    report = get_object_or_404(_runs(request), uid=uid)
    return render(
        request,
        "reports/_run.html",
        {"run": report, "may_cancel": can_cancel_run(request.user, report)},
    )


@require_POST
def run_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    report = get_object_or_404(_runs(request), uid=uid)
    report_cancel(run=report, by=request.user)
    return answer(
        request,
        "reports/run.html",
        {"run": report},
        ok=True,
        to=reverse("reports:run", args=[uid]),
        done=_("已请求取消。"),
    )


@require_safe
def run_download(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """The workbook or the print, as an attachment, while it is kept."""
    report = get_object_or_404(_runs(request), uid=uid)
    document = run_file(run=report, kind=kind)
    if document is None:
        raise Http404
    response = HttpResponse(
        document_read(document=document, by=request.user), content_type=document.mime
    )
    response["Content-Disposition"] = content_disposition_header(True, document.title)
    response["Content-Security-Policy"] = "sandbox"
    return response
