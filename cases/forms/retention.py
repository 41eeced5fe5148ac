"""Forms of the archive: files put on a list, a hold, its end."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Reason, SomeOf, WideDate, choices_of
from cases.models.holds import RecordHold
from msw_portal.kernel.forms import CommandForm


class DuesForm(CommandForm):
    """The files that are due on the page, and the opinion of whoever proposes."""

    cases = SomeOf(label=_("到期的档案"), choices=[])
    note = Reason(label=_("鉴定意见"), help_text=_("为什么可以处置；批准人据此决定"))

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = offered


class HoldForm(CommandForm):
    kind = OneOf(label=_("种类"), choices=RecordHold.Kind.choices, widget=forms.RadioSelect)
    since = WideDate(label=_("起始日期"), not_future=True)
    reason = Reason(help_text=_("哪个机关或哪件争议、文号；不写病情"))


class HoldEndForm(CommandForm):
    ending = OneOf(label=_("解除事由"), choices=choices_of(RecordHold.Ending.choices))
    reason = Reason(label=_("解除理由"))
