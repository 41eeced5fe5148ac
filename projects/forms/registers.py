"""Registers: what one looks for, an entry with the parts of its kind, who took part, ties, checklist answers."""

import re
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, SomeOf, Story, WideDate, WideInteger, Yes, choices_of
from cases.forms.resources import Lines
from departments.forms.regions import RegionField
from departments.models.organizations import Department, Organization
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm
from projects.models.cultivation import Project
from projects.models.register_codes import Audience, PartyRole, RegisterKind, Standing
from projects.models.registers import RegisterEntry
from projects.models.surveys import Survey
from projects.services.register_entries import chosen_from
from projects.services.register_parts import MOST_LENGTH, REGISTERS, PartOf

PART = "part_"
CHOOSE = {"invalid_choice": _("请从列出的选项中选择。")}
BAR = re.compile(r"\s*[|｜]\s*")
PRECISIONS = (("day", _("日")), ("month", _("月")), ("year", _("年")))


class PartLines(Lines):
    """The lines of a part; columns stand between bars, a coded line keeps its code by its words."""

    def __init__(self, *, part: PartOf, former: Any = (), **kwargs: Any):
        longest = MOST_LENGTH * max(1, len(part.columns))
        super().__init__(label=part.label, help_text=part.help, longest=longest, **kwargs)
        self.max_length = 20000
        self.part = part
        self.codes = {one["text"]: one["code"] for one in former} if part.is_coded else {}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        if self.part.is_coded:
            return "\n".join(one["text"] for one in value)
        if self.part.columns:
            return "\n".join(" | ".join(row).rstrip(" |") for row in value)
        return "\n".join(value)

    def read(self, number: int, line: str) -> Any:
        text = super().read(number, line)
        if self.part.is_coded:
            return {"code": self.codes.get(text) or f"p{uuid.uuid4().hex[:8]}", "text": text}
        return BAR.split(text) if self.part.columns else text


class EntryForm(CommandForm):
    """One entry; `kind` decides what is asked beside what all entries have."""

    title = Line(label=_("名称"), max_length=200)
    number = Line(label=_("文号或编号"), max_length=60, required=False)
    version = Line(label=_("版本"), max_length=40, required=False)
    happened_on = WideDate(label=_("日期"), required=False)
    precision = OneOf(
        label=_("日期精确到"), choices=PRECISIONS, initial="day", widget=forms.RadioSelect
    )
    effective_on = WideDate(label=_("施行日期"), required=False)
    until_on = WideDate(
        label=_("失效日期"), required=False, help_text=_("不再适用的第一天；仍适用就不填")
    )
    replaces = forms.ModelChoiceField(
        RegisterEntry.objects.none(),
        label=_("接替哪一份"),
        to_field_name="uid",
        required=False,
        empty_label=_("不接替"),
        error_messages=CHOOSE,
    )
    region = RegionField(label=_("地区"), required=False)
    audiences = SomeOf(label=_("对谁说的"), choices=Audience.choices, required=False)
    summary = Story(label=_("内容"), rows=4, max_length=4000, required=False)
    source = Line(label=_("来源"), max_length=120, required=False, help_text=_("从哪份材料知道的"))
    url = forms.URLField(
        label=_("原文网址"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("请核对网址。")},
    )
    is_public = Yes(label=_("公开"), help_text=_("所有机构和公众都能看到；不勾只有本机构看到"))

    def __init__(
        self, *args: Any, kind: str, by: User, may_publish: bool, former: Any = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        register, details = REGISTERS[kind], former.details if former else {}
        self.register = register
        self.fields["happened_on"].label = register.day
        rest = chosen_from(by, kind)
        self.fields["replaces"].queryset = rest.exclude(pk=former.pk) if former else rest
        if not register.has_validity:
            for name in ("effective_on", "until_on", "replaces"):
                del self.fields[name]
        if not may_publish:
            self.fields["is_public"].disabled = True
            self.fields["is_public"].initial = bool(former and former.published_at)
        for part in register.parts:
            self.fields[PART + part.name] = (
                PartLines(part=part, former=details.get(part.name, ()), rows=5)
                if part.is_list
                else Line(label=part.label, required=False, max_length=MOST_LENGTH)
            )

    def part_fields(self) -> list[forms.BoundField]:
        """The parts of the kind, drawn after what all entries have."""
        return [self[PART + part.name] for part in self.register.parts]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["details"] = {
            name.removeprefix(PART): cleaned.pop(name)
            for name in list(cleaned)
            if name.startswith(PART)
        }
        for name in ("effective_on", "until_on", "replaces"):
            cleaned.setdefault(name, None)
        return cleaned


class EntryFilter(forms.Form):
    """What somebody looks for; any of it may be left open."""

    q = forms.CharField(label=_("名称或文号"), max_length=60, required=False)
    on = WideDate(label=_("哪一天适用"), required=False)
    audience = forms.ChoiceField(
        label=_("对谁说的"), required=False, choices=[("", _("全部")), *Audience.choices]
    )
    place = RegionField(label=_("地区"), required=False, help_text="")

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not REGISTERS[kind].has_validity:
            del self.fields["on"], self.fields["audience"]


class PartyForm(CommandForm):
    """Who took part: a body of the register, or a name in the words of the source."""

    role = OneOf(label=_("身份"))
    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("登记过的机构"),
        to_field_name="uid",
        required=False,
        empty_label=_("不在机构库里"),
        error_messages=CHOOSE,
    )
    name_text = Line(label=_("名称"), max_length=120, required=False)
    as_of_title = Line(
        label=_("当时的职务"),
        max_length=160,
        required=False,
        help_text=_("个人写那一天的单位和职务，以后变了也不改"),
    )
    source = Line(label=_("来源"), max_length=60, required=False)

    def __init__(self, *args: Any, roles: Any, bodies: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = choices_of([(one, PartyRole(one).label) for one in roles])
        self.fields["body"].queryset = bodies


class LinkForm(CommandForm):
    """A tie with another entry, or with work of the house: exactly one of them."""

    other = forms.ModelChoiceField(
        RegisterEntry.objects.none(),
        label=_("登记册里的另一条"),
        to_field_name="uid",
        required=False,
        empty_label=_("不选"),
        error_messages=CHOOSE,
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("本机构的部门"),
        to_field_name="uid",
        required=False,
        empty_label=_("不选"),
        error_messages=CHOOSE,
    )
    survey = forms.ModelChoiceField(
        Survey.objects.none(),
        label=_("本机构的调研"),
        to_field_name="uid",
        required=False,
        empty_label=_("不选"),
        error_messages=CHOOSE,
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("项目"),
        to_field_name="uid",
        required=False,
        empty_label=_("不选"),
        error_messages=CHOOSE,
    )
    note = Line(
        label=_("关系"), max_length=120, required=False, help_text=_("例如：依据、落实、产出")
    )

    def __init__(self, *args: Any, entry: RegisterEntry, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields = self.fields
        others = RegisterEntry.objects.visible_to(by).exclude(pk=entry.pk)
        fields["other"].queryset = others.order_by("kind", "title", "id")
        fields["other"].label_from_instance = lambda one: f"{one.get_kind_display()} · {one.title}"
        own = Department.objects.visible_to(by).filter(organization_id=by.house_id)
        fields["department"].queryset = own.order_by("name", "id")
        fields["survey"].queryset = Survey.objects.visible_to(by).order_by("-starts_on", "-id")
        fields["project"].queryset = Project.objects.visible_to(by).order_by("title", "id")


class ChecklistForm(CommandForm):
    """What the department says of one point."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("部门"),
        to_field_name="uid",
        empty_label=None,
        error_messages=CHOOSE,
    )
    standing = OneOf(label=_("结论"), choices=Standing.choices, widget=forms.RadioSelect)
    evidence = Story(
        label=_("依据"),
        rows=3,
        max_length=1000,
        required=False,
        help_text=_("制度、记录或文件的名称和日期；“不符合”可以不写"),
    )
    answered_on = WideDate(label=_("日期"), not_future=True, initial=timezone.localdate)

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        own = Department.objects.visible_to(by).filter(organization_id=by.house_id, kind="msw")
        self.fields["department"].queryset = own.order_by("name", "id")


class PublicFilter(forms.Form):
    """What anybody looks for among the published policies and standards."""

    q = forms.CharField(label=_("名称或文号"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("种类"),
        required=False,
        choices=[
            ("", _("全部")),
            *(one for one in RegisterKind.choices if one[0] in ("policy", "standard")),
        ],
    )
    on = WideDate(label=_("哪一天适用"), required=False)


class PlaceFilter(forms.Form):
    place = RegionField(label=_("地区"), required=False, help_text="")


class MatchForm(forms.Form):
    """What a donor cares about; points say why a project stands where it stands."""

    disease = forms.ChoiceField(label=_("病种"), required=False)
    place = RegionField(label=_("地区"), required=False, help_text="")
    amount = WideInteger(
        label=_("打算给多少（元）"), required=False, min_value=1, max_value=999_999_999
    )

    def __init__(self, *args: Any, diseases: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["disease"].choices = [("", _("不限")), *diseases]


KINDS = [(one.value, REGISTERS[one.value].title) for one in RegisterKind]
