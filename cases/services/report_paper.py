"""The sheet of a mandatory report: blank to write on by hand, or filled, with every authority that was told."""

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.form_permissions import can_print_blank
from cases.form_schemas.reporting import MANDATORY
from cases.models.reporting import MandatoryReport, ReportNotice
from cases.report_permissions import can_view_report
from cases.services.form_blanks import rights_word
from cases.services.papers import Sheet, group_blocks
from cases.services.printing import PAPER_LANGUAGE, own_paper, paper_about
from departments import audit
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command

EMPTY_ROWS = 4


def _sheet(report: MandatoryReport | None) -> Sheet:
    facts = report.facts if report else {}
    number = facts.get("case_number", "") if report else ""
    sheet = Sheet(
        MANDATORY.kind,
        str(MANDATORY.title),
        _("个案编号 %(number)s") % {"number": number or "—"}
        if report
        else _("个案编号：____________"),
        signers=[str(one) for one in MANDATORY.signers],
    )
    if report is not None:
        sheet.blocks.append({"t": "head", "title": _("依据与时限")})
        sheet.blocks.append({"t": "cells", "cells": [_cell(*pair) for pair in _head(report)]})
    for group in MANDATORY.groups:
        sheet.blocks += group_blocks(group, facts, None, is_blank=report is None)
    return sheet


def _cell(label: str, text: str) -> dict[str, Any]:
    return {"label": label, "text": text, "ticks": [], "wide": len(text) > 22, "room": 0}


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "—"


def _head(report: MandatoryReport) -> list[tuple[str, str]]:
    return [
        (_("报告依据"), str(report.get_ground_display())),
        (_("状态"), str(report.get_state_display())),
        (_("发现登记"), _moment(report.opened_at)),
        (_("报告时限"), _moment(report.due_at)),
        (_("报告时间"), _moment(report.reported_at)),
    ]


def _rows(label: str, head: list[str], widths: list[int], rows: list[list[str]]) -> dict[str, Any]:
    return {
        "t": "rows",
        "label": label,
        "head": head,
        "widths": widths,
        "rows": rows or [[""] * len(head)] * EMPTY_ROWS,
    }


def _told(notices: list[ReportNotice]) -> list[dict[str, Any]]:
    head = [_("报告给"), _("单位与接报人"), _("时间"), _("方式"), _("回执编号")]
    rows = [
        [
            str(one.get_recipient_display()),
            "　".join(filter(None, (one.office, one.officer))),
            _moment(one.sent_at),
            str(one.get_way_display()),
            one.receipt_number or "—",
        ]
        for one in notices
    ]
    return [
        {"t": "head", "title": _("报告情况")},
        _rows("", head, [1, 2, 1, 1, 1], rows),
    ]


@command
def report_print(*, report: MandatoryReport, by: User) -> bytes:
    """The filled sheet with full identity: the authority needs it; each print is audited."""
    require(can_view_report, by, report)
    notices = list(ReportNotice.objects.filter(report=report).order_by("sent_at", "id"))
    entries = [
        [f"{one.occurred_on:%Y-%m-%d}", one.text, one.created_by.display_name]
        for one in report.entries.select_related("created_by").order_by("occurred_on", "id")
    ]
    with translation.override(PAPER_LANGUAGE):
        sheet = _sheet(report)
        sheet.blocks += _told(notices)
        if entries:
            sheet.blocks.append({"t": "head", "title": _("跟进")})
            sheet.blocks.append(_rows("", [_("日期"), _("内容"), _("记录人")], [1, 4, 1], entries))
        if report.ending:
            sheet.blocks.append({"t": "head", "title": str(report.get_state_display())})
            cell = _cell(_("说明"), report.ending) | {"wide": True}
            sheet.blocks.append({"t": "cells", "cells": [cell]})
        content = paper_about(report, [sheet], by=by)
    audit.record("mandatory_report.print", by=by, on=report, state=report.state)
    return content


@command
def report_blank_print(*, by: User) -> bytes:
    """The empty sheet of the acting person's department."""
    require(can_print_blank, by, None)
    with translation.override(PAPER_LANGUAGE):
        sheet = _sheet(None)
        sheet.blocks += _told([])
        sheet.note = rights_word()
        return own_paper(sheet, by=by)
