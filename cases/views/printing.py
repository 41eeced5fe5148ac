"""Prints: what must be minded stands before the button, the file comes as an attachment."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.form_permissions import can_print_blank
from cases.form_schemas.registry import ALL, WRITTEN
from cases.forms.printing import PrintForm
from cases.models.activities import Activity, ActivityLine
from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent
from cases.models.service_codes import ActivityKind
from cases.models.work import Contact, Plan
from cases.services.dossier import KIND, case_dossier_ask
from cases.services.paper_rows import REFERRAL_JOINS, activity_form
from cases.services.printing import activity_print, blank_print, case_print, warnings_of
from cases.views.documents import attach
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from departments.models.queues import Job

BOTH = require_http_methods(["GET", "POST"])


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _row(request: HttpRequest, case: Case, kind: str) -> Any:
    """The row `?row=` names, through the second wall; the newest finished form without it."""
    user, asked = request.user, request.GET.get("row", "")
    if kind in WRITTEN:
        rows = CaseForm.objects.visible_to(user).filter(case=case, kind=kind)
        if not asked:
            return rows.filter(state="final").order_by("-serial", "-version").first()
        return get_object_or_404(rows, uid=_uid(asked))
    if not asked:
        return None
    rows = {
        "F2": Consent.objects.visible_to(user)
        .of_person(case.client)
        .select_related("template", "recipient"),
        "F4": Plan.objects.visible_to(user).filter(case=case).select_related("approved_by"),
        "F5": Contact.objects.visible_to(user).filter(case=case).own_entries(),
        "F6": Referral.objects.visible_to(user)
        .filter(case=case, direction="out")
        .select_related(*REFERRAL_JOINS),
        "F9": _visits(user, case, kind),
        "F10": _visits(user, case, kind),
    }.get(kind)
    if rows is None:
        raise Http404
    return get_object_or_404(rows, uid=_uid(asked))


def _visits(user: Any, case: Case, form: str) -> Any:
    lines = ActivityLine.objects.visible_to(user).filter(promoted_case=case)
    kinds = [kind for kind in ActivityKind.values if activity_form(kind) == form]
    rows = Activity.objects.visible_to(user).filter(
        pk__in=lines.values("activity_id"), kind__in=kinds
    )
    return rows.select_related("ward", "created_by")


@BOTH
def form_print(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """One form of a case: GET warns and asks, POST gives the PDF."""
    case = case_or_404(request, uid)
    if kind not in ALL:
        raise Http404
    row = _row(request, case, kind)
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.command(
        case_print, case=case, kind=kind, row=row, by=request.user
    ):
        number = case.number or str(case.uid)
        return attach(f"{kind} {ALL[kind].title} {number}.pdf", form.result, "application/pdf")
    context = {
        "case": case,
        "form": form,
        "heading": _("打印：%(title)s") % {"title": ALL[kind].title},
        "warnings": warnings_of(case),
        "is_empty": row is None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/print.html", context, status=status)


@require_GET
def blank(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty form to write on by hand."""
    if kind not in ALL or not can_print_blank(request.user):
        raise Http404
    content = blank_print(kind=kind, by=request.user)
    return attach(f"{kind} {ALL[kind].title}.pdf", content, "application/pdf")


@require_GET
def activity(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A ward visit or a consultation on paper."""
    rows = Activity.objects.visible_to(request.user)
    one = get_object_or_404(
        rows.select_related("ward", "created_by", "organization", "department"), uid=uid
    )
    kind = activity_form(one.kind)
    if not kind:
        raise Http404
    content = activity_print(activity=one, kind=kind, by=request.user)
    return attach(f"{kind} {ALL[kind].title} {one.occurred_on}.pdf", content, "application/pdf")


@BOTH
def whole(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The whole case as one PDF: asked for here, made by a job."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/print_whole.html",
            form=PrintForm,
            service=case_dossier_ask,
            given={"case": case},
            to=lambda job: reverse("cases:print_case_progress", args=[case.uid, job.uid]),
            done=_("已开始生成。可以离开本页，完成后会通知您。"),
            context={
                "case": case,
                "heading": _("打印整份档案"),
                "warnings": warnings_of(case),
            },
        ),
    )


@require_GET
def whole_progress(request: HttpRequest, uid: uuid.UUID, job: uuid.UUID) -> HttpResponse:
    """How far the file is; asked again every two seconds until it is there."""
    case = case_or_404(request, uid)
    mine = Job.objects.visible_to(request.user).filter(kind=KIND, args__case=str(case.uid))
    one = get_object_or_404(mine.select_related("result"), uid=job)
    context = {
        "case": case,
        "job": one,
        "heading": _("打印整份档案"),
        "back_url": address_of(case, "forms"),
    }
    page = "cases/_print_progress.html" if request.htmx else "cases/print_progress.html"
    return render(request, page, context)
