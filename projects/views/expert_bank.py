"""The expert bank: list, one expert, terms with their certificate, what was marked."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models.organizations import Organization
from departments.services.history import history_lines
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from msw_portal.kernel import keyset
from msw_portal.kernel.htmx import answer
from projects.forms.experts import AppointForm, ExpertForm, ReasonForm
from projects.models.experts import Appointment, ExpertProfile
from projects.permissions.experts import can_print_appointment, can_run_reviews
from projects.services.appointment_papers import appointment_paper
from projects.services.experts import (
    appointment_make,
    appointment_void,
    candidates,
    expert_add,
    expert_amend,
    expert_leave,
    field_choices,
    field_words,
    service_of,
)

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE, ORDER = 40, ("-id",)


def desk_or_404(request: HttpRequest) -> None:
    if not can_run_reviews(request.user):
        raise Http404


def expert_or_404(request: HttpRequest, uid: uuid.UUID) -> ExpertProfile:
    desk_or_404(request)
    rows = ExpertProfile.objects.visible_to(request.user).select_related("user", "employer")
    return get_object_or_404(rows, uid=uid)


@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    """Who is in the bank, the newest first; `show=left` those who are not any more."""
    desk_or_404(request)
    show = "left" if request.GET.get("show") == "left" else ""
    rows = ExpertProfile.objects.visible_to(request.user).filter(left_on__isnull=not show)
    chosen = request.GET.get("field", "")
    choices = field_choices()
    if chosen in dict(choices):
        rows = rows.filter(fields__contains=[chosen])
    page = page_of(request, rows.select_related("user", "employer"), ORDER, PAGE)
    context = {
        "rows": [(one, field_words(one.fields, choices)) for one in page.rows],
        "show": show,
        "chosen": chosen,
        "choices": choices,
        **pager(reverse("experts:list"), page, show=show, field=chosen),
    }
    return render(request, "projects/experts.html", context)


def page_of(request: HttpRequest, rows: Any, order: tuple[str, ...], size: int) -> Any:
    asked = {"after": request.GET.get("after"), "before": request.GET.get("before")}
    try:
        return keyset.page(rows, order=order, size=size, **asked)
    except keyset.BadCursor:
        return keyset.page(rows, order=order, size=size)


def pager(here: str, page: Any, **kept: str) -> dict[str, str]:
    said = {name: value for name, value in kept.items() if value}
    return {
        "before_url": f"{here}?{urlencode(said | {'before': page.previous})}"
        if page.previous
        else "",
        "after_url": f"{here}?{urlencode(said | {'after': page.next})}" if page.next else "",
    }


@BOTH
def expert_new(request: HttpRequest) -> HttpResponse:
    desk_or_404(request)
    users = candidates(by=request.user)
    return fill_in(
        request,
        Filling(
            page="projects/expert_form.html",
            form=ExpertForm,
            form_args=_form_args(request) | {"users": users},
            service=expert_add,
            given={},
            to=lambda made: reverse("experts:expert", args=[made.uid]),
            done=_("已加入专家库。"),
            context={"expert": None, "has_users": users.exists()},
            draft="experts-expert",
        ),
    )


EDITED = ("employer_text", "title", "grade", "fields", "most", "is_available")


def _current(request: HttpRequest, uid: uuid.UUID) -> Current:
    now = ExpertProfile.objects.visible_to(request.user).select_related("employer").get(uid=uid)
    values = {name: getattr(now, name) for name in EDITED}
    employer = now.employer.uid if now.employer else None
    return Current(now.row_version, values | {"employer": employer}, at=now.updated_at)


@BOTH
def expert_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = expert_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="projects/expert_form.html",
            form=ExpertForm,
            form_args=_form_args(request),
            service=expert_amend,
            given={"expert": row},
            to=reverse("experts:expert", args=[uid]),
            done=_("已保存。"),
            context={"expert": row, "has_users": True},
            current=lambda: _current(request, uid),
            draft="experts-expert_edit",
            subject=uid,
        ),
    )


def _form_args(request: HttpRequest) -> dict[str, Any]:
    bodies = Organization.objects.visible_to(request.user).order_by("name")
    return {"bodies": bodies, "field_choices": field_choices()}


def _page(
    request: HttpRequest,
    row: ExpertProfile,
    voiding: ReasonForm | None = None,
) -> dict[str, Any]:
    terms = Appointment.objects.visible_to(request.user).filter(expert=row).order_by("-id")
    return {
        "expert": row,
        "words": field_words(row.fields, field_choices()),
        "terms": list(terms),
        "today": timezone.localdate(),
        "served": service_of(row),
        "voiding": voiding or ReasonForm(),
        "history": history_lines(row),
    }


@require_safe
def expert(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One expert: fields, employer, ties, terms, what was marked for which call."""
    row = expert_or_404(request, uid)
    return render(request, "projects/expert.html", _page(request, row))


@require_POST
def leave(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = expert_or_404(request, uid)
    expert_leave(expert=row, by=request.user)
    to = reverse("experts:expert", args=[uid])
    return answer(request, "projects/expert.html", {}, ok=True, to=to, done=_("已退出专家库。"))


@BOTH
def appoint(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new term."""
    row = expert_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="projects/appoint.html",
            form=AppointForm,
            service=appointment_make,
            given={"expert": row},
            to=reverse("experts:expert", args=[uid]),
            done=_("已聘任。"),
            context={"expert": row},
            draft="experts-appoint",
            subject=uid,
        ),
    )


def _term(request: HttpRequest, uid: uuid.UUID) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).select_related("expert", "organization")
    return get_object_or_404(rows, uid=uid)


@require_safe
def term_paper(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The certificate of an appointment, for the house and for the expert."""
    row = _term(request, uid)
    if not can_print_appointment(request.user, row):
        raise Http404
    response = HttpResponse(appointment_paper(row), content_type="application/pdf")
    name = f"{_('聘书')} {row.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_POST
def term_void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    desk_or_404(request)
    row = _term(request, uid)
    form = ReasonForm(request.POST)
    ok = form.command(appointment_void, appointment=row, by=request.user)
    owner = expert_or_404(request, row.expert.uid)
    context = {} if ok else _page(request, owner, voiding=form)
    to = reverse("experts:expert", args=[owner.uid])
    return answer(request, "projects/expert.html", context, ok=ok, to=to, done=_("已解聘。"))
