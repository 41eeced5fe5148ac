"""One section of an application as a form, made from what the call asks."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Digits,
    Line,
    OneOf,
    SomeOf,
    Story,
    WideDate,
    WideDecimal,
    WideInteger,
    choices_of,
)
from departments.models.organizations import Organization
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from projects.forms.tables import Columns, TableForm, lines_initial
from projects.models.applications import Application, FiveParty, Profession
from projects.models.cultivation import BudgetLine, ProjectIndicator
from projects.services.applications.content import Whole, milestones, value_of
from projects.services.calls import shapes

ANSWER = "a_"
CENT = Decimal("0.01")


def _leader() -> Columns:
    return {
        "name": lambda: Line(label=_("姓名"), max_length=60),
        "title": lambda: Line(label=_("职务职称"), max_length=60),
        "qualification": lambda: Line(label=_("资质"), max_length=120),
        "phone": lambda: Digits(label=_("电话"), max_length=20),
    }


def _team() -> Columns:
    return {
        "name": lambda: Line(label=_("姓名"), max_length=60),
        "profession": lambda: OneOf(label=_("专业身份"), choices=choices_of(Profession.choices)),
        "title": lambda: Line(label=_("职务职称"), max_length=60),
        "qualification": lambda: Line(label=_("资质"), max_length=120),
        "part": lambda: Line(label=_("分工"), max_length=300),
        "fte": lambda: WideDecimal(label=_("投入（0–1）"), min_value=0, max_value=1, max_digits=4, decimal_places=2),
    }  # fmt: skip


def _five() -> Columns:
    return {
        "five": lambda: OneOf(label=_("五社"), choices=choices_of(FiveParty.choices)),
        "name": lambda: Line(label=_("参与方"), max_length=120),
        "part": lambda: Line(label=_("承担的工作"), max_length=300),
        "blank_reason": lambda: Line(label=_("没有的理由"), max_length=300),
    }


def _partners() -> Columns:
    return {
        "name": lambda: Line(label=_("合作机构"), max_length=120),
        "part": lambda: Line(label=_("承担的工作"), max_length=300),
    }


def _milestones() -> Columns:
    return {
        "on": lambda: Line(label=_("时间"), max_length=40),
        "what": lambda: Line(label=_("工作"), max_length=200),
        "result": lambda: Line(label=_("阶段成果"), max_length=200),
    }


def _indicators() -> Columns:
    figure: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
    return {
        "name": lambda: Line(label=_("指标"), max_length=120),
        "unit": lambda: Line(label=_("单位"), max_length=20),
        "weight": lambda: WideDecimal(label=_("权重"), min_value=0, max_value=100, max_digits=5, decimal_places=2),
        "baseline": lambda: WideDecimal(label=_("基线值"), **figure),
        "target": lambda: WideDecimal(label=_("目标值"), min_value=Decimal("0.01"), **figure),
        "source": lambda: OneOf(label=_("数据来源"), choices=choices_of(ProjectIndicator.Source.choices)),
        "evidence": lambda: Line(label=_("佐证方式"), max_length=200),
    }  # fmt: skip


def _budget() -> Columns:
    return {
        "line": lambda: Line(label=_("支出项目"), max_length=80),
        "unit_price": lambda: AmountField(label=_("单价（元）"), least=0),
        "quantity": lambda: WideDecimal(label=_("数量"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2),
        "amount": lambda: AmountField(label=_("金额（元）"), least=0),
        "source": lambda: OneOf(label=_("资金来源"), choices=choices_of(BudgetLine.Source.choices)),
        "is_management": lambda: forms.BooleanField(label=_("管理费"), required=False),
        "note": lambda: Line(label=_("说明"), max_length=200),
    }  # fmt: skip


COLUMNS = {
    "leader": _leader,
    "team": _team,
    "five": _five,
    "partners": _partners,
    "milestones": _milestones,
    "indicators": _indicators,
    "budget": _budget,
}
OPTIONAL = {
    "leader": {"title", "qualification", "phone"},
    "team": {"title", "qualification", "part", "fte"},
    "five": {"name", "part", "blank_reason"},
    "partners": {"part"},
    "milestones": {"result"},
    "indicators": {"baseline", "evidence"},
    "budget": {"amount", "is_management", "note"},
}
WEIGHTLESS = {"five": {"five"}}


class SectionForm(TableForm):
    """Nothing is required but the title: a draft is saved as far as it goes, the meter says what is missing."""

    def __init__(
        self,
        *args: Any,
        section: Mapping[str, Any],
        application: Application,
        tags: Mapping[str, list[tuple[str, str]]],
        **kwargs: Any,
    ):
        table = section.get("table") or ""
        self.section, self.table = section, table
        self.optional = frozenset(OPTIONAL.get(table, ()))
        self.weightless = frozenset(WEIGHTLESS.get(table, ()))
        super().__init__(*args, columns=COLUMNS[table]() if table else {}, **kwargs)
        for field in section.get("fields", []):
            name = field["code"] if field["type"] == "column" else ANSWER + field["code"]
            made = (
                _column(field, application, tags) if field["type"] == "column" else _answer(field)
            )
            made.required = field["code"] == "title"
            made.help_text = field.get("hint") or ""
            # A draft may be kept without it; the mark beside the label says what sending will ask for.
            made.is_needed_later = bool(field.get("is_required")) and not made.required
            self.fields[name] = made

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of the section, without its rows."""
        return [self[name] for name in self._names()]

    def _names(self) -> list[str]:
        return [
            field["code"] if field["type"] == "column" else ANSWER + field["code"]
            for field in self.section.get("fields", [])
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        columns, answers = {}, {}
        for name in self._names():
            value = cleaned.pop(name, None)
            if name.startswith(ANSWER):
                answers[name.removeprefix(ANSWER)] = value
            else:
                columns[name] = (
                    "" if value is None and name not in {"starts_on", "ends_on"} else value
                )
        return {**cleaned, "columns": columns, "answers": answers}

    def clean_line(self, n: int, line: dict[str, Any]) -> None:
        if self.table == "five":
            line["name"] = line["name"] or ""
            if bool(line["name"]) == bool(line["blank_reason"]):
                self.add_error(
                    f"{n}-blank_reason", _("请填写参与方，或写明没有的理由，两者填一项。")
                )
        if self.table == "budget" and line["amount"] is not None:
            price, quantity = line["unit_price"], line["quantity"]
            if price is not None and quantity is not None:
                product = (price * quantity).quantize(CENT, ROUND_HALF_UP)
                if product != line["amount"]:
                    self.add_error(
                        f"{n}-amount",
                        _("应是 %(product)s 元（单价 × 数量）。") % {"product": f"{product:.2f}"},
                    )


def _answer(field: Mapping[str, Any]) -> forms.Field:
    label, kind = field["label"], field["type"]
    options = [(one, one) for one in field.get("options", [])]
    longest = int(field.get("longest") or 4000)
    made: dict[str, Any] = {
        "line": lambda: Line(label=label, max_length=min(longest, 300)),
        "text": lambda: Story(label=label, rows=5, max_length=longest),
        "integer": lambda: WideInteger(label=label, min_value=0, max_value=10_000_000),
        "number": lambda: WideDecimal(label=label, max_digits=14, decimal_places=2),
        "date": lambda: WideDate(label=label),
        "yes": lambda: forms.BooleanField(label=label),
        "choice": lambda: OneOf(label=label, choices=choices_of(options)),
        "choices": lambda: SomeOf(label=label, choices=options),
    }
    return made[kind]()


def _column(
    field: Mapping[str, Any], application: Application, tags: Mapping[str, Any]
) -> forms.Field:
    code, label = field["code"], shapes.label_of(field)
    if code in {"track", "theme"}:
        rows = application.call.tracks if code == "track" else application.call.themes
        return OneOf(label=label, choices=choices_of(shapes.named(rows).items()))
    if shapes.is_tag(code):
        return SomeOf(label=label, choices=tags.get(code, []))
    if code in {"starts_on", "ends_on"}:
        return WideDate(label=label)
    return Line(label=label, max_length=120)


def section_initial(whole: Whole, section: Mapping[str, Any]) -> dict[str, Any]:
    """The section as it stands, as the form shows it."""
    shown: dict[str, Any] = {}
    for field in section.get("fields", []):
        name = field["code"] if field["type"] == "column" else ANSWER + field["code"]
        value = value_of(whole.application, field)
        shown[name] = "" if value is None else value
    table = section.get("table") or ""
    if table:
        shown |= lines_initial(_stored(whole, table))
    if table == "five" and not whole.of("five"):
        shown |= {f"{n}-five": one for n, one in enumerate(FiveParty.values)}
    return shown


def _stored(whole: Whole, table: str) -> list[dict[str, Any]]:
    names = list(COLUMNS[table]())
    if table == "milestones":
        return [dict(one) for one in milestones(whole.application)]
    role = {"leader": "leader", "team": "member", "five": "five", "partners": "partner"}.get(table)
    rows: Any = whole.of(role) if role else getattr(whole, table)
    return [
        {name: "" if getattr(row, name) is None else getattr(row, name) for name in names}
        for row in rows
    ]


class BeginForm(CommandForm):
    """What a draft begins with: its title, its track and the answers of the self-test."""

    def __init__(self, *args: Any, call: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questions = call.eligibility.get("questions", [])
        self.fields["title"] = Line(label=_("项目名称"), max_length=120)
        if call.tracks:
            self.fields["track"] = OneOf(
                label=_("赛道（申报类别）"), choices=choices_of(shapes.named(call.tracks).items())
            )
        for question in self.questions:
            self.fields[f"q_{question['code']}"] = question_field(question)

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[f"q_{one['code']}"] for one in self.questions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given = {one["code"]: cleaned.pop(f"q_{one['code']}", None) for one in self.questions}
        return {**cleaned, "self_test": answers_of(self.questions, given)}


class SelfTestForm(CommandForm):
    """The questions of a call; an answer left open stays open."""

    def __init__(self, *args: Any, call: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questions = call.eligibility.get("questions", [])
        for question in self.questions:
            self.fields[question["code"]] = question_field(question)

    @property
    def answers(self) -> dict[str, Any]:
        return answers_of(self.questions, self.cleaned_data)


def question_field(question: Mapping[str, Any]) -> forms.Field:
    label, kind = question["label"], question["type"]
    if kind == "yes":
        return OneOf(
            label=label, choices=[("yes", _("是")), ("no", _("否"))], widget=forms.RadioSelect, required=False
        )  # fmt: skip
    if kind == "number":
        return WideDecimal(label=label, max_digits=12, decimal_places=2, required=False)
    options = [(one, one) for one in question.get("options", [])]
    return OneOf(label=label, choices=choices_of(options), required=False)


def answers_of(questions: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as plain values; what was left open is not in it."""
    kinds = {one["code"]: one["type"] for one in questions}
    made: dict[str, Any] = {}
    for code, value in given.items():
        if code in kinds and value not in (None, ""):
            if kinds[code] == "yes":
                made[code] = value == "yes"
            else:
                made[code] = float(value) if kinds[code] == "number" else value
    return made


class InviteForm(CommandForm):
    """Which unit is asked, and for what part."""

    partner = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("联合申报单位"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列表中选择。"),
            "required": _("请选择联合申报的单位。"),
        },
    )
    part = Line(label=_("承担的工作"), max_length=300)

    def __init__(self, *args: Any, houses: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = houses


class AnswerForm(CommandForm):
    """The invited unit's word."""

    verdict = OneOf(
        label=_("答复"),
        choices=[("accepted", _("同意联合申报")), ("refused", _("不同意"))],
        widget=forms.RadioSelect,
    )
    note = Story(
        label=_("说明"), rows=3, max_length=300, required=False, help_text=_("不同意请写明理由")
    )


class MergeForm(CommandForm):
    """Into which, and why."""

    target = forms.ModelChoiceField(
        Application.objects.none(),
        label=_("合并到"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列表中选择。"),
            "required": _("请选择合并到哪一份申报。"),
        },
    )
    reason = Story(label=_("理由"), rows=3, max_length=500)

    def __init__(self, *args: Any, targets: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = targets


class FileForm(CommandForm):
    """One paper."""

    file = forms.FileField(
        label=_("文件"),
        error_messages={"required": _("请选择文件。")},
        help_text=_("PDF、图片、Word 或 Excel；盲评时专家只看得到页面图片，看不到文件名"),
    )


class ResubmitForm(CommandForm):
    note = Story(label=_("补正说明"), rows=4, max_length=1000, help_text=_("逐条写明补正了什么"))


class ReasonForm(CommandForm):
    reason = Story(label=_("理由"), rows=3, max_length=500)


class ConfirmForm(CommandForm):
    """A step that asks nothing more."""
