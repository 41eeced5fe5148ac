"""Parts of a project's page: steps, events, reports, a resident's and a contract's cards."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models.people import User
from projects.forms.cultivation import CHECK_RESULTS
from projects.forms.project_events import CHANGE_KINDS, EventForm
from projects.models.cultivation import Project, ProjectEvent, ProjectReport
from projects.models.incubation import PurchaseContract
from projects.models.registers import RegisterEntry, RegisterLink
from projects.permissions import cultivation as may
from projects.services.coaching import is_coaching
from projects.services.cultivation import UNIT_STEPS
from projects.services.cultivation_events import RADAR_AXES, kinds_for
from projects.services.incubation import AXES, MONEY, RESULTS, STAGES, SUPPORTS, radar_points
from projects.workflow.cultivation import PROJECT, ChangeState, ReportState
from projects.workflow.incubation import CONTRACT

# Steps with a page of their own, and those another page takes.
OWN_PAGES = {
    "mid_term": "projects:check",
    "pass": "projects:pass",
    "extend": "projects:extend",
    "stay_on": "projects:extend",
    "assess": "projects:assess",
}
HARSH = frozenset({"terminate", "exit", "rectify", "return_closing"})
OF_BASE = frozenset({"admit", "assess", "stay_on", "graduate", "exit"})
REPORT_TONES = {"draft": "", "submitted": "accent", "returned": "warn", "accepted": "accent"}
CHANGE_TONES = {"asked": "warn", "accepted": "accent", "refused": "danger"}


def steps_of(user: User, one: Project) -> list[dict[str, Any]]:
    """The arrows that leave the state and are this side's; those of the base for its residents alone."""
    shown = []
    for step in PROJECT.open_steps(one):
        if (step.name in OF_BASE) != (one.kind == Project.Kind.INCUBATION):
            continue
        rule = may.can_lead_project if step.name in UNIT_STEPS else may.can_judge_project
        if one.counterparty_id is None and may.can_lead_project(user, one):
            continue
        if rule(user, one):
            page = OWN_PAGES.get(step.name)
            url = (
                reverse(page, args=[one.uid])
                if page
                else reverse("projects:step", args=[one.uid, step.name])
            )
            shown.append({"label": step.label, "url": url, "is_harsh": step.name in HARSH})
    return shown


DETAILS: tuple[tuple[str, Any], ...] = (
    ("support", SUPPORTS),
    ("stage", STAGES),
    ("result", {**dict(CHECK_RESULTS), **RESULTS}),
    ("outcome", dict(EventForm.OUTCOMES)),
    ("money_source", MONEY),
    ("what", dict(CHANGE_KINDS)),
)


def detail_words(event: ProjectEvent) -> list[str]:
    """The codes of an event's detail in words, its texts as they were written."""
    told, words = event.detail, []
    for name, labels in DETAILS:
        if told.get(name):
            words.append(str(labels.get(told[name], told[name])))
    words += [str(dict(EventForm.EFFECTS).get(one, one)) for one in told.get("effects") or []]
    if told.get("m2"):
        words.append(_("%(n)s 平方米") % {"n": told["m2"]})
    if told.get("service"):
        words.append(str(told["service"]))
    if told.get("volunteers"):
        words.append(_("志愿者 %(n)s 人次") % {"n": told["volunteers"]})
    return words


def event_rows(user: User, one: Project, events: Iterable[ProjectEvent]) -> list[dict[str, Any]]:
    today, allowed = timezone.localdate(), set(kinds_for(user, one))
    return [
        {
            "event": event,
            "label": event.get_kind_display(),
            "words": detail_words(event),
            "note": event.detail.get("note") or event.detail.get("wanted") or "",
            "reason": event.detail.get("reason", ""),
            "answer": event.detail.get("answer", ""),
            "provider": event.provider_name or (event.provider.name if event.provider else ""),
            "is_late": event.done_on is None and event.due_on and event.due_on < today,
            "tone": CHANGE_TONES.get(event.change_state, ""),
            **_event_links(user, one, event, allowed),
        }
        for event in events
    ]


def _event_links(
    user: User, one: Project, event: ProjectEvent, allowed: set[str]
) -> dict[str, str]:
    """Addresses of what the person may do with an event; "" for what may not be done."""
    offered = {
        "finish": event.done_on is None and event.kind in allowed,
        "answer": event.change_state == ChangeState.ASKED and may.can_judge_project(user, one),
        "coaching": is_coaching(event) and may.can_view_coaching(user, event),
    }
    names = {"finish": "event_finish", "answer": "change_answer", "coaching": "coaching"}
    return {
        f"{what}_url": reverse(f"projects:{names[what]}", args=[event.uid]) if is_offered else ""
        for what, is_offered in offered.items()
    }


def report_rows(user: User, one: Project, reports: Iterable[ProjectReport]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    open_states = {ReportState.DRAFT, ReportState.RETURNED}
    return [
        {
            "report": report,
            "url": reverse("projects:report", args=[report.uid]),
            "tone": REPORT_TONES.get(report.state, ""),
            "is_late": report.state in open_states and report.due_on and report.due_on < today,
            "late_days": (today - report.due_on).days if report.due_on else 0,
        }
        for report in reports
    ]


def entries_of(user: User, one: Project) -> Iterable[RegisterLink]:
    """Ties with entries of the registers that the person reads."""
    rows = RegisterLink.objects.visible_to(user).filter(
        project=one, entry__in=RegisterEntry.objects.visible_to(user)
    )
    return rows.select_related("entry").order_by("id")


def resident_card(known: Any) -> dict[str, Any]:
    """Stage, supports by kind, the radar as points of an SVG, the SWOT in words."""
    swot = known.swot.detail if known.swot else {}
    names = (
        ("strengths", _("优势")),
        ("weaknesses", _("劣势")),
        ("opportunities", _("机会")),
        ("threats", _("威胁")),
    )
    return {
        "stage": STAGES.get(known.stage, known.stage),
        "supports": known.supports,
        "space": known.space,
        "radar": radar_drawing(known.radar, known.radar_before),
        "swot": [(label, swot.get(name, "")) for name, label in names] if swot else [],
        "swot_on": known.swot.done_on if known.swot else None,
    }


def _polygon(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def radar_drawing(now: ProjectEvent | None, before: ProjectEvent | None) -> dict[str, Any] | None:
    """Polygons around (0, 0) with a radius of 100, and the scores beside their axes; None without scores."""
    if now is None:
        return None
    full = radar_points(dict.fromkeys(RADAR_AXES, 10), 118)
    return {
        "rings": [
            _polygon(radar_points(dict.fromkeys(RADAR_AXES, score))) for score in (2, 4, 6, 8, 10)
        ],
        "now": _polygon(radar_points(now.detail)),
        "before": _polygon(radar_points(before.detail)) if before else "",
        "now_on": now.done_on,
        "before_on": before.done_on if before else None,
        "axes": [
            {
                "label": AXES[axis],
                "score": now.detail.get(axis),
                "was": before.detail.get(axis) if before else None,
                "x": str(x),
                "y": str(y),
                "anchor": "middle" if abs(x) < 5 else "start" if x > 0 else "end",
            }
            for axis, (x, y) in zip(RADAR_AXES, full, strict=True)
        ],
    }


def contract_card(user: User, one: Project, events: Iterable[ProjectEvent]) -> dict[str, Any]:
    """The contract with its instalments and what is paid; `contract` None before it is registered."""
    contract = PurchaseContract.objects.visible_to(user).filter(project=one).first()
    payments = sorted(
        (event for event in events if event.kind == ProjectEvent.Kind.CONTRACT_PAYMENT),
        key=lambda event: (event.due_on or event.done_on, event.pk),
    )
    zero, keeps = Decimal(0), may.can_keep_contract(user, one)
    return {
        "contract": contract,
        "payments": event_rows(user, one, payments),
        "planned": sum((event.amount or zero for event in payments), zero),
        "paid": sum((event.amount or zero for event in payments if event.done_on), zero),
        "may_write": keeps and contract is None,
        "may_plan": keeps and contract is not None and contract.state == "running",
        "steps": [
            {
                "label": step.label,
                "url": reverse("projects:contract_step", args=[one.uid, step.name]),
            }
            for step in CONTRACT.open_steps(contract)
        ]
        if contract is not None and keeps
        else [],
    }
