"""Texts of reports: begun, edited, signed, taken away."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.services.history import history_lines
from departments.views.keeping import Keeping
from departments.views.paging import page_of
from msw_portal.kernel.htmx import answer
from reports.forms import BeginTextForm, TextForm
from reports.models import SignedReport
from reports.permissions import can_sign_report, can_write_report
from reports.services.formats.same import shown
from reports.services.paper import NUMBERS, Table
from reports.services.periods import period_name
from reports.services.rendering import MIMES
from reports.services.signing import (
    SIGNED_KINDS,
    cited,
    paper_of_signed,
    paragraphs,
    signed_report_begin,
    signed_report_edit,
    signed_report_renew,
    signed_report_sign,
    signed_report_take,
)

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE_SIZE = 20
FORMATS = ("pdf", "docx", "xlsx")


def _texts(request: HttpRequest):
    return SignedReport.objects.visible_to(request.user).select_related("signed_by", "created_by")


def _drawn(table: Table) -> dict[str, Any]:
    """A table of the paper on a page; each cell says its column and whether it is a number."""
    heads = [(column.name, column.kind in NUMBERS) for column in table.columns]
    rows = [
        [
            (shown(value, column), *head)
            for value, column, head in zip(row, table.columns, heads, strict=True)
        ]
        for row in table.rows
    ]
    return {"name": table.name, "heads": heads, "rows": rows}


def _named(row: SignedReport) -> str:
    return f"{SIGNED_KINDS[row.kind].name} {period_name(row.span, row.first)}"


@BOTH
def texts(request: HttpRequest) -> HttpResponse:
    """The department's texts, newest first, and the form to begin one."""
    if not can_write_report(request.user, None):
        raise Http404
    form = BeginTextForm(request.POST or None, kinds=list(SIGNED_KINDS.values()))
    done = request.method == "POST" and form.command(signed_report_begin, by=request.user)
    page = page_of(request, _texts(request).defer("paper"), order=("-id",), size=PAGE_SIZE)
    context = {"form": form, "page": page, "rows": [(one, _named(one)) for one in page["rows"]]}
    to = reverse("reports:text", args=[form.result.uid]) if done else None
    ok = done or request.method != "POST"
    return answer(request, "reports/texts.html", context, ok=ok, to=to, done=_("文稿已生成。"))


@BOTH
def text(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One text: its paragraphs to edit while it is unsigned, its tables, who signed it."""
    row = get_object_or_404(_texts(request), uid=uid)
    found = paragraphs(row)
    keep = Keeping(request, "reports-text", uid, {f"p{at}": one.text for at, one in found.items()})
    form = keep.form(TextForm, paragraphs=found)
    # What was typed is what is signed: the button beside the words sends both.
    is_signing = "sign" in request.POST
    verb = signed_report_sign if is_signing else signed_report_edit
    done = request.method == "POST" and keep.sent(form.command(verb, report=row, by=request.user))
    context = {
        **keep.context,
        "row": row,
        "title": _named(row),
        "form": form,
        "said": [(one.text, cited(one)) for one in found.values()],
        "tables": [_drawn(table) for table in paper_of_signed(row).tables],
        "formats": FORMATS,
        "may_sign": can_sign_report(request.user, row),
        "history": history_lines(row),
    }
    ok, to = done or request.method != "POST", reverse("reports:text", args=[uid])
    said = _("已签发。") if is_signing else _("已保存。")
    return answer(request, "reports/text.html", context, ok=ok, to=to if done else None, done=said)


@require_POST
def renew(request: HttpRequest, uid: UUID) -> HttpResponse:
    row = get_object_or_404(_texts(request), uid=uid)
    made = signed_report_renew(report=row, by=request.user)
    to = reverse("reports:text", args=[made.uid])
    return answer(
        request, "reports/text.html", {"row": row}, ok=True, to=to, done=_("已另起一版。")
    )


@require_safe
def take(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """A marked copy as an attachment."""
    row = get_object_or_404(_texts(request), uid=uid)
    if kind not in FORMATS:
        raise Http404
    content = signed_report_take(report=row, file_format=kind, by=request.user)
    response = HttpResponse(content, content_type=MIMES[kind])
    name = f"{_named(row)} V{row.version}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "sandbox"
    return response
