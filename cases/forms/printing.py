"""Before a print: masked or in full, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Reason, choices_of
from cases.forms.people import REVEAL_REASONS
from msw_portal.kernel.forms import CommandForm

SHOWN = [("masked", _("遮盖姓名、证件号和电话")), ("named", _("完整身份信息"))]


class PrintForm(CommandForm):
    """Masked unless a reason is given."""

    shown = OneOf(label=_("纸上写什么"), choices=SHOWN, initial="masked", widget=forms.RadioSelect)
    why = OneOf(
        label=_("理由"),
        choices=choices_of(REVEAL_REASONS),
        required=False,
        help_text=_("打印完整身份信息时要选，会记入审计"),
    )
    note = Reason(label=_("说明"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        named = cleaned.pop("shown", "") == "named"
        why, note = cleaned.pop("why", ""), cleaned.pop("note", "")
        if named and not why and "why" not in self.errors:
            self.add_error("why", _("打印完整身份信息要选理由。"))
        if named and why == "other" and not note and "note" not in self.errors:
            self.add_error("note", _("选“其他”时请写明理由，至少 5 个字。"))
        label = str(dict(REVEAL_REASONS).get(why, ""))
        reason = f"{label}：{note}" if note else label
        return cleaned | {"is_named": named, "reason": reason if named else ""}
