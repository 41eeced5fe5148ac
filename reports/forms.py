"""What the report pages ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.forms.census import StatementForm
from msw_portal.kernel.forms import CommandForm
from reports.services.figures import months_back
from reports.services.published.methods import METHODS, Method

OFFERED = 24
CHOOSE = ("", _("请选择"))


class MonthField(forms.ChoiceField):
    """A month as `2026-11`; answers its first day."""

    def __init__(self, **kwargs: Any):
        super().__init__(choices=self._months, **kwargs)

    @staticmethod
    def _months() -> list[tuple[str, str]]:
        months = months_back(timezone.localdate(), OFFERED)[::-1]
        return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months]

    def clean(self, value: Any) -> dt.date:
        text = super().clean(value)
        return dt.date(int(text[:4]), int(text[5:7]), 1)


class AskForm(CommandForm):
    """The monthly report of a month that has begun."""

    month = MonthField(
        label=_("月份"),
        help_text=_("已过完的月份会冻结：以后再生成，数字不变；更正另列。"),
        error_messages={"invalid_choice": _("请选择近 24 个月中的一个月。")},
    )


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
