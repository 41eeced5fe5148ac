"""Evaluation and closing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import OneOf, Story, Yes, choices_of
from cases.models.codes import CloseReason
from msw_portal.kernel.forms import CommandForm

SATISFACTION = [(str(n), str(n)) for n in range(1, 6)]


class ProposeForm(CommandForm):
    """F7 结案报告, signed by the worker."""

    summary = Story(
        label=_("结案小结"),
        rows=6,
        max_length=8000,
        help_text=_("变化、目标达成、未满足的需求与原因"),
    )
    satisfaction = forms.TypedChoiceField(
        label=_("服务满意度"),
        required=False,
        choices=SATISFACTION,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text=_("1 很不满意，5 很满意；由服务对象或家属评"),
    )
    satisfaction_refused = Yes(label=_("对方不愿评价"))
    client_informed = Yes(
        label=_("已告知服务对象结案及之后的求助方式"), must=_("结案前要先告知服务对象。")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given, refused = cleaned.get("satisfaction"), cleaned.get("satisfaction_refused")
        if given is None and not refused and "satisfaction" not in self.errors:
            self.add_error("satisfaction", _("请选满意度，或勾选“对方不愿评价”。"))
        if given is not None and refused:
            self.add_error("satisfaction_refused", _("已有评分，就不要勾“不愿评价”。"))
        return cleaned


class CloseForm(CommandForm):
    """The supervisor signs the closing off."""

    reason = OneOf(label=_("结案原因"), choices=choices_of(CloseReason.choices))


class ConfirmForm(CommandForm):
    """A step that asks nothing."""
