"""Assignment and marks, for the desk: proposals, who has sent what, one review."""

import uuid
from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from msw_portal.kernel.htmx import answer
from projects.forms.experts import ReasonForm
from projects.models.applications import Application
from projects.models.experts import ExpertProfile
from projects.models.reviews import AssignmentRun, OutcomeLetter, Review
from projects.permissions.experts import can_void_review
from projects.services.assigning import (
    assignment_apply,
    assignment_propose,
    assignment_replay,
    loads_of,
)
from projects.services.letters import comment_release, comments_release_all
from projects.services.results import review_void
from projects.services.review_plans import plan_of
from projects.views.expert_bank import desk_or_404, page_of, pager
from projects.views.review_calls import call_or_404
from projects.workflow.reviews import REVIEW_LIVE, ReviewState

PAGE = 50


@require_safe
def runs(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The proposals so far, and the button for another."""
    row = call_or_404(request, uid)
    rows = AssignmentRun.objects.visible_to(request.user).filter(call=row)
    context = {
        "call": row,
        "part": "runs",
        "plan": plan_of(row),
        "rows": list(
            rows.select_related("created_by", "applied_by").defer("inputs").order_by("-id")[:PAGE]
        ),
    }
    return render(request, "projects/assignments.html", context)


@require_POST
def propose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    run = assignment_propose(call=row, by=request.user)
    to = reverse("experts:run", args=[run.uid])
    return answer(request, "projects/assignments.html", {}, ok=True, to=to)


def _run_or_404(request: HttpRequest, uid: uuid.UUID) -> AssignmentRun:
    desk_or_404(request)
    rows = AssignmentRun.objects.visible_to(request.user).select_related("call", "applied_by")
    return get_object_or_404(rows, uid=uid)


@require_safe
def run(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A proposal before it is applied: who marks what, how loads lie, and whether it can be made again."""
    row = _run_or_404(request, uid)
    return render(request, "projects/assignment.html", _proposal(request, row))


def _proposal(request: HttpRequest, row: AssignmentRun) -> dict[str, Any]:
    again, is_same = assignment_replay(row)
    people = {
        str(one.uid): one.user.display_name
        for one in ExpertProfile.objects.visible_to(request.user).select_related("user")
    }
    # What the person has a part in is not shown, here either.
    titles = {
        str(one.uid): one
        for one in Application.objects.visible_to(request.user).filter(call=row.call)
    }
    given: dict[str, list[str]] = defaultdict(list)
    for application, expert in row.result:
        given[application].append(people.get(expert, "—"))
    return {
        "call": row.call,
        "part": "runs",
        "run": row,
        "is_same": is_same,
        "pairs": len(row.result),
        "short": [titles[one] for one in again.short if one in titles],
        "loads": [(people.get(key, "—"), before, new) for key, before, new in loads_of(row)],
        "rows": [(titles[key], names) for key, names in sorted(given.items()) if key in titles],
        "hidden": sum(key not in titles for key in given),
    }


@require_POST
def apply(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = _run_or_404(request, uid)
    assignment_apply(run=row, by=request.user)
    to = reverse("experts:progress", args=[row.call.uid])
    done = _("评审已分配，专家会收到通知。")
    return answer(request, "projects/assignment.html", {}, ok=True, to=to, done=done)


@require_safe
def progress(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Who has sent what: the reviews of the call, those that are late first by their date."""
    row = call_or_404(request, uid)
    rows = Review.objects.visible_to(request.user).filter(call=row)
    show = request.GET.get("state", "")
    rows = rows.filter(state=show) if show in ReviewState.values else rows
    chosen = rows.select_related("application", "expert__user")
    page = page_of(request, chosen, ("due_on", "label", "id"), PAGE)
    live = Review.objects.visible_to(request.user).filter(call=row, state__in=REVIEW_LIVE)
    context = {
        "call": row,
        "part": "progress",
        "rows": page.rows,
        "show": show,
        "states": ReviewState.choices,
        "total": live.count(),
        "sent": live.filter(state=ReviewState.SUBMITTED).count(),
        "today": timezone.localdate(),
        **pager(reverse("experts:progress", args=[uid]), page, state=show),
    }
    return render(request, "projects/progress.html", context)


def desk_review_or_404(request: HttpRequest, uid: uuid.UUID) -> Review:
    desk_or_404(request)
    rows = Review.objects.visible_to(request.user).select_related(
        "call", "application", "expert__user", "questionnaire"
    )
    return get_object_or_404(rows, uid=uid)


def _page(request: HttpRequest, row: Review, voiding: ReasonForm | None = None) -> dict[str, Any]:
    sent = row.state in (ReviewState.SUBMITTED, ReviewState.VOIDED)
    # What is not sent is the expert's alone.
    items = row.questionnaire.definition["items"] if sent else []
    letters = OutcomeLetter.objects.visible_to(request.user).filter(call=row.call)
    return {
        "call": row.call,
        "part": "progress",
        "review": row,
        "is_sent": sent,
        "marks": [(one["zh"], row.answers.get(one["code"], ""), one["most"]) for one in items],
        "voiding": voiding or ReasonForm(),
        "may_void": row.state in REVIEW_LIVE and can_void_review(request.user, row),
        "may_release": row.state == ReviewState.SUBMITTED
        and not letters.filter(sent_at__isnull=False).exists(),
    }


@require_safe
def desk_review(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One review as the desk reads it: marks and comment once they are sent."""
    row = desk_review_or_404(request, uid)
    return render(request, "projects/desk_review.html", _page(request, row))


@require_POST
def void(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = desk_review_or_404(request, uid)
    form = ReasonForm(request.POST)
    ok = form.command(review_void, review=row, by=request.user)
    context = {} if ok else _page(request, row, form)
    to = reverse("experts:desk_review", args=[uid])
    return answer(request, "projects/desk_review.html", context, ok=ok, to=to, done=_("已办理。"))


@require_POST
def release(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Let the unit read the comment, or take that back."""
    row = desk_review_or_404(request, uid)
    comment_release(review=row, is_released=not row.is_released, by=request.user)
    to = reverse("experts:desk_review", args=[uid])
    return answer(request, "projects/desk_review.html", {}, ok=True, to=to, done=_("已保存。"))


@require_POST
def release_all(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    count = comments_release_all(call=row, by=request.user)
    to = reverse("experts:letters_desk", args=[uid])
    done = _("已放开 %(n)d 条评语。") % {"n": count}
    return answer(request, "projects/letters_desk.html", {}, ok=True, to=to, done=done)
