"""Sheets that authorities ask for: brought, mapped, looked at, filled."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.history import history_lines
from departments.views.keeping import Keeping
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.asking_forms import SheetAskForm
from reports.forms import CellForm, SheetForm
from reports.models import AuthoritySheet
from reports.permissions import can_keep_sheets
from reports.services.authority_sheets import (
    authority_sheet_add,
    authority_sheet_map,
    authority_sheet_retire,
    authority_sheet_unmap,
    filled,
    mapped,
    pages_of,
    preview,
)
from reports.services.periods import period_first
from reports.services.ready.sheet import SHEET
from reports.services.runs import report_ask

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE_SIZE = 20


def _sheets(request: HttpRequest):
    return AuthoritySheet.objects.visible_to(request.user).select_related("template")


@BOTH
def sheets(request: HttpRequest) -> HttpResponse:
    """The house's sheets and the form to bring another."""
    if not can_keep_sheets(request.user, None):
        raise Http404
    form = SheetForm(request.POST or None, request.FILES or None)
    done = request.method == "POST" and form.command(authority_sheet_add, by=request.user)
    page = page_of(request, _sheets(request), order=("-id",), size=PAGE_SIZE)
    to = reverse("reports:sheet", args=[form.result.uid]) if done else None
    ok = done or request.method != "POST"
    context = {"form": form, "page": page}
    return answer(request, "reports/sheets.html", context, ok=ok, to=to, done=_("已登记。"))


def _mapping(request: HttpRequest, row: AuthoritySheet) -> dict:
    """What the form of a cell is made from."""
    address = reverse("reports:sheet_parts", args=[row.uid])
    return {"pages": pages_of(row), "by": request.user, "parts_url": address}


@require_safe
def sheet_parts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The parts of the indicator that was chosen, and the values of the part."""
    row = get_object_or_404(_sheets(request), uid=uid)
    chosen = {name: request.GET.get(name, "") for name in ("code", "dim")}
    form = CellForm(initial=chosen, **_mapping(request, row))
    return render(request, "reports/_sheet_parts.html", {"form": form})


def _context(request: HttpRequest, row: AuthoritySheet) -> dict:
    today = timezone.localdate()
    shown = {"first": period_first("month", today), "last": today, "by": request.user}
    return {
        "row": row,
        "cells": mapped(row, **shown),
        "pages": preview(filled(sheet=row, **shown)),
        "ask": SheetAskForm(spans=SHEET.spans),
        "history": history_lines(row),
    }


@BOTH
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One sheet as it would be filled today, what is mapped, and the form to map a cell."""
    row = get_object_or_404(_sheets(request), uid=uid)
    keep = Keeping(request, "reports-sheet", uid)
    form = keep.form(CellForm, **_mapping(request, row))
    done = request.method == "POST" and keep.sent(
        form.command(authority_sheet_map, sheet=row, by=request.user)
    )
    ok, to = done or request.method != "POST", reverse("reports:sheet", args=[uid])
    context = {**_context(request, row), "form": form, **keep.context}
    return answer(
        request, "reports/sheet.html", context, ok=ok, to=to if done else None, done=_("已保存。")
    )


@require_POST
def unmap(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = get_object_or_404(_sheets(request), uid=uid)
    page, cell = request.POST.get("page", ""), request.POST.get("cell", "")
    authority_sheet_unmap(sheet=row, page=page, cell=cell, by=request.user)
    to = reverse("reports:sheet", args=[uid])
    return answer(request, "reports/sheet.html", {"row": row}, ok=True, to=to, done=_("已去掉。"))


@require_POST
def retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = get_object_or_404(_sheets(request), uid=uid)
    authority_sheet_retire(sheet=row, by=request.user)
    to = reverse("reports:sheets")
    return answer(request, "reports/sheets.html", {"row": row}, ok=True, to=to, done=_("已停用。"))


@require_POST
def fill(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the sheet filled for a period: a report like any other, made as a job."""
    row = get_object_or_404(_sheets(request), uid=uid)
    form = SheetAskForm(request.POST, spans=SHEET.spans)
    given = {"kind": SHEET.code, "params": {"sheet": str(uid)}, "by": request.user}
    done = form.command(report_ask, **given)
    to = reverse("reports:run", args=[form.result.uid]) if done else None
    context = {"row": row} if done else {**_context(request, row), "ask": form}
    context |= {"form": CellForm(**_mapping(request, row))}
    said = _("已开始填写。可以离开本页，完成后会通知您。")
    return answer(request, "reports/sheet.html", context, ok=done, to=to, done=said)
