"""The directory of resources: what one looks for, an entry, a place, a file of another directory."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms.fields import (
    Line,
    OneOf,
    SomeOf,
    Story,
    WideInteger,
    WideTime,
    Yes,
    half_width,
)
from cases.forms.opening_hours import DAYS, HoursLines, is_plain
from cases.models.codes import Insurance, NeedCategory
from departments.forms.regions import RegionField
from departments.models.organizations import Organization
from departments.models.resources import ResourceLocation, ResourceService
from msw_portal.kernel.forms import CommandForm

COST = re.compile(r"(?P<option>.*?)\s*(?P<amount>\d{1,8}(?:\.\d{1,2})?)\s*元?")
HOURS_HELP = _("一行一段，如：周六、周日 09:00–12:00 先预约")
SOURCE_MOST = 5 * 1024 * 1024


class Lines(forms.CharField):
    """One thing a line."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 3, longest: int = 120, **kwargs: Any):
        super().__init__(required=False, max_length=3000, **kwargs)
        self.widget.attrs["rows"], self.longest = rows, longest

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Any]:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        made = [self.read(n, line) for n, line in enumerate(lines, 1) if line]
        return list(dict.fromkeys(made)) if made and isinstance(made[0], str) else made

    def read(self, number: int, line: str) -> Any:
        if len(line) > self.longest:
            raise forms.ValidationError(
                _("第 %(n)d 行太长，最多 %(most)d 个字。") % {"n": number, "most": self.longest}
            )
        return line


class CostLines(Lines):
    """`团体咨询 80`: what is paid for and yuan, one a line."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{row['option']} {row['amount']}" for row in value)

    def read(self, number: int, line: str) -> dict[str, str]:
        said = COST.fullmatch(half_width(super().read(number, line)))
        if said is None:
            raise forms.ValidationError(
                _("第 %(n)d 行请写成“项目 金额”，例如：单次咨询 80。") % {"n": number}
            )
        return {"option": said["option"], "amount": str(Decimal(said["amount"]).normalize() + 0)}


class ResourceFilter(forms.Form):
    """What somebody needs: any of it may be left open."""

    q = forms.CharField(label=_("名称或机构"), max_length=60, required=False)
    need = forms.ChoiceField(
        label=_("需求"), required=False, choices=[("", _("全部需求")), *NeedCategory.choices]
    )
    place = RegionField(label=_("地区"), required=False, help_text="")
    age = WideInteger(label=_("年龄"), required=False, min_value=0, max_value=120)
    insurance = forms.ChoiceField(
        label=_("保障"),
        required=False,
        choices=[("", pgettext_lazy("resource", "不限")), *Insurance.choices],
    )


class ResourceForm(CommandForm):
    """One service of the directory; saving it says that all of it was checked."""

    provider = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("提供机构"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择提供这项服务的机构。"),
            "invalid_choice": _("请从列出的机构中选择。"),
        },
    )
    name = Line(label=_("服务名称"), max_length=120)
    description = Story(label=_("服务内容"), rows=3, max_length=2000, required=False)
    categories = SomeOf(
        label=_("能满足的需求"),
        choices=NeedCategory.choices,
        error_messages={"required": _("请选择它能满足的需求，至少一项。")},
    )
    status = OneOf(
        label=_("状态"),
        choices=ResourceService.Status.choices,
        initial=ResourceService.Status.ACTIVE,
        widget=forms.RadioSelect,
    )
    area = RegionField(label=_("服务范围"), required=False)
    min_age = WideInteger(label=_("最小年龄"), required=False, min_value=0, max_value=120)
    max_age = WideInteger(label=_("最大年龄"), required=False, min_value=0, max_value=120)
    insurance = SomeOf(
        label=_("只收这些保障类型"),
        choices=Insurance.choices,
        required=False,
        help_text=_("都不勾表示不限"),
    )
    eligibility = Story(label=_("对象与条件"), rows=2, max_length=1000, required=False)
    documents = Lines(label=_("要带的材料"), help_text=_("一行一种"))
    costs = CostLines(label=_("收费项目"), help_text=_("一行一项，例如：单次咨询 80"))
    fees = Story(label=_("收费说明"), rows=2, max_length=500, required=False)
    days = SomeOf(label=_("开放日"), choices=DAYS, required=False)
    opens_at = WideTime(label=_("开始"), required=False)
    closes_at = WideTime(label=_("结束"), required=False)
    hours = Line(label=_("时间说明"), required=False, max_length=200)
    more_hours = HoursLines(label=_("其他时间段"), help_text=HOURS_HELP)
    languages = Lines(label=_("语言"), rows=2, longest=40, help_text=_("一行一种，如 粤语、手语"))
    application = Story(label=_("怎么申请"), rows=2, max_length=1000, required=False)
    phone = Line(label=_("电话"), required=False, max_length=60)
    email = forms.EmailField(
        label=_("邮箱"), required=False, error_messages={"invalid": _("请核对邮箱地址。")}
    )
    url = forms.URLField(
        label=_("网址"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("请核对网址。")},
    )
    capacity = Line(label=_("名额"), required=False, max_length=120)
    alert = Line(label=_("近期提醒"), required=False, max_length=300)
    is_public = Yes(label=_("公开给本平台的其他机构"), help_text=_("不勾只有本机构看到"))

    def __init__(self, *args: Any, providers, schedules: Any = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers
        # What another directory said that no line can say stays with the entry.
        self.kept = [row for row in schedules if not is_plain(row)]

    def clean(self) -> dict[str, Any]:
        """Days and hours become the first schedule of HSDS, every further line one more."""
        cleaned = super().clean()
        days = cleaned.pop("days", [])
        opens, closes = cleaned.pop("opens_at", None), cleaned.pop("closes_at", None)
        hours = cleaned.pop("hours", "")
        if (opens is None) != (closes is None):
            self.add_error(
                "closes_at" if closes is None else "opens_at", _("开始和结束时间要一起填。")
            )
        elif opens is not None and closes <= opens:
            self.add_error("closes_at", _("结束时间要晚于开始时间。"))
        row: dict[str, Any] = {}
        if days:
            row |= {"freq": "WEEKLY", "byday": ",".join(days)}
        if opens and closes:
            row |= {"opens_at": f"{opens:%H:%M}", "closes_at": f"{closes:%H:%M}"}
        if hours:
            row["description"] = hours
        more = cleaned.pop("more_hours", [])
        cleaned["schedules"] = [*([row] if row else []), *more, *self.kept]
        return cleaned


class PlaceForm(CommandForm):
    """Where a service is given."""

    name = Line(label=_("地点名称"), max_length=120)
    type = OneOf(
        label=_("方式"),
        choices=ResourceLocation.Type.choices,
        initial=ResourceLocation.Type.PHYSICAL,
        widget=forms.RadioSelect,
    )
    region = RegionField(label=_("地区"), required=False)
    address = Line(label=_("地址"), required=False, max_length=200)
    postal_code = Line(label=_("邮编"), required=False, max_length=10)
    transportation = Line(label=_("交通"), required=False, max_length=300)
    accessibility = Line(label=_("无障碍"), required=False, max_length=300)
    schedules = HoursLines(label=_("开放时间"), help_text=HOURS_HELP)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_physical = cleaned.get("type") == ResourceLocation.Type.PHYSICAL
        if is_physical and not cleaned.get("region") and "region" not in self.errors:
            self.add_error("region", _("到场的地点请写地区。"))
        # Nothing written is nothing said: a place that is used again keeps its hours.
        cleaned["schedules"] = cleaned.get("schedules") or None
        return cleaned


class DirectoryFileForm(CommandForm):
    """A JSON file of HSDS 3.0."""

    file = forms.FileField(
        label=_("JSON 文件"), error_messages={"required": _("请选择一个 JSON 文件。")}
    )
    is_rehearsal = Yes(label=_("先检查，不写入"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > SOURCE_MOST:
            raise forms.ValidationError(_("文件太大，最多 5 MB。"))
        return file
