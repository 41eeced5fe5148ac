"""Evaluation and closing."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.ending import F7
from cases.forms.fields import OneOf, choices_of
from cases.forms.schema_forms import SchemaForm
from cases.models.codes import CloseReason
from msw_portal.kernel.forms import CommandForm


class ProposeForm(SchemaForm):
    """F7 结案报告, signed by the worker."""

    schema = F7

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        given, refused = cleaned.get("satisfaction"), cleaned.get("satisfaction_refused")
        cleaned["satisfaction"] = int(given) if given else None
        if not given and not refused and "satisfaction" not in self.errors:
            self.add_error("satisfaction", _("请选满意度，或勾选“对方不愿评价”。"))
        if given and refused:
            self.add_error("satisfaction_refused", _("已有评分，就不要勾“不愿评价”。"))
        return cleaned


class CloseForm(CommandForm):
    """The supervisor signs the closing off."""

    reason = OneOf(label=_("结案原因"), choices=choices_of(CloseReason.choices))


class ConfirmForm(CommandForm):
    """A step that asks nothing."""
