"""Forms of hours: times in and out, what was done, why something is wrong."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.activities import Activity
from cases.models.casework import Case
from cases.models.groups import Group
from cases.models.work import Need
from msw_portal.kernel.forms import CommandForm
from volunteers.models.shifts import Post

MOST_MINUTES, MOST_PERSONS = 1440, 10_000


class NoteForm(CommandForm):
    """What is said at the end of a service."""

    persons = forms.IntegerField(
        label=_("服务了多少人"), min_value=0, max_value=MOST_PERSONS, required=False
    )
    break_minutes = forms.IntegerField(
        label=_("中间休息（分钟）"), min_value=0, max_value=MOST_MINUTES, required=False
    )
    content = forms.CharField(
        label=_("做了什么"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写事情，不写患者的姓名和病情"),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for name in ("persons", "break_minutes"):
            found[name] = found.get(name) or 0
        return found


class TimesForm(CommandForm):
    """A day and two clock times; an end before the beginning is the next day's."""

    day = forms.DateField(label=_("日期"))
    checked_in = forms.TimeField(label=_("签到"))
    checked_out = forms.TimeField(label=_("签退"), help_text=_("早于签到的算次日"))
    break_minutes = forms.IntegerField(
        label=_("休息（分钟）"), min_value=0, max_value=MOST_MINUTES, required=False
    )
    persons = forms.IntegerField(
        label=_("服务人数"), min_value=0, max_value=MOST_PERSONS, required=False
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        day, begins, ends = (found.get(name) for name in ("day", "checked_in", "checked_out"))
        for name in ("persons", "break_minutes"):
            found[name] = found.get(name) or 0
        found.pop("day", None)
        if day and begins and ends:
            after = day + dt.timedelta(days=1) if ends < begins else day
            found["checked_in"] = timezone.make_aware(dt.datetime.combine(day, begins))
            found["checked_out"] = timezone.make_aware(dt.datetime.combine(after, ends))
        return found


class AmendForm(TimesForm):
    content = forms.CharField(
        label=_("做了什么"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EnterForm(AmendForm):
    """A service that nobody checked in for."""

    post = forms.ModelChoiceField(
        label=_("岗位"), queryset=Post.objects.none(), to_field_name="uid"
    )

    field_order = ["post", "day", "checked_in", "checked_out"]

    def __init__(self, *args: Any, posts: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts


class CodeForm(CommandForm):
    code = forms.CharField(
        label=_("现场的四位数字"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class TextForm(CommandForm):
    text = forms.CharField(
        label=_("哪里不对、应当是多少"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(CommandForm):
    reason = forms.CharField(
        label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class PeriodForm(CommandForm):
    """A period, both days included."""

    since = forms.DateField(label=_("从"))
    until = forms.DateField(label=_("到"))


class LinkForm(CommandForm):
    """For which need, activity or group a service was (双工融合)."""

    need = forms.ModelChoiceField(
        label=_("个案的需求"),
        queryset=Need.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("不关联"),
    )
    activity = forms.ModelChoiceField(
        label=_("活动"),
        queryset=Activity.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("不关联"),
    )
    group = forms.ModelChoiceField(
        label=_("小组"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("不关联"),
    )

    def __init__(self, *args: Any, needs: Any, activities: Any, groups: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["need"].queryset = needs
        self.fields["need"].label_from_instance = _need_words
        self.fields["activity"].queryset = activities
        self.fields["activity"].label_from_instance = _activity_words
        self.fields["group"].queryset = groups


def _need_words(need: Need) -> str:
    case: Case = need.case
    return f"{case.number} · {need.get_category_display()}"


def _activity_words(activity: Activity) -> str:
    where = activity.topic or activity.place
    return f"{activity.occurred_on:%Y-%m-%d} {activity.get_kind_display()} {where}".strip()


class DeskForm(forms.Form):
    """The page behind a posted code: who, in or out."""

    phone = forms.CharField(
        label=_("您的手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    persons = forms.IntegerField(
        label=_("服务了多少人（签退时填）"), min_value=0, max_value=MOST_PERSONS, required=False
    )
