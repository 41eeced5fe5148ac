"""Taking a list out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.forms import CommandForm


class ExportForm(CommandForm):
    """The format; whether who it is stands in it, and then why."""

    suffix = forms.ChoiceField(label=_("格式"), choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    in_clear = forms.BooleanField(
        label=_("包含姓名、证件号码与电话"),
        required=False,
        help_text=_("不选则姓名遮盖；选了须写明理由，并记入审计"),
    )
    reason = forms.CharField(
        label=_("理由"), max_length=200, required=False, help_text=_("至少 10 个字，留在审计记录里")
    )

    def __init__(self, *args: Any, may_clear: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may_clear:
            del self.fields["in_clear"], self.fields["reason"]
