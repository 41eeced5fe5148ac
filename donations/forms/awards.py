"""Which awards are exported."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.forms import CommandForm


class AwardSpan(CommandForm):
    """From which day to which; this year until today unless said."""

    since = forms.DateField(label=_("开始日期"), required=False)
    until = forms.DateField(label=_("结束日期"), required=False)

    def clean(self) -> dict[str, dt.date]:
        given, today = super().clean(), timezone.localdate()
        return {
            "since": given.get("since") or today.replace(month=1, day=1),
            "until": given.get("until") or today,
        }
