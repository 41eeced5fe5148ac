"""A charity's facts, its qualifications, the terms of its funds and its trusts."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Line,
    OneOf,
    Reason,
    Story,
    WideDate,
    WideDecimal,
    WideInteger,
    Yes,
    choices_of,
)
from departments.models.organizations import Organization
from departments.models.register_parts import OrganizationCredential
from donations.models.giving import CharityProfile, Donor, Fund
from donations.services.charities import GRADES, KINDS
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField


class ProfileForm(CommandForm):
    """What the charity says of itself."""

    legal_form = OneOf(label=_("组织形式"), choices=CharityProfile.Form.choices)
    registration_authority = Line(label=_("登记机关"), max_length=80, required=False)
    supervising_body = Line(label=_("业务主管单位"), max_length=80, required=False)
    public_contact = Line(
        label=_("公开联系方式"),
        max_length=160,
        required=False,
        help_text=_("公开页上给捐赠人看：电话、邮箱、地址"),
    )
    query_words = Line(
        label=_("查询方式"),
        max_length=200,
        required=False,
        help_text=_("捐赠人怎么查询捐赠去向（《慈善法》第二十五条）"),
    )
    bank_accounts = Story(
        label=_("银行账户"),
        rows=3,
        max_length=600,
        required=False,
        help_text=_("一行一个：户名、开户行、账号"),
    )


class QualificationForm(CommandForm):
    """A certificate, year span or rating with its days."""

    kind = OneOf(
        label=_("资格"),
        choices=choices_of([(one, OrganizationCredential.Kind(one).label) for one in KINDS]),
    )
    number = Line(label=_("证书或文件编号"), max_length=60, required=False)
    grade = OneOf(
        label=_("评估等级"),
        choices=[("", _("不是评估等级")), *((one, one) for one in GRADES)],
        required=False,
    )
    valid_from = WideDate(label=_("有效期自"))
    valid_to = WideDate(label=_("有效期至"), required=False, help_text=_("长期有效的不填"))


class FundForm(CommandForm):
    """A fund with what was agreed about it."""

    number = Line(label=_("编号"), max_length=40)
    kind = OneOf(
        label=_("类型"),
        choices=[(value, label) for value, label in Fund.Kind.choices if value != Fund.Kind.TRUST],
        initial=Fund.Kind.SPECIAL,
    )
    name = Line(label=_("名称"), max_length=80)
    parent = forms.ModelChoiceField(
        Fund.objects.none(),
        label=_("上级基金"),
        to_field_name="uid",
        required=False,
        empty_label=_("没有"),
        error_messages={"invalid_choice": _("请从列出的基金中选择。")},
    )
    summary = Story(label=_("宗旨与资助范围"), rows=3, max_length=1000, required=False)
    purposes = Story(
        label=_("用途"),
        rows=4,
        max_length=2000,
        required=False,
        help_text=_("一行一个；每个用途单独记账，定了以后只增不减"),
    )
    founder = forms.ModelChoiceField(
        Donor.objects.none(),
        label=_("发起捐赠人"),
        to_field_name="uid",
        required=False,
        empty_label=_("没有"),
        error_messages={"invalid_choice": _("请从列出的捐赠单位中选择。")},
    )
    agreed_on = WideDate(label=_("协议签订日期"), required=False, not_future=True)
    mgmt_share = WideDecimal(
        label=_("管理费比例（%）"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("协议约定的从其约定（《慈善法》第六十一条）；没有约定的不填"),
    )
    committee = Story(
        label=_("管理委员会"),
        rows=3,
        max_length=1000,
        required=False,
        help_text=_("成员、职务和议事规则；加密保存，不公开"),
    )

    def __init__(self, *args: Any, parents, founders, is_new: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents
        self.fields["founder"].queryset = founders
        self.fields["founder"].label_from_instance = lambda one: one.name_masked
        if not is_new:
            del self.fields["number"], self.fields["kind"]
            self.fields["purposes"].label = _("增加用途")

    def clean_purposes(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["purposes"].splitlines()]
        if any(len(line) > 120 for line in lines):
            raise forms.ValidationError(_("每个用途最多 120 个字。"))
        return [line for line in lines if line]


class FundReasonForm(CommandForm):
    """Why a fund is paused or closed."""

    reason = Reason()


class TrustForm(CommandForm):
    """A charitable trust and its filing (Charity Law 44 to 51)."""

    number = Line(label=_("编号"), max_length=40)
    name = Line(label=_("信托名称"), max_length=80)
    settlor = Line(label=_("委托人"), max_length=120, help_text=_("加密保存"))
    trustee = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("受托人"),
        to_field_name="uid",
        empty_label=_("请选择"),
        help_text=_("慈善组织或者信托公司（《慈善法》第四十七条）"),
        error_messages={
            "invalid_choice": _("请从列出的机构中选择。"),
            "required": _("请选择受托人。"),
        },
    )
    supervisor = Line(label=_("监察人"), max_length=120, required=False)
    purpose = Story(label=_("信托目的"), rows=3, max_length=1000)
    beneficiary_scope = Story(
        label=_("受益人范围"),
        rows=3,
        max_length=1000,
        help_text=_("写范围，不写个人；委托人、受托人的利害关系人不能受益"),
    )
    property_kind = Line(label=_("信托财产"), max_length=120, help_text=_("资金、股权、房屋等"))
    initial_property = AmountField(label=_("初始财产"))
    signed_on = WideDate(label=_("签订日期"), not_future=True)
    filing_no = Line(label=_("备案编号"), max_length=60, required=False)
    filed_on = WideDate(
        label=_("备案日期"),
        required=False,
        not_future=True,
        help_text=_("签订之日起七日内（《慈善法》第四十五条）"),
    )
    filing_authority = Line(label=_("备案机关"), max_length=80, required=False)
    late_reason = Line(label=_("逾期备案的原因"), max_length=200, required=False)
    ended_on = WideDate(label=_("终止日期"), required=False)

    def __init__(self, *args: Any, trustees, is_new: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["trustee"].queryset = trustees
        if not is_new:
            del self.fields["number"], self.fields["name"]
        else:
            del self.fields["ended_on"]


class TrustReportForm(CommandForm):
    """The trustee's report of one year."""

    year = WideInteger(label=_("年度"), min_value=2000, max_value=2100)
    reported_on = WideDate(label=_("报告日期"), not_future=True)
    income = AmountField(label=_("本年收入"), least=0)
    paid = AmountField(label=_("本年公益支出"), least=0)
    costs = AmountField(label=_("受托与管理费用"), least=0)
    balance = AmountField(label=_("年末信托财产"), least=0)
    summary = Story(
        label=_("处理与财务状况"),
        rows=4,
        max_length=2000,
        help_text=_("信托事务处理情况和财务状况（《慈善法》第四十九条：每年至少一次报告并公开）"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year - 1
        self.fields["reported_on"].initial = timezone.localdate


class TrustBeneficiaryForm(CommandForm):
    """Who was chosen to benefit, and how."""

    name = Line(label=_("受益人"), max_length=80, help_text=_("加密保存，名单上只显示隐去的姓名"))
    is_body = Yes(label=_("是机构或项目，不是个人"))
    chosen_on = WideDate(label=_("确定日期"), not_future=True)
    basis = Line(label=_("确定的依据和程序"), max_length=200)
    amount = AmountField(label=_("金额"), required=False)
