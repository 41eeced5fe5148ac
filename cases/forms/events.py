"""The forms of community work: plan, sign-in, record, summary."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.groups import EVENT_PLAN, EVENT_RECORD, EVENT_SUMMARY
from cases.forms.fields import Line, OneOf, WideDate, WideDecimal, WideInteger, WideTime
from cases.forms.schema_forms import SchemaForm
from cases.models.group_codes import EventKind, GuestKind
from cases.models.groups import Group, GroupMember
from departments.models.organizations import Department
from msw_portal.kernel.forms import CommandForm


class EventForm(SchemaForm):
    """The plan of an activity."""

    schema = EVENT_PLAN

    event = OneOf(label=_("活动类型"), choices=EventKind.choices, widget=forms.RadioSelect)
    topic = Line(label=_("主题"), max_length=120)
    occurred_on = WideDate(label=_("日期"))
    starts_at = WideTime(label=_("开始时间"), required=False)
    minutes = WideInteger(label=_("分钟"), min_value=1, max_value=1440, initial=60)
    place = Line(label=_("地点"), max_length=60, required=False)
    expected = WideInteger(label=_("预计人数"), min_value=1, max_value=10_000, required=False)
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("病友会"),
        to_field_name="uid",
        empty_label=_("不是病友会活动"),
        required=False,
        error_messages={"invalid_choice": _("请选正在活动的病友会。")},
    )
    ward = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("病区"),
        to_field_name="uid",
        empty_label=_("不在病区"),
        required=False,
        error_messages={"invalid_choice": _("请选择本院的病区。")},
    )

    def __init__(self, *args: Any, associations: Any, wards: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = associations
        self.fields["ward"].queryset = wards


class SignInForm(CommandForm):
    """One line of the sign-in sheet."""

    member = forms.ModelChoiceField(
        GroupMember.objects.none(),
        label=_("病友会成员"),
        to_field_name="uid",
        empty_label=_("不是成员"),
        required=False,
        error_messages={"invalid_choice": _("请从病友会成员中选。")},
    )
    kind = OneOf(label=_("身份"), choices=GuestKind.choices, widget=forms.RadioSelect)
    heads = WideInteger(label=_("一行几人"), min_value=1, max_value=500, initial=1)
    name = Line(
        label=_("称呼"),
        max_length=30,
        required=False,
        help_text=_("可不填；加密保存，不写证件号码"),
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if members is None:
            del self.fields["member"]
            return
        self.fields["member"].queryset = members
        self.fields["member"].label_from_instance = lambda one: one.shown_name


class EventRecordForm(SchemaForm):
    """What became of the activity."""

    schema = EVENT_RECORD

    persons = WideInteger(label=_("人数"), min_value=0, help_text=_("不同的人，一人算一次"))
    person_times = WideInteger(label=_("人次"), min_value=0, help_text=_("参加的次数相加"))
    volunteers = WideInteger(label=_("志愿者人数"), min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["volunteers"] = cleaned.get("volunteers") or 0
        return cleaned


class EventSummaryForm(SchemaForm):
    """The summary, with how satisfied who answered was."""

    schema = EVENT_SUMMARY

    satisfaction = WideDecimal(
        label=_("平均满意度"),
        min_value=1,
        max_value=5,
        max_digits=3,
        decimal_places=2,
        required=False,
        help_text=_("1 到 5 分，可带两位小数"),
    )
    satisfied_count = WideInteger(label=_("满意度份数"), min_value=1, required=False)


class EventListForm(forms.Form):
    """The conditions of the list, read from the address."""

    event = forms.ChoiceField(choices=EventKind.choices, required=False)
    year = forms.IntegerField(min_value=2000, max_value=2100, required=False)

    def asked(self) -> dict[str, Any]:
        """`event` or "", the year (this one)."""
        self.is_valid()
        return {
            "event": self.cleaned_data.get("event", ""),
            "year": self.cleaned_data.get("year") or timezone.localdate().year,
        }
