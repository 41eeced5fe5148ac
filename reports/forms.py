"""What the report pages ask for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.forms.census import StatementForm
from departments.forms.imports import FILE_WORDS
from msw_portal.kernel.forms import CommandForm
from reports.asking_forms import CHOOSE, PeriodField, offer_kinds
from reports.indicators.library import INDICATORS
from reports.open_periods import quarters_over
from reports.services.authority_sheets import KINDS as CELL_KINDS
from reports.services.indicator_words import (
    DIMS,
    UNKNOWN,
    UNSAID,
    dim_name,
    value_choices,
    value_code,
)
from reports.services.kinds import ReportKind
from reports.services.open_data.tables import TABLES
from reports.services.paper import Text
from reports.services.published.methods import METHODS, Method
from reports.services.signing import cited


class PublishedForm(StatementForm):
    """What was published and how the rows of the portal give it."""

    code = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_]{0,19}$",
        label=_("编号"),
        help_text=_("字母开头，字母、数字和下划线，例如 B1、volunteers"),
        error_messages={"required": _("请填编号。"), "invalid": _("编号以字母开头，最长 20 位。")},
    )
    method = forms.ChoiceField(
        label=_("算法"), error_messages={"required": _("请从列表中选择算法。")}
    )
    subject = forms.CharField(
        label=_("统计对象"),
        max_length=200,
        required=False,
        help_text=_("按所选算法括号里的次序填，用 | 隔开"),
    )
    explanation = forms.CharField(
        label=_("说明"),
        max_length=300,
        required=False,
        help_text=_("算得的数与公布值不同时，写明为什么"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(one.code, _named(one)) for one in METHODS.values()]
        self.fields["method"].choices = [CHOOSE, *known]


def _named(method: Method) -> str:
    """`入选项目数（征集名称）`: the way to count and what it asks for."""
    parts = " | ".join(str(one) for one in method.parts)
    return f"{method.name}（{parts}）" if parts else str(method.name)


class ExplainForm(CommandForm):
    """Why a published number and the rows differ."""

    explanation = forms.CharField(
        label=_("说明"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明为什么不同。")},
    )


class ChoiceForm(CommandForm):
    """Two buttons: take part, or no longer."""

    takes_part = forms.TypedChoiceField(
        choices=[("1", _("参加")), ("0", _("不参加"))], coerce=lambda it: it == "1"
    )


def _quarters() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in reversed(quarters_over(timezone.localdate()))]


def _personal() -> list[tuple[str, str]]:
    return [(code, str(spec.name)) for code, spec in TABLES.items() if spec.is_personal]


def _amounts(*texts: str) -> list[tuple[str, str]]:
    return [(text, text) for text in texts]


class BudgetForm(CommandForm):
    """How much the records of a quarter may be told of."""

    quarter = forms.ChoiceField(label=_("数据季度"), choices=_quarters)
    allowed = forms.TypedChoiceField(
        label=_("隐私预算 ε"),
        choices=_amounts("0.5", "1", "2", "3"),
        coerce=Decimal,
        help_text=_("这个季度各次公布的 ε 之和不超过它；第一次公布后不能再改"),
    )


class NoiseForm(CommandForm):
    """Which table of which quarter is released with how much noise."""

    code = forms.ChoiceField(label=_("表"), choices=_personal)
    quarter = forms.ChoiceField(label=_("数据季度"), choices=_quarters)
    epsilon = forms.TypedChoiceField(
        label=_("本次 ε"),
        choices=_amounts("0.1", "0.2", "0.5", "1"),
        coerce=Decimal,
        initial="0.5",
        help_text=_("越小噪声越大，越难看出某一条记录在不在"),
    )


class BeginTextForm(CommandForm):
    """The text of a report of one period."""

    kind = forms.ChoiceField(
        label=_("报告"),
        error_messages={"required": _("请选择报告。"), "invalid_choice": _("请从列表中选择报告。")},
    )
    period = PeriodField(label=_("期间"), error_messages={"required": _("请选择期间。")})

    def __init__(self, *args: Any, kinds: Sequence[ReportKind], **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_kinds(self.fields["kind"], kinds)
        self.fields["period"].offer({span for kind in kinds for span in kind.spans})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "period" in cleaned:
            cleaned["day"] = cleaned.pop("period")[1]
        return cleaned


class TextForm(CommandForm):
    """The paragraphs of a report, each with what it cites; `p3` is the paper's third block."""

    def __init__(self, *args: Any, paragraphs: Mapping[int, Text], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for number, (place, block) in enumerate(paragraphs.items(), start=1):
            self.fields[f"p{place}"] = forms.CharField(
                label=_("第 %(n)s 段") % {"n": number},
                initial=block.text,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("引用的指标：%(names)s") % {"names": cited(block)},
                error_messages={"required": _("这一段不能是空的。")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        said = {int(name[1:]): text for name, text in cleaned.items() if name.startswith("p")}
        return {"once": cleaned.get("once"), "texts": said}


class SheetForm(CommandForm):
    """An authority's workbook."""

    name = forms.CharField(
        label=_("名称"), max_length=80, error_messages={"required": _("请填名称。")}
    )
    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("XLSX；不接受宏、外部链接和密码"),
        error_messages=FILE_WORDS,
    )


def value_follows(form: forms.Form, dim: str, *, first: Any, by: Any) -> bool:
    """Make the field `value` a choice where the values of `dim` have a list, a text where they have none.

    Says whether it is a list of values; without a dimension only `first` can be chosen.
    """
    field = form.fields["value"]
    if dim not in DIMS:
        field.widget = forms.Select(choices=[("", first)])
        return False
    listed = value_choices(dim, by)
    if listed is None:
        field.widget.attrs["placeholder"] = _("写表里的名称，例如：血液科一病区")
        return False
    form.fields["value"] = forms.ChoiceField(
        label=field.label,
        choices=[CHOOSE, *listed, (UNSAID, UNKNOWN)],
        error_messages={"required": _("请选择。"), "invalid_choice": _("请从列表中选择。")},
    )
    return True


class CellForm(CommandForm):
    """What stands in one cell of an authority's sheet."""

    page = forms.ChoiceField(label=_("工作表"))
    cell = forms.CharField(
        label=_("格"),
        max_length=8,
        help_text=_("例如 C5"),
        error_messages={"required": _("请写一个格的地址，例如 C5。")},
    )
    kind = forms.ChoiceField(
        label=_("填什么"),
        choices=[CHOOSE, *CELL_KINDS.items()],
        error_messages={"required": _("请从列表中选择。")},
    )
    code = forms.ChoiceField(label=_("指标"), required=False)
    dim = forms.ChoiceField(label=_("分项"), required=False, help_text=_("按哪一项分；不分就不选"))
    value = forms.CharField(label=_("分项的值"), max_length=60, required=False)
    text = forms.CharField(label=_("文字"), max_length=200, required=False)

    def __init__(
        self, *args: Any, pages: Sequence[str], by: Any, parts_url: str = "", **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["page"].choices = [(one, one) for one in pages]
        self.fields["code"].choices = [
            CHOOSE,
            *((one.code, f"{one.name}（{one.code}）") for one in INDICATORS.values()),
        ]
        self._follow(by, parts_url)

    def _follow(self, by: Any, parts_url: str) -> None:
        """The parts of the chosen indicator and the values of the chosen part; the page asks again when they change."""
        code, dim = self["code"].value(), self["dim"].value() or ""
        parts = INDICATORS[code].dims if code in INDICATORS else DIMS
        offered = [one for one in DIMS if one in parts or one == dim]
        self.fields["dim"].choices = [("", _("不分")), *((one, dim_name(one)) for one in offered)]
        value_follows(self, dim, first=_("先选分项"), by=by)
        self.fields["value"].required = bool(dim) and self["kind"].value() == "indicator"
        asks = {
            "hx-get": parts_url,
            "hx-trigger": "change",
            "hx-include": "closest form",
            "hx-params": "code,dim",
            "hx-swap": "outerHTML",
        }
        for name, target, more in (("code", "dim", "#id_value"), ("dim", "value", "")):
            at = {"hx-target": f"#id_{target}", "hx-select": f"#id_{target}"}
            self.fields[name].widget.attrs |= asks | at | ({"hx-select-oob": more} if more else {})

    def clean_value(self) -> str:
        """The code of a value; what was typed as its name is one, too."""
        said = self.cleaned_data["value"]
        if said == UNSAID or not said:
            return ""
        dim = self.cleaned_data.get("dim", "")
        return value_code(dim, said) if dim in DIMS else said
