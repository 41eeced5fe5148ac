"""Posts, shifts and who stands in them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, Reason, Story, WideDate, WideInteger, WideTime, Yes
from departments.models.organizations import Department
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm
from volunteers.models.people import Volunteer
from volunteers.models.shifts import MOST_PLACES

_CHOICE = {
    "required": _("请选择一项。"),
    "invalid_choice": _("请从列出的选项中选择。"),
}


class PostForm(CommandForm):
    """What volunteers do somewhere, with its risks."""

    title = Line(label=_("岗位名称"), max_length=60)
    ward = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("病区"),
        required=False,
        to_field_name="uid",
        empty_label=_("不固定病区"),
        error_messages=_CHOICE,
    )
    place = Line(label=_("集合地点"), required=False, max_length=80)
    duties = Story(label=_("做什么"), rows=3, max_length=1000)
    requirements = Story(label=_("要求"), rows=2, max_length=1000, required=False)
    risks = Story(
        label=_("可能的风险"),
        rows=3,
        max_length=1000,
        help_text=_("写给志愿者看：会遇到什么、怎样防护。报名前要先读"),
    )
    slots = WideInteger(label=_("需要人数"), required=False, min_value=1, max_value=999)
    minimum_age = WideInteger(label=_("最低年龄"), min_value=14, max_value=80, initial=18)
    training_required = Yes(label=_("要先培训合格"))
    insurance_required = Yes(label=_("要有人身意外保险"))
    health_check_required = Yes(label=_("要有健康检查"))
    supervisor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("带教社工"),
        required=False,
        to_field_name="uid",
        empty_label=_("未指定"),
        error_messages=_CHOICE,
    )
    is_open = Yes(label=_("开放报名"))

    def __init__(self, *args: Any, wards: Any, supervisors: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ward"].queryset = wards
        self.fields["supervisor"].queryset = supervisors


class ShiftForm(CommandForm):
    """When, and for how many."""

    on = WideDate(label=_("日期"), not_past=True)
    starts = WideTime(label=_("开始"))
    ends = WideTime(label=_("结束"), help_text=_("早于开始的算第二天"))
    capacity = WideInteger(label=_("名额"), min_value=1, max_value=MOST_PLACES)
    note = Line(
        label=_("本班说明"),
        required=False,
        max_length=200,
        help_text=_("只写任务，不写患者姓名和病情"),
    )


class NewShiftForm(ShiftForm):
    """The same every week, if wanted."""

    weeks = WideInteger(
        label=_("连排几周"), min_value=1, max_value=12, initial=1, help_text=_("每周同一天同一时间")
    )


class CancelForm(CommandForm):
    reason = Reason(label=_("取消原因"), help_text=_("会告诉已报名的志愿者"))


class SignUpForm(CommandForm):
    """A volunteer has read the risks."""

    agrees_risks = Yes(
        label=_("我已读上面的风险提示，愿意参加"),
        must=_("请先读岗位的风险提示，再勾选确认。"),
    )


class AddSignupForm(CommandForm):
    """Whoever keeps volunteers puts somebody into a shift."""

    volunteer = forms.ModelChoiceField(
        Volunteer.objects.none(),
        label=_("志愿者"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages=_CHOICE,
    )

    def __init__(self, *args: Any, volunteers: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].queryset = volunteers
        self.fields["volunteer"].label_from_instance = lambda one: one.name
