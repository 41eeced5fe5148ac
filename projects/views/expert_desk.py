"""The expert's own pages: what is to be marked, a packet with its score sheet, giving it back, ties."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.services.disclosures import disclosure_read
from cases.views.documents import attach
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from departments.models.people import Role
from departments.services.documents import document_read
from departments.services.drafts import base_typed, draft_drop, draft_find, initial_of
from departments.services.viewing import document_page
from departments.views.filling import Filling, fill_in
from departments.views.viewing import Frame, viewer
from msw_portal.kernel.htmx import answer
from projects.forms.experts import TIE_ROWS, TiesForm
from projects.forms.reviews import MarksForm, RecuseForm
from projects.models.experts import Appointment, ExpertProfile
from projects.models.reviews import Review
from projects.permissions.experts import can_mark_review
from projects.services.experts import field_choices, ties_declare
from projects.services.packets import packet_file
from projects.services.reviewing import review_open, review_recuse, review_save, review_submit
from projects.workflow.reviews import REVIEW_OPEN, ReviewState

BOTH = require_http_methods(["GET", "HEAD", "POST"])
DONE_SHOWN = 40
DRAFT = "experts-review"


def _expert_or_404(request: HttpRequest) -> None:
    if request.user.role != Role.EXPERT_REVIEWER:
        raise Http404


def review_or_404(request: HttpRequest, uid: uuid.UUID) -> Review:
    _expert_or_404(request)
    rows = Review.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("packet", "questionnaire", "call"), uid=uid)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for the expert, the nearest deadline first; below it what was sent."""
    _expert_or_404(request)
    rows = Review.objects.visible_to(request.user).select_related("call")
    today = timezone.localdate()
    context = {
        "waiting": list(rows.filter(state__in=REVIEW_OPEN).order_by("due_on", "label")),
        "done": list(rows.exclude(state__in=REVIEW_OPEN).order_by("-finalized_at")[:DONE_SHOWN]),
        "today": today,
        "profile": ExpertProfile.objects.visible_to(request.user).first(),
        "terms": list(Appointment.objects.visible_to(request.user).in_force(today)),
    }
    return render(request, "projects/expert_desk.html", context)


def _packet(request: HttpRequest, row: Review) -> Any:
    """The content of the copy, its reading noted; None once it was taken back."""
    if row.packet is None or row.packet.payload is None:
        return None
    return disclosure_read(disclosure=row.packet, by=request.user)


def _page(
    request: HttpRequest, row: Review, form: MarksForm, recusing: RecuseForm | None = None
) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "review": row,
        "packet": _packet(request, row),
        "form": form,
        "recusing": recusing or RecuseForm(),
        "base": row.row_version,
        "draft_url": reverse("departments:draft", args=[DRAFT, row.uid]),
        "may_mark": can_mark_review(request.user, row) and row.opens_on <= today <= row.due_on,
        "is_early": today < row.opens_on,
        "is_late": today > row.due_on and row.state in REVIEW_OPEN,
        "is_sent": row.state == ReviewState.SUBMITTED,
    }


def _items(row: Review) -> list[dict[str, Any]]:
    return row.questionnaire.definition["items"]


def _kept(row: Review) -> dict[str, Any]:
    """What is saved of the marks, as the form's boxes."""
    boxes = {f"item_{code}": value for code, value in row.answers.items()}
    return boxes | {"comment": row.comment or ""}


def _show(request: HttpRequest, row: Review) -> HttpResponse:
    """The page with what is saved, over it what was typed and not yet saved."""
    may_mark = can_mark_review(request.user, row)
    if may_mark and row.opens_on <= timezone.localdate() <= row.due_on:
        review_open(review=row, by=request.user)
        row = review_or_404(request, row.uid)
    kept = draft_find(form=DRAFT, subject_uid=row.uid, by=request.user)
    form = MarksForm(initial=_kept(row), items=_items(row))
    if kept is not None:
        typed = initial_of(kept)
        form = MarksForm(initial=typed, items=_items(row)).reopened(typed, _kept(row))
    page = _page(request, row, form) | {"saved_at": kept.saved_at if kept else None}
    return render(request, "projects/review.html", page)


@BOTH
def review(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The packet beside the score sheet. POST saves, with `send` sends for good, with `sum` only adds up."""
    row = review_or_404(request, uid)
    if request.method != "POST":
        return _show(request, row)
    form = MarksForm(request.POST, items=_items(row))
    if "sum" in request.POST:
        return render(request, "projects/_marks_sum.html", {"tally": form.tally})
    is_sending = "send" in request.POST
    service = review_submit if is_sending else review_save
    ok = form.command(service, review=row, base=base_typed(request.POST), by=request.user)
    if ok:
        draft_drop(form=DRAFT, subject_uid=uid, by=request.user)
    to = reverse("experts:mine") if is_sending else reverse("experts:review", args=[uid])
    done = _("评分已提交。") if is_sending else _("已保存，还没有提交。")
    context = {} if ok else _page(request, row, form)
    return answer(request, "projects/review.html", context, ok=ok, to=to, done=done)


@require_POST
def recuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = review_or_404(request, uid)
    form = RecuseForm(request.POST)
    ok = form.command(review_recuse, review=row, by=request.user)
    marks = MarksForm(initial=_kept(row), items=_items(row))
    context = {} if ok else _page(request, row, marks, form)
    done = _("已回避，组织方会另请专家。")
    to = reverse("experts:mine")
    return answer(request, "projects/review.html", context, ok=ok, to=to, done=done)


def _file(request: HttpRequest, uid: uuid.UUID, file: uuid.UUID) -> tuple[Review, Document, str]:
    """A file of the packet under its neutral name."""
    row = review_or_404(request, uid)
    content = row.packet.payload if row.packet else None
    named = {one["uid"]: one["label"] for one in (content or {}).get("files", ())}
    found = packet_file(file) if str(file) in named else None
    if found is None:
        raise Http404
    return row, found, named[str(file)]


@require_safe
def packet_view(request: HttpRequest, uid: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """The pages of a file as pictures; the file itself is never handed over."""
    row, found, label = _file(request, uid, file)
    found.title = label
    back = reverse("experts:review", args=[uid])
    return viewer(
        request,
        found,
        document_read(document=found, by=request.user),
        Frame(
            crumbs=((back, row.label),),
            back_url=back,
            file_url="",
            page_url=lambda number: reverse("experts:packet_page", args=[uid, file, number]),
            kind=label,
        ),
    )


@require_safe
def packet_page(request: HttpRequest, uid: uuid.UUID, file: uuid.UUID, number: int) -> HttpResponse:
    _row, found, _label = _file(request, uid, file)
    key = request.GET.get("key", "")
    content, mime = document_page(document=found, number=number, key=key, by=request.user)
    return attach(f"{number}", content, mime)


@BOTH
def profile(request: HttpRequest) -> HttpResponse:
    """The expert's own fields and ties; without a place in a bank there is nothing to keep."""
    _expert_or_404(request)
    row = get_object_or_404(ExpertProfile.objects.visible_to(request.user))
    bodies = Organization.objects.visible_to(request.user).order_by("name")
    rows = len(row.ties) + TIE_ROWS
    return fill_in(
        request,
        Filling(
            page="projects/expert_profile.html",
            form=TiesForm,
            form_args={"bodies": bodies, "field_choices": field_choices(), "rows": rows},
            service=ties_declare,
            given={"expert": row},
            initial=_declared(row),
            to=reverse("experts:mine"),
            done=_("已申报。"),
            context={"expert": row},
            draft="experts-profile",
        ),
    )


def _declared(row: ExpertProfile) -> dict[str, Any]:
    """What stands in the form: the expert's own words of the last time."""
    found: dict[str, Any] = {
        "title": row.title,
        "fields": row.fields,
        "is_available": row.is_available,
    }
    for at, tie in enumerate(row.ties):
        found |= {
            f"kind_{at}": tie["kind"],
            f"organization_{at}": tie["organization"],
            f"note_{at}": tie["note"],
        }
    return found
