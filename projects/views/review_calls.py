"""A call under review, for its desk: where it stands, its rules, formality, conflicts."""

import uuid
from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models.mechanisms import Questionnaire
from departments.services.history import history_lines
from departments.views.clashes import Current
from departments.views.filling import Filling, fill_in
from msw_portal.kernel.htmx import answer
from projects.forms.experts import ConflictForm, ReasonForm
from projects.forms.reviews import FormalityForm, PlanForm
from projects.models.applications import Application
from projects.models.calls import Call
from projects.models.experts import Conflict, ExpertProfile
from projects.models.reviews import OutcomeLetter, Review, ReviewPlan
from projects.permissions.experts import can_lift_conflict
from projects.services.conflicts import conflict_add, conflict_lift, conflicts_compute
from projects.services.formality import formality_check
from projects.services.review_plans import checklist_default, plan_needed, plan_of, plan_set
from projects.views.expert_bank import desk_or_404, page_of, pager
from projects.workflow.calls import ApplicationState, CallState
from projects.workflow.reviews import ReviewState

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
A = ApplicationState
FORMAL = (A.SUBMITTED, A.SUPPLEMENT_REQUIRED, A.ACCEPTED_FORMAL, A.REFUSED_FORMAL)
UNSHOWN = (CallState.DRAFT, CallState.CANCELLED)


def call_or_404(request: HttpRequest, uid: uuid.UUID) -> Call:
    desk_or_404(request)
    rows = Call.objects.visible_to(request.user).filter(organization_id=request.user.house_id)
    return get_object_or_404(
        rows.select_related("notice_entry", "list_entry", "previous__list_entry"), uid=uid
    )


def application_or_404(request: HttpRequest, uid: uuid.UUID) -> Application:
    desk_or_404(request)
    rows = Application.objects.visible_to(request.user).select_related("call", "organization")
    return get_object_or_404(rows, uid=uid)


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The house's calls with how much of each is done, the newest first."""
    desk_or_404(request)
    rows = (
        Call.objects.visible_to(request.user)
        .filter(organization_id=request.user.house_id)
        .exclude(state__in=UNSHOWN)
    )
    page = page_of(request, rows, ("-year", "-id"), PAGE)
    counted = Counter(
        {
            row["call_id"]: row["n"]
            for row in Application.objects.visible_to(request.user)
            .filter(call__in=page.rows)
            .values("call_id")
            .annotate(n=Count("pk"))
        }
    )
    context = {
        "rows": [(one, counted[one.pk]) for one in page.rows],
        **pager(reverse("experts:calls"), page),
    }
    return render(request, "projects/review_calls.html", context)


@require_safe
def call(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The steps of one call: what is done, what is next, what stands in the way."""
    row = call_or_404(request, uid)
    context = {"call": row, "part": "call", "plan": plan_of(row), "history": history_lines(row)}
    return render(request, "projects/review_call.html", context | _figures(request, row))


def _figures(request: HttpRequest, row: Call) -> dict[str, int]:
    """How much of each step is done."""
    rows = Application.objects.visible_to(request.user).filter(call=row)
    states = {one["state"]: one["n"] for one in rows.values("state").annotate(n=Count("pk"))}
    reviews = {
        one["state"]: one["n"]
        for one in Review.objects.visible_to(request.user)
        .filter(call=row)
        .values("state")
        .annotate(n=Count("pk"))
    }
    letters = OutcomeLetter.objects.visible_to(request.user).filter(call=row)
    return {
        "total": sum(states.values()),
        "waiting": states.get(A.SUBMITTED, 0),
        "supplement": states.get(A.SUPPLEMENT_REQUIRED, 0),
        "accepted": states.get(A.ACCEPTED_FORMAL, 0),
        "in_review": states.get(A.IN_REVIEW, 0),
        "scored": states.get(A.SCORED, 0),
        "proposed": states.get(A.PROPOSED, 0) + states.get(A.SELECTED, 0),
        "approved": states.get(A.APPROVED, 0),
        "asked": sum(n for state, n in reviews.items() if state != ReviewState.RECUSED),
        "sent": reviews.get(ReviewState.SUBMITTED, 0),
        "letters": letters.count(),
        "letters_sent": letters.filter(sent_at__isnull=False).count(),
        "conflicts": Conflict.objects.visible_to(request.user)
        .standing()
        .filter(application__call=row)
        .count(),
    }


@BOTH
def plan(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The rules of the review."""
    row = call_or_404(request, uid)
    sheets = Questionnaire.objects.visible_to(request.user).filter(
        kind=Questionnaire.Kind.SCORE_SHEET, published_at__isnull=False
    )

    return fill_in(
        request,
        Filling(
            page="projects/review_plan.html",
            form=PlanForm,
            form_args={"sheets": sheets.order_by("title", "-id")},
            service=plan_set,
            given={"call": row},
            to=reverse("experts:call", args=[uid]),
            done=_("评审规则已保存。"),
            context={"call": row, "part": "plan", "has_sheets": sheets.exists()},
            current=lambda: _plan_now(row),
            draft="experts-plan",
            subject=uid,
        ),
    )


def _plan_now(row: Call) -> Current:
    now = plan_of(row)
    return Current(now.row_version if now else 0, _plan_values(row, now))


def _plan_values(call: Call, plan: ReviewPlan | None) -> dict[str, Any]:
    """What the form opens with: the plan, else what the call was announced with."""
    if plan is None:
        said = call.review_rules
        return {
            "experts_each": said.get("min_experts", 3),
            "most_per_expert": said.get("cap", 30),
            "is_blind": said.get("is_blind", True),
            "trim_from": said.get("trim_from", 5),
            "spread_alarm": said.get("spread_alarm", 15),
            "reserve_places": 0,
            "sheet": call.score_sheet.uid if call.score_sheet else None,
            "checklist": "\n".join(one["text"] for one in checklist_default()),
        }
    names = (
        *("experts_each", "most_per_expert", "opens_on", "closes_on", "is_blind", "trim_from"),
        *("spread_alarm", "shows_normalised", "reserve_places"),
    )
    return {
        **{name: getattr(plan, name) for name in names},
        "sheet": plan.sheet.uid if plan.sheet else None,
        "checklist": "\n".join(one["text"] for one in plan.checklist),
    }


# ── formality ────────────────────────────────────────────────────────────────


@require_safe
def formality(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What came in, those that wait for a check first."""
    row = call_or_404(request, uid)
    state = request.GET.get("state", "")
    rows = Application.objects.visible_to(request.user).filter(call=row)
    rows = rows.filter(state=state) if state in FORMAL else rows
    page = page_of(request, rows, ("-submitted_at", "-id"), PAGE)
    here = reverse("experts:formality", args=[uid])
    context = {
        "call": row,
        "part": "formality",
        "rows": page.rows,
        "state": state,
        "states": [(str(one), one.label) for one in FORMAL],
        **pager(here, page, state=state),
    }
    return render(request, "projects/formality.html", context)


@BOTH
def check(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The checklist of one application."""
    row = application_or_404(request, uid)
    rules = plan_needed(row.call)
    return fill_in(
        request,
        Filling(
            page="projects/formality_check.html",
            form=FormalityForm,
            form_args={"checklist": rules.checklist},
            service=formality_check,
            given={"application": row},
            to=reverse("experts:formality", args=[row.call.uid]) + "?state=submitted",
            done=_("审查结论已记录。"),
            context={
                "call": row.call,
                "part": "formality",
                "application": row,
                "rounds": (row.formality or {}).get("rounds", ()),
                "may_check": row.state == A.SUBMITTED,
                "sections": _frozen(row),
            },
            draft="experts-check",
            subject=uid,
        ),
    )


def _frozen(row: Application) -> list[dict[str, Any]]:
    version = row.versions.filter(version=row.submitted_version).first()
    return version.payload.get("sections", []) if version else []


# ── conflicts ────────────────────────────────────────────────────────────────


def _conflicts_page(
    request: HttpRequest, row: Call, lifting: ReasonForm | None = None
) -> dict[str, Any]:
    rows = (
        Conflict.objects.visible_to(request.user)
        .filter(application__call=row)
        .select_related("application", "expert__user", "lifted_by", "created_by")
    )
    page = page_of(request, rows, ("-id",), PAGE)
    return {
        "call": row,
        "part": "conflicts",
        "rows": [(one, can_lift_conflict(request.user, one)) for one in page.rows],
        "lifting": lifting or ReasonForm(),
        **pager(reverse("experts:conflicts", args=[row.uid]), page),
    }


@require_safe
def conflicts(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    return render(request, "projects/conflicts.html", _conflicts_page(request, row))


@require_POST
def conflicts_refresh(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    row = call_or_404(request, uid)
    added = conflicts_compute(call=row, by=request.user)
    to = reverse("experts:conflicts", args=[uid])
    done = _("已核对，新增 %(n)d 条。") % {"n": added}
    return answer(request, "projects/conflicts.html", {}, ok=True, to=to, done=done)


@BOTH
def conflict_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What the desk knows beside the portal."""
    row = call_or_404(request, uid)
    experts = ExpertProfile.objects.visible_to(request.user).on_roll().select_related("user")
    applications = Application.objects.visible_to(request.user).filter(call=row)
    return fill_in(
        request,
        Filling(
            page="projects/conflict_new.html",
            form=ConflictForm,
            form_args={"experts": experts, "applications": applications.order_by("number")},
            service=conflict_add,
            given={},
            to=reverse("experts:conflicts", args=[uid]),
            done=_("已登记。"),
            context={"call": row, "part": "conflicts"},
            draft="experts-conflict",
            subject=uid,
        ),
    )


@require_POST
def conflict_end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Lift a conflict, with why, by somebody who neither entered it nor is concerned."""
    desk_or_404(request)
    rows = Conflict.objects.visible_to(request.user).select_related("application__call")
    row = get_object_or_404(rows, uid=uid)
    if not can_lift_conflict(request.user, row):
        raise Http404
    form = ReasonForm(request.POST)
    ok = form.command(conflict_lift, conflict=row, by=request.user)
    of = call_or_404(request, row.application.call.uid)
    context = {} if ok else _conflicts_page(request, of, lifting=form)
    to = reverse("experts:conflicts", args=[of.uid])
    return answer(request, "projects/conflicts.html", context, ok=ok, to=to, done=_("已解除回避。"))
