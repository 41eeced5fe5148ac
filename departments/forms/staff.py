"""Forms of posts and credentials."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Organization, OrganizationKind
from departments.models.people import User
from departments.models.staff import MOST_WEEKLY, Employment, Grade, StaffCredential
from departments.services.colleagues import people_here
from msw_portal.kernel.forms import CommandForm

CHOOSE = ("", _("请选择"))
FILL_IN = {"required": _("请填写这一项。")}
PICK = {"required": _("请选择一项。")}


class ProfileForm(CommandForm):
    """A post: who, where, how employed, how many hours, from when to when."""

    user = forms.ModelChoiceField(
        label=_("账户"),
        queryset=User.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("没有账户"),
        help_text=_("选了账户，本人能看到自己的资质与学时"),
    )
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        required=False,
        help_text=_("选了账户可不填"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    department = forms.ModelChoiceField(
        label=_("部门"),
        queryset=Department.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("不限部门"),
    )
    title = forms.CharField(
        label=_("职务"), max_length=60, required=False, help_text=_("如“临床社工组组长”")
    )
    employment = forms.ChoiceField(
        label=_("用工形式"),
        choices=Employment.choices,
        widget=forms.RadioSelect,
        error_messages=PICK,
    )
    weekly_hours = forms.DecimalField(
        label=_("每周工时"),
        max_digits=4,
        decimal_places=1,
        min_value=0,
        max_value=MOST_WEEKLY,
        initial=40,
        help_text=_("每周 40 小时折合 1 名专职"),
        error_messages=FILL_IN,
    )
    is_counted = forms.BooleanField(
        label=_("计入医务社工"),
        required=False,
        initial=True,
        help_text=_("做医务社工工作的计入；行政文员、实习生不计"),
    )
    agency = forms.ModelChoiceField(
        label=_("派驻机构"),
        queryset=Organization.objects.none(),
        required=False,
        to_field_name="uid",
        empty_label=_("不是派驻"),
    )
    since = forms.DateField(label=_("到岗日期"), error_messages=FILL_IN)
    until = forms.DateField(
        label=_("离岗日期"), required=False, help_text=_("空着表示不定期；当天仍在岗")
    )
    field_order = (
        *("user", "name", "department", "title", "employment", "agency"),
        *("weekly_hours", "is_counted", "since", "until", "once"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people_here(by=by)
        own = Department.objects.visible_to(by).filter(organization_id=by.house_id)
        self.fields["department"].queryset = own.filter(ended_on__isnull=True).order_by("name")
        kinds = (OrganizationKind.AGENCY, OrganizationKind.PROFESSIONAL_BODY)
        bodies = Organization.objects.visible_to(by).filter(kind__in=kinds)
        self.fields["agency"].queryset = bodies.order_by("name")


class ProfileEndForm(CommandForm):
    last_day = forms.DateField(
        label=_("最后在岗的一天"), initial=timezone.localdate, error_messages=FILL_IN
    )
    reason = forms.CharField(
        label=_("原因"),
        min_length=2,
        max_length=200,
        error_messages={"required": _("请写明离岗的原因。")},
    )


class _CredentialForm(CommandForm):
    issued_on = forms.DateField(label=_("发证日期"), error_messages=FILL_IN)


class CertificateForm(_CredentialForm):
    grade = forms.ChoiceField(
        label=_("等级"), choices=Grade.choices, widget=forms.RadioSelect, error_messages=PICK
    )
    number = forms.CharField(label=_("证书编号"), max_length=60, error_messages=FILL_IN)
    field_order = ("grade", "number", "issued_on", "once")


class RegistrationForm(CertificateForm):
    valid_from = forms.DateField(label=_("有效期自"), error_messages=FILL_IN)
    valid_to = forms.DateField(
        label=_("有效期至"), help_text=_("登记有效期一般为 3 年"), error_messages=FILL_IN
    )
    field_order = ("grade", "number", "issued_on", "valid_from", "valid_to", "once")


class CpdForm(_CredentialForm):
    title = forms.CharField(
        label=_("学习内容"), max_length=120, error_messages={"required": _("请写明学习的内容。")}
    )
    hours = forms.DecimalField(
        label=_("学时"), max_digits=5, decimal_places=1, error_messages=FILL_IN
    )
    number = forms.CharField(label=_("证明编号"), max_length=60, required=False)
    field_order = ("title", "issued_on", "hours", "number", "once")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["issued_on"].label = _("学习日期")


CREDENTIAL_FORMS: dict[str, type[CommandForm]] = {
    StaffCredential.Kind.CERTIFICATE: CertificateForm,
    StaffCredential.Kind.REGISTRATION: RegistrationForm,
    StaffCredential.Kind.CPD: CpdForm,
}
