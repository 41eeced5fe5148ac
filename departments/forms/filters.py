"""Conditions of this app's lists: what is wrong in one is said and leaves the list as it was."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from departments.forms.regions import RegionField
from departments.models.organizations import DepartmentKind, OrganizationKind, Region
from departments.models.place_codes import (
    STATION_KINDS,
    TERTIARY,
    HospitalGrade,
    StationLevel,
)
from departments.services import trail
from departments.services.coverage import narrowed
from departments.services.history import action_label
from departments.services.regions import region_span
from departments.services.register_choices import formerly_called


class Conditions(forms.Form):
    """A list's filter: a GET form that narrows a queryset by what is valid in it."""

    def narrow(self, rows: QuerySet) -> QuerySet:
        self.is_valid()
        for name, value in self.cleaned_data.items():
            if value not in (None, ""):
                rows = rows.filter(self.condition(name, value))
        return rows

    def condition(self, name: str, value: Any) -> Q:
        return Q(**{name: value})

    def chosen(self) -> dict[str, Any]:
        """The conditions that are on, for the audit."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def within(region: Region) -> Q:
    """Rows whose region is this one or lies in it."""
    first, last = region_span(region.code)
    return Q(region_id__gte=first, region_id__lte=last)


GRADES = [("", _("全部等级")), ("tertiary", _("三级医院")), *HospitalGrade.choices]
COVERED = [
    ("", _("不限")),
    ("counted", _("统计内的全部医院")),
    ("department", _("设有医务社工部门")),
    ("posts", _("设有社工岗位")),
    ("neither", _("两样都没有")),
]


class OrganizationFilter(Conditions):
    q = forms.CharField(label=_("名称"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("类型"), choices=[("", _("全部类型")), *OrganizationKind.choices], required=False
    )
    grade = forms.ChoiceField(label=_("等级"), choices=GRADES, required=False)
    region = RegionField(required=False, help_text="")
    msw = forms.ChoiceField(label=_("医务社工"), choices=COVERED, required=False)
    # What is registered at the region itself, not below: the rows behind a line of the regions' page.
    here = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def is_counting(self) -> bool:
        """Whether the rows behind a number are asked for: then only what is counted is listed."""
        return self.is_valid() and bool(self.cleaned_data["msw"])

    def narrow(self, rows: QuerySet) -> QuerySet:
        rows = super().narrow(rows)
        state = self.cleaned_data.get("msw")
        if not state:
            return rows
        return narrowed(rows.filter(kind=OrganizationKind.HOSPITAL, ended_on__isnull=True), state)

    def condition(self, name: str, value: Any) -> Q:
        if name == "q":
            said = Q(name__icontains=value) | Q(short_name__icontains=value)
            return said | formerly_called(value)
        if name == "region":
            is_here = self.cleaned_data.get("here")
            return Q(region_id=value.code) if is_here else within(value)
        if name == "grade" and value == "tertiary":
            return Q(grade__in=TERTIARY)
        return Q() if name in {"msw", "here"} else super().condition(name, value)


class CoverageFilter(Conditions):
    """Which region, and whether tertiary hospitals alone are counted."""

    region = RegionField(required=False, help_text=_("空着是全国"))
    grade = forms.ChoiceField(
        label=_("等级"),
        choices=[("", _("全部医院")), ("tertiary", _("三级医院"))],
        required=False,
    )


class StationFilter(Conditions):
    q = forms.CharField(label=_("名称或乡镇"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=[
            ("", _("全部")),
            *((kind.value, kind.label) for kind in DepartmentKind if kind in STATION_KINDS),
        ],
        required=False,
    )
    level = forms.ChoiceField(
        label=_("站点级别"), choices=[("", _("全部")), *StationLevel.choices], required=False
    )
    region = RegionField(required=False, help_text="")

    def condition(self, name: str, value: Any) -> Q:
        if name == "q":
            return Q(name__icontains=value) | Q(township__icontains=value)
        if name == "region":
            return within(value)
        return super().condition(name, value)


class AuditFilter(Conditions):
    """By person, action, days and subject; days are those of the wall clock in Shanghai."""

    person = forms.CharField(label=_("登录名"), max_length=60, required=False)
    action = forms.ChoiceField(label=_("操作"), required=False)
    result = forms.ChoiceField(
        label=_("结果"),
        required=False,
        choices=[("", _("全部结果")), ("ok", _("成功")), ("refused", _("被拒绝"))],
    )
    since = forms.DateField(label=_("从"), required=False)
    until = forms.DateField(label=_("到"), required=False)
    number = forms.CharField(
        label=_("个案号或单号"),
        max_length=60,
        required=False,
        help_text=_("个案、捐赠、收据等的编号，写全"),
    )
    subject = forms.UUIDField(label=_("记录编号"), required=False)

    def __init__(self, *args: Any, actions: Iterable[str] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [(action, action_label(action)) for action in actions]
        self.fields["action"].choices = [("", _("全部操作")), *known]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was asked, as text, for the form that exports the same."""
        return [(name, self.data.get(name, "")) for name in self.fields if self.data.get(name)]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("since") and typed.get("until") and typed["until"] < typed["since"]:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        return typed

    def condition(self, name: str, value: Any) -> Q:
        return trail.condition(name, value)
