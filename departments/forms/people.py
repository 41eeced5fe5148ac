"""Forms of accounts, roles and API clients."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from departments.models.organizations import Department, Organization, OrganizationKind
from departments.services.account_codes import is_mail_on
from departments.services.api_clients import DUTIES, MOST_HOURS, SCOPES_OF, USUAL_HOURS
from departments.services.charity_status import house_roles
from departments.services.history import role_label
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

REASON = _("写明原因，留在审计记录里")


class RoleForm(CommandForm):
    """A role in one's own house, in one of its departments, for as long as said."""

    role = forms.ChoiceField(label=_("角色"))
    department = forms.ModelChoiceField(
        label=_("部门"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("不限部门"),
    )
    valid_to = forms.DateField(
        label=_("有效至"), required=False, help_text=_("空着表示不定期；到期当天仍有效")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = house_roles(Organization.objects.visible_to(user).get(pk=user.house_id))
        self.fields["role"].choices = [
            ("", _("请选择")),
            *((kind, role_label(kind)) for kind in kinds),
        ]
        own = Department.objects.visible_to(user).filter(organization_id=user.house_id)
        self.fields["department"].queryset = own.filter(ended_on__isnull=True).order_by("name")


class InviteForm(RoleForm):
    username = forms.CharField(
        label=_("登录名"),
        min_length=3,
        max_length=60,
        help_text=_("工号或拼音，3 至 60 个字母、数字、点、横线；以后不能改，也不会给别人用"),
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9._-]*$",
                _("只用小写字母、数字、点、横线和下划线，以字母或数字开头。"),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label=_("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        max_length=254,
        help_text=_("本人的工作邮箱，用来重设密码；没有可不填"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    by_mail = forms.BooleanField(label=_("用邮件发送一次性码，不打印"), required=False)
    by_directory = forms.BooleanField(
        label=_("用统一身份登录，不设密码"),
        required=False,
        initial=True,
        help_text=_("登录名要与目录里的相同；本机构以外的人不要选"),
    )
    field_order = [
        "username",
        "display_name",
        "role",
        "department",
        "valid_to",
        "email",
        "by_mail",
        "by_directory",
        "once",
    ]

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        if not is_mail_on():
            del self.fields["by_mail"]
        if not settings.DIRECTORY:
            del self.fields["by_directory"]

    def clean_username(self) -> str:
        name = self.cleaned_data["username"]
        if name.startswith("client-"):
            raise forms.ValidationError(_("“client-”开头的登录名留给接口客户端。"))
        return name

    def clean_display_name(self) -> str:
        return unicodedata.normalize("NFC", self.cleaned_data["display_name"]).strip()


class ReasonForm(CommandForm):
    reason = forms.CharField(
        label=_("原因"),
        min_length=2,
        max_length=200,
        help_text=REASON,
        error_messages={"required": _("请写明原因。")},
    )


class DirectoryForm(ReasonForm):
    """Under which name of the hospital's directory a person signs in."""

    directory_name = forms.CharField(
        label=_("目录里的登录名"),
        max_length=120,
        error_messages={"required": _("请填写目录里的登录名。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ["directory_name", "reason", "once"]


class CodeIssueForm(CommandForm):
    """A new one-time code: printed, or by mail."""

    by_mail = forms.BooleanField(required=False, widget=forms.HiddenInput)


class RotateForm(CommandForm):
    """How long the present secret of a program still opens beside the new one."""

    hours = forms.IntegerField(
        label=_("旧密钥还能用几小时"),
        min_value=0,
        max_value=MOST_HOURS,
        initial=USUAL_HOURS,
        help_text=_("在这段时间里把新密钥换上；密钥已经泄露的填 0，立即失效"),
    )


class ApiClientForm(CommandForm):
    name = forms.CharField(
        label=_("名称"), max_length=60, help_text=_("哪个系统在用，如“捐助管理系统”")
    )
    scopes = forms.MultipleChoiceField(label=_("范围"), widget=forms.CheckboxSelectMultiple)
    duties = forms.MultipleChoiceField(
        label=_("可以担当的职责"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=list(DUTIES.items()),
        help_text=_("拨款与放款只能由人在网页上办"),
    )
    approve_limit = AmountField(
        label=_("每笔批准限额"), required=False, help_text=_("不填则只能审核，不能批准")
    )
    contact = forms.CharField(
        label=_("联系人"), max_length=120, required=False, help_text=_("接口出问题时找谁")
    )
    source_addresses = forms.CharField(
        label=_("来源地址"),
        max_length=1000,
        required=False,
        help_text=_("只从这些 IP 地址才能用，用空格隔开；空着表示不限"),
    )

    def __init__(self, *args: Any, house: Organization, **kwargs: Any):
        super().__init__(*args, **kwargs)
        own = SCOPES_OF.get(house.kind, ())
        words = settings.OAUTH2_PROVIDER["SCOPES"]
        self.fields["scopes"].choices = [(scope, words[scope]) for scope in own]
        if house.kind != OrganizationKind.FOUNDATION:
            del self.fields["duties"], self.fields["approve_limit"]
            self.fields["name"].help_text = _("哪个系统在用，如“医院信息系统（HIS）”")
            if len(own) == 1:
                self.fields["scopes"].initial = list(own)

    def clean_source_addresses(self) -> list[str]:
        return re.findall(r"[^\s,，;；]+", self.cleaned_data["source_addresses"])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        return {"duties": [], **given}
