"""Risk alerts: raised in two choices, ended with the report."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.events import F11
from cases.forms.fields import OneOf
from cases.forms.schema_forms import SchemaForm
from cases.models.codes import AlertTrigger, RiskLevel
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm

BY_HAND = [
    (AlertTrigger.WORKER.value, _("自伤或伤人的危险")),
    (AlertTrigger.MINOR_HARM.value, AlertTrigger.MINOR_HARM.label),
    (AlertTrigger.DISTRESS.value, AlertTrigger.DISTRESS.label),
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


class ResolveForm(SchemaForm):
    """F11 危机事件报告."""

    schema = F11

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
