"""The questionnaire maker: the head of a questionnaire, one item with its options and its condition."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, SomeOf, Story, WideDecimal, WideInteger, Yes, half_width
from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.forms import CommandForm
from projects.services.questionnaires import KINDS

OPTION = re.compile(r"(?P<zh>.*?)(?:\s*[=＝]\s*(?P<score>-?\d{1,4}))?\s*(?P<alone>\*)?")
BAND = re.compile(
    r"(?P<least>-?\d+(?:\.\d+)?)\s*[-–—~至]\s*(?P<most>-?\d+(?:\.\d+)?)\s+(?P<zh>\S.*)"
)
TYPES = (
    ("choice", _("单选")),
    ("many", _("多选")),
    ("number", _("数字")),
    ("text", _("文字")),
)
METHODS = (("none", _("不计分")), ("sum", _("各题相加")), ("mean", _("各题平均")))


class OptionLines(forms.CharField):
    """One option a line; `= 2` gives its points, `*` at the end excludes every other."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, max_length=4000, **kwargs)
        self.widget.attrs["rows"] = 6

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        lines = []
        for row in value:
            score = row.get("score", row["value"])
            line = row["zh"] + (f" = {score}" if score != row["value"] else "")
            lines.append(line + (" *" if row.get("is_alone") else ""))
        return "\n".join(lines)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        made = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            text = " ".join(line.split())
            if not text:
                continue
            read = OPTION.fullmatch(text)
            words = read["zh"].strip() if read else ""
            if not words or len(words) > 100:
                raise forms.ValidationError(
                    _("第 %(n)d 行：选项要有文字，最多 100 个字。") % {"n": number}
                )
            row: dict[str, Any] = {"zh": words}
            if read["score"] is not None:
                row["score"] = int(read["score"])
            if read["alone"]:
                row["is_alone"] = True
            made.append(row)
        return made


class BandLines(forms.CharField):
    """`0-4 低`: from, to and what it is called, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, max_length=2000, **kwargs)
        self.widget.attrs["rows"] = 4

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{row['least']}-{row['most']} {row['zh']}" for row in value)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        made = []
        for number, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            read = BAND.fullmatch(half_width(" ".join(line.split())))
            if read is None:
                raise forms.ValidationError(
                    _("第 %(n)d 行请写成“0-4 低”这样：从几分到几分，再写名称。") % {"n": number}
                )
            made.append(
                {
                    "code": f"b{number}",
                    "zh": read["zh"],
                    "least": str(Decimal(read["least"])),
                    "most": str(Decimal(read["most"])),
                }
            )
        return made


class BeginForm(CommandForm):
    """A new questionnaire."""

    title = Line(label=_("名称"), max_length=120)
    kind = OneOf(
        label=_("用途"),
        choices=[(one.value, one.label) for one in KINDS],
        initial=Questionnaire.Kind.SURVEY,
        widget=forms.RadioSelect,
    )
    licence = Line(
        label=_("题目是谁写的，凭什么可以用"),
        max_length=300,
        initial=_("本机构自编"),
        help_text=_("引用别人的量表要有授权；没有授权的量表不能照录题目"),
    )


class HeadForm(CommandForm):
    """What stands above the items, and how points become a score."""

    title = Line(label=_("名称"), max_length=120)
    intro = Story(label=_("卷首语"), rows=3, max_length=500, required=False)
    recall = Line(label=_("问的是哪段时间"), max_length=60, required=False)
    note = Story(label=_("填写说明"), rows=2, max_length=500, required=False)
    licence = Line(label=_("题目是谁写的，凭什么可以用"), max_length=300)
    method = OneOf(label=_("计分"), choices=METHODS, widget=forms.RadioSelect)
    bands = BandLines(label=_("分级"), help_text=_("一行一级，例如：0-4 低；不计分时不用写"))


class ItemForm(CommandForm):
    """One item; what a type does not need is left aside."""

    text = Story(label=_("题目"), rows=2, max_length=300)
    type = OneOf(label=_("题型"), choices=TYPES, initial="choice", widget=forms.RadioSelect)
    options = OptionLines(
        label=_("选项"),
        help_text=_("单选和多选：一行一个；要计分写“经常 = 3”；行末加 * 表示选了它就不能再选别的"),
    )
    is_required = Yes(label=_("必须回答"))
    when = SomeOf(
        label=_("什么时候才问"),
        required=False,
        help_text=_("都不勾就总是问；同一题勾几个是“任一”，不同题之间是“同时”"),
    )
    least = WideDecimal(label=_("最小"), required=False, max_digits=9, decimal_places=2)
    most = WideDecimal(
        label=_("最大"),
        required=False,
        max_digits=9,
        decimal_places=2,
        help_text=_("文字题：最多几个字"),
    )
    decimals = WideInteger(label=_("小数位"), required=False, min_value=0, max_value=4)
    unit = Line(label=_("数字的单位"), required=False, max_length=20)
    section = Line(label=_("这一题前的小标题"), required=False, max_length=60)
    help = Line(label=_("提示"), required=False, max_length=200)

    def __init__(self, *args: Any, answers: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["when"].choices = answers
        if not answers:
            del self.fields["when"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("least", "most"):
            if cleaned.get(name) is not None:
                cleaned[name] = cleaned[name].normalize() + 0
        if cleaned.get("type") in ("choice", "many") and not cleaned.get("options"):
            self.add_error("options", _("请写选项，一行一个。"))
        return cleaned
