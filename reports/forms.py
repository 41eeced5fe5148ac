"""What the report pages ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.forms import CommandForm
from reports.services.figures import months_back

OFFERED = 24


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
