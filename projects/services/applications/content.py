"""What an application says, read as the call's form asks: values, rows, text for pages, PDF and versions.

`sections_text` is the one renderer: the preview, the co-applicant's copy, the frozen version and the PDF
show the same `[{"code", "title", "facts": [[label, text]], "tables": [{"head", "rows", "total"}]}]`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from msw_portal.kernel.audit import canonical
from projects.models.applications import Application, ApplicationParty
from projects.models.cultivation import BudgetLine, ProjectIndicator
from projects.services.calls import shapes
from projects.services.taxonomies import taxonomies


@dataclass(frozen=True)
class Whole:
    """An application with all its rows, read once."""

    application: Application
    parties: Sequence[ApplicationParty]
    indicators: Sequence[ProjectIndicator]
    budget: Sequence[BudgetLine]

    def of(self, role: str) -> list[ApplicationParty]:
        return [row for row in self.parties if row.role == role]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.budget), Decimal(0))

    @property
    def asked(self) -> Decimal:
        rows = (row.amount for row in self.budget if row.source == BudgetLine.Source.ASKED)
        return sum(rows, Decimal(0))

    @property
    def management(self) -> Decimal:
        return sum((row.amount for row in self.budget if row.is_management), Decimal(0))


def whole_of(application: Application) -> Whole:
    """Three queries, whatever the form asks."""
    return Whole(
        application,
        list(
            ApplicationParty.objects.filter(application=application)
            .select_related("partner")
            .order_by("role", "rank", "id")
        ),
        list(ProjectIndicator.objects.filter(application=application).order_by("rank", "id")),
        list(BudgetLine.objects.filter(application=application).order_by("rank", "id")),
    )


def value_of(application: Application, field: Mapping[str, Any]) -> Any:
    """The stored value of a field; None, "" or [] when it is not filled in."""
    if field["type"] == "column":
        return getattr(application, field["code"])
    return application.answers.get(field["code"])


def is_filled(value: Any) -> bool:
    return value not in (None, "", [], {})


@dataclass(frozen=True)
class Words:
    """Names of codes, for one language."""

    tags: Mapping[str, Mapping[str, str]]
    tracks: Mapping[str, str]
    themes: Mapping[str, str]


def words_for(application: Application, language: str = "zh-hans") -> Words:
    call = application.call
    lists = {column: dict(entries) for column, entries in taxonomies(language).items()}
    return Words(lists, shapes.named(call.tracks), shapes.named(call.themes))


def said(application: Application, field: Mapping[str, Any], words: Words) -> str:
    """A field's value as text; "" when it is not filled in."""
    value, code = value_of(application, field), field["code"]
    if not is_filled(value):
        return ""
    if field["type"] == "yes":
        return _("是") if value else _("否")
    if field["type"] == "column":
        if code == "track":
            return words.tracks.get(value, value)
        if code == "theme":
            return words.themes.get(value, value)
        if shapes.is_tag(code):
            names = words.tags.get(code, {})
            return "、".join(names.get(one, one) for one in value)
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return str(value)


def _table(name: str, whole: Whole) -> dict[str, Any] | None:
    make = {
        "leader": _leader,
        "team": _team,
        "five": _five,
        "partners": _partners,
        "milestones": _milestones,
        "indicators": _indicators,
        "budget": _budget,
    }[name]
    made = make(whole)
    return made if made["rows"] else None


def _leader(whole: Whole) -> dict[str, Any]:
    head = [_("姓名"), _("职务职称"), _("资质")]
    rows = [[one.name, one.title, one.qualification] for one in whole.of("leader")]
    return {"head": head, "rows": rows, "total": None}


def _team(whole: Whole) -> dict[str, Any]:
    head = [_("姓名"), _("专业身份"), _("职务职称"), _("资质"), _("分工"), _("投入")]
    rows = [
        [
            one.name,
            str(one.get_profession_display()),
            one.title,
            one.qualification,
            one.part,
            "" if one.fte is None else f"{one.fte:f}",
        ]
        for one in whole.of("member")
    ]
    return {"head": head, "rows": rows, "total": None}


def _five(whole: Whole) -> dict[str, Any]:
    head = [_("五社"), _("参与方"), _("承担的工作"), _("没有的理由")]
    rows = [
        [
            str(one.get_five_display()),
            one.partner.name if one.partner else one.name,
            one.part,
            one.blank_reason,
        ]
        for one in whole.of("five")
    ]
    return {"head": head, "rows": rows, "total": None}


def _partners(whole: Whole) -> dict[str, Any]:
    rows = [
        [one.partner.name if one.partner else one.name, _("合作机构"), one.part, ""]
        for one in whole.of("partner")
    ]
    rows += [
        [one.partner.name, _("联合申报单位"), one.part, str(one.get_state_display())]
        for one in whole.of("co_applicant")
        if one.partner and one.state != ApplicationParty.State.ENDED
    ]
    return {"head": [_("单位"), _("身份"), _("承担的工作"), _("答复")], "rows": rows, "total": None}


def milestones(application: Application) -> list[dict[str, str]]:
    return list(application.answers.get("milestones", []))


def _milestones(whole: Whole) -> dict[str, Any]:
    rows = [[one["on"], one["what"], one["result"]] for one in milestones(whole.application)]
    return {"head": [_("时间"), _("工作"), _("阶段成果")], "rows": rows, "total": None}


def _indicators(whole: Whole) -> dict[str, Any]:
    head = [_("指标"), _("单位"), _("权重"), _("基线值"), _("目标值"), _("数据来源"), _("佐证方式")]
    rows = [
        [
            one.name,
            one.unit,
            _figure(one.weight),
            "" if one.baseline is None else _figure(one.baseline),
            _figure(one.target),
            str(one.get_source_display()),
            one.evidence,
        ]
        for one in whole.indicators
    ]
    weights = _figure(sum((one.weight for one in whole.indicators), Decimal(0)))
    return {"head": head, "rows": rows, "total": [_("合计"), "", weights, "", "", "", ""]}


def _budget(whole: Whole) -> dict[str, Any]:
    head = [_("支出项目"), _("单价（元）"), _("数量"), _("金额（元）"), _("资金来源"), _("说明")]
    rows = [
        [
            one.line + (_("（管理费）") if one.is_management else ""),
            f"{one.unit_price:.2f}",
            _figure(one.quantity),
            f"{one.amount:.2f}",
            str(one.get_source_display()),
            one.note,
        ]
        for one in whole.budget
    ]
    total = [_("合计"), "", "", f"{whole.total:.2f}", "", ""]
    return {"head": head, "rows": rows, "total": total}


def _figure(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sections_text(whole: Whole, *, language: str = "zh-hans") -> list[dict[str, Any]]:
    """Every section as text; what is empty is shown as empty, so that nothing seems to be missing by mistake."""
    application = whole.application
    with override(language):
        words = words_for(application, language)
        made = []
        for section in shapes.sections_of(application.call.form):
            fields = section.get("fields", [])
            facts = [[shapes.label_of(one), said(application, one, words)] for one in fields]
            table = _table(section["table"], whole) if section.get("table") else None
            made.append(
                {
                    "code": section["code"],
                    "title": section["title"],
                    "facts": facts,
                    "tables": [table] if table else [],
                }
            )
        return made


def section_stamp(whole: Whole, code: str) -> int:
    """A number that changes with what one section says: two people may write two sections at once."""
    section = next(one for one in sections_text(whole) if one["code"] == code)
    return int(hashlib.sha256(canonical(section).encode()).hexdigest()[:6], 16)


def payload_of(whole: Whole) -> dict[str, Any]:
    """What a version freezes: the text as it is read, and the values it was made from; no telephone."""
    row = whole.application
    columns = {
        code: value.isoformat() if hasattr(value, "isoformat") else value
        for code in shapes.COLUMNS
        for value in [getattr(row, code)]
    }
    return {
        "title": row.title,
        "unit": row.unit_name,
        "call": row.call.title,
        "columns": columns,
        "answers": row.answers,
        "self_test": row.self_test,
        "budget_total": f"{whole.total:.2f}",
        "budget_asked": f"{whole.asked:.2f}",
        "sections": sections_text(whole),
    }
