"""Receipts: number ranges, issuing, the check by anybody."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Digits, OneOf, WideDate, WideInteger, choices_of
from donations.services.donation_receipts import CONSIDERATIONS
from msw_portal.kernel.forms import CommandForm

LARGEST = 9_999_999_999


class SeriesForm(CommandForm):
    """A range as the finance authority gave it out."""

    code = Digits(label=_("票据代码"), max_length=20, help_text=_("票据上的代码，数字或字母"))
    first = WideInteger(label=_("起始号码"), min_value=1, max_value=LARGEST)
    last = WideInteger(label=_("终止号码"), min_value=1, max_value=LARGEST)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not re.fullmatch(r"[0-9A-Z]+", code):
            raise forms.ValidationError(_("代码只能是数字和字母。"), code="code")
        return code


class IssueForm(CommandForm):
    """The one question that decides whether it is a donation at all."""

    consideration = OneOf(
        label=_("捐赠人得到或将得到什么回报"),
        choices=choices_of(CONSIDERATIONS),
        error_messages={"required": _("请先确认这是无偿捐赠。")},
    )


class BatchForm(CommandForm):
    """The receipts issued from one day to another, both included."""

    since = WideDate(label=_("从"), not_future=True)
    until = WideDate(label=_("到"), not_future=True, initial=timezone.localdate)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        return cleaned


class CheckForm(forms.Form):
    """What stands on the paper."""

    code = Digits(label=_("票据代码"), max_length=20)
    number = WideInteger(label=_("票据号码"), min_value=1, max_value=LARGEST)
    check_code = Digits(label=_("校验码"), max_length=12)
