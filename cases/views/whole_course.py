"""The whole course of a case's stay: one strip, its gaps, the forms that enter its days."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cases.forms.whole_course import MilestoneForm, TakeOverForm
from cases.models.casework import Case, CaseForm, Referral
from cases.models.consents import Consent
from cases.models.families import Milestone
from cases.models.service_codes import MilestoneKind
from cases.models.work import Assessment, Contact
from cases.permissions import can_record_contact
from cases.services.referral_targets import receiver_of
from cases.services.whole_course import (
    Gap,
    episode_take_over,
    gaps_of,
    milestone_set,
    my_gaps,
)
from cases.views.filling import Filling, fill_in
from cases.views.finding import address_of, case_or_404
from departments.services.stations import stations_near
from msw_portal.kernel.display import when

BOTH = require_http_methods(["GET", "POST"])
PLACES = tuple(MilestoneKind)
LANES = (
    ("contact", gettext_lazy("接触")),
    ("assessment", gettext_lazy("评估")),
    ("meeting", gettext_lazy("会议")),
    ("referral", gettext_lazy("转介")),
    ("consent", gettext_lazy("同意")),
)
CELL = 4
NEAR_STATIONS = 20
DAY = dt.timedelta(days=1)
NEAR_OPERATION = 14 * DAY


@dataclass(frozen=True)
class Event:
    """One thing on the strip."""

    lane: str
    on: dt.date
    title: str
    url: str = ""
    checkpoint: str = ""


def _days(user: Any, case: Case) -> dict[str, Milestone]:
    """The newest milestone of each place, the one that came about before a planned one."""
    rows = Milestone.objects.visible_to(user).filter(episode=case.episode_id).order_by("id")
    return {row.kind: row for row in rows}


def _day_of(row: Milestone | None) -> dt.date | None:
    return (row.actual_on or row.planned_on) if row is not None else None


def _known_days(case: Case, rows: dict[str, Milestone]) -> dict[str, dt.date]:
    days = {kind: _day_of(row) for kind, row in rows.items()}
    days.setdefault("admission", case.episode.admitted_on)
    days.setdefault("discharge", case.episode.discharged_on)
    return {kind: day for kind, day in days.items() if day is not None}


def _place(on: dt.date, days: dict[str, dt.date]) -> int:
    """Under which of the six places a day falls."""
    left, cut = days.get("discharge"), days.get("operation")
    if left is not None and on > left:
        return 5
    if left is not None and on >= left - 3 * DAY:
        return 4
    if cut is None:
        return 0
    if on == cut:
        return 2
    if on > cut:
        return 3
    return 1 if on >= days.get("pre_op", cut - NEAR_OPERATION) else 0


def _place_of(event: Event, days: dict[str, dt.date]) -> int:
    """Where the worker said it belongs, else where its day falls."""
    if event.checkpoint:
        return PLACES.index(MilestoneKind(event.checkpoint))
    return _place(event.on, days)


def _events(user: Any, case: Case) -> list[Event]:
    found = [
        Event(
            "contact",
            one.occurred_on,
            str(one.get_mode_display()),
            reverse("cases:contact", args=[one.uid]),
            one.checkpoint,
        )
        for one in Contact.objects.visible_to(user).filter(case=case).own_entries()
    ]
    finals = Assessment.objects.visible_to(user).filter(case=case).final()
    found += [
        Event(
            "assessment",
            timezone.localdate(one.finalized_at),
            one.questionnaire.title,
            reverse("cases:assessment", args=[one.uid]),
            one.checkpoint,
        )
        for one in finals.select_related("questionnaire")
    ]
    meetings = CaseForm.objects.visible_to(user).filter(case=case, kind="F12", state="final")
    found += [
        Event(
            "meeting",
            timezone.localdate(one.finalized_at),
            str(one.get_kind_display()),
            reverse("cases:form", args=[one.uid]),
        )
        for one in meetings
    ]
    sent = Referral.objects.visible_to(user).outgoing().filter(case=case, sent_at__isnull=False)
    found += [
        Event(
            "referral",
            timezone.localdate(one.sent_at),
            f"{receiver_of(one)} · {one.get_state_display()}",
            reverse("cases:outgoing", args=[one.uid]),
        )
        for one in sent.select_related("to_organization")
    ]
    found += [
        Event("consent", timezone.localdate(one.signed_at), _agreed(one))
        for one in Consent.objects.visible_to(user).filter(case=case).select_related("recipient")
    ]
    return sorted(found, key=lambda event: event.on)


def _agreed(consent: Consent) -> str:
    """What was agreed to, and with whom it is shared."""
    whom = consent.recipient.name if consent.recipient else consent.recipient_text
    return " · ".join(filter(None, (str(consent.get_kind_display()), whom)))


def _filled_at(gap: Gap) -> str:
    name = "cases:assessment_new" if gap.is_assessment else "cases:contact_new"
    return f"{reverse(name, args=[gap.case.uid])}?checkpoint={gap.place}"


def _gap_event(gap: Gap) -> dict[str, Any]:
    return {
        "title": str(gap.label),
        "note": _("现在补"),
        "url": _filled_at(gap),
        "state": "late" if gap.is_late else "gap",
        "time": "",
    }


def _lanes(events: list[Event], days: dict[str, dt.date], gaps: list[Gap]) -> list[dict[str, Any]]:
    lanes = []
    for lane, label in LANES:
        cells: list[list[dict[str, Any]]] = [[] for _place_ in PLACES]
        for one in events:
            if one.lane == lane:
                cells[_place_of(one, days)].append(
                    {"time": when(one.on), "title": one.title, "url": one.url, "state": "done"}
                )
        cells = [cell[-CELL:] for cell in cells]
        for gap in gaps:
            if lane == ("assessment" if gap.is_assessment else "contact"):
                cells[PLACES.index(MilestoneKind(gap.place))].append(_gap_event(gap))
        lanes.append({"label": label, "cells": cells})
    return lanes


def _phases(days: dict[str, dt.date], rows: dict[str, Milestone]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    now = _place(today, days)
    phases = []
    for n, kind in enumerate(PLACES):
        day, row = days.get(kind.value), rows.get(kind.value)
        is_planned = day is not None and row is not None and row.actual_on is None
        note = when(day) if day else ""
        phases.append(
            {
                "label": kind.label,
                "note": _("计划 %(day)s") % {"day": note} if is_planned else note,
                "state": "past" if n < now else "now" if n == now else "ahead",
            }
        )
    return phases


@require_GET
def whole_course(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The strip of the case's stay, a fragment of the case page."""
    case, user = case_or_404(request, uid), request.user
    context: dict[str, Any] = {"case": case, "may": can_record_contact(user, case)}
    if case.episode is not None:
        rows = _days(user, case)
        days, gaps = _known_days(case, rows), gaps_of([case])
        context |= {
            "phases": _phases(days, rows),
            "lanes": _lanes(_events(user, case), days, gaps),
            "gaps": gaps,
            "is_discharged": case.episode.discharged_on is not None,
        }
    return render(request, "cases/_whole_course.html", context)


@require_GET
def panel_gaps(request: HttpRequest) -> HttpResponse:
    """For the workbench: what is missing on the courses of my cases."""
    lines = [{"gap": gap, "url": _filled_at(gap)} for gap in my_gaps(request.user)]
    return render(request, "cases/_panel_gaps.html", {"lines": lines})


@BOTH
def milestone_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A day of the course, planned or actual."""
    case = case_or_404(request, uid)
    return fill_in(
        request,
        Filling(
            page="cases/milestone_new.html",
            form=MilestoneForm,
            service=milestone_set,
            given={"case": case},
            initial={"kind": request.GET.get("kind", "")},
            to=address_of(case),
            done=_("日期已登记，缺的步骤会画在全程条上。"),
            draft="cases-milestone",
            subject=case.uid,
            context={"case": case, "heading": _("登记全程日期")},
        ),
    )


@BOTH
def take_over(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Which station or centre goes on after discharge."""
    case = case_or_404(request, uid)
    near = stations_near(request.user, case.client.person.region, NEAR_STATIONS)
    return fill_in(
        request,
        Filling(
            page="cases/take_over.html",
            form=TakeOverForm,
            service=episode_take_over,
            given={"case": case},
            form_args={"user": request.user},
            to=address_of(case),
            done=_("出院后的承接已登记。"),
            context={"case": case, "heading": _("出院后由谁承接"), "near": near},
        ),
    )
