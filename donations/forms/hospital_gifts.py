"""A hospital as recipient: the offer, the offices, their opinions, the decision and what follows."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Story, WideDate, Yes, choices_of
from donations.forms.gift_steps import valuation_basis
from donations.forms.goods import LotForm
from donations.models.giving import Donation, Donor
from donations.models.hospital_gifts import GiftOpinion, HospitalGift
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from msw_portal.kernel.validators import validate_uscc


class OfferedForm(CommandForm):
    """Who offers what to the hospital, for what, and that nothing hangs on it."""

    donor = forms.ModelChoiceField(
        None,
        label=_("以前的捐赠单位"),
        required=False,
        to_field_name="uid",
        empty_label=_("新的捐赠人"),
        error_messages={"invalid_choice": _("请从列出的捐赠单位中选择。")},
    )
    donor_kind = OneOf(
        label=_("捐赠人类型"), choices=choices_of(Donor.Kind.choices), required=False
    )
    donor_name = Line(label=_("捐赠人姓名或名称"), max_length=80, required=False)
    donor_uscc = Line(
        label=_("统一社会信用代码"), max_length=18, required=False, validators=[validate_uscc]
    )
    receiver = OneOf(
        label=_("受赠人"),
        choices=[("house", _("医院（法人）")), ("department", _("科室")), ("person", _("个人"))],
        initial="house",
        help_text=_("只能由医院法人接受"),
    )
    department = forms.ModelChoiceField(
        None,
        label=_("使用部门"),
        required=False,
        to_field_name="uid",
        empty_label=_("全院"),
        error_messages={"invalid_choice": _("请从列出的部门中选择。")},
    )
    kind = OneOf(label=_("捐赠财产"), choices=Donation.Kind.choices, initial="money")
    content = Line(label=_("名称、数量和质量"), max_length=200)
    amount = AmountField(label=_("金额或价值"))
    purpose = OneOf(label=_("用途"), choices=choices_of(HospitalGift.Purpose.choices))
    use = Line(label=_("具体用途"), max_length=200)
    wants = Line(
        label=_("捐赠人的要求"), max_length=200, required=False, help_text=_("没有要求的不填")
    )
    is_free_of_procurement = Yes(label=_("声明：不与本院采购物品或服务挂钩"))
    is_free_of_return = Yes(label=_("声明：没有经济利益、知识产权、科研成果、行业数据等回报要求"))

    def __init__(self, *args: Any, donors: Any, departments: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["donor"].queryset = donors
        self.fields["department"].queryset = departments

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("donor") is None and "donor" not in self.errors:
            if not cleaned.get("donor_kind"):
                self.add_error("donor_kind", _("请选择捐赠人类型，或选一个以前的捐赠单位。"))
            elif cleaned["donor_kind"] != Donor.Kind.ANONYMOUS and not cleaned.get("donor_name"):
                self.add_error("donor_name", _("请填写捐赠人姓名或名称。"))
        return cleaned


class OfficesForm(CommandForm):
    """One person for each office, and the leader who brings the decision."""

    finance = forms.ModelChoiceField(None, label=_("财务"), to_field_name="uid")
    discipline = forms.ModelChoiceField(None, label=_("纪检"), to_field_name="uid")
    audit = forms.ModelChoiceField(None, label=_("审计"), to_field_name="uid")
    business = forms.ModelChoiceField(None, label=_("业务部门"), to_field_name="uid")
    leader = forms.ModelChoiceField(
        None,
        label=_("院领导"),
        to_field_name="uid",
        help_text=_("登记领导班子集体研究的决定"),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            if isinstance(one, forms.ModelChoiceField):
                one.queryset, one.empty_label = people, _("请选择")
                one.error_messages |= {
                    "invalid_choice": _("请从列出的人员中选择。"),
                    "required": _("请指定这个部门的人。"),
                }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        offices = {one: cleaned.pop(one, None) for one in GiftOpinion.Office.values}
        cleaned["persons"] = offices
        return cleaned


class OpinionForm(CommandForm):
    """One office's opinion."""

    verdict = OneOf(label=_("意见"), choices=GiftOpinion.Verdict.choices, widget=forms.RadioSelect)
    text = Story(label=_("理由"), max_length=1000, required=False, help_text=_("不同意的必须写"))


class DecisionForm(CommandForm):
    """What the leaders decided, and where it is written."""

    accepts = forms.TypedChoiceField(
        label=_("决定"),
        choices=[("yes", _("接受")), ("no", _("不予接受"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一项。")},
    )
    decided_on = WideDate(label=_("决定日期"), not_future=True)
    minutes = Line(label=_("会议或文件"), max_length=120)
    reason = Story(
        label=_("理由"),
        rows=3,
        max_length=500,
        required=False,
        help_text=_("不予接受的必须写，并向捐赠人说明"),
    )


class AcceptedForm(CommandForm):
    """What was really received."""

    accepted_on = WideDate(label=_("验收日期"), not_future=True)
    accepted_value = AmountField(label=_("验收价值"))
    acceptance = Line(
        label=_("验收记录"), max_length=200, help_text=_("清点、质量、凭证；货币写银行回单号")
    )


class ValuedForm(CommandForm):
    """What was really received and is no money: valued by the first basis of the legal order there is."""

    accepted_on = WideDate(label=_("验收日期"), not_future=True)
    valuation_basis = valuation_basis()
    accepted_value = AmountField(
        label=_("验收价值"), required=False, help_text=_("无法可靠计价的不填")
    )
    file = forms.FileField(
        label=_("计价凭据"),
        required=False,
        help_text=_("发票、报关单、评估报告等：PDF、JPG、PNG"),
    )
    valuation_note = Line(
        label=_("计价说明"),
        max_length=200,
        required=False,
        help_text=_("没有采用排在前面的依据时写明为什么"),
    )
    acceptance = Line(
        label=_("验收记录"), max_length=200, help_text=_("清点、质量、凭证；货币写银行回单号")
    )


class ItemForm(LotForm):
    """One batch as it was counted when it arrived."""

    received_on = WideDate(label=_("到货日期"), not_future=True, initial=timezone.localdate)


class NoticeForm(CommandForm):
    """When and where the notice stands."""

    noticed_on = WideDate(label=_("公示日期"), not_future=True)
    noticed_where = Line(
        label=_("公示地点或网址"), max_length=200, required=False, help_text=_("本门户同时公布")
    )


class BookForm(CommandForm):
    """Into which of the hospital's own funds."""

    fund = forms.ModelChoiceField(
        None,
        label=_("基金"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的基金中选择。"),
            "required": _("请选择基金。"),
        },
    )

    def __init__(self, *args: Any, funds: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds
