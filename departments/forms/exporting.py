"""Taking a list out."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from departments.services.export_limits import password_of, password_offered
from msw_portal.kernel.forms import CommandForm


class KeyForm(CommandForm):
    """A form that shows the password of the archive once, beside the tick that makes one."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        password, token = password_offered()
        self.initial["key"] = self._fresh = token
        password = password_of(self.data.get("key", "")) or password
        # To be copied by hand: it stands by itself, in letters that cannot be mistaken.
        self.fields["in_clear"].help_text = format_html(
            '{}<br>{} <b class="mono">{}</b> {}',
            _("不选则遮盖。选了须写明理由，记入审计，文件是加密的压缩包。"),
            _("密码"),
            password,
            _("只在这里显示，请先抄下；退回重填会换一个。"),
        )

    def clean_key(self) -> str:
        shown = password_of(self.cleaned_data["key"])
        if not shown:
            # Refused and shown again, with a new password; nobody has seen it before.
            self.data = {**self.data.dict(), "key": self._fresh}
        return shown


class ExportForm(KeyForm):
    """The format; whether who it is stands in it, and then why."""

    suffix = forms.ChoiceField(label=_("格式"), choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    in_clear = forms.BooleanField(
        label=_("包含姓名、证件号码与电话"),
        required=False,
    )
    reason = forms.CharField(
        label=_("理由"), max_length=200, required=False, help_text=_("至少 10 个字，留在审计记录里")
    )

    def __init__(self, *args: Any, may_clear: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may_clear:
            del self.fields["in_clear"], self.fields["reason"], self.fields["key"]
