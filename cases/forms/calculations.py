"""A calculator as a form: one box for each input, and where the figures are from."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, WideDecimal, WideInteger
from cases.forms.schema_forms import MoneyAmount
from msw_portal.kernel.burden import CALCULATORS, Input
from msw_portal.kernel.forms import CommandForm

MOST_MEMBERS = 50


def _field(one: Input) -> forms.Field:
    given = {"label": one.label, "required": one.is_required, "help_text": one.help}
    if one.kind == "count":
        bounds = {
            "min_value": _("请填 1 到 50 之间的人数。"),
            "max_value": _("请填 1 到 50 之间的人数。"),
        }
        return WideInteger(min_value=1, max_value=MOST_MEMBERS, error_messages=bounds, **given)
    if one.kind == "factor":
        return WideDecimal(max_digits=4, decimal_places=2, **given)
    return MoneyAmount(**given)


class CalculationForm(CommandForm):
    """The inputs travel as one mapping; a contradiction lands on its box."""

    basis = Line(
        label=_("数字的来源"),
        max_length=200,
        required=False,
        help_text=_("例如：11 月结算单、家属口述"),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.calculator = CALCULATORS[kind]
        for one in self.calculator.inputs:
            self.fields[one.name] = _field(one)

    def amounts(self) -> list[Any]:
        """The boxes in the calculator's order."""
        return [self[one.name] for one in self.calculator.inputs]

    def command(self, service, **given: Any) -> bool:
        if not self.is_valid():
            return False
        inputs = {
            one.name: Decimal(value)
            for one in self.calculator.inputs
            if (value := self.cleaned_data.pop(one.name, None)) is not None
        }
        return super().command(service, inputs=inputs, **given)
