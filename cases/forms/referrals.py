"""The door: a referral that comes in, and the case that is opened from it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, Yes, choices_of
from cases.models.codes import CaseSource, NeedCategory, Priority, RiskLevel
from cases.models.people import Episode
from cases.models.referral_codes import ReferrerProfession
from cases.services.receipts import ReferrerAnswer
from departments.models.organizations import Department
from msw_portal.kernel.forms import CommandForm


class ReferralForm(CommandForm):
    """What a ward, a caller or a consultation asks for, written down by a worker."""

    from_department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("转介科室 / 病区"),
        required=False,
        to_field_name="uid",
        empty_label=_("不是本院科室"),
        error_messages={"invalid_choice": _("请从列出的科室中选择。")},
    )
    from_text = Line(
        label=_("转介人"), max_length=120, help_text=_("谁提出、怎么提出，例如：护士长 电话")
    )
    from_profession = OneOf(
        label=_("转介人的职业"), choices=choices_of(ReferrerProfession.choices), required=False
    )
    reason = Story(
        label=_("转介原因"),
        rows=4,
        max_length=2000,
        help_text=_("写看到和听到的事；不要写证件号码"),
    )
    needs = SomeOf(label=_("可能的需求"), choices=NeedCategory.choices, required=False)
    urgency = OneOf(
        label=_("紧急程度"),
        choices=Priority.choices,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    client_aware = Yes(label=_("服务对象知道这次转介"))

    def __init__(self, *args: Any, departments, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["from_department"].queryset = departments


class ReasonForm(CommandForm):
    """A step that needs only its reason."""

    reason = Reason()


class AnswerForm(CommandForm):
    """Refusing or giving back: the reason for the file, and what the sender is told."""

    reason = Reason(help_text=_("记入本部门的转介单"))
    answer = OneOf(label=_("告诉转介人"), choices=choices_of(ReferrerAnswer.choices))
    message = Line(
        label=_("补一句话"),
        required=False,
        max_length=120,
        help_text=_("转介人凭回执码看得到；不要写姓名和病情"),
    )


class DiscardForm(CommandForm):
    """Why something that came in by a door is no request."""

    reason = OneOf(
        label=_("为什么丢弃"),
        choices=[
            ("spam", _("垃圾信息或恶作剧")),
            ("double", _("重复提交")),
            ("trial", _("测试")),
        ],
        widget=forms.RadioSelect,
    )

    def clean_reason(self) -> str:
        """The label, as the history shows it."""
        field = self.fields["reason"]
        return str(dict(field.choices)[self.cleaned_data["reason"]])


class OpenForm(CommandForm):
    """Open a case for a person, from a referral or from the worker's own finding."""

    source = OneOf(label=_("来源"), choices=choices_of(CaseSource.choices))
    presenting_problem = Story(
        label=_("求助问题"), rows=4, max_length=4000, help_text=_("尽量用服务对象自己的话")
    )
    episode = forms.ModelChoiceField(
        Episode.objects.none(),
        label=_("这次就诊"),
        required=False,
        to_field_name="uid",
        empty_label=_("不关联就诊"),
        error_messages={"invalid_choice": _("请从列出的就诊中选择。")},
    )
    risk_level = OneOf(
        label=_("初步风险"),
        choices=RiskLevel.choices,
        initial=RiskLevel.LOW,
        widget=forms.RadioSelect,
    )
    priority = OneOf(
        label=_("优先级"),
        choices=Priority.choices,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    duplicate_reason = Line(
        label=_("为什么再开一个"),
        required=False,
        max_length=200,
        help_text=_("此人在本部门已有未结个案时才填"),
    )

    def __init__(self, *args: Any, episodes, has_open_case: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["episode"].queryset = episodes
        # Whoever is in the house now asks about this stay.
        self.fields["episode"].initial = episodes.filter(discharged_on__isnull=True).first()
        if not has_open_case:
            del self.fields["duplicate_reason"]
