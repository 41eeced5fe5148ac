"""Forms of a house's own departments and wards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, DepartmentKind
from departments.services.places import KINDS, LONGEST, MOST_BEDS
from msw_portal.kernel.forms import CommandForm

CHOOSE = ("", _("请选择"))


def _campuses(user: Any) -> Any:
    own = Department.objects.visible_to(user).filter(organization_id=user.house_id)
    return own.filter(kind=DepartmentKind.CAMPUS, ended_on__isnull=True).order_by("name")


class _CampusForm(CommandForm):
    campus = forms.ModelChoiceField(
        label=_("院区"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("不分院区"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["campus"].queryset = _campuses(user)


class DepartmentChangeForm(CommandForm):
    name = forms.CharField(
        label=_("名称"),
        max_length=LONGEST,
        error_messages={"required": _("请填写名称。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    setup_type = forms.ChoiceField(
        label=_("设置方式"),
        required=False,
        choices=[CHOOSE, *Department.SetUp.choices],
        help_text=_("医务社工部门填写"),
    )
    beds_open = forms.IntegerField(
        label=_("开放床位"),
        required=False,
        min_value=0,
        max_value=MOST_BEDS,
        help_text=_("病区填写，用来算床位与社工的比例"),
    )


class DepartmentForm(DepartmentChangeForm, _CampusForm):
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=[CHOOSE, *((kind, DepartmentKind(kind).label) for kind in KINDS)],
        error_messages={"required": _("请选择部门的类型。")},
    )
    field_order = ["kind", "name", "campus", "setup_type", "beds_open", "once"]


class WardsForm(_CampusForm):
    wards = forms.CharField(
        label=_("病区"),
        max_length=20000,
        help_text=_("每行一个，床位数写在名称后面，如“血液科一病区 40”"),
        error_messages={"required": _("请每行写一个病区。")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    field_order = ["wards", "campus", "once"]
