"""Risk alerts: raised in two choices, ended with the report."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Story, WideDate, WideTime
from cases.models.codes import AlertTrigger, RiskLevel
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm

BY_HAND = [
    (AlertTrigger.WORKER.value, _("自伤或伤人的危险")),
    (AlertTrigger.MINOR_HARM.value, AlertTrigger.MINOR_HARM.label),
    (AlertTrigger.DISTRESS.value, AlertTrigger.DISTRESS.label),
]
OUTCOMES = [
    ("seen_safe", _("已面见，目前安全")),
    ("referred_psychiatry", _("已转精神科会诊")),
    ("guarded", _("已安排陪护与防护")),
    ("reported", _("已报告有关机关")),
    ("not_confirmed", _("核实后不成立")),
]


class AlertForm(CommandForm):
    """Somebody on the case sees a danger."""

    trigger = OneOf(
        label=_("看到了什么"),
        choices=BY_HAND,
        initial=AlertTrigger.WORKER,
        widget=forms.RadioSelect,
    )
    severity = OneOf(
        label=_("程度"),
        choices=RiskLevel.choices[1:],
        initial=RiskLevel.CRISIS,
        widget=forms.RadioSelect,
    )


class ResolveForm(CommandForm):
    """F11 危机事件报告."""

    report = Story(
        label=_("经过与处理"),
        rows=6,
        help_text=_("时间、做了什么、告诉了谁（医生、科主任、监护人、公安、民政）"),
    )
    outcome = OneOf(label=_("结果"), choices=OUTCOMES, widget=forms.RadioSelect)
    mandatory_report_at = WideDate(
        label=_("强制报告日期"),
        required=False,
        not_future=True,
        help_text=_("未成年人疑似受侵害必填（未成年人保护法第十一条）"),
    )
    mandatory_time = WideTime(label=_("强制报告时间"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on, at = cleaned.get("mandatory_report_at"), cleaned.pop("mandatory_time", None)
        if on is None:
            return cleaned
        now = timezone.now()
        # A day without a time means: by now, or by its end.
        reported = (
            dt.datetime.combine(on, at, SHANGHAI)
            if at
            else min(dt.datetime.combine(on, dt.time(23, 59), SHANGHAI), now)
        )
        if reported > now:
            self.add_error("mandatory_time", _("报告时间还没有到。"))
        return cleaned | {"mandatory_report_at": reported}
