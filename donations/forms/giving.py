"""Gifts: who gave what to which fund, as the bank's slip says."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, WideDate, Yes, choices_of
from departments.services.regions import region_read
from donations.models.giving import Donation, Donor, Fund, FundPurpose
from donations.services.refusals import NATURES
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from msw_portal.kernel.validators import validate_uscc


class DonorChoice(forms.ModelChoiceField):
    """An organization that has given before; persons are entered anew and never listed."""

    def label_from_instance(self, obj: Donor) -> str:
        return obj.name_masked


class PurposeChoice(forms.ChoiceField):
    """A purpose with its fund, because one list serves all funds; `fund number/code` on the wire."""

    default_error_messages = {"invalid_choice": _("请从列出的用途中选择。")}
    purposes: dict[str, FundPurpose] = {}

    def offer(self, purposes: Iterable[FundPurpose]) -> None:
        self.purposes = {f"{one.fund.number}/{one.code}": one for one in purposes}
        named = ((key, f"{one.fund.name}：{one.text}") for key, one in self.purposes.items())
        self.choices = [("", _("不限定用途")), *named]

    def clean(self, value: Any) -> FundPurpose | None:
        return self.purposes.get(super().clean(value))


class DonorFields(CommandForm):
    """Who gave: somebody known, or a new donor."""

    donor = DonorChoice(
        Donor.objects.none(),
        label=_("以前的捐赠单位"),
        required=False,
        to_field_name="uid",
        empty_label=_("新的捐赠人"),
        error_messages={"invalid_choice": _("请从列出的捐赠单位中选择。")},
    )
    donor_kind = OneOf(
        label=_("捐赠人类型"), choices=choices_of(Donor.Kind.choices), required=False
    )
    donor_name = Line(
        label=_("捐赠人姓名或名称"), max_length=80, required=False, help_text=_("匿名捐赠不填")
    )


def fund_choice() -> forms.ModelChoiceField:
    """Which fund a gift goes to; the form offers the rows."""
    return forms.ModelChoiceField(
        Fund.objects.none(),
        label=_("基金"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的基金中选择。"),
            "required": _("请选择基金。"),
        },
    )


class GiftForm(DonorFields):
    """Who gives, to which fund, under which agreement, and that it is a gift at all."""

    donor_contact = Line(
        label=_("联系方式"),
        max_length=80,
        required=False,
        help_text=_("用于反馈捐赠使用情况，加密保存"),
    )
    donor_uscc = Line(
        label=_("统一社会信用代码"), max_length=18, required=False, validators=[validate_uscc]
    )
    publish_name = Yes(label=_("捐赠人同意公示姓名或名称"))
    nature = OneOf(
        label=_("款物性质"),
        choices=[*NATURES.items()],
        initial="donation",
        required=False,
        help_text=_("不是捐赠的不登记，也不开捐赠票据"),
    )
    fund = fund_choice()
    purpose = PurposeChoice(label=_("指定用途"), required=False)
    beneficiary_class = forms.ChoiceField(
        label=_("指定受益人类别"),
        required=False,
        help_text=_("只能指定类别，不能指定个人"),
        error_messages={"invalid_choice": _("请从列出的类别中选择。")},
    )
    agreement = forms.ModelChoiceField(
        None,
        label=_("捐赠协议"),
        required=False,
        to_field_name="uid",
        empty_label=_("没有协议"),
        error_messages={"invalid_choice": _("请从列出的协议中选择。")},
    )
    campaign = forms.ModelChoiceField(
        None,
        label=_("募捐活动"),
        required=False,
        to_field_name="uid",
        empty_label=_("不属于募捐活动"),
        error_messages={"invalid_choice": _("请从列出的募捐活动中选择。")},
    )
    region = Line(
        label=_("受益地区"),
        max_length=60,
        required=False,
        help_text=_("六位代码或名称，例如：133100"),
    )

    def __init__(
        self, *args: Any, donors, funds, purposes, classes, agreements, campaigns, **kwargs
    ):
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("donor", donors),
            ("fund", funds),
            ("agreement", agreements),
            ("campaign", campaigns),
        ):
            self.fields[name].queryset = rows
        self.fields["purpose"].offer(purposes)
        self.fields["beneficiary_class"].choices = [
            ("", _("不指定")),
            *((one, one) for one in sorted(classes)),
        ]

    @property
    def own_fields(self) -> list[Any]:
        """What this form asks beside what every gift's form asks."""
        return [one for one in self.visible_fields() if one.name not in GiftForm.base_fields]

    def clean_region(self) -> Any:
        typed = self.cleaned_data["region"]
        return region_read(typed) if typed else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("donor") and "donor_kind" not in self.errors:
            self._check_new_donor(cleaned)
        fund, purpose = cleaned.get("fund"), cleaned.get("purpose")
        if fund and purpose and purpose.fund_id != fund.pk:
            self.add_error("purpose", _("这个用途不属于所选基金。"))
        cleaned["nature"] = cleaned.get("nature") or "donation"
        return cleaned

    def _check_new_donor(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("donor_kind")
        if not kind:
            self.add_error("donor_kind", _("请选择捐赠人类型，或选一个以前的捐赠单位。"))
        elif (
            kind != Donor.Kind.ANONYMOUS
            and not cleaned.get("donor_name")
            and "donor_name" not in self.errors
        ):
            self.add_error("donor_name", _("请填写捐赠人姓名或名称。"))


class DonationForm(GiftForm):
    """Money that has arrived: the amount and the day, as the bank's slip says."""

    amount = AmountField(label=_("到账金额"))
    received_on = WideDate(label=_("到账日期"), not_future=True, help_text=_("以银行回单为准"))
    channel = OneOf(
        label=_("渠道"), choices=Donation.Channel.choices, initial=Donation.Channel.BANK
    )


class ConfirmDonationForm(CommandForm):
    """Another person has compared the record with the bank's slip."""

    has_slip = Yes(
        label=_("已与银行回单逐项核对：付款人、金额、日期一致"), must=_("请先核对银行回单。")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("has_slip", None)
        return cleaned


class ConfirmAcceptanceForm(ConfirmDonationForm):
    """Another person has compared the record with what was accepted."""

    has_slip = Yes(
        label=_("已与验收记录和计价凭据逐项核对：名称、数量、价值一致"),
        must=_("请先核对验收记录。"),
    )


class CarriedForm(CommandForm):
    """The gifts on the page, compared with the old books; `count` says how many were shown."""

    count = forms.IntegerField(widget=forms.HiddenInput)
    is_checked = Yes(
        label=_("已与原来的账簿逐笔核对：金额、已使用、到账日期和用途一致"),
        must=_("请先逐笔核对。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("is_checked", None)
        return cleaned
