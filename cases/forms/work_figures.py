"""The span and the grouping of the figures, read from the address."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import WideDate
from cases.services.work_figures import BY

MOST_DAYS = 3660


class FiguresForm(forms.Form):
    """From one day to another inclusive; what is not understood falls back to this year."""

    since = WideDate(label=_("从"), required=False)
    until = WideDate(label=_("到"), required=False)
    by = forms.ChoiceField(choices=[(one, one) for one in BY], required=False)

    @staticmethod
    def this_year() -> dict[str, dt.date]:
        today = timezone.localdate()
        return {"since": today.replace(month=1, day=1), "until": today}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        elif since and until and (until - since).days > MOST_DAYS:
            self.add_error("until", _("最多看十年。"))
        return cleaned

    def asked(self) -> dict[str, Any]:
        """`since`, `until`, `by`; this year by month when the form does not hold."""
        whole = self.this_year() | {"by": "month"}
        if not self.is_valid():
            return whole
        return whole | {name: value for name, value in self.cleaned_data.items() if value}
