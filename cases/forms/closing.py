"""Evaluation and closing."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.form_schemas.ending import F7
from cases.forms.fields import Line, OneOf, choices_of
from cases.forms.schema_forms import SchemaForm
from cases.models.codes import CloseReason, NeedMet
from cases.models.work import Need
from msw_portal.kernel.forms import CommandForm


class ProposeForm(SchemaForm):
    """F7 结案报告, signed by the worker."""

    schema = F7

    def __init__(self, *args: Any, needs: Sequence[Need] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.needs = needs
        for need in needs:
            self.fields[f"need-{need.uid}-met"] = OneOf(
                label=f"{need.get_category_display()}",
                choices=choices_of(NeedMet.choices),
                required=False,
                initial=need.met,
            )
            self.fields[f"need-{need.uid}-why"] = Line(
                label=_("没有满足的原因"), max_length=40, required=False, initial=need.unmet_reason
            )

    def need_rows(self) -> list[dict[str, Any]]:
        """A need with its two fields, as the page draws them."""
        return [
            {
                "need": one,
                "met": self[f"need-{one.uid}-met"],
                "why": self[f"need-{one.uid}-why"],
            }
            for one in self.needs
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["need_results"] = {
            need.uid: (
                cleaned.pop(f"need-{need.uid}-met", ""),
                cleaned.pop(f"need-{need.uid}-why", ""),
            )
            for need in self.needs
        }
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
