"""Between what stands on a stay and what the hospital's system says."""

from django import forms
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.forms import CommandForm

TAKE, KEEP = "take", "keep"


class SettleForm(CommandForm):
    """`at` is when the system knew what the page showed; `choice` says whose words stand."""

    at = forms.CharField(max_length=40, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        choices=[(TAKE, _("按医院系统改")), (KEEP, _("保留这里记的"))],
        error_messages={"required": _("请选择一项。")},
    )

    def clean(self) -> dict:
        """What the service takes; which service it is stands apart."""
        self.chosen = self.cleaned_data.pop("choice", "")
        return self.cleaned_data
