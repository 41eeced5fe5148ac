"""Bringing files in: upload, name the columns, review, confirm; what was refused goes back to be mended."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.imports import ColumnsForm, UploadForm
from departments.models.imports import ImportRow, ImportRun
from departments.services.exporting import XLSX
from departments.services.history import history_lines
from departments.services.importing import runs as services
from departments.services.importing.files import Made, import_take_refused, template_make
from departments.services.importing.kinds import Kind, kinds, kinds_for
from departments.services.importing.showing import fault_bars, shown, unused
from departments.views.keeping import Keeping
from departments.views.paging import page_of
from departments.workflow import IMPORT, ImportState
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.htmx import answer

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE, ROWS = 20, 50
AT_WORK = (ImportState.REVIEWING, ImportState.APPLYING)


def _kind(request: HttpRequest, code: str) -> Kind:
    """A kind that this person may import; 404 for any other."""
    kind = next((one for one in kinds_for(request.user) if one.code == code), None)
    if kind is None or request.user.is_service:
        raise Http404
    return kind


def _run(request: HttpRequest, uid: uuid.UUID) -> ImportRun:
    rows = ImportRun.objects.visible_to(request.user).select_related("job", "file")
    run = get_object_or_404(rows, uid=uid)
    _kind(request, run.kind)
    return run


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """What may be brought in, with its template, and the person's own runs, the newest first."""
    may = kinds_for(request.user)
    if not may:
        raise Http404
    found = ImportRun.objects.visible_to(request.user).filter(kind__in=[one.code for one in may])
    page = page_of(request, found, order=("-id",), size=PAGE)
    lines = [(run, kinds()[run.kind]) for run in page["rows"]]
    return render(
        request, "departments/imports/list.html", {"kinds": may, "page": page, "lines": lines}
    )


@BOTH
def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    """One file of one kind."""
    one = _kind(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    done = request.method == "POST" and form.command(
        services.import_upload, kind=one, by=request.user
    )
    context = {"kind": one, "form": form, "sources": services.sources_of(one, request.user)}
    to = reverse("departments:import_columns", args=[form.result.uid]) if done else None
    ok = done or request.method != "POST"
    return answer(request, "departments/imports/new.html", context, ok=ok, to=to)


@require_safe
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The workbook to fill in."""
    return _file(template_make(_kind(request, kind)))


@BOTH
def import_columns(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Which column is what; remembered for the source."""
    run = _run(request, uid)
    to = reverse("departments:import", args=[uid])
    if run.state not in IMPORT.step("map").sources:
        return answer(request, "", {}, ok=True, to=to)
    kind = kinds()[run.kind]
    asked = request.POST.get("sheet") or request.GET.get("sheet") or run.sheet
    table, head, mapping = services.sheet_of(run, asked)
    keep = Keeping(request, "departments-columns", uid, initial=mapping | {"sheet": asked})
    if keep.typed.get("sheet", asked) != asked:
        keep.typed = {}  # another sheet's columns
    form = keep.form(ColumnsForm, kind=kind, heads=head.titles)
    done = request.method == "POST" and keep.sent(
        form.command(services.import_map, run=run, by=request.user)
    )
    context = {"run": run, "kind": kind, "form": form, "table": table, "asked": asked, "head": head}
    context["hidden_rows"] = table.hidden_rows(asked)
    context |= keep.context
    ok = done or request.method != "POST"
    return answer(
        request, "departments/imports/columns.html", context, ok=ok, to=to if done else None
    )


@require_safe
def import_page(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One run: how far it is, what would become of it or did, and every refused line with its reasons."""
    run = _run(request, uid)
    if run.state == ImportState.UPLOADED:
        return answer(
            request, "", {}, ok=True, to=reverse("departments:import_columns", args=[uid])
        )
    return render(request, "departments/imports/run.html", _context(request, run, CommandForm()))


def _context(request: HttpRequest, run: ImportRun, form: CommandForm) -> dict[str, Any]:
    kind = kinds()[run.kind]
    rows = ImportRow.objects.visible_to(request.user).filter(
        run=run, state=ImportRow.State.REFUSED, payload__isnull=False
    )
    page = {"rows": []}
    if run.state not in AT_WORK:
        page = page_of(request, rows, order=("line",), size=ROWS)
    return {
        "run": run,
        "kind": kind,
        "form": form,
        "page": page,
        "lines": shown(kind, run, page["rows"]),
        "bars": fault_bars(kind, run),
        "unused": unused(run),
        **_hidden(run),
        "history": history_lines(run),
        **_state(run),
    }


def _hidden(run: ImportRun) -> dict[str, Any]:
    """What of the file nobody sees in a spreadsheet, said once more before it is confirmed."""
    if run.state != ImportState.REVIEWED:
        return {}
    table = services.table_of(run)
    return {"hidden_sheets": table.hidden, "hidden_rows": table.hidden_rows(run.sheet)}


def _state(run: ImportRun) -> dict[str, Any]:
    """What the part of the page that asks again needs."""
    is_stuck = (
        run.state in AT_WORK and run.job is not None and run.job.state in ("dead", "cancelled")
    )
    return {
        "run": run,
        "kind": kinds()[run.kind],
        "is_at_work": run.state in AT_WORK and not is_stuck,
        "is_stuck": is_stuck,
        "may_cancel": run.state in IMPORT.step("cancel").sources,
    }


@require_safe
def import_progress(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The part that asks again every two seconds; when the work has ended, the page is opened anew."""
    run = _run(request, uid)
    state = _state(run)
    if not state["is_at_work"]:
        return answer(request, "", {}, ok=True, to=reverse("departments:import", args=[uid]))
    return render(request, "departments/imports/_work.html", state)


def _act(
    request: HttpRequest, uid: uuid.UUID, service: Callable[..., ImportRun], done: Any
) -> HttpResponse:
    run = _run(request, uid)
    form = CommandForm(request.POST)
    ok = form.command(service, run=run, by=request.user)
    to = reverse("departments:import", args=[uid])
    context = {} if ok else _context(request, run, form)
    return answer(
        request, "departments/imports/run.html", context, ok=ok, to=to, done=str(done) if ok else ""
    )


@require_POST
def import_confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Import what is good."""
    return _act(
        request, uid, services.import_confirm, _("已开始导入。可以离开本页，完成后会通知您。")
    )


@require_POST
def import_resume(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Go on after the job gave up."""
    return _act(request, uid, services.import_resume, _("已重新开始。"))


@require_POST
def import_cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Stop; what was imported stays."""
    return _act(request, uid, services.import_cancel, _("已取消，文件已删除。"))


@require_safe
def import_refused(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The refused rows as a workbook, to be mended and brought again."""
    run = _run(request, uid)
    if run.refused_count == 0 or run.is_emptied or run.state in AT_WORK:
        raise Http404
    return _file(import_take_refused(run=run, by=request.user))


def _file(made: Made) -> HttpResponse:
    response = HttpResponse(made.content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, made.name)
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "no-store, private"
    return response
