"""A volunteer's file: who, how to reach, when and what; and the steps of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.documents import file_help
from cases.forms.fields import (
    Digits,
    Line,
    OneOf,
    Reason,
    SomeOf,
    Story,
    WideDate,
    WideDecimal,
    Yes,
    choices_of,
    paper_file,
)
from cases.models.codes import IdType, Sex
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import NameField, PhoneField
from volunteers.models.codes import DAYS, PARTS_OF_DAY, Education, RecordKind, Skill, Source

_FILL_IN = {"required": _("请填写这一项。")}


def slot_choices() -> list[tuple[str, str]]:
    """Every part of every day of the week, `周三上午`."""
    return [
        (f"{day}-{part}", f"{day_words} {part_words}")
        for day, day_words in DAYS
        for part, part_words in PARTS_OF_DAY
    ]


class OwnFacts(CommandForm):
    """What a volunteer keeps right alone."""

    phone = PhoneField(label=_("手机号"), error_messages=_FILL_IN)
    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        max_length=120,
        error_messages={"invalid": _("这不是邮箱地址。")},
    )
    address = Line(label=_("住址"), required=False, max_length=200)
    work = Line(label=_("单位、学校或职业"), required=False, max_length=100)
    education = OneOf(label=_("文化程度"), choices=choices_of(Education.choices), required=False)
    languages = Line(
        label=_("语言和方言"),
        required=False,
        max_length=120,
        help_text=_("普通话以外会说的，例如：粤语、英语、手语"),
    )
    skills = SomeOf(label=_("能做什么"), choices=Skill.choices, required=False)
    availability = SomeOf(label=_("什么时候有空"), choices=slot_choices, required=False)
    preferred = Line(label=_("想做的服务"), required=False, max_length=200)
    health = Story(
        label=_("健康情况"),
        rows=2,
        required=False,
        max_length=500,
        help_text=_("有没有不适合进病房的情况，近期有没有发热、传染病；只给志愿者管理员看"),
    )
    emergency_name = Line(label=_("紧急联系人"), required=False, max_length=50)
    emergency_relation = Line(label=_("与本人关系"), required=False, max_length=20)
    emergency_phone = PhoneField(label=_("紧急联系人电话"), required=False)


class VolunteerForm(OwnFacts):
    """The whole file, by whoever keeps volunteers."""

    name = NameField(label=_("姓名"), help_text=_("与证件一致"), error_messages=_FILL_IN)
    sex = OneOf(label=_("性别"), choices=Sex.choices, initial=Sex.UNKNOWN, widget=forms.RadioSelect)
    id_type = OneOf(label=_("证件类型"), choices=IdType.choices, initial=IdType.ID)
    id_no = Digits(
        label=_("证件号码"),
        required=False,
        max_length=40,
        help_text=_("居民身份证会核对校验位、出生日期与性别"),
    )
    birth_date = WideDate(
        label=_("出生日期"), required=False, not_future=True, help_text=_("填了居民身份证号可不填")
    )
    source = OneOf(
        label=_("来源"),
        choices=Source.choices,
        initial=Source.SOCIETY,
        widget=forms.RadioSelect,
    )
    guardian_name = Line(label=_("监护人姓名"), required=False, max_length=50)
    guardian_relation = Line(label=_("与本人关系"), required=False, max_length=20)
    guardian_phone = PhoneField(label=_("监护人电话"), required=False)
    national_no = Line(
        label=_("全国志愿服务信息系统编号"),
        required=False,
        max_length=40,
        help_text=_("在“中国志愿服务网”或本地平台注册后的编号"),
    )


class StepForm(CommandForm):
    """A step that asks for nothing but the press of its button."""


class StepReasonForm(CommandForm):
    """A step that asks why."""

    reason = Reason()


class AccountForm(CommandForm):
    """Which account the volunteer signs in with."""

    account = Line(
        label=_("登录名"),
        max_length=60,
        help_text=_("安全管理员开通“志愿者”角色时用的登录名"),
    )


class GuardianPaperForm(CommandForm):
    """The guardian's signed paper."""

    file = paper_file(label=_("监护人签署的同意书"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = file_help()


K = RecordKind
FACT_FIELDS: dict[str, tuple[str, ...]] = {
    K.TRAINING: ("course", "happened_on", "hours", "score", "passed", "valid_from", "valid_to"),
    K.INSURANCE: ("insurer", "policy", "happened_on", "valid_from", "valid_to"),
    K.HEALTH_CHECK: ("place", "happened_on", "result", "passed", "valid_from", "valid_to"),
    K.AWARD: ("happened_on", "text"),
    K.COMPLAINT: ("happened_on", "text"),
}


class FactForm(CommandForm):
    """One fact about a volunteer; which fields there are depends on the kind."""

    course = Line(label=_("课程"), max_length=100)
    insurer = Line(label=_("保险公司"), max_length=100)
    policy = Line(label=_("保单号"), required=False, max_length=60)
    place = Line(label=_("检查机构"), max_length=100)
    result = Line(label=_("结果"), required=False, max_length=200)
    text = Story(label=_("内容"), rows=3, max_length=1000)
    happened_on = WideDate(label=_("日期"), not_future=True)
    hours = WideDecimal(
        label=_("学时"), required=False, min_value=0, max_value=200, decimal_places=1
    )
    score = Line(label=_("考核成绩"), required=False, max_length=20)
    passed = Yes(label=_("考核通过"))
    valid_from = WideDate(label=_("有效期从"), required=False)
    valid_to = WideDate(
        label=_("有效期至"), required=False, help_text=_("两天都算在内；不填就一直有效")
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kept = [*FACT_FIELDS[kind], "once"]
        self.fields = {name: self.fields[name] for name in kept}
        if kind == K.INSURANCE:
            self.fields["valid_from"].required = self.fields["valid_to"].required = True
            self.fields["valid_to"].help_text = _("两天都算在内")
            self.fields["happened_on"].label = _("投保日期")
        if kind == K.HEALTH_CHECK:
            self.fields["passed"].label = _("适合进入病区服务")
