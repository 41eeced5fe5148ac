"""The report of a study on A4: what was planned and reached, what was answered, what follows from it."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments.services.regions import region_path
from msw_portal.kernel.typesetting import typeset
from projects.models.register_codes import Method
from projects.models.surveys import Survey
from projects.services.survey_figures import Result, progress_of, results_of


def report_paper(survey: Survey) -> bytes:
    """PDF in Chinese; what is hidden on the page is hidden here. Without a final report it says so."""
    with override(settings.LANGUAGE_CODE):
        content = _content(survey)
    return typeset("survey_report.typ", content, at=survey.reported_at or timezone.now())


def _content(survey: Survey) -> dict[str, Any]:
    progress = progress_of(survey)
    house = survey.organization
    return {
        "title": survey.title,
        "house": house.name,
        "department": _("调研报告"),
        "training": house.is_training,
        "is_final": survey.reported_at is not None,
        "stamp": _("截至 %(day)s") % {"day": _day(survey.reported_at or timezone.now())},
        "blocks": [
            _head(_("一、调研设计")),
            _cells(
                (_("目的"), survey.purpose, True),
                (_("对象与范围"), survey.scope, True),
                (_("方法"), "、".join(str(Method(one).label) for one in survey.methods), False),
                (_("地区"), region_path(survey.region) if survey.region else "", False),
                (_("时间"), f"{survey.starts_on} — {survey.ends_on}", False),
                (_("合作方"), survey.partners, False),
            ),
            _head(_("二、样本")),
            _rows(
                _("不同单位的样本各数各的，不相加。"),
                [_("样本类"), _("说明"), _("方法"), _("计划"), _("完成")],
                [0, 3, 2, 1, 1],
                [
                    [
                        line.group.letter,
                        line.group.label,
                        str(line.group.get_method_display()),
                        f"{line.group.target} {line.group.measure}",
                        f"{line.done} {line.group.measure}",
                    ]
                    for line in progress.lines
                ],
            ),
            *_sheets(survey, progress),
            _head(_("四、主要发现")),
            _text(survey.findings or "—"),
            _head(_("五、建议")),
            _rows(
                "",
                [_("方面"), _("建议"), _("依据")],
                [1, 4, 3],
                [
                    [str(one.get_pillar_display()), one.text, one.basis]
                    for one in survey.advices.order_by("id")
                ],
            ),
            _head(_("六、行动计划")),
            _rows(
                "",
                [_("要做什么"), _("方面"), _("负责"), _("期限"), _("状态")],
                [4, 1, 2, 2, 1],
                [
                    [
                        one.title,
                        str(one.get_pillar_display()),
                        one.owner.display_name if one.owner else one.owner_text,
                        str(one.due_on),
                        str(one.get_state_display()),
                    ]
                    for one in survey.actions.select_related("owner").order_by("due_on", "id")
                ],
            ),
            _head(_("七、局限")),
            _text(survey.limits or "—"),
        ],
    }


def _sheets(survey: Survey, progress: Any) -> list[dict[str, Any]]:
    if survey.questionnaire_id is None:
        return []
    said = _(
        "收到 %(n)d 份，其中纸质 %(paper)d 份。少于 5 的格子和由它能推出的格子不显示（—）。"
    ) % {
        "n": progress.answers,
        "paper": progress.on_paper,
    }
    blocks = [_head(_("三、问卷结果")), _text(said)]
    for one in results_of(survey):
        blocks += _result(one)
    return blocks


def _result(one: Result) -> list[dict[str, Any]]:
    title = f"{one.number}. {one.text}" if one.number else one.text
    if one.is_held_back:
        return [_rows(title, [_("结果")], [1], [[_("作答的少于 5 人，不显示。")]])]
    if one.kind == "number":
        return [_rows(title, [_("平均"), _("中位数")], [1, 1], [[str(one.mean), str(one.median)]])]
    if one.kind == "text":
        return [_rows(title, [_("原话")], [1], [[words] for words in one.words])]
    lines = [
        [
            str(row.label),
            "—" if row.count is None else str(row.count),
            "—" if row.share is None else f"{row.share}%",
        ]
        for row in one.rows
    ]
    return [_rows(title, [_("选项"), _("份"), _("占全部答卷")], [4, 1, 1], lines)]


def _head(title: str) -> dict[str, Any]:
    return {"t": "head", "title": title}


def _text(text: str) -> dict[str, Any]:
    return {"t": "text", "text": text}


def _rows(label: str, head: list[str], widths: list[int], rows: list[list[str]]) -> dict[str, Any]:
    filled = rows or [["—", *[""] * (len(head) - 1)]]
    return {"t": "rows", "label": label, "head": head, "widths": widths, "rows": filled}


def _cells(*cells: tuple[str, str, bool]) -> dict[str, Any]:
    made = [
        {"label": label, "text": text or "—", "wide": wide, "room": 0}
        for label, text, wide in cells
    ]
    return {"t": "cells", "cells": made}


def _day(at: Any) -> str:
    day = timezone.localtime(at).date()
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
