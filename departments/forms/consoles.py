"""Forms of the three consoles."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.forms.exporting import KeyForm
from departments.forms.regions import RegionField
from departments.models.organizations import Code
from departments.services import policies
from departments.services.history import role_label
from departments.services.registers import kinds_offered
from departments.services.reviews import DECISIONS, Decision
from msw_portal.kernel.forms import CommandForm

PARTED = re.compile(r"\s*[、,，]\s*")
NUMBERS = re.compile(r"^[0-9]{1,9}(?:\s*[、,，]\s*[0-9]{1,9})+$")
LINE = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*[=＝:：]\s*(\S.*?)\s*$")


class MailToForm(CommandForm):
    mail_to = forms.CharField(
        label=_("通知邮箱"),
        required=False,
        max_length=800,
        help_text=_("安全警报和失败的任务发到这里，多个用空格或逗号隔开；空着表示不发"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MailTestForm(CommandForm):
    to = forms.EmailField(label=_("收件邮箱"))


class PolicyForm(CommandForm):
    """The switch of the password policy."""

    standard = forms.ChoiceField(
        label=_("按哪一种要求"),
        widget=forms.RadioSelect,
        choices=[(name, words) for name, (words, *_rest) in policies.STANDARDS.items()],
        error_messages={"required": _("请选择一种要求。")},
    )
    valid_from = forms.DateField(label=_("从哪天起"), initial=timezone.localdate)


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("请选择")), *kinds_offered()]


class RuleForm(CommandForm):
    """A dated rule; its values are lines of `name = value`, several numbers in one line parted by 、 or commas."""

    kind = forms.ChoiceField(label=_("种类"), choices=_kinds)
    applies_key = forms.CharField(
        label=_("适用于"), max_length=120, required=False, help_text=_("空着表示全部")
    )
    region = RegionField(required=False, help_text=_("空着表示各地；低保线按地区填"))
    params = forms.CharField(
        label=_("内容"),
        max_length=2000,
        help_text=_(
            "每行一项：名称 = 值，如 idle_days = 90；几个数用顿号隔开，如 hours = 100、300、600"
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    valid_from = forms.DateField(label=_("从哪天起"))
    valid_to = forms.DateField(label=_("最后一天"), required=False, help_text=_("空着表示不定期"))
    article = forms.CharField(label=_("条款"), max_length=120, required=False)
    source = forms.CharField(label=_("出处"), max_length=200, help_text=_("法规名称与文号"))

    def clean_params(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, text in enumerate(self.cleaned_data["params"].splitlines(), start=1):
            if not text.strip():
                continue
            match = LINE.match(text)
            if match is None:
                raise forms.ValidationError(
                    _("第 %(n)s 行不是“名称 = 值”，名称用小写字母。"), params={"n": number}
                )
            name, value = match.groups()
            if name in found:
                raise forms.ValidationError(_("第 %(n)s 行的名称重复了。"), params={"n": number})
            found[name] = _value(value)
        return found


def _value(text: str) -> int | str | list[int]:
    if NUMBERS.match(text):
        return [int(one) for one in PARTED.split(text)]
    return int(text) if text.isascii() and text.isdigit() else text


class RuleEndForm(CommandForm):
    last_day = forms.DateField(label=_("最后一天"), initial=timezone.localdate)


class CodeForm(CommandForm):
    """An entry of a code list; the code itself is fixed once it stands."""

    value = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        label=_("代码"),
        max_length=60,
        error_messages={"invalid": _("只用字母、数字、点、横线和下划线。")},
    )
    zh = forms.CharField(label=_("中文"), max_length=120)
    en = forms.CharField(label=_("英文"), max_length=160, required=False)
    rank = forms.IntegerField(label=_("顺序"), min_value=0, max_value=9999, initial=100)
    valid_to = forms.DateField(
        label=_("最后一天"), required=False, help_text=_("空着表示一直可用；旧记录照旧显示")
    )

    def __init__(self, *args: Any, code: Code | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if code is not None:
            self.fields["value"].disabled = True


class ReviewForm(CommandForm):
    """The decision and the reason for every row of a review, as one value `decisions` for the service."""

    def __init__(self, *args: Any, rows: Sequence[Mapping[str, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._members = [row["membership"] for row in rows]
        choices = [("", _("未决定")), *DECISIONS.items()]
        for row in rows:
            who = f"{row['name']} · {role_label(row['role'])}"
            self.fields[f"d-{row['membership']}"] = forms.ChoiceField(
                label=_("%(who)s：决定") % {"who": who}, choices=choices, required=False
            )
            self.fields[f"n-{row['membership']}"] = forms.CharField(
                label=_("%(who)s：说明") % {"who": who}, max_length=200, required=False
            )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "decisions": {
                one: Decision(given.get(f"d-{one}", ""), given.get(f"n-{one}", ""))
                for one in self._members
            }
        }


class HolidayForm(CommandForm):
    on = forms.DateField(label=_("日期"))
    until = forms.DateField(label=_("到哪一天"), required=False, help_text=_("空着表示只有这一天"))
    kind = forms.ChoiceField(
        label=_("这一天"),
        widget=forms.RadioSelect,
        choices=[
            ("off", _("休息")),
            ("work", _("上班（调休）")),
            ("clear", _("按内置日历，删除这一行")),
        ],
    )
    source = forms.CharField(
        label=_("来源"), max_length=200, required=False, help_text=_("如国务院办公厅通知的文号")
    )


class NoteForm(CommandForm):
    note = forms.CharField(
        label=_("核实的情况"),
        min_length=2,
        max_length=200,
        error_messages={"required": _("请写明核实的情况。")},
    )


class AccountsExportForm(KeyForm):
    suffix = forms.ChoiceField(label=_("格式"), choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    in_clear = forms.BooleanField(
        label=_("包含完整的邮箱与电话"),
        required=False,
    )
    reason = forms.CharField(label=_("理由"), max_length=200, required=False)
