"""Calls of the own house by year and state; the page of one call with its figures."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_safe

from departments.services.history import history_lines
from departments.views.paging import page_of
from msw_portal.kernel.keyset import capped_counts
from projects.models.applications import Application
from projects.models.calls import Call, CallKind
from projects.permissions import calls as may
from projects.querysets.calls import ISSUER_ROLES
from projects.services.applications.figures import batch, progress
from projects.services.calls import shapes
from projects.services.calls.public import is_taking
from projects.services.calls.writing import points
from projects.views.applications.listing import address
from projects.views.guards import both_sides, issuer_page
from projects.workflow.calls import CALL_LINE, CallState

C = CallState
TONES = {C.ACCEPTING: "accent", C.PUBLISHED: "accent", C.REVIEWING: "warn", C.CANCELLED: "danger"}
TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("", gettext_lazy("全部"), ()),
    ("draft", C.DRAFT.label, (C.DRAFT,)),
    ("open", C.ACCEPTING.label, (C.PUBLISHED, C.ACCEPTING)),
    ("review", gettext_lazy("评审"), (C.CLOSED, C.REVIEWING, C.RANKED, C.NOTICED)),
    ("over", gettext_lazy("已结束"), (C.DECIDED, C.ARCHIVED, C.CANCELLED)),
)
STEPS = (*CALL_LINE, C.DECIDED)


@require_safe
@issuer_page
def calls(request: HttpRequest) -> HttpResponse:
    rows = Call.objects.visible_to(request.user).issued_by(request.user)
    here, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    if kind in CallKind.values:
        rows = rows.filter(kind=kind)
    states = next((states for code, _label, states in TABS if code == here), ())
    shown = rows.filter(state__in=states) if states else rows
    page = page_of(request, shown, order=("-year", "-id"), size=20)
    counts = capped_counts(
        {code: rows.filter(state__in=some) if some else rows for code, _label, some in TABS}
    )
    page["rows"] = [{"one": one, "tone": TONES.get(C(one.state), "")} for one in page["rows"]]
    page["tabs"] = [
        {"label": label, "url": address(request.GET, state=code or None), "is_on": here == code, "count": counts[code]}
        for code, label, _some in TABS
    ]  # fmt: skip
    page["kinds"], page["kind"] = CallKind.choices, kind
    page["is_empty"] = not page["rows"] and page["tabs"][0]["count"] == "0"
    page["may_issue"] = may.can_issue_calls(request.user)
    return render(request, "projects/calls.html", page)


def call_or_404(request: HttpRequest, uid: uuid.UUID) -> Call:
    """A call that this person may read: the own house's, or what others have published."""
    rows = Call.objects.visible_to(request.user).select_related("organization", "partner")
    return get_object_or_404(rows, uid=uid)


def own_call_or_404(request: HttpRequest, uid: uuid.UUID) -> Call:
    rows = Call.objects.visible_to(request.user).issued_by(request.user)
    return get_object_or_404(rows.select_related("organization", "partner"), uid=uid)


@require_safe
@both_sides
def call(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = call_or_404(request, uid)
    is_own = request.user.role in ISSUER_ROLES and found.organization_id == request.user.house_id
    page = _shared(request, found) | (_issuer(request, found) if is_own else _unit(request, found))
    return render(request, "projects/call.html" if is_own else "projects/call_open.html", page)


def _shared(request: HttpRequest, found: Call) -> dict[str, Any]:
    return {
        "call": found,
        "tone": TONES.get(C(found.state), ""),
        "tracks": [one["name"] for one in found.tracks],
        "themes": [one["name"] for one in found.themes],
        "sections": shapes.sections_of(found.form),
        "conditions": found.eligibility.get("conditions", []),
        "questions": found.eligibility.get("questions", []),
        "versions": found.versions.order_by("-version"),
        "is_taking": is_taking(found),
        "public_url": reverse("call_public:page", args=[found.slug]) if found.published_at else "",
    }


def _unit(request: HttpRequest, found: Call) -> dict[str, Any]:
    mine = Application.objects.visible_to(request.user).filter(call=found)
    return {
        "mine": mine.order_by("-id")[:5] if request.user.role not in ISSUER_ROLES else [],
        "may_begin": may.can_begin_application(request.user, found) and is_taking(found),
    }


def _issuer(request: HttpRequest, found: Call) -> dict[str, Any]:
    keeps = may.can_keep_call(request.user, found)
    state = C(found.state)
    return {
        "steps": _stepper(found),
        "points": points(found, timezone.now()) if state == C.DRAFT else [],
        "batch": batch(found, request.user, get_language() or "zh-hans") if found.published_at else None,
        "progress": progress(found),
        "may_edit": keeps and state == C.DRAFT,
        "may_publish": keeps and state == C.DRAFT,
        "may_amend": keeps and state in {C.PUBLISHED, C.ACCEPTING},
        "may_cancel": keeps and state in STEPS[:-1],
    }  # fmt: skip


def _stepper(found: Call) -> list[dict[str, Any]]:
    state = C.DECIDED if found.state == C.ARCHIVED else C(found.state)
    if state not in STEPS:
        return []
    place = STEPS.index(state)
    return [
        {
            "label": one.label,
            "note": _note(found, one),
            "state": "done" if n < place else "now" if n == place else "ahead",
        }
        for n, one in enumerate(STEPS)
    ]


def _note(found: Call, state: CallState) -> str:
    at = {C.ACCEPTING: found.opens_at, C.CLOSED: found.closes_at}.get(state)
    return f"{timezone.localtime(at):%m-%d %H:%M}" if at else ""


@require_safe
@issuer_page
def history(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    lines = history_lines(own_call_or_404(request, uid))
    return render(request, "projects/_history.html", {"lines": lines})
