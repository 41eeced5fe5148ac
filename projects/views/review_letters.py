"""Letters: written and sent by the desk in one act, read by the unit; score sheets of the house."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models.mechanisms import Questionnaire
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.htmx import answer
from projects.forms.reviews import SheetForm, SheetNewForm
from projects.models.reviews import OutcomeLetter, Review
from projects.permissions.experts import can_read_letter, can_read_letters, can_run_reviews
from projects.services.letters import letter_paper, letter_read, letters_send, letters_write
from projects.services.score_sheets import (
    rows_of,
    score_sheet_amend,
    score_sheet_make,
    score_sheet_publish,
)
from projects.views.expert_bank import desk_or_404, page_of, pager
from projects.views.review_calls import call_or_404
from projects.workflow.reviews import ReviewState

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE, SPARE_ROWS = 50, 4


@require_safe
def letters_desk(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All letters of a call before they leave, and after."""
    row = call_or_404(request, uid)
    rows = OutcomeLetter.objects.visible_to(request.user).filter(call=row)
    page = page_of(request, rows.select_related("application"), ("id",), PAGE)
    comments = Review.objects.visible_to(request.user).filter(call=row, state=ReviewState.SUBMITTED)
    context = {
        "call": row,
        "part": "letters",
        "rows": page.rows,
        "total": rows.count(),
        "is_sent": rows.filter(sent_at__isnull=False).exists(),
        "comments": comments.count(),
        "released": comments.filter(is_released=True).count(),
        **pager(reverse("experts:letters_desk", args=[uid]), page),
    }
    return render(request, "projects/letters_desk.html", context)


def _step(request: HttpRequest, uid: uuid.UUID, service: Any, done: str) -> HttpResponse:
    row = call_or_404(request, uid)
    count = service(call=row, by=request.user)
    to = reverse("experts:letters_desk", args=[uid])
    said = done % {"n": count}
    return answer(request, "projects/letters_desk.html", {}, ok=True, to=to, done=said)


@require_POST
def letters_make(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(request, uid, letters_write, _("已生成 %(n)d 份通知书。"))


@require_POST
def letters_out(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(request, uid, letters_send, _("已发出 %(n)d 份通知书。"))


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """What came to the own house, the newest first."""
    if not can_read_letters(request.user):
        raise Http404
    rows = OutcomeLetter.objects.visible_to(request.user).select_related("call", "application")
    page = page_of(request, rows, ("-id",), PAGE)
    context = {"rows": page.rows, **pager(reverse("experts:letters"), page)}
    return render(request, "projects/letters.html", context)


def _letter_or_404(request: HttpRequest, uid: uuid.UUID) -> OutcomeLetter:
    rows = OutcomeLetter.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("call__organization", "application"), uid=uid)
    if not can_read_letter(request.user, row):
        raise Http404
    return row


@require_safe
def letter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One letter; the unit's first reading is noted."""
    row = _letter_or_404(request, uid)
    letter_read(letter=row, by=request.user)
    context = {"letter": row, "is_desk": can_run_reviews(request.user)}
    return render(request, "projects/letter.html", context)


@require_safe
def letter_file(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _letter_or_404(request, uid)
    response = HttpResponse(letter_paper(row), content_type="application/pdf")
    name = f"{row.title} {row.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


# ── score sheets ─────────────────────────────────────────────────────────────


@BOTH
def sheets(request: HttpRequest) -> HttpResponse:
    """The house's score sheets; a new one begins as a copy of a shipped one."""
    desk_or_404(request)
    rows = Questionnaire.objects.visible_to(request.user).filter(
        kind=Questionnaire.Kind.SCORE_SHEET
    )
    return fill_in(
        request,
        Filling(
            page="projects/score_sheets.html",
            form=SheetNewForm,
            service=score_sheet_make,
            given={},
            to=lambda made: reverse("experts:sheet", args=[made.uid]),
            done=_("已建立草稿，请核对分值后发布。"),
            context={"rows": list(rows.order_by("-id")[:PAGE])},
        ),
    )


def _sheet_or_404(request: HttpRequest, uid: uuid.UUID) -> Questionnaire:
    desk_or_404(request)
    rows = Questionnaire.objects.visible_to(request.user)
    return get_object_or_404(rows, uid=uid, kind=Questionnaire.Kind.SCORE_SHEET)


def _initial(row: Questionnaire) -> dict[str, Any]:
    return {
        "title": row.title,
        **{
            f"{name}_{at}": value
            for at, one in enumerate(rows_of(row))
            for name, value in one.items()
        },
    }


def _sheet_page(row: Questionnaire, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "sheet": row,
        "rows": rows,
        "total": sum(float(one["weight"]) for one in rows),
        "bands": row.definition.get("bands", ()),
    }


@BOTH
def sheet(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The criteria with their weights; a published sheet is only shown."""
    row = _sheet_or_404(request, uid)
    rows = rows_of(row)
    return fill_in(
        request,
        Filling(
            page="projects/score_sheet.html",
            form=SheetForm,
            form_args={"count": len(rows) + SPARE_ROWS},
            service=score_sheet_amend,
            given={"sheet": row},
            initial=_initial(row),
            to=reverse("experts:sheet", args=[uid]),
            done=_("已保存。"),
            context=_sheet_page(row, rows),
            draft="experts-sheet",
            subject=uid,
        ),
    )


@require_POST
def sheet_publish(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _sheet_or_404(request, uid)
    score_sheet_publish(sheet=row, by=request.user)
    to = reverse("experts:sheet", args=[uid])
    return answer(request, "projects/score_sheet.html", {}, ok=True, to=to, done=_("已发布。"))
