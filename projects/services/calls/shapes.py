"""The shape of what a call's row says in JSON: an application's form, criteria, conditions, letters.

A form is `{"sections": [{"code", "title", "hint", "fields": [...], "table": ""}]}`. A field is `{"code",
"label", "type", "is_required", "hint", "options", "longest"}`; its type is one of FIELD_TYPES, or
`column`, which stands for a column of the application (code is its name). `table` names rows of a table
of their own (TABLES); `least` is how many of them are needed.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from msw_portal.kernel import rules
from msw_portal.kernel.errors import DomainError
from projects.models.fields import TAGS

FIELD_TYPES = {
    "line": _("一行文字"),
    "text": _("多行文字"),
    "integer": _("整数"),
    "number": _("数字"),
    "date": _("日期"),
    "yes": _("是否"),
    "choice": _("单选"),
    "choices": _("多选"),
    "column": _("基本项"),
}
# Columns of the application that a form may ask for.
COLUMNS: dict[str, Any] = {
    "title": _("项目名称"),
    "track": _("赛道（申报类别）"),
    "theme": _("主题"),
    "target_group": pgettext_lazy("project", "服务对象"),
    "starts_on": _("开始日期"),
    "ends_on": _("结束日期"),
    "settings": _("服务场景"),
    "disease_themes": _("病种"),
    "fields": _("领域"),
    "integration": _("融合方向"),
    "outputs": _("服务产出"),
    "strategies": _("对接战略"),
    "service_modes": _("服务模式"),
    "practice_areas": _("社会工作领域"),
}
TABLES = {
    "leader": _("负责人"),
    "team": _("团队"),
    "five": _("五社联动"),
    "partners": _("合作机构"),
    "milestones": _("进度"),
    "indicators": _("指标"),
    "budget": _("预算"),
}
QUESTION_TYPES = {"yes": _("是否"), "number": _("数字"), "choice": _("单选")}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_SECTIONS, MOST_FIELDS = 20, 30


def sections_of(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(form.get("sections", []))


def section_of(form: Mapping[str, Any], code: str) -> dict[str, Any] | None:
    return next((one for one in sections_of(form) if one["code"] == code), None)


def named(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Code -> name of tracks or themes."""
    return {row["code"]: row["name"] for row in rows}


def coded(names: Iterable[str], before: Iterable[Mapping[str, str]], letter: str) -> list[dict]:
    """Rows with codes for names: one that stands keeps its code, so that applications keep their track."""
    known = {row["name"]: row["code"] for row in before}
    used, made = set(known.values()), []
    for name in dict.fromkeys(text.strip() for text in names if text.strip()):
        code = known.get(name)
        if code is None:
            n = 1
            while f"{letter}{n}" in used:
                n += 1
            code = f"{letter}{n}"
            used.add(code)
        made.append({"code": code, "name": name})
    return made


def check_form(form: Mapping[str, Any]) -> None:
    """Refuse a form that could not be filled in.

    Raises:
        DomainError: `call.form` on `form`, with what is wrong.
    """
    sections = sections_of(form)
    if not 1 <= len(sections) <= MOST_SECTIONS:
        raise _wrong(_("申报书要有 1 到 20 个部分。"))
    if len({one.get("code") for one in sections}) != len(sections):
        raise _wrong(_("申报书的两个部分编码相同。"))
    seen: set[str] = set()
    for section in sections:
        if not _CODE.fullmatch(section.get("code", "")) or not section.get("title"):
            raise _wrong(_("申报书每个部分要有编码和名称。"))
        if section.get("table") and section["table"] not in TABLES:
            raise _wrong(_("申报书里没有“%(text)s”这种表格。") % {"text": section["table"]})
        fields = section.get("fields", [])
        if len(fields) > MOST_FIELDS:
            raise _wrong(_("申报书每个部分最多 %(most)s 项。") % {"most": MOST_FIELDS})
        for field in fields:
            _check_field(field, seen)
    if "title" not in seen:
        raise _wrong(_("申报书要问项目名称。"))


def _check_field(field: Mapping[str, Any], seen: set[str]) -> None:
    code, kind = field.get("code", ""), field.get("type", "")
    if not _CODE.fullmatch(code) or code in seen:
        raise _wrong(_("申报书的一项编码不对或重复：%(text)s") % {"text": code})
    if kind not in FIELD_TYPES or not (field.get("label") or kind == "column"):
        raise _wrong(_("申报书的一项没有名称或类型：%(text)s") % {"text": code})
    if (kind == "column") != (code in COLUMNS):
        raise _wrong(_("申报书的一项编码不对或重复：%(text)s") % {"text": code})
    if kind in {"choice", "choices"} and len(field.get("options", [])) < 2:
        raise _wrong(_("“%(text)s”至少要有两个选项。") % {"text": field["label"]})
    seen.add(code)


def _wrong(sentence: Any) -> DomainError:
    return DomainError("call.form", sentence, "form")


def check_criteria(criteria: Iterable[Mapping[str, Any]]) -> None:
    """Weights are whole and together 100.

    Raises:
        DomainError: `call.weights` on `criteria`.
    """
    rows = list(criteria)
    total = sum((Decimal(str(row["weight"])) for row in rows), Decimal(0))
    if rows and total != 100:
        raise DomainError(
            "call.weights",
            _("评审标准的权重合计要等于 100，现在是 %(total)s。")
            % {"total": f"{total.normalize():f}"},
            "criteria",
        )
    if len({row["name"] for row in rows}) != len(rows):
        raise DomainError("call.criteria", _("评审标准有重复的名称。"), "criteria")


def check_conditions(conditions: Iterable[Mapping[str, str]]) -> None:
    """Every condition can be judged.

    Raises:
        DomainError: `call.condition` on `conditions`, with its sentence.
    """
    for row in conditions:
        try:
            rules.facts_of(row["cel"])
        except rules.RuleError as error:
            raise DomainError(
                "call.condition",
                _("条件“%(text)s”写得不对。") % {"text": row["zh"]},
                "conditions",
            ) from error


def is_tag(code: str) -> bool:
    return code in TAGS


def label_of(field: Mapping[str, Any]) -> str:
    """What a field is called: a column by the portal's own word, anything else as the issuer wrote it."""
    return str(field.get("label") or COLUMNS.get(field["code"], field["code"]))
