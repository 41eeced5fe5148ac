"""Forms of the register of organizations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.forms.regions import RegionField, suggesting
from departments.models.organizations import Organization, OrganizationKind
from departments.models.place_codes import (
    Affiliation,
    CharityType,
    HospitalGrade,
    HospitalType,
    NameChange,
    Ownership,
)
from departments.models.register_parts import OrganizationCredential, OrganizationLink
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.partial_dates import PartialDateField
from msw_portal.kernel.validators import parse_uscc

CHOOSE = ("", _("请选择"))
UNKNOWN = ("", _("不详或不适用"))
KINDS = [
    (kind.value, kind.label) for kind in OrganizationKind if kind != OrganizationKind.INSTALLATION
]


def _choice(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    first = CHOOSE if required else UNKNOWN
    return forms.ChoiceField(label=label, choices=[first, *choices], required=required)


class UsccField(forms.CharField):
    """A unified social credit code, checked to its last character; the sentence says which rule failed."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return parse_uscc(typed) if typed else ""


class OrganizationField(forms.CharField):
    """A body of the register by its name, short name or credit code; gives the Organization."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("登记里的全称、简称或信用代码")
        super().__init__(**{"max_length": 120, "help_text": help_text, **kwargs})
        self.user: Any = None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        found = suggesting("organizations", "departments:organizations_suggest")
        return super().widget_attrs(widget) | found

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Organization) else value

    def clean(self, value: Any) -> Organization | None:
        if isinstance(value, Organization):
            return value
        typed = super().clean(value)
        if not typed:
            return None
        ground = Organization.objects.visible_to(self.user).on_ground_of(self.user)
        found = list(ground.filter(name=typed)[:2])
        found = found or list(ground.filter(short_name=typed)[:2])
        found = found or list(ground.filter(uscc=typed.upper())[:2])
        if len(found) != 1:
            if found:
                sentence = _("有几家机构都叫“%(name)s”，请写全称或信用代码。")
            else:
                sentence = _("登记里没有“%(name)s”，请先登记这家机构，或核对名称。")
            raise forms.ValidationError(sentence, params={"name": typed})
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (data or "") != (self.prepare_value(initial) or "")


class RegisterForm(CommandForm):
    """A form whose fields may ask the register."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, OrganizationField):
                field.user = user


class OrganizationForm(RegisterForm):
    """What the register says of a body; of one that is there already the kind stays."""

    kind = _choice(_("类型"), KINDS, required=True)
    name = forms.CharField(label=_("全称"), max_length=120)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)
    uscc = UsccField(
        label=_("统一社会信用代码"),
        max_length=30,
        required=False,
        help_text=_("18 位；最后一位是校验码"),
    )
    region = RegionField(required=False)
    founded = PartialDateField(label=_("成立日期"), required=False)
    ended_on = forms.DateField(label=_("终止日期"), required=False)
    grade = _choice(_("等级"), HospitalGrade.choices)
    hospital_type = _choice(_("医院类型"), HospitalType.choices)
    ownership = _choice(_("举办性质"), Ownership.choices)
    affiliation = _choice(_("隶属"), Affiliation.choices)
    charity_type = _choice(_("慈善组织类别"), CharityType.choices)
    msw_active_from = forms.DateField(label=_("开展医务社工起始"), required=False)
    msw_active_to = forms.DateField(label=_("开展医务社工结束"), required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("对外电话"), max_length=60, required=False, help_text=_("只写可以公开的号码")
    )
    asking = forms.CharField(
        label=_("怎么找医务社工"),
        max_length=300,
        required=False,
        help_text=_("给病人和家属看，写在公开首页：到哪里、找谁、什么时间"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    website = forms.CharField(label=_("网站"), max_length=200, required=False)
    esg = forms.CharField(
        label=_("社会责任（ESG）"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    facts = forms.CharField(
        label=_("其他事实"),
        max_length=2000,
        required=False,
        help_text=_("每行一条，写明出处"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OrganizationChangeForm(OrganizationForm):
    kind = None


class RenameForm(RegisterForm):
    name = forms.CharField(label=_("新的名称"), max_length=120)
    since = PartialDateField(label=_("从何时起"))
    change = _choice(_("变更"), NameChange.choices)


class FormerNameForm(RegisterForm):
    name = forms.CharField(label=_("曾用名称"), max_length=120)
    valid_from = PartialDateField(label=_("始于"), required=False)
    valid_to = PartialDateField(label=_("止于"))
    change = _choice(_("变更"), NameChange.choices)


class LinkForm(RegisterForm):
    kind = _choice(_("关系"), OrganizationLink.Kind.choices, required=True)
    other = OrganizationField(label=_("对方机构"))
    post = forms.CharField(
        label=_("职务"),
        max_length=60,
        required=False,
        help_text=_("在协会或对方担任的职务，如理事单位"),
    )
    valid_from = forms.DateField(label=_("始于"), required=False)
    valid_to = forms.DateField(label=_("止于"), required=False)


class LinkEndForm(RegisterForm):
    last_day = forms.DateField(label=_("最后一天"), help_text=_("当天仍有效；记录连同起止日期保留"))


class CredentialForm(RegisterForm):
    kind = _choice(_("项目"), OrganizationCredential.Kind.choices, required=True)
    title = forms.CharField(
        label=_("称号"),
        max_length=80,
        required=False,
        help_text=_("授予称号的填写，如国家儿童医学中心"),
    )
    grade = forms.CharField(label=_("等级"), max_length=20, required=False)
    number = forms.CharField(label=_("证书编号"), max_length=60, required=False)
    issued_on = forms.DateField(label=_("发证日期"), required=False)
    valid_from = forms.DateField(label=_("有效期自"), required=False)
    valid_to = forms.DateField(
        label=_("有效期至"), required=False, help_text=_("到期当天仍有效；空着表示长期")
    )
