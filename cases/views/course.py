"""What happened in a case, in one line and as a strip: stage by stage, with what is still missing drawn as a gap."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.models.casework import Case
from cases.templatetags.casework import task_word
from cases.views.case_file import CaseFile
from cases.views.sheets import LINE, Head
from cases.workflow import CASE, CaseStage
from departments.models.mechanisms import Transition
from msw_portal.kernel.addresses import address_of
from msw_portal.kernel.display import SHANGHAI, when

FLOW, SERVICE, PAPER = "flow", "service", "paper"
CELL = 4
STEP_WORDS = {step.name: step.label for step in CASE.steps}


@dataclass(frozen=True)
class Happening:
    """One thing that happened; `lane` is where the strip draws it."""

    at: dt.datetime
    lane: str
    title: str
    note: str
    url: str
    is_day: bool = False  # only the day is known


def _within(day: dt.date, written_at: dt.datetime) -> dt.datetime:
    """An instant to sort by: when it was written, if that was the same day; otherwise noon."""
    return (
        written_at
        if timezone.localdate(written_at) == day
        else dt.datetime.combine(day, dt.time(12), SHANGHAI)
    )


def _moves(moves: Iterable[Transition]) -> list[Happening]:
    shown = []
    for one in moves:
        who = one.actor.display_name if one.actor else _("系统")
        word = STEP_WORDS.get(one.step) or {
            "open": pgettext("column", "登记"),
            "reopen": _("重开"),
        }.get(one.step, one.step)
        note = _("%(who)s：%(reason)s") % {"who": who, "reason": one.reason} if one.reason else who
        shown.append(Happening(one.at, FLOW, str(word), note, ""))
    return shown


def _contacts(file: CaseFile) -> list[Happening]:
    return [
        Happening(
            one.starts_at or _within(one.occurred_on, one.created_at),
            SERVICE,
            str(one.get_mode_display()),
            _("%(target)s · %(minutes)d 分钟")
            % {"target": one.get_target_display(), "minutes": one.minutes},
            address_of("cases:contact", one.uid),
            is_day=one.starts_at is None,
        )
        for one in reversed(file.contacts)
    ]


def _papers(file: CaseFile) -> list[Happening]:
    shown = []
    for one in reversed(file.assessments):
        if not one.is_final:
            continue
        shown.append(
            Happening(
                one.finalized_at,
                SERVICE,
                one.questionnaire.title,
                one.result,
                address_of("cases:assessment", one.uid),
            )
        )
    for one in reversed(file.consents):
        if one.case_id != file.case.pk:
            continue
        who = (
            one.recipient.short_name or one.recipient.name
            if one.recipient
            else one.recipient_text or str(one.get_signer_relation_display())
        )
        shown.append(
            Happening(
                one.signed_at,
                PAPER,
                _("%(kind)s：签署") % {"kind": one.get_kind_display()},
                who,
                "",
            )
        )
        if one.withdrawn_at:
            shown.append(
                Happening(
                    one.withdrawn_at,
                    PAPER,
                    _("%(kind)s：撤回") % {"kind": one.get_kind_display()},
                    who,
                    "",
                )
            )
    for one in reversed(file.plans):
        if one.approved_at is None:
            continue
        title = _("服务计划第 %(version)d 版批准") % {"version": one.version}
        shown.append(
            Happening(one.approved_at, PAPER, title, "", address_of("cases:plan", one.uid))
        )
    return shown


def happenings(file: CaseFile) -> list[Happening]:
    """Moves, contacts, assessments, consents and plans, the oldest first."""
    found = [*_moves(file.moves), *_contacts(file), *_papers(file)]
    return sorted(found, key=lambda one: one.at)


def timeline_of(found: list[Happening]) -> list[dict[str, Any]]:
    """The newest first, for the timeline component."""
    return [
        {
            "title": f"{when(timezone.localdate(one.at) if one.is_day else one.at)} {one.title}",
            "note": one.note,
            "url": one.url,
            "state": "head" if n == 0 else "",
        }
        for n, one in enumerate(reversed(found))
    ]


# ── the strip ────────────────────────────────────────────────────────────────


def strip_of(file: CaseFile, head: Head, found: list[Happening]) -> dict[str, Any] | None:
    """Phases and lanes of the strip; None while the case waits at the door or ended there."""
    case = head.case
    if case.stage not in LINE and case.stage != CaseStage.CLOSED:
        return None
    starts = _starts(head.moves)
    place = LINE.index(case.stage) if case.stage in LINE else len(LINE)
    phases = [
        {
            "label": _("结案") if stage == CaseStage.CLOSURE else stage.label,
            "note": when(timezone.localdate(starts[stage])) if stage in starts else "",
            "state": "past" if n < place else "now" if n == place else "ahead",
        }
        for n, stage in enumerate(LINE)
    ]
    lanes = [
        {"label": label, "cells": _cells(case, lane, found, starts)}
        for lane, label in ((FLOW, _("流程")), (SERVICE, _("社工服务")), (PAPER, _("同意与计划")))
    ]
    if place < len(LINE):
        lanes[0]["cells"][place] += _gaps(head) + _planned(file)
    return {"phases": phases, "lanes": lanes}


def _starts(moves: list[Transition]) -> dict[str, dt.datetime]:
    """When each stage was entered last."""
    return {one.to_state: one.at for one in moves if one.step not in ("suspend", "resume")}


def _phase(at: dt.datetime, starts: dict[str, dt.datetime]) -> int:
    entered = [n for n, stage in enumerate(LINE) if stage in starts and starts[stage] <= at]
    return max(entered, default=0)


def _cells(
    case: Case, lane: str, found: list[Happening], starts: dict[str, dt.datetime]
) -> list[list[dict[str, Any]]]:
    cells: list[list[dict[str, Any]]] = [[] for _stage in LINE]
    for one in found:
        if one.lane == lane:
            cells[_phase(one.at, starts)].append(
                {
                    "time": when(timezone.localdate(one.at)),
                    "title": one.title,
                    "note": one.note if lane == SERVICE else "",
                    "url": one.url,
                    "state": "done",
                }
            )
    return [_shortened(case, cell) for cell in cells]


def _shortened(case: Case, cell: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest few of a phase; the rest stands in the list."""
    if len(cell) <= CELL:
        return cell
    more = {
        "time": "",
        "title": _("更早 %(n)d 项") % {"n": len(cell) - CELL + 1},
        "note": "",
        "url": address_of("cases:case", case.uid) + "?part=course",
        "state": "done",
    }
    return [more, *cell[-CELL + 1 :]]


def _gaps(head: Head) -> list[dict[str, Any]]:
    return [
        {
            "title": one["label"],
            "note": _("现在补") if one["url"] else "",
            "url": one["url"],
            "state": "gap",
            "time": "",
        }
        for one in head.missing
    ]


def _planned(file: CaseFile) -> list[dict[str, Any]]:
    """What is due next, from the case's own clocks."""
    now = timezone.now()
    return [
        {
            "time": when(timezone.localdate(one.due_at)),
            "title": str(task_word(one.kind)) or _("待办"),
            "note": "",
            "url": "",
            "state": "late" if one.due_at < now else "plan",
        }
        for one in file.tasks[:CELL]
    ]
