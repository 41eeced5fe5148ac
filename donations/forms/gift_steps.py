"""A gift's other steps: promised, offered, arrived in part, accepted, refused, given back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, WideDate, Yes
from donations.forms.giving import GiftForm
from donations.forms.review import CodeField
from donations.models.giving import Donation
from donations.services.refusals import NATURES
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

# Goods have a door of their own: counted, accepted and kept in lots (goods:intake_new).
NOT_HERE = (Donation.Kind.MONEY, Donation.Kind.GOODS)
OFFERED = [one for one in Donation.Kind.choices if one[0] not in NOT_HERE]


class PledgeForm(GiftForm):
    """Money that somebody promises."""

    amount = AmountField(label=_("承诺金额"))
    pledged_on = WideDate(label=_("承诺日期"), not_future=True)
    due_on = WideDate(label=_("约定交付日期"), required=False)


class OfferForm(GiftForm):
    """A service or a right that somebody promises."""

    kind = OneOf(
        label=_("捐赠财产"), choices=OFFERED, help_text=_("实物请在“物资”的到货验收里登记")
    )
    content = Line(
        label=_("名称、数量和质量"),
        max_length=200,
        help_text=_("例如：健康科普讲座 4 场，每场 1 小时"),
    )
    pledged = AmountField(label=_("捐赠人所报价值"), required=False)
    pledged_on = WideDate(label=_("承诺日期"), not_future=True)
    due_on = WideDate(label=_("约定交付日期"), required=False)


class ReceiveForm(CommandForm):
    """What arrived now of a promised gift."""

    amount = AmountField(label=_("本次到账金额"))
    received_on = WideDate(label=_("到账日期"), not_future=True, help_text=_("以银行回单为准"))
    channel = OneOf(
        label=_("渠道"), choices=Donation.Channel.choices, initial=Donation.Channel.BANK
    )
    external_no = Line(label=_("流水号"), max_length=80, required=False)


def valuation_basis() -> forms.TypedChoiceField:
    """By what a gift that is no money is valued, in the order of the law."""
    return forms.TypedChoiceField(
        label=_("计价依据"),
        choices=[("", _("请选择")), *Donation.Basis.choices],
        coerce=int,
        help_text=_("依次采用：发票、其他证明、公允价值、评估；无法计价的不入账、不开票"),
        error_messages={
            "required": _("请选择一项。"),
            "invalid_choice": _("请从列出的选项中选择。"),
        },
    )


class AcceptForm(CommandForm):
    """What was really received, counted and valued, in the order of the rules."""

    received_on = WideDate(label=_("验收日期"), not_future=True)
    content = Line(label=_("实收名称、数量和质量"), max_length=200)
    valuation_basis = valuation_basis()
    amount = AmountField(label=_("价值"), required=False)
    valuation_note = Line(label=_("计价凭据"), max_length=200, required=False)


class RefuseForm(CommandForm):
    """Why a gift is not accepted."""

    nature = OneOf(label=_("实际性质"), choices=[*NATURES.items()], initial="benefit")
    reason = Reason()


class WhyForm(CommandForm):
    """A reason in words."""

    reason = Reason()


class PayBackForm(CommandForm):
    """Another person pays the money back, with a fresh code."""

    totp_code = CodeField()


class PaperForm(CommandForm):
    """One file."""

    file = forms.FileField(
        label=_("文件"), error_messages={"required": _("请选择文件。")}, help_text=_("PDF 或图片")
    )


class AgreementForm(CommandForm):
    """The fields of Charity Law 39, and what practice adds."""

    donor = forms.ModelChoiceField(
        None, label=_("捐赠人"), to_field_name="uid", empty_label=_("请选择")
    )
    title = Line(label=_("协议名称"), max_length=120)
    property_kind = OneOf(label=_("捐赠财产"), choices=Donation.Kind.choices, initial="money")
    amount = AmountField(label=_("金额或价值"), required=False)
    quantity = Line(label=_("数量"), max_length=80, required=False)
    quality = Line(label=_("质量"), max_length=120, required=False)
    fund = forms.ModelChoiceField(
        None, label=_("基金"), to_field_name="uid", empty_label=_("不限定"), required=False
    )
    use = Line(label=_("用途"), max_length=200)
    beneficiary_class = Line(
        label=_("受益人类别"),
        max_length=40,
        required=False,
        help_text=_("只能指定类别，不能指定个人"),
    )
    delivery_on = WideDate(label=_("交付时间"), required=False)
    delivery = Line(label=_("交付方式"), max_length=120, required=False)
    mgmt_share = AmountField(
        label=_("约定管理费比例（%）"),
        required=False,
        least=None,
        help_text=_("有约定的，本协议下的捐赠从其约定（《慈善法》第六十一条）"),
    )
    leftover = Line(label=_("剩余财产处理"), max_length=200, required=False)
    reporting = Line(label=_("反馈与报告"), max_length=200, required=False)
    ends_on = WideDate(label=_("到期日"), required=False)

    def __init__(self, *args: Any, donors: Any, funds: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["mgmt_share"].is_money = False
        for name, rows, sentence in (
            ("donor", donors, _("请从列出的捐赠人中选择。")),
            ("fund", funds, _("请从列出的基金中选择。")),
        ):
            field = self.fields[name]
            field.queryset = rows
            field.error_messages |= {"invalid_choice": sentence, "required": sentence}


class SignForm(CommandForm):
    """The day both sides signed, and the text."""

    signed_on = WideDate(label=_("签订日期"), not_future=True)
    file = forms.FileField(label=_("双方签署的协议文本"), required=False, help_text=_("PDF 或图片"))


class AgreeForm(SignForm):
    """A hospital's agreement: with the day the property comes."""

    delivery_on = WideDate(label=_("交付时间"), required=False)
    has_no_conditions = Yes(
        label=_("协议没有采购、排他或其他影响公平竞争的条件"),
        must=_("有这类条件的协议不能签订（国卫财务发〔2015〕77号第六条）。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("has_no_conditions", None)
        return cleaned
