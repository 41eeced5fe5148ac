"""Money on its way: prepared, released by another, confirmed by the hospital."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Digits, Line, OneOf, Reason, WideDate
from departments.models.mechanisms import Document
from donations.forms.review import CodeField
from donations.models.programmes import ProgrammeVersion
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField


class PayeeForm(CommandForm):
    """The account that receives: `payee_account` is typed as its holder, given as a whole."""

    payee_account = Line(label=_("户名"), max_length=80)
    payee_bank = Line(label=_("开户行"), max_length=80)
    payee_number = Digits(
        label=_("账号"), min_length=8, max_length=32, help_text=_("保存后只显示末四位")
    )
    payee_code = Digits(
        label=_("行号"), min_length=12, max_length=12, required=False, help_text=_("12 位，可不填")
    )

    def clean_payee_number(self) -> str:
        number = self.cleaned_data["payee_number"]
        if not (number.isascii() and number.isdigit()):
            raise forms.ValidationError(_("账号只能是数字。"), code="digits")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            cleaned["payee_account"] = {
                "name": cleaned["payee_account"],
                "bank": cleaned.pop("payee_bank"),
                "account": cleaned.pop("payee_number"),
                "code": cleaned.pop("payee_code"),
            }
        return cleaned


class PrepareForm(PayeeForm):
    """The next instalment and who receives it."""

    amount = AmountField(label=_("本期金额"))
    mode = OneOf(label=_("拨付方式"))
    payee_account = Line(
        label=_("户名"), max_length=80, help_text=_("拨付至医院时，必须与医院法人名称一致")
    )

    field_order = ("amount", "mode")

    def __init__(self, *args: Any, modes: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        labels = dict(ProgrammeVersion.PayoutMode.choices)
        self.fields["mode"].choices = [(mode, labels.get(mode, mode)) for mode in modes]


class ReleaseForm(CommandForm):
    """Another person pays: the bank's voucher and the second factor."""

    voucher_no = Line(label=_("付款凭证号"), max_length=60, required=False)
    totp_code = CodeField()


class PayoutReasonForm(CommandForm):
    """Why an instalment is cancelled, or came back from the bank."""

    reason = Reason(label=_("理由"))


class SlipChoice(forms.ModelChoiceField):
    """A file of the case, by its own title."""

    def label_from_instance(self, obj: Document) -> str:
        return obj.title


class ConfirmPayoutForm(CommandForm):
    """The hospital has the money."""

    paid_on = WideDate(label=_("到账日期"), not_future=True, help_text=_("以医院账户入账日为准"))
    slip = SlipChoice(
        Document.objects.none(),
        label=_("到账凭证"),
        required=False,
        to_field_name="uid",
        empty_label=_("没有"),
        error_messages={"invalid_choice": _("请从本个案的文书中选择。")},
    )

    def __init__(self, *args: Any, documents, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["slip"].queryset = documents
