"""The reconciliation desk: which gift a receipt is, or why it is none."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Story, Yes
from donations.forms.giving import DonorChoice, DonorFields, PurposeChoice, fund_choice
from donations.models.giving import Donation, Donor
from donations.models.statements import StatementLine
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import parse_amount


class MatchForm(CommandForm):
    """The gift that a receipt is."""

    donation = forms.ModelChoiceField(
        Donation.objects.none(),
        label=_("捐赠"),
        to_field_name="uid",
        error_messages={
            "required": _("请选择一笔捐赠。"),
            "invalid_choice": _("没有这笔捐赠。"),
        },
    )

    def __init__(self, *args: Any, donations, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["donation"].queryset = donations


class LookUpForm(CommandForm):
    """A gift by the number it bears, where none of the suggestions fits."""

    donation = Line(label=_("捐赠编号"), max_length=40)

    def __init__(self, *args: Any, donations, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.donations = donations

    def clean_donation(self) -> Donation:
        found = self.donations.filter(number=self.cleaned_data["donation"].upper()).first()
        if found is None:
            raise ValidationError(_("没有这笔捐赠。"), "unknown")
        return found


class GiveForm(DonorFields):
    """A gift recorded from its receipt: amount and day are the statement's."""

    donor = DonorChoice(
        Donor.objects.none(),
        label=_("以前的捐赠人"),
        required=False,
        to_field_name="uid",
        empty_label=_("新的捐赠人"),
        error_messages={"invalid_choice": _("请从列出的捐赠人中选择。")},
    )
    publish_name = Yes(label=_("捐赠人同意公示姓名或名称"))
    fund = fund_choice()
    purpose = PurposeChoice(label=_("指定用途"), required=False)

    def __init__(self, *args: Any, donors, funds, purposes: Iterable[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["donor"].queryset = donors
        self.fields["fund"].queryset = funds
        self.fields["purpose"].offer(purposes)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_named = cleaned.get("donor") or cleaned.get("donor_kind")
        if not is_named and "donor_kind" not in self.errors:
            self.add_error("donor_kind", _("请选择捐赠人类型，或选一个以前的捐赠人。"))
        return cleaned


class IgnoreForm(CommandForm):
    """Why a receipt is no gift."""

    reason = OneOf(label=_("不入账的原因"), choices=StatementLine.IgnoreReason.choices)
    note = Line(label=_("说明"), max_length=200, required=False, help_text=_("选“其他”时必填"))


class SplitForm(CommandForm):
    """The parts of a receipt, an amount a line."""

    parts = Story(
        label=_("拆成哪几份"),
        rows=4,
        max_length=600,
        help_text=_("一行一个金额（元），合计等于这条流水"),
        error_messages={"required": _("请一行写一个金额。")},
    )

    def clean_parts(self) -> list[Decimal]:
        amounts = []
        for place, typed in enumerate(self.cleaned_data["parts"].splitlines(), start=1):
            if not typed.strip():
                continue
            try:
                amounts.append(parse_amount(typed))
            except ValidationError as error:
                sentence = _("第 %(n)s 行：%(why)s") % {"n": place, "why": error.messages[0]}
                raise ValidationError(sentence, "amount") from error
        return amounts


class PlainForm(CommandForm):
    """A step that asks nothing."""
