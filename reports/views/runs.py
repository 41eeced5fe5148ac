"""Ask for a report, watch it, take it away."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.history import history_lines
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.asking_forms import AskForm
from reports.models import ReportRun
from reports.permissions import (
    can_cancel_run,
    can_download_run,
    can_keep_schedule,
    can_keep_sheets,
    can_retry_run,
    can_view_dashboard,
    can_write_report,
)
from reports.services.kinds import kinds_for, subjects_for
from reports.services.runs import (
    report_ask,
    report_cancel,
    report_retry,
    run_file_take,
    run_files,
    run_title,
)

PAGE_SIZE = 20


def _runs(request: HttpRequest):
    rows = ReportRun.objects.visible_to(request.user)
    return rows.select_related("job", "schedule").prefetch_related("files")


def _context(request: HttpRequest, report: ReportRun) -> dict:
    return {
        "run": report,
        "title": run_title(report),
        "files": run_files(report),
        "may_take": can_download_run(request.user, report),
        "may_cancel": can_cancel_run(request.user, report),
        "may_retry": can_retry_run(request.user, report),
    }


def _beside(request: HttpRequest) -> dict:
    """Which neighbouring pages this person may open."""
    return {
        "keeps_schedules": can_keep_schedule(request.user, None),
        "sees_dashboard": can_view_dashboard(request.user, None),
        "writes_texts": can_write_report(request.user, None),
        "keeps_sheets": can_keep_sheets(request.user, None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The asker's reports, newest first, and the form to ask for one."""
    kinds = kinds_for(request.user)
    if not kinds:
        raise Http404
    form = AskForm(
        request.POST or None,
        kinds=kinds,
        subjects=subjects_for(request.user, kinds),
        asked=request.GET.get("kind", ""),
    )
    done = request.method == "POST" and form.command(report_ask, by=request.user)
    page = page_of(request, _runs(request), order=("-id",), size=PAGE_SIZE)
    rows = [(run, run_title(run)) for run in page["rows"]]
    to = reverse("reports:run", args=[form.result.uid]) if done else None
    return answer(
        request,
        "reports/runs.html",
        {"form": form, "page": page, "rows": rows, **_beside(request)},
        ok=done or request.method != "POST",
        to=to,
        done=_("已开始生成。可以离开本页，完成后会通知您。"),
    )


@require_safe
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One report: progress, then its files."""
    report = get_object_or_404(_runs(request), uid=uid)
    context = {**_context(request, report), "history": history_lines(report)}
    return render(request, "reports/run.html", context)


@require_safe
def run_progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The part of the page that asks again every two seconds until the report is done."""
    report = get_object_or_404(_runs(request), uid=uid)
    return render(request, "reports/_run.html", _context(request, report))


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


@require_POST
def run_retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin again with one that failed or was cancelled."""
    report = get_object_or_404(_runs(request), uid=uid)
    report_retry(run=report, by=request.user)
    to = reverse("reports:run", args=[uid])
    return answer(request, "", {}, ok=True, to=to, done=_("已重新开始生成。"))


@require_safe
def run_download(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """One format, as an attachment, while it is kept and its asker is still in the role it was made for."""
    report = get_object_or_404(_runs(request), uid=uid)
    taken = run_file_take(run=report, file_format=kind, by=request.user)
    if taken is None:
        raise Http404
    document, content = taken
    response = HttpResponse(content, content_type=document.mime)
    response["Content-Disposition"] = content_disposition_header(True, document.title)
    response["Content-Security-Policy"] = "sandbox"
    return response
