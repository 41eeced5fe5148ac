"""A call as it is written: its facts, its parts by rows, its amendment."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms.fields import Line, OneOf, Reason, Story, WideDecimal, WideInteger, choices_of
from departments.models.organizations import Organization
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from projects.forms.tables import TableForm, lines_initial
from projects.models.calls import Call, CallKind
from projects.services.calls import shapes
from projects.services.calls.files import Purpose

FILL_IN = {"required": _("请填写这一项。"), "invalid": _("请写成 2026-11-23 14:30 这样的时间。")}


class NewCallForm(CommandForm):
    """The use decides the template; everything can be changed afterwards."""

    kind = OneOf(label=_("类型"), choices=choices_of(CallKind.choices))
    title = Line(label=_("名称"), max_length=120)
    year = WideInteger(label=_("年度"), min_value=2000, max_value=2100)
    batch = WideInteger(label=_("批次"), min_value=1, max_value=99, required=False)

    def __init__(self, *args: Any, kinds: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = choices_of(kinds)


class Lines(forms.CharField):
    """One entry a line."""

    def __init__(self, *, rows: int = 4, **kwargs: Any):
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), max_length=4000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


class CallForm(CommandForm):
    """The announcement's facts."""

    title = Line(label=_("名称"), max_length=120)
    year = WideInteger(label=_("年度"), min_value=2000, max_value=2100)
    batch = WideInteger(label=_("批次"), min_value=1, max_value=99, required=False)
    issuer_names = Lines(label=_("发布单位"), rows=3, help_text=_("一行一个，第一行是主办单位"))
    policy_basis = Story(label=_("政策依据"), rows=2, max_length=1000, required=False)
    text = Story(label=_("公告正文"), rows=10, max_length=8000, required=False)
    foci = Lines(label=_("本批重点"), rows=3, help_text=_("一行一条"))
    contact = Line(label=_("联系人和联系方式"), max_length=200, required=False)
    track_names = Lines(label=_("赛道（申报类别）"), rows=3, help_text=_("一行一个"))
    theme_names = Lines(label=_("主题"), rows=4, help_text=_("一行一个"))
    region_lines = Lines(
        label=_("地区"), rows=2, help_text=_("行政区划代码，一行一个；不填不限地区")
    )
    number_pattern = Line(
        label=_("编号规则"),
        max_length=60,
        help_text=_("{YYYY} 是年度，{SEQ} 是流水号，{SEQ3} 补足三位"),
    )
    opens_at = forms.DateTimeField(label=_("申报开始"), required=False, error_messages=FILL_IN)
    closes_at = forms.DateTimeField(
        label=_("申报截止"),
        required=False,
        error_messages=FILL_IN,
        help_text=_("以服务器时间为准"),
    )
    max_per_unit = WideInteger(
        label=_("每个单位最多申报"), min_value=1, max_value=100, required=False
    )
    places = WideInteger(label=_("名额"), min_value=1, max_value=10000, required=False)
    is_funded = forms.BooleanField(label=_("有资助"), required=False)
    funding_ceiling = AmountField(label=_("每项资助上限"), required=False)
    management_limit = WideDecimal(
        label=_("管理费上限（%）"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )  # fmt: skip
    supplement_days = WideInteger(label=_("补正期限（工作日）"), min_value=1, max_value=60)
    notice_days = WideInteger(label=_("公示期（工作日）"), min_value=1, max_value=60)
    partner = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("培育支持机构"),
        to_field_name="uid",
        empty_label=_("没有"),
        required=False,
        error_messages={"invalid_choice": _("请从列表中选择。")},
    )

    def __init__(self, *args: Any, partners: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners

    def clean_region_lines(self) -> list[int]:
        codes = []
        for line in self.cleaned_data["region_lines"]:
            if not (line.isascii() and line.isdigit() and len(line) == 6):
                raise forms.ValidationError(_("行政区划代码是六位数字：%(line)s") % {"line": line})
            codes.append(int(line))
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = cleaned.pop("issuer_names", []) or []
        roles = ["主办", *["联合"] * len(names)]
        cleaned["issuers"] = [
            {"name": name, "role": role} for name, role in zip(names, roles, strict=False)
        ]
        cleaned["region_codes"] = cleaned.pop("region_lines", []) or []
        return cleaned


class CallFileForm(CommandForm):
    """A file that is given out with a call; of a published one it says what is corrected."""

    file = forms.FileField(
        label=_("文件"),
        error_messages={"required": _("请选择文件。")},
        help_text=_("PDF、图片、Word 或 Excel；同名的新文件接替旧的，旧版仍留在旧版公告里"),
    )
    purpose = OneOf(label=_("用途"), choices=choices_of(Purpose.choices))
    note = Reason(label=_("更正说明"))

    def __init__(self, *args: Any, is_published: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_published:
            del self.fields["note"]


class AmendForm(CallForm):
    """The announcement as it shall stand, and what changed."""

    note = Line(label=_("更正说明"), max_length=500, help_text=_("写明改了什么、为什么；会公布"))


def call_initial(call: Call) -> dict[str, Any]:
    """A call's facts as the form shows them."""
    known = set(CallForm.base_fields) & {field.name for field in Call._meta.fields}
    shown: dict[str, Any] = {name: getattr(call, name) for name in known}
    shown["partner"] = call.partner.uid if call.partner else ""
    return shown | {
        "issuer_names": [one["name"] for one in call.issuers],
        "track_names": [one["name"] for one in call.tracks],
        "theme_names": [one["name"] for one in call.themes],
        "region_lines": [str(code) for code in call.region_codes],
    }


# ── parts, by rows ───────────────────────────────────────────────────────────


class CriteriaForm(TableForm):
    columns = {
        "code": lambda: Line(label=_("编码"), max_length=40),
        "name": lambda: Line(label=_("标准"), max_length=60),
        "weight": lambda: WideDecimal(label=_("权重"), min_value=0, max_value=100, max_digits=5, decimal_places=2),
    }  # fmt: skip
    optional = frozenset({"code"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = cleaned.pop("rows", [])
        cleaned["criteria"] = [
            {
                "code": row["code"] or f"c{n}",
                "name": row["name"],
                "weight": float(row["weight"]) if row["weight"] is not None else 0,
            }
            for n, row in enumerate(rows, start=1)
        ]
        return cleaned


class ConditionsForm(TableForm):
    columns = {
        "zh": lambda: Line(label=_("条件（申报单位看到的话）"), max_length=200),
        "cel": lambda: Line(label=_("判断式"), max_length=500),
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = cleaned.pop("rows", [])
        cleaned["conditions"] = [
            {"code": f"c{n}", "zh": row["zh"], "cel": row["cel"]}
            for n, row in enumerate(rows, start=1)
        ]
        return cleaned


class QuestionsForm(TableForm):
    columns = {
        "code": lambda: Line(label=_("编码"), max_length=40),
        "label": lambda: Line(label=_("问题"), max_length=200),
        "type": lambda: OneOf(label=_("类型"), choices=choices_of(shapes.QUESTION_TYPES.items())),
        "options": lambda: Line(label=_("选项（用顿号分开）"), max_length=300),
    }
    optional = frozenset({"options"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["questions"] = [
            {**row, "options": split(row["options"])} for row in cleaned.pop("rows", [])
        ]
        return cleaned


class DocumentsForm(TableForm):
    columns = {
        "text": lambda: Line(label=_("材料"), max_length=120),
        "is_required": lambda: forms.BooleanField(label=_("必须"), required=False),
    }
    optional = frozenset({"is_required"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["required_documents"] = [
            {"type": f"d{n}", "text": row["text"], "is_required": bool(row["is_required"])}
            for n, row in enumerate(cleaned.pop("rows", []), start=1)
        ]
        return cleaned


class LettersForm(CommandForm):
    """What each receives; {unit}, {title} and {number} are filled in."""

    selected = Story(label=_("入选"), rows=5, max_length=2000)
    reserve = Story(label=pgettext_lazy("application", "候补"), rows=5, max_length=2000)
    not_selected = Story(label=_("未入选"), rows=5, max_length=2000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = ("selected", "reserve", "not_selected")
        letters = {name: cleaned.pop(name, "") for name in names}
        return {**cleaned, "letters": letters}


class SectionsForm(TableForm):
    """The sections of the form: order, names, tables."""

    columns = {
        "code": lambda: Line(label=_("编码"), max_length=40),
        "title": lambda: Line(label=_("部分名称"), max_length=60),
        "hint": lambda: Line(label=_("说明"), max_length=200),
        "table": lambda: OneOf(label=_("表格"), choices=[("", _("没有")), *shapes.TABLES.items()]),
        "least": lambda: WideInteger(label=_("至少几行"), min_value=0, max_value=20),
    }
    optional = frozenset({"hint", "table", "least"})


class FieldsForm(TableForm):
    """The items of one section."""

    columns = {
        "code": lambda: Line(label=_("编码"), max_length=40),
        "label": lambda: Line(label=_("名称"), max_length=60),
        "type": lambda: OneOf(label=_("类型"), choices=choices_of(shapes.FIELD_TYPES.items())),
        "is_required": lambda: forms.BooleanField(label=_("必填"), required=False),
        "hint": lambda: Line(label=_("说明"), max_length=200),
        "options": lambda: Line(label=_("选项（用顿号分开）"), max_length=500),
    }
    optional = frozenset({"label", "is_required", "hint", "options"})


def split(text: str | None) -> list[str]:
    """Options as typed in one line."""
    return [one.strip() for one in (text or "").replace(",", "、").split("、") if one.strip()]


def rows_initial(rows: Any, *names: str) -> dict[str, Any]:
    """Stored rows as the form's cells; lists in one line."""
    cells = [
        {
            name: "、".join(row[name]) if isinstance(row.get(name), list) else row.get(name, "")
            for name in names
        }
        for row in rows
    ]
    return lines_initial(cells)


def letters_initial(call: Call) -> Mapping[str, str]:
    return dict(call.letters)
