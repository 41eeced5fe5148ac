"""Cases talked about in a supervision: an excerpt that names nobody, or one for those who may open the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.models.casework import Case
from cases.models.supervision import SupervisionCase
from cases.permissions import can_view_case
from cases.services.papers import Sheet
from cases.services.printing import PAPER_LANGUAGE, paper
from cases.supervision_permissions import (
    can_discuss_case,
    can_drop_discussed_case,
    can_print_supervision,
)
from departments import audit
from departments.models.learning import LearningAttendance, LearningEvent, LearningFunction
from departments.models.people import User
from departments.services.learning import locked
from departments.services.learning_page import actions_of
from departments.workflow import LearningState
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.display import enumerated, moment
from msw_portal.kernel.errors import DomainError

WIDE = 22
OPEN_STATES = {LearningState.PLANNED, LearningState.HELD}


@dataclass(frozen=True)
class Discussed:
    """A case as its reader may know it: `case` is None for who may read the excerpt and not the file."""

    row: SupervisionCase
    case: Case | None
    label: str
    may_drop: bool


def discussed(event: LearningEvent, *, by: User) -> Sequence[Discussed]:
    """What was talked about, of an event that was found visible; without a right to the file no number, no person."""
    rows = SupervisionCase.objects.visible_to(by).filter(event=event).order_by("pk")
    opened = Case.objects.visible_to(by).filter(pk__in=[row.case_id for row in rows])
    known = {one.pk: one for one in opened.select_related("client")}
    found = []
    for place, row in enumerate(rows, start=1):
        case = known.get(row.case_id)
        label = f"{case.number} · {case.client.name_masked}" if case else ""
        found.append(
            Discussed(
                row=row,
                case=case,
                label=label or _now("个案 %(n)d（已去标识）") % {"n": place},
                may_drop=event.state in OPEN_STATES and can_drop_discussed_case(by, row),
            )
        )
    return found


def named_in(case: Case, text: str) -> bool:
    """Whether a text names the person of the case: by name, telephone or document."""
    person = case.client.person
    facts = (person.name, person.phone, person.id_no)
    flat = "".join(text.split())
    return any(fact and "".join(str(fact).split()) in flat for fact in facts)


@command
def supervision_case_add(
    *,
    event: LearningEvent,
    case: Case,
    excerpt: str,
    advice: str = "",
    is_deidentified: bool = True,
    by: User,
) -> SupervisionCase:
    """Write down what was said of a case; a de-identified excerpt is read by everybody of the supervision.

    Raises:
        DomainError: `supervision.closed` (409) once signed, `supervision.needs_excerpt`,
            `supervision.names_person` on `excerpt` or `advice`, `supervision_case_once` on `case`.
    """
    event = locked(event)
    case = Case.objects.select_related("client").get(pk=case.pk)
    require(can_discuss_case, by, event)
    require(can_view_case, by, case)
    if event.state not in OPEN_STATES:
        raise DomainError("supervision.closed", _("记录已签署或取消，不能再改。"), status=409)
    if not excerpt.strip():
        raise DomainError("supervision.needs_excerpt", _("请写讨论摘录。"), "excerpt")
    for field, text in (("excerpt", excerpt), ("advice", advice)):
        if is_deidentified and named_in(case, text):
            raise DomainError(
                "supervision.names_person",
                _("里面有服务对象的姓名、电话或证件号码。请改为化名，或取消“已去标识”。"),
                field,
            )
    row = SupervisionCase(
        organization_id=case.organization_id,
        case=case,
        event=event,
        excerpt=excerpt.strip(),
        advice=advice.strip() or None,
        is_deidentified=is_deidentified,
        created_by=by,
    )
    row.save(force_insert=True)
    audit.record("learning.discuss", by=by, on=row, case=case.uid, event=event.uid)
    return row


@command
def supervision_case_drop(*, row: SupervisionCase, by: User) -> None:
    """Take a case off the record, while nobody has closed it.

    Raises:
        DomainError: `supervision.closed` (409).
    """
    event = locked(row.event)
    row = SupervisionCase.objects.locked().select_related("case", "event").get(pk=row.pk)
    require(can_drop_discussed_case, by, row)
    if event.state not in OPEN_STATES:
        raise DomainError("supervision.closed", _("记录已签署或取消，不能再改。"), status=409)
    audit.record("learning.undiscuss", by=by, on=row, case=row.case.uid, event=event.uid)
    row.delete()


# ── paper ────────────────────────────────────────────────────────────────────


def _cells(pairs: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    cells = []
    for label, value in pairs:
        text = str(value or "—")
        is_wide = len(text) > WIDE or "\n" in text
        cells.append({"label": str(label), "text": text, "ticks": [], "wide": is_wide, "room": 0})
    return {"t": "cells", "cells": cells}


def _head(title: Any) -> dict[str, Any]:
    return {"t": "head", "title": str(title)}


def _rows(
    head: Sequence[Any], widths: Sequence[int], rows: Sequence[Sequence[Any]]
) -> dict[str, Any]:
    return {
        "t": "rows",
        "label": "",
        "head": [str(one) for one in head],
        "widths": list(widths),
        "rows": [[str(cell) for cell in row] for row in rows],
    }


@command
def supervision_print(*, event: LearningEvent, by: User) -> bytes:
    """The record on A4, with the cases as its printer may know them, the actions, and who has signed.

    Raises:
        DomainError: `supervision.not_held` (409) before it was recorded.
    """
    require(can_print_supervision, by, event)
    if event.state not in {LearningState.HELD, LearningState.SIGNED}:
        raise DomainError("supervision.not_held", _("写了记录才能打印。"), status=409)
    rows = list(event.attendances.select_related("user", "staff").order_by("role", "pk"))
    roles = LearningAttendance.Role
    attendees = [row for row in rows if row.role == roles.ATTENDEE]
    leaders = [row for row in rows if row.role == roles.LEADER]
    with translation.override(PAPER_LANGUAGE):
        sheet = Sheet("—", _now("督导记录"), _now("主题：%(theme)s") % {"theme": event.theme})
        words = dict(LearningFunction.choices)
        sheet.blocks += [
            _head(_now("基本情况")),
            _cells(
                [
                    (_now("督导者"), event.led_by),
                    (_now("被督导者"), enumerated(row.who for row in attendees)),
                    (
                        _now("种类与形式"),
                        f"{event.get_kind_display()} · {event.get_form_display()}",
                    ),
                    (_now("督导功能"), enumerated(words[one] for one in event.functions)),
                    (_now("时间"), moment(event.starts_at)),
                    (_now("时长"), _now("%(n)s 小时") % {"n": f"{event.hours:f}"}),
                    (_now("地点"), event.place),
                ]
            ),
            _head(_now("讨论的问题")),
            {"t": "text", "text": event.notes or ""},
        ]
        cases = discussed(event, by=by)
        if cases:
            sheet.blocks += [
                _head(_now("讨论的个案")),
                _rows(
                    (_now("个案"), _now("摘录"), _now("建议")),
                    (5, 8, 6),
                    [(one.label, one.row.excerpt, one.row.advice or "") for one in cases],
                ),
            ]
        sheet.blocks += [_head(_now("督导建议")), {"t": "text", "text": event.advice or ""}]
        actions = actions_of(event, by)
        if actions:
            sheet.blocks += [
                _head(_now("后续行动")),
                _rows(
                    (_now("行动"), _now("谁"), _now("期限"), _now("完成")),
                    (8, 3, 3, 2),
                    [
                        (one.text, one.who, f"{one.due_on:%Y-%m-%d}", "√" if one.is_done else "")
                        for one in actions
                    ],
                ),
            ]
        reflections = [(row.who, row.reflection) for row in attendees if row.reflection]
        if reflections:
            sheet.blocks += [
                _head(_now("被督导者反思")),
                _rows((_now("姓名"), _now("反思")), (2, 9), reflections),
            ]
        signed = [(row.who, _signed(row)) for row in (*leaders, *attendees)]
        sheet.blocks += [
            _head(_now("签署")),
            _rows((_now("姓名"), _now("在门户签署的时间")), (3, 5), signed),
        ]
        sheet.signers = [_now("督导者"), _now("被督导者")]
        content = paper(
            [sheet],
            title=_now("督导记录"),
            house=by.acting.organization_name,
            department=event.department.name if event.department else "",
            is_training=by.acting.is_training,
            by=by,
        )
    audit.record("learning.print", by=by, on=event, size=len(content))
    return content


def _signed(row: LearningAttendance) -> str:
    if row.signed_at is not None:
        return f"{timezone.localtime(row.signed_at):%Y-%m-%d %H:%M}"
    if row.presence != LearningAttendance.Presence.PRESENT:
        return str(row.get_presence_display())
    return _now("未签署")
