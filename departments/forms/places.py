"""Forms of departments, wards and stations."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.forms.organizations import OrganizationField, RegisterForm
from departments.forms.people import ReasonForm
from departments.forms.regions import RegionField
from departments.models.organizations import Department, DepartmentKind, Organization
from departments.models.people import User
from departments.models.place_codes import StationLevel
from departments.models.register_parts import PracticePlacement
from departments.services.places import FACTS_OF, KINDS, LONGEST, MOST_BEDS
from departments.services.register_choices import people_of_house
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField
from msw_portal.kernel.partial_dates import PartialDateField

CHOOSE = ("", _("请选择"))
MOST_POSTS, MOST_AREA = 9999, 9_999_999


def _campuses(user: Any) -> Any:
    own = Department.objects.visible_to(user).filter(organization_id=user.house_id)
    return own.filter(kind=DepartmentKind.CAMPUS, ended_on__isnull=True).order_by("name")


def _whole(label: Any, most: int, **given: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most, **given)


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


class _NamedForm(CommandForm):
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
    beds_open = _whole(_("开放床位"), MOST_BEDS, help_text=_("病区填写，用来算床位与社工的比例"))


class DepartmentForm(_NamedForm, _CampusForm):
    """One more department of the own house: the few facts that are known at once."""

    kind = forms.ChoiceField(
        label=_("类型"),
        choices=[CHOOSE, *((kind, DepartmentKind(kind).label) for kind in KINDS)],
        error_messages={"required": _("请选择部门的类型。")},
    )
    attached_to = forms.CharField(
        label=_("挂靠在"), max_length=60, required=False, help_text=_("挂靠部门填写，如医务处")
    )
    parent = forms.ModelChoiceField(
        label=_("属于"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("不属于"),
        help_text=_("小组填写"),
    )
    field_order = ["kind", "name", "parent", "campus", "setup_type", "attached_to", "beds_open"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        own = Department.objects.visible_to(user).filter(organization_id=user.house_id)
        own = own.filter(ended_on__isnull=True, kind=DepartmentKind.MSW)
        self.fields["parent"].queryset = own.order_by("name")


class DepartmentChangeForm(RegisterForm, _NamedForm):
    """Every fact of a department of one kind (FACTS_OF); the rest of the fields is left out."""

    attached_to = forms.CharField(
        label=_("挂靠在"), max_length=60, required=False, help_text=_("挂靠部门填写，如医务处")
    )
    founded = PartialDateField(label=_("成立日期"), required=False)
    parent = forms.ModelChoiceField(
        label=_("属于"), queryset=Department.objects.none(), required=False, empty_label=_("不属于")
    )
    operator = OrganizationField(label=_("运营机构"), required=False)
    level = forms.ChoiceField(
        label=_("站点级别"), required=False, choices=[CHOOSE, *StationLevel.choices]
    )
    region = RegionField(label=_("县（市、区）"), required=False, level=4)
    township = forms.CharField(label=_("乡镇（街道）"), max_length=60, required=False)
    posts_set = _whole(_("设岗数"), MOST_POSTS)
    posts_filled = _whole(_("在岗数"), MOST_POSTS)
    rooms = _whole(_("用房（间）"), MOST_POSTS)
    area_m2 = _whole(_("面积（平方米）"), MOST_AREA)
    area_is_about = forms.BooleanField(label=_("面积为约数"), required=False)
    linked_agency = OrganizationField(label=_("关联的社工机构（民非）"), required=False)
    liaison = forms.ModelChoiceField(
        label=_("联络助理"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("没有指定"),
        help_text=_("本病区与社工部之间的联络人"),
    )
    is_first_in_province = forms.BooleanField(label=_("省内首家"), required=False)
    methods = forms.CharField(
        label=_("服务方法"), max_length=120, required=False, help_text=_("用顿号隔开")
    )
    note = forms.CharField(
        label=_("说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        user: Any,
        facts: Sequence[str],
        organization: Organization,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, user=user, **kwargs)
        for name in set(self.fields) - {*facts, "once"}:
            del self.fields[name]
        self.order_fields([*facts, "once"])
        if "parent" in self.fields:
            rows = Department.objects.visible_to(user).filter(organization=organization)
            rows = rows.filter(ended_on__isnull=True).exclude(kind=DepartmentKind.TEAM)
            self.fields["parent"].queryset = rows.order_by("kind", "name")
        if "liaison" in self.fields:
            self.fields["liaison"].queryset = people_of_house(user)
            self.fields["liaison"].label_from_instance = lambda one: one.display_name


class NewDepartmentForm(DepartmentChangeForm):
    """A department, team or ward of a body that one's house keeps in the register."""

    KINDS = KINDS
    FACTS = (*FACTS_OF["msw"], "parent")

    kind = forms.ChoiceField(label=_("类型"), error_messages={"required": _("请选择部门的类型。")})

    def __init__(self, *args: Any, user: Any, organization: Organization, **kwargs: Any) -> None:
        facts = ("kind", *self.FACTS)
        super().__init__(*args, user=user, facts=facts, organization=organization, **kwargs)
        listed = [(kind, DepartmentKind(kind).label) for kind in self.KINDS]
        self.fields["kind"].choices = [CHOOSE, *listed]


class NewStationForm(NewDepartmentForm):
    """A station, a county centre or an incubator."""

    KINDS = ("station", "station_centre", "incubator")
    FACTS = FACTS_OF["station"]


class EndForm(ReasonForm):
    """Why a department is closed, and what it went into."""

    successor = forms.ModelChoiceField(
        label=_("并入或改为"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("没有"),
    )

    def __init__(self, *args: Any, user: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Department.objects.visible_to(user).filter(
            organization_id=department.organization_id,
            kind=department.kind,
            ended_on__isnull=True,
        )
        self.fields["successor"].queryset = rows.exclude(pk=department.pk).order_by("name")


class DepartmentRenameForm(CommandForm):
    name = forms.CharField(label=_("新的名称"), max_length=LONGEST)
    since = PartialDateField(label=_("从何时起"))


class PredecessorForm(CommandForm):
    name = forms.CharField(label=_("前身的名称"), max_length=LONGEST)
    founded = PartialDateField(label=_("成立日期"), required=False)
    ended = PartialDateField(label=_("止于"))


class YearForm(CommandForm):
    year = forms.IntegerField(label=_("年度"), min_value=1990, max_value=2100)
    budget = AmountField(label=_("预算"), required=False, least=None)
    spent = AmountField(label=_("支出"), required=False, least=None)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        for name in ("budget", "spent"):
            if (typed.get(name) or 0) < 0:
                self.add_error(name, _("金额不能是负数。"))
        return typed


class PracticeBaseForm(RegisterForm):
    school = OrganizationField(label=_("院校（登记里的）"), required=False)
    school_name = forms.CharField(
        label=_("院校名称"),
        max_length=120,
        required=False,
        help_text=_("登记里没有的院校写在这里"),
    )
    valid_from = forms.DateField(label=_("协议自"))
    valid_to = forms.DateField(label=_("协议至"), required=False, help_text=_("空着表示长期"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class PlacementForm(CommandForm):
    level = forms.ChoiceField(
        label=_("学历层次"), choices=[CHOOSE, *PracticePlacement.Level.choices]
    )
    students = forms.IntegerField(label=_("学生数"), min_value=1, max_value=500)
    starts_on = forms.DateField(label=_("开始"))
    ends_on = forms.DateField(label=_("结束"))
    hours_each = _whole(_("每人学时"), 5000)
    guide = forms.ModelChoiceField(
        label=_("带教人"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("没有指定"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guide"].queryset = people_of_house(user)
        self.fields["guide"].label_from_instance = lambda one: one.display_name


class WardsForm(_CampusForm):
    wards = forms.CharField(
        label=_("病区"),
        max_length=20000,
        help_text=_("每行一个，床位数写在名称后面，如“血液科一病区 40”"),
        error_messages={"required": _("请每行写一个病区。")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    field_order = ["wards", "campus", "once"]
