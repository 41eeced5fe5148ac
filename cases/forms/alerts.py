"""Risk alerts: raised in two choices, ended with the report."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.events import F11
from cases.forms.fields import OneOf
from cases.forms.schema_forms import SchemaForm, ShownGroup
from cases.models.codes import AlertTrigger, RiskLevel
from cases.services.crisis_reports import OF_NONE
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.form_fields import show_field
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


class CrisisForm(SchemaForm):
    """F11 outside an alert's own page: of several waiting alerts it says which one it reports."""

    schema = F11

    def __init__(self, *args: Any, alerts: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        waiting = list(alerts)
        if waiting:
            self.fields["alert"] = OneOf(
                label=_("写的是哪一个预警"),
                choices=[*waiting, (OF_NONE, _("不是预警，另一件事"))],
                initial=waiting[0][0] if len(waiting) == 1 else None,
                required=not self.is_keeping,
                widget=forms.RadioSelect,
            )

    def groups(self) -> Iterator[ShownGroup]:
        """The choice stands under what is known of the alerts."""
        for shown in super().groups():
            if shown.group.known == "alert" and "alert" in self.fields:
                field = show_field(self["alert"], shape="pick", optional=False)
                shown.entries.insert(0, {"field": field})
            yield shown


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
