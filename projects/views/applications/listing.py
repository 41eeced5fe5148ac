"""What a unit can apply to, what it has written, who asks it to join; and the issuer's list of a call."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from departments.views.exporting import export_page
from departments.views.paging import page_of
from msw_portal.kernel.access import require
from msw_portal.kernel.keyset import capped_counts
from projects.models.applications import Application, ApplicationParty
from projects.models.calls import Call
from projects.permissions.calls import can_view_applications
from projects.services.applications.listing import OWN, RECEIVED
from projects.services.calls import shapes
from projects.services.veiling import outcomes_veil, state_veiled
from projects.views.guards import issuer_page, unit_page
from projects.workflow.calls import ApplicationState

A = ApplicationState
SIZE = 20
TONES = {
    A.SUPPLEMENT_REQUIRED: "warn",
    A.SUBMITTED: "accent",
    A.SELECTED: "accent",
    A.APPROVED: "accent",
    A.PROPOSED: "accent",
    A.REFUSED_FORMAL: "danger",
    A.NOT_SUBMITTED: "danger",
}
WRITING = (A.DRAFT, A.SUPPLEMENT_REQUIRED)
OVER = (A.REFUSED_FORMAL, A.NOT_SELECTED, A.WITHDRAWN, A.MERGED, A.NOT_SUBMITTED)
OWN_TABS: tuple[tuple[str, Any, Any], ...] = (
    ("", gettext_lazy("全部"), None),
    ("writing", gettext_lazy("待我填写"), WRITING),
    ("sent", gettext_lazy("评审中和结果"), tuple(set(A.values) - set(WRITING) - set(OVER))),
    ("over", gettext_lazy("已结束"), OVER),
)
CALL_TABS: tuple[tuple[str, Any, Any], ...] = (
    ("", gettext_lazy("全部"), None),
    (A.SUBMITTED, gettext_lazy("待形式审查"), (A.SUBMITTED,)),
    (A.SUPPLEMENT_REQUIRED, A.SUPPLEMENT_REQUIRED.label, (A.SUPPLEMENT_REQUIRED,)),
    ("review", gettext_lazy("评审"), (A.ACCEPTED_FORMAL, A.IN_REVIEW, A.SCORED)),
    ("result", gettext_lazy("结果"), (A.PROPOSED, A.RESERVE, A.SELECTED, A.APPROVED)),
    ("over", gettext_lazy("已结束"), OVER),
)


def address(query: QueryDict, **changes: Any) -> str:
    """The list's own address with some conditions changed (None takes one away); pages start anew."""
    kept = query.copy()
    for name in ("after", "before", *changes):
        kept.pop(name, None)
    for name, value in changes.items():
        if value is not None:
            kept[name] = str(value)
    return f"?{kept.urlencode()}"


def _narrowed(rows: QuerySet, tabs: Any, given: str) -> QuerySet:
    states = next((states for code, _label, states in tabs if code == given), None)
    return rows.filter(state__in=states) if states else rows


def _tabs(request: HttpRequest, rows: QuerySet, tabs: Any) -> list[dict[str, Any]]:
    here = request.GET.get("state", "")
    counts = capped_counts({code: _narrowed(rows, tabs, code) for code, _label, _states in tabs})
    return [
        {
            "label": label,
            "url": address(request.GET, state=code or None),
            "is_on": here == code,
            "count": counts[code],
        }
        for code, label, _states in tabs
    ]


def _listed(request: HttpRequest, rows: QuerySet, tabs: Any, order: tuple[str, ...]) -> dict:
    shown = _narrowed(rows, tabs, request.GET.get("state", ""))
    page = page_of(request, shown.select_related("call__organization"), order=order, size=SIZE)
    outcomes_veil(page["rows"], request.user)
    page["rows"] = [
        {
            "one": one,
            "tone": TONES.get(A(one.state), ""),
            "track": shapes.named(one.call.tracks).get(one.track, ""),
        }
        for one in page["rows"]
    ]
    page["tabs"] = _tabs(request, rows, tabs)
    page["is_empty"] = not page["rows"] and page["tabs"][0]["count"] == "0"
    return page


@require_safe
@unit_page
def own(request: HttpRequest) -> HttpResponse:
    """The unit's applications, the newest first, with what is open and who asks."""
    page = _listed(request, Application.objects.visible_to(request.user), OWN_TABS, ("-id",))
    calls = Call.objects.visible_to(request.user).taking().select_related("organization")
    page["calls"] = calls.exclude(organization_id=request.user.house_id).order_by(
        "closes_at", "id"
    )[:8]
    asked = ApplicationParty.objects.listed_to(request.user).filter(state="asked")
    page["asked"] = asked.order_by("-id")[:8]
    return render(request, "projects/applications.html", page)


@require_safe
@unit_page
def invitations(request: HttpRequest) -> HttpResponse:
    """Every application that other units asked the own house to join."""
    rows = ApplicationParty.objects.listed_to(request.user)
    page = page_of(request, rows, order=("-id",), size=SIZE)
    labels = dict(ApplicationState.choices)
    page["rows"] = [
        {"one": one, "state": labels.get(state_veiled(one.application_state), "")}
        for one in page["rows"]
    ]
    return render(request, "projects/invitations.html", page)


def call_rows(request: HttpRequest, call: Call) -> QuerySet:
    """What was handed in for a call, narrowed by the address: track, region and words of title or unit."""
    rows = Application.objects.visible_to(request.user).filter(call=call).handed_in()
    track, words = request.GET.get("track", ""), request.GET.get("q", "").strip()[:60]
    if track in shapes.named(call.tracks):
        rows = rows.filter(track=track)
    if words:
        rows = rows.with_words(words)
    return rows


@require_safe
@issuer_page
def received(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What came in for one call of the own house."""
    calls = Call.objects.visible_to(request.user).issued_by(request.user)
    call = get_object_or_404(calls, uid=uid)
    require(can_view_applications, request.user, call)
    page = _listed(request, call_rows(request, call), CALL_TABS, ("-submitted_at", "-id"))
    page |= {
        "call": call,
        "tracks": shapes.named(call.tracks).items(),
        "track": request.GET.get("track", ""),
        "words": request.GET.get("q", ""),
        "is_narrowed": bool(request.GET.get("q") or request.GET.get("track")),
        "export_url": f"{reverse('calls:export', args=[uid])}?{request.GET.urlencode()}",
    }
    return render(request, "projects/received.html", page)


@require_http_methods(["GET", "POST"])
@issuer_page
def received_export(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    calls = Call.objects.visible_to(request.user).issued_by(request.user)
    call = get_object_or_404(calls, uid=uid)
    rows = _narrowed(call_rows(request, call), CALL_TABS, request.GET.get("state", ""))
    return export_page(
        request,
        listing=RECEIVED,
        rows=rows.select_related("call").order_by("-submitted_at", "-id"),
        heading=_("申报名册"),
        back=reverse("calls:received", args=[uid]),
    )


@require_http_methods(["GET", "POST"])
@unit_page
def own_export(request: HttpRequest) -> HttpResponse:
    rows = _narrowed(
        Application.objects.visible_to(request.user), OWN_TABS, request.GET.get("state", "")
    )
    return export_page(
        request,
        listing=OWN,
        rows=rows.select_related("call").order_by("-id"),
        heading=_("我的申报"),
        back=reverse("applications:list"),
    )
