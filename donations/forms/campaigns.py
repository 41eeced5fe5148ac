"""A campaign's statutory plan, its steps, its partners and its figures."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Line,
    OneOf,
    Reason,
    SomeOf,
    Story,
    WideDate,
    WideInteger,
    Yes,
    choices_of,
)
from departments.models.organizations import Organization
from donations.models.campaigns import Campaign, CampaignStat, PlatformSnapshot
from donations.models.giving import Fund
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

PLATFORM_LINES = 3
NO_PLATFORM = _("请先选择平台，再写网址。")
NO_ADDRESS = _("请填写本活动在这个平台上的网址。")


class WebAddress(forms.URLField):
    """An address on the web, with https unless it says otherwise."""

    default_error_messages = {"invalid": _("请填写完整的网址，例如 https://gongyi.example.cn/1。")}

    def __init__(self, **kwargs: Any):
        super().__init__(assume_scheme="https", max_length=300, **kwargs)


class CampaignForm(CommandForm):
    """The plan of Charity Law 24; a platform stands beside the campaign's address on it."""

    title = Line(label=_("活动名称"), max_length=80)
    type = OneOf(
        label=_("募捐类型"),
        choices=Campaign.Type.choices,
        initial=Campaign.Type.PUBLIC,
        help_text=_("定向募捐只向发起人、理事会成员和会员（《慈善法》第二十九条）"),
    )
    fund = forms.ModelChoiceField(
        Fund.objects.none(),
        label=_("款物记入的基金"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的基金中选择。"),
            "required": _("请选择基金。"),
        },
    )
    licensed_org = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("开展募捐的慈善组织"),
        to_field_name="uid",
        empty_label=_("请选择"),
        required=False,
        help_text=_("具有公开募捐资格的慈善组织；款物全部进它的账户（《慈善法》第二十六条）"),
        error_messages={"invalid_choice": _("请从列出的慈善组织中选择。")},
    )
    modes = SomeOf(label=_("募捐方式"), choices=Campaign.Mode.choices)
    purpose = Story(label=_("募捐目的"), rows=3, max_length=1000)
    starts_on = WideDate(label=_("募捐起始日期"), help_text=_("备案至少早十日"))
    ends_on = WideDate(label=_("结束日期"))
    area = Line(label=_("活动地域"), max_length=120)
    responsible_person = Line(label=_("活动负责人"), max_length=40, help_text=_("法律要求公开姓名"))
    office_address = Line(label=_("办公地址"), max_length=120)
    donation_methods = Story(label=_("接受捐赠方式"), rows=2, max_length=600)
    bank_account = Line(
        label=_("银行账户"), max_length=160, help_text=_("慈善组织自己的账户：户名、开户行、账号")
    )
    beneficiaries = Story(
        label=_("受益人"), rows=2, max_length=600, help_text=_("写哪一类人，不写个人")
    )
    use_of_funds = Story(label=_("募得款物用途"), rows=3, max_length=1000)
    cost = Story(label=_("募捐成本"), rows=2, max_length=600, help_text=_("从哪里出，怎么算"))
    cost_budget = AmountField(label=_("成本预算"), least=0, required=False)
    target = AmountField(label=_("募捐目标"), required=False)
    residual_property = Story(label=_("剩余财产的处理"), rows=2, max_length=600)
    contact = Line(label=_("联系方式"), max_length=120)
    query_words = Line(label=_("查询方式"), max_length=200, help_text=_("捐赠人怎么查询款物的去向"))
    is_emergency = Yes(
        label=_("突发事件应急募捐"),
        help_text=_("可以先开始，十日内补办备案；每五天公布一次（《慈善法》第七十二、七十三条）"),
    )
    emergency_event = Line(label=_("突发事件"), max_length=120, required=False)

    def __init__(self, *args: Any, funds, charities, platforms: Mapping[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds
        self.fields["licensed_org"].queryset = charities
        for n in range(1, PLATFORM_LINES + 1):
            self.fields[f"platform_{n}"] = OneOf(
                label=_("募捐平台 %(n)s") % {"n": n},
                choices=choices_of(platforms.items()),
                required=False,
            )
            self.fields[f"address_{n}"] = WebAddress(
                label=_("本活动的网址 %(n)s") % {"n": n}, required=False
            )

    @property
    def platform_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each platform with the campaign's address on it."""
        numbers = range(1, PLATFORM_LINES + 1)
        return [(self[f"platform_{n}"], self[f"address_{n}"]) for n in numbers]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        addresses: dict[str, str] = {}
        for n in range(1, PLATFORM_LINES + 1):
            code = cleaned.pop(f"platform_{n}", "") or ""
            address = cleaned.pop(f"address_{n}", "") or ""
            if f"platform_{n}" in self.errors or f"address_{n}" in self.errors:
                continue
            if code and not address:
                self.add_error(f"address_{n}", NO_ADDRESS)
            elif address and not code:
                self.add_error(f"platform_{n}", NO_PLATFORM)
            elif code:
                addresses[code] = address
        cleaned["platforms"], cleaned["platform_urls"] = list(addresses), addresses
        return cleaned


class RefileForm(CampaignForm):
    """The plan as it was filed anew, and what changed."""

    note = Line(label=_("变更说明"), max_length=200, help_text=_("改了什么，为什么"))
    refiling_no = Line(label=_("变更备案编号"), max_length=60)
    refiled_on = WideDate(label=_("变更备案日期"), not_future=True)


def plan_initial(campaign: Campaign) -> dict[str, Any]:
    """The plan as the form shows it."""
    names = [
        name for name in CampaignForm.base_fields if name not in {"once", "fund", "licensed_org"}
    ]
    shown: dict[str, Any] = {name: getattr(campaign, name) for name in names}
    shown["fund"] = campaign.fund.uid
    shown["licensed_org"] = campaign.licensed_org.uid if campaign.licensed_org else ""
    for n in range(1, PLATFORM_LINES + 1):
        shown[f"platform_{n}"] = shown[f"address_{n}"] = ""
    for n, code in enumerate(campaign.platforms[:PLATFORM_LINES], start=1):
        shown[f"platform_{n}"] = code
        shown[f"address_{n}"] = campaign.platform_urls.get(code, "")
    return shown


class FileForm(CommandForm):
    """The authority has taken the plan."""

    filing_no = Line(label=_("备案编号"), max_length=60)
    filed_on = WideDate(label=_("备案日期"), not_future=True)
    filing_authority = Line(label=_("备案机关"), max_length=80)


class ConfirmForm(CommandForm):
    """A step that asks nothing more."""


class StopForm(CommandForm):
    """Why a campaign is stopped."""

    reason = Reason()


class ClosingForm(CommandForm):
    """The account in public."""

    raised = AmountField(label=_("募得款物合计"), least=0)
    closing_words = Story(
        label=_("募捐情况说明"),
        rows=5,
        max_length=2000,
        help_text=_("募得的款物、支出的成本、款物的使用安排；会在公开页全文显示"),
    )
    difference_words = Line(
        label=_("与账上差额的原因"),
        max_length=200,
        required=False,
        help_text=_("合计与已入账的捐赠不同时必填，例如平台尚未结算；会一并公布"),
    )


class PartnerForm(CommandForm):
    """A cooperating party and its agreement."""

    partner = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("合作方"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的机构中选择。"),
            "required": _("请选择合作方。"),
        },
    )
    part = Line(label=_("合作内容"), max_length=200)
    agreed_on = WideDate(label=_("协议签订日期"), required=False, not_future=True)
    agreement_no = Line(label=_("协议编号"), max_length=60, required=False)

    refiling_no = Line(
        label=_("变更备案编号"),
        max_length=60,
        required=False,
        help_text=_("方案备案后增加合作方的，先办理变更备案"),
    )
    refiled_on = WideDate(label=_("变更备案日期"), required=False, not_future=True)

    def __init__(self, *args: Any, partners, is_filed: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners
        if not is_filed:
            del self.fields["refiling_no"], self.fields["refiled_on"]


class EvaluationForm(CommandForm):
    """What evaluation and supervision found."""

    evaluation = Story(label=_("评估与监督结果"), rows=4, max_length=2000)
    evaluated_on = WideDate(label=_("评估日期"), not_future=True)


class StatForm(CommandForm):
    """One day of one channel, as its source states it."""

    on = WideDate(label=_("日期"), not_future=True)
    channel = OneOf(label=_("渠道"), choices=CampaignStat.Channel.choices)
    views = WideInteger(label=_("看到（人次）"), min_value=0, max_value=2_000_000_000, initial=0)
    supporters = WideInteger(
        label=_("认同（人次）"), min_value=0, max_value=2_000_000_000, initial=0
    )
    donors = WideInteger(
        label=_("行动（捐赠人数）"), min_value=0, max_value=2_000_000_000, initial=0
    )
    repeat_donors = WideInteger(
        label=_("复捐（人数）"), min_value=0, max_value=2_000_000_000, initial=0
    )
    source = Line(label=_("来源"), max_length=80, help_text=_("平台后台、活动记录等"))


class SnapshotForm(CommandForm):
    """What a platform said of itself."""

    platform = OneOf(label=_("平台"))
    as_of = WideDate(label=_("截至日期"), not_future=True)
    project_count = WideInteger(label=_("项目数"), min_value=1, max_value=2_000_000_000)
    amount = AmountField(label=_("募款金额"), least=0)
    qualifier = OneOf(label=_("说法"), choices=PlatformSnapshot.Qualifier.choices)
    scope = Line(label=_("口径"), max_length=120, help_text=_("统计了哪些项目、哪段时间"))
    source = Line(label=_("来源"), max_length=160, help_text=_("文件、网页或报道的名称和日期"))

    def __init__(self, *args: Any, platforms: Mapping[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = choices_of(platforms.items())
