"""The list of projects and a project's page, as the unit, the issuer and the partner see them."""

import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from departments.models.people import User
from departments.views.paging import page_of
from msw_portal.kernel.ids import uuid7
from projects.models.cultivation import BudgetLine, Project, ProjectEvent, ProjectReport
from projects.permissions import cultivation as may
from projects.services.cultivation_events import kinds_for
from projects.services.cultivation_values import (
    before_after_of,
    computed_of,
    goals_of,
    indicators_of,
)
from projects.services.incubation import resident_of
from projects.services.progress import (
    completion_of,
    elapsed_of,
    execution_of,
    percent_of,
    reason_words,
)
from projects.views.project_finding import lister_or_404, project_or_404
from projects.views.project_parts import (
    contract_card,
    entries_of,
    event_rows,
    report_rows,
    resident_card,
    steps_of,
)
from projects.workflow.cultivation import AT_WORK, ProjectState

PAGE = 30
P = ProjectState
SHOWS: tuple[tuple[str, Any, frozenset[str]], ...] = (
    ("", gettext_lazy("在办"), AT_WORK | {P.APPROVED, P.CLOSING}),
    ("late", gettext_lazy("需关注"), AT_WORK),
    ("closing", gettext_lazy("待结项"), frozenset({P.CLOSING})),
    ("over", gettext_lazy("已结束"), frozenset(P.values) - AT_WORK - {P.APPROVED, P.CLOSING}),
    ("all", gettext_lazy("全部"), frozenset(P.values)),
)
TONES = {"green": "accent", "amber": "warn", "red": "danger"}


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Newest first, by tab, kind and words of title, number or unit."""
    lister_or_404(request)
    show, kind = request.GET.get("show", ""), request.GET.get("kind", "")
    words = request.GET.get("q", "").strip()[:60]
    found = _asked(request.user, show, kind, words).select_related("counterparty", "partner")
    page = page_of(request, found, order=("-id",), size=PAGE)
    context = page | {
        "rows": [_row(request.user, one) for one in page["rows"]],
        "tabs": _tabs(show, kind),
        "kinds": Project.Kind.choices,
        "kind": kind,
        "show": show,
        "words": words,
        "may_enter": may.can_open_project(request.user),
        "may_see_kits": may.can_list_kits(request.user),
        "may_see_base": may.can_view_base(request.user),
    }
    return render(request, "projects/projects.html", context)


def _asked(user: User, show: str, kind: str, words: str) -> Any:
    states = next((one for key, _label, one in SHOWS if key == show), SHOWS[0][2])
    rows = Project.objects.visible_to(user).filter(state__in=states)
    if show == "late":
        rows = rows.filter(light__in=("amber", "red"))
    if kind in Project.Kind.values:
        rows = rows.filter(kind=kind)
    if words:
        named = Q(title__icontains=words) | Q(number__icontains=words)
        rows = rows.filter(named | Q(unit_name__icontains=words))
    return rows


def _tabs(show: str, kind: str) -> list[dict[str, Any]]:
    here = reverse("projects:list")
    tabs = []
    for key, label, _states in SHOWS:
        asked = {name: value for name, value in (("show", key), ("kind", kind)) if value}
        url = f"{here}?{urlencode(asked)}" if asked else here
        tabs.append({"label": label, "url": url, "is_now": key == show})
    return tabs


def _row(user: User, one: Project) -> dict[str, Any]:
    return {
        "row": one,
        "url": reverse("projects:project", args=[one.uid]),
        "other": one.unit_name if user.house_id != one.organization_id else _issuer(one),
        "tone": TONES.get(one.light, ""),
        "reasons": [reason_words(reason) for reason in one.light_reasons],
        "elapsed": percent_of(elapsed_of(one.starts_on, one.ends_on, timezone.localdate())),
    }


def _issuer(one: Project) -> str:
    return one.counterparty.name if one.counterparty else ""


@require_safe
def project(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Where a project stands: light, indicators, money, events, reports, and what may be done now."""
    one = project_or_404(request, uid)
    user = request.user
    context = {
        "project": one,
        "issuer": _issuer(one),
        "tone": TONES.get(one.light, ""),
        "reasons": [reason_words(reason) for reason in one.light_reasons],
        **_goals(user, one),
        **_events(user, one),
        "steps": steps_of(user, one),
        "registered": entries_of(user, one),
        "may": _may(user, one),
        "once": {"mid_term": uuid7(), "closing": uuid7()},
    }
    return render(request, "projects/project.html", context)


def _goals(user: User, one: Project) -> dict[str, Any]:
    """Indicators, values before and after, and the budget; the unit sees its own numbers live."""
    is_unit = may.can_keep_project(user, one)
    indicators = indicators_of(one)
    goals = goals_of(indicators, computed_of(one) if is_unit else None)
    lines = list(BudgetLine.objects.visible_to(user).filter(project=one).order_by("rank", "id"))
    return {
        "is_unit": is_unit,
        "is_partner": may.can_support_project(user, one),
        **_figures(one, goals, lines),
        "measures": before_after_of(indicators),
        "lines": lines,
    }


def _events(user: User, one: Project) -> dict[str, Any]:
    """What happened and was reported, with the cards of a resident or a contract."""
    events = list(
        ProjectEvent.objects.visible_to(user)
        .filter(project=one)
        .select_related("provider", "created_by")
        .order_by("-done_on", "-due_on", "-id")[:200]
    )
    reports = ProjectReport.objects.visible_to(user).filter(project=one).order_by("due_on", "id")
    return {
        "changes": event_rows(user, one, [e for e in events if e.kind == "change"]),
        "events": event_rows(user, one, [e for e in events if e.kind != "change"]),
        "event_kinds": [
            {"label": ProjectEvent.Kind(kind).label, "url": _event_url(one, kind)}
            for kind in kinds_for(user, one)
        ],
        "reports": report_rows(user, one, reports),
        "resident": resident_card(resident_of(events)) if one.kind == "incubation" else None,
        "contract": contract_card(user, one, events) if one.kind == "purchase" else None,
    }


def _event_url(one: Project, kind: str) -> str:
    return reverse("projects:event_new", args=[one.uid, kind])


def _figures(one: Project, goals: list[Any], lines: list[BudgetLine]) -> dict[str, Any]:
    spent = sum((line.spent for line in lines), Decimal(0))
    planned = sum((line.amount for line in lines), Decimal(0))
    execution = execution_of(spent, one.approved_amount or planned or None)
    return {
        "goals": [goal for goal in goals if not goal.indicator.is_before_after],
        "completion": percent_of(completion_of(goals)),
        "spent": spent,
        "planned": planned,
        "execution": percent_of(execution) if execution is not None else None,
        "elapsed": percent_of(elapsed_of(one.starts_on, one.ends_on, timezone.localdate())),
    }


def _may(user: User, one: Project) -> dict[str, bool]:
    """What is offered on the page beside the steps."""
    is_open = one.state in AT_WORK
    leads, judges = may.can_lead_project(user, one), may.can_judge_project(user, one)
    return {
        "amend": leads and (is_open or one.state == P.APPROVED),
        "plan": (leads and one.state == P.APPROVED)
        or (judges and (is_open or one.state == P.APPROVED)),
        "spend": may.can_keep_project(user, one) and is_open,
        "link": may.can_keep_project(user, one) and is_open,
        "change": leads and is_open and one.counterparty_id is not None,
        "plan_reports": (leads or judges) and one.starts_on is not None and is_open,
        "close_report": leads and is_open,
        "entrust": judges,
        "measure": may.can_keep_project(user, one),
        "kit": may.can_publish_kit(user, one) and not hasattr(one, "kit"),
        "certificate": bool(one.closing.get("certificate"))
        and not may.can_support_project(user, one),
        "profile": may.can_keep_programme(user, one),
        "contract": may.can_keep_contract(user, one),
    }
