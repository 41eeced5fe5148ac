"""F9 and F10 and their kin: short enough to be filled in between two beds."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Line,
    OneOf,
    SomeOf,
    Story,
    WideDate,
    WideInteger,
    WideTime,
    choices_of,
)
from cases.models.codes import NeedCategory
from cases.models.service_codes import (
    HOSPITAL_SIDE,
    ActivityKind,
    ConsultationResult,
    ServiceContent,
    VisitAction,
)
from departments.models.organizations import Department
from msw_portal.kernel.forms import CommandForm

FIRST_ROWS = ("0", "1")
MAX_ROWS = 40
K = ActivityKind
# Which fields a kind asks for, in the order of the page; date and minutes belong to all.
FIELDS: dict[str, tuple[str, ...]] = {
    K.WARD_VISIT: ("ward", "volunteers", "persons", "person_times", "services", "record"),
    K.PHONE: ("starts_at", "topic", "enquirer", "record", "result", "services"),
    K.CONSULTATION: ("starts_at", "topic", "enquirer", "record", "result", "services"),
    K.OUTREACH: ("place", "topic", "persons", "person_times", "volunteers", "services", "record"),
    K.HOSPITAL_SIDE: ("topic", "services", "ward", "persons", "person_times", "record"),
}
ALWAYS = ("occurred_on", "minutes", "once")


class LineForm(forms.Form):
    """One bed of a visit; an empty row is passed over."""

    bed = Line(label=_("床号"), max_length=20, required=False)
    need = OneOf(
        label=_("需求"), choices=choices_of(NeedCategory.choices, with_empty=True), required=False
    )
    action = OneOf(
        label=_("怎么处理的"),
        choices=VisitAction.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择怎么处理的。")},
    )
    note = Line(
        label=_("简记"), max_length=200, required=False, help_text=_("加密保存，不写证件号码")
    )


def rows_of(typed: Any) -> list[str]:
    """The rows a posted form or a draft holds, in order; two when it holds none."""
    asked = typed.getlist("row") if hasattr(typed, "getlist") else typed.get("row", [])
    asked = [asked] if isinstance(asked, str) else asked
    rows = [row for row in dict.fromkeys(asked) if row.isascii() and row.isdigit() and len(row) < 4]
    return rows[:MAX_ROWS] or list(FIRST_ROWS)


class ActivityForm(CommandForm):
    """One piece of work of a kind; a ward visit has rows, each with a hidden `row`."""

    occurred_on = WideDate(label=_("日期"), not_future=True, initial=timezone.localdate)
    starts_at = WideTime(label=_("时间"), required=False)
    minutes = WideInteger(label=_("分钟"), help_text=_("连同路上"))
    ward = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("病区"),
        required=False,
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={"invalid_choice": _("请从列出的病区中选择。")},
    )
    place = Line(label=_("地点"), max_length=60, required=False)
    topic = Line(label=_("主题"), max_length=120, required=False)
    enquirer = Line(
        label=_("谁在问"),
        max_length=80,
        required=False,
        help_text=_("称呼和电话；不愿说就不填"),
    )
    persons = WideInteger(
        label=_("人数"), required=False, help_text=_("不同的人；不填按逐床的行数算")
    )
    person_times = WideInteger(
        label=_("人次"), required=False, help_text=_("接触的次数；不填与人数相同")
    )
    volunteers = WideInteger(label=_("志愿者人数"), required=False, min_value=0, max_value=1000)
    record = Story(label=_("记录"), rows=3, max_length=4000, required=False)
    result = OneOf(
        label=_("结果"),
        choices=ConsultationResult.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    services = SomeOf(label=_("服务内容"), choices=ServiceContent.choices, required=False)

    def __init__(self, data: Any = None, *args: Any, kind: str, wards: Any, **kwargs: Any):
        super().__init__(data, *args, **kwargs)
        self.kind = kind
        for name in set(self.fields) - {*FIELDS[kind], *ALWAYS}:
            del self.fields[name]
        if "ward" in self.fields:
            self.fields["ward"].queryset = wards
        if kind == K.HOSPITAL_SIDE:
            self.fields["services"].choices = [
                choice for choice in ServiceContent.choices if choice[0] in HOSPITAL_SIDE
            ]
        if kind in (K.PHONE, K.CONSULTATION):
            self.fields["record"].label = _("怎么答复的")
        self.line_forms = self._lines(data) if kind == K.WARD_VISIT else []

    def _lines(self, data: Any) -> list[LineForm]:
        typed = data if data is not None else self.initial
        return [
            LineForm(
                data,
                prefix=f"line{row}",
                empty_permitted=True,
                use_required_attribute=False,
                initial=self._kept(row),
            )
            for row in rows_of(typed)
        ]

    def _kept(self, row: str) -> dict[str, Any]:
        return {
            name: self.initial[f"line{row}-{name}"]
            for name in LineForm.base_fields
            if f"line{row}-{name}" in self.initial
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number, row in enumerate(self.line_forms, start=1):
            if not row.is_valid():
                raise ValidationError(
                    _("第 %(number)s 床有需要改的地方。") % {"number": number}, code="line"
                )
        cleaned["lines"] = [row.cleaned_data for row in self.line_forms if row.has_changed()]
        cleaned["volunteers"] = cleaned.get("volunteers") or 0
        return cleaned


class PeriodForm(forms.Form):
    """The conditions of the list, read from the address; what is not understood is left out."""

    kind = forms.ChoiceField(choices=ActivityKind.choices, required=False)
    month = forms.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$", required=False)
    mine = forms.BooleanField(required=False)

    def asked(self) -> dict[str, Any]:
        """`kind` or "", the first day of the month asked for (this one), whether only own work."""
        self.is_valid()
        month = self.cleaned_data.get("month") or f"{timezone.localdate():%Y-%m}"
        return {
            "kind": self.cleaned_data.get("kind", ""),
            "month": dt.date.fromisoformat(f"{month}-01"),
            "mine": self.cleaned_data.get("mine", False),
        }
