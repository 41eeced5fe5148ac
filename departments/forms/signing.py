"""The gate's forms: they clean what was typed; services/signing_in decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.services.policies import password_policy
from msw_portal.kernel.forms import CommandForm

PASSWORD_LENGTH = 200


def _password(label: str, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class SignInForm(CommandForm):
    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        error_messages={"required": _("请输入登录名。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = _password(_("密码"), "current-password")
    password.error_messages["required"] = _("请输入密码。")
    password.help_text = _("第一次登录或重设密码时，在这里输入一次性码。")


class ForgottenForm(CommandForm):
    """Whose password is to be reset by mail."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        error_messages={"required": _("请输入登录名。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class CodeForm(CommandForm):
    """A code of the authenticator app, or a recovery code."""

    totp_code = forms.CharField(
        label=_("动态口令"),
        max_length=20,
        help_text=_("身份验证器上的 6 位数字；手机不在身边时，用一个 8 位恢复码。"),
        error_messages={"required": _("请输入动态口令或恢复码。")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class EnrolForm(CommandForm):
    """The first code of a new authenticator app."""

    totp_code = forms.CharField(
        label=_("新验证器上的 6 位数字"),
        max_length=12,
        error_messages={"required": _("请输入身份验证器显示的 6 位数字。")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ReplaceForm(EnrolForm):
    """The same, for somebody signed in: the password again, and the present code when there is one."""

    password = _password(_("当前密码"), "current-password")
    current_code = forms.CharField(
        label=_("现用验证器的动态口令或恢复码"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    field_order = ["password", "current_code", "totp_code", "once"]

    def __init__(self, *args: Any, has_password: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]


class PasswordForm(CommandForm):
    new_password = _password(_("新密码"), "new-password")
    repeated = _password(_("再输一次"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["new_password"].help_text = password_policy().words()

    def clean(self) -> dict:
        typed = super().clean()
        repeated = typed.pop("repeated", None)
        if repeated and typed.get("new_password") and repeated != typed["new_password"]:
            self.add_error("repeated", _("两次输入的密码不一样。"))
        return typed


class OwnPasswordForm(PasswordForm):
    """The same, for somebody signed in: the present password first."""

    password = _password(_("当前密码"), "current-password")
    field_order = ["password", "new_password", "repeated", "once"]
