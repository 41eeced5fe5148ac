"""Studies: design, sample plan, units, sheets from paper, what was found and what is to be done."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.assessing import AssessmentForm
from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, WideInteger, choices_of
from departments.forms.regions import RegionField
from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm
from projects.models.cultivation import Project
from projects.models.register_codes import Method, Pillar, SampleKind
from projects.models.surveys import SampleGroup, Survey
from projects.services.surveys import questionnaires_for

CHOOSE = {"invalid_choice": _("请从列出的选项中选择。")}


class SurveyForm(CommandForm):
    """What is studied, how, when, and with which questionnaire."""

    title = Line(label=_("名称"), max_length=120)
    purpose = Story(label=_("目的"), rows=3, max_length=2000)
    scope = Story(label=_("对象与范围"), rows=2, max_length=2000, required=False)
    partners = Story(label=_("合作方"), rows=2, max_length=1000, required=False)
    region = RegionField(label=_("地区"), required=False)
    methods = SomeOf(
        label=_("方法"),
        choices=Method.choices,
        error_messages={"required": _("请至少选择一种方法。")},
    )
    questionnaire = forms.ModelChoiceField(
        None,
        label=_("问卷"),
        to_field_name="uid",
        required=False,
        empty_label=_("不用问卷"),
        error_messages=CHOOSE,
    )
    answer_target = WideInteger(
        label=_("计划回收问卷"), required=False, min_value=1, max_value=5000
    )
    starts_on = WideDate(label=_("开始"))
    ends_on = WideDate(label=_("截止"))
    project = forms.ModelChoiceField(
        None,
        label=_("所属项目"),
        to_field_name="uid",
        required=False,
        empty_label=_("不属于项目"),
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["questionnaire"].queryset = questionnaires_for(by)
        self.fields["project"].queryset = Project.objects.visible_to(by).order_by("title", "id")


class GroupForm(CommandForm):
    """One line of the sample plan."""

    letter = OneOf(label=_("样本类"), choices=[(chr(c), chr(c)) for c in range(65, 91)])
    label = Line(label=_("说明"), max_length=80, help_text=_("例如：医务社工与健康公益从业者"))
    kind = OneOf(
        label=_("单位"),
        choices=SampleKind.choices,
        widget=forms.RadioSelect,
        help_text=_("不同单位的样本各数各的，不相加"),
    )
    method = OneOf(label=_("方法"), choices=choices_of(Method.choices))
    target = WideInteger(label=_("计划数"), min_value=1, max_value=5000)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = [one for one in Method.choices if one[0] in survey.methods]
        self.fields["method"].choices = choices_of(asked)


class UnitForm(CommandForm):
    """One unit that was reached."""

    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("登记过的机构"),
        to_field_name="uid",
        required=False,
        empty_label=_("不在机构库里"),
        error_messages=CHOOSE,
    )
    name = Line(
        label=_("名称或编号"),
        required=False,
        max_length=80,
        help_text=_("机构写名称；个人写编号，不写姓名"),
    )
    reached_on = WideDate(label=_("日期"), not_future=True, initial=timezone.localdate)
    method = OneOf(label=_("方法"), choices=Method.choices)
    notes = Story(label=_("要点"), rows=4, max_length=4000, required=False)

    def __init__(self, *args: Any, group: SampleGroup, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = [
            one for one in Method.choices if one[0] in group.survey.methods
        ]
        self.fields["method"].initial = group.method
        if group.kind == SampleKind.PERSON:
            del self.fields["body"]
            return
        bodies = Organization.objects.visible_to(by).on_ground_of(by)
        self.fields["body"].queryset = bodies.exclude(kind="installation").order_by("name")


class SheetForm(AssessmentForm):
    """A questionnaire as whoever answers it sees it; `sheet_key` makes the same sheet one answer."""

    sheet_key = forms.UUIDField(
        widget=forms.HiddenInput, initial=lambda: str(uuid.uuid4()), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("interpretation", "checkpoint", "is_final"):
            del self.fields[name]

    def clean_sheet_key(self) -> uuid.UUID:
        return self.cleaned_data["sheet_key"] or uuid.uuid4()


class PaperForm(SheetForm):
    """A sheet of paper, typed in by its number."""

    paper_number = Line(
        label=_("纸质编号"), max_length=20, help_text=_("写在纸质问卷右上角，一份一个")
    )
    given_on = WideDate(label=_("填写日期"), not_future=True, initial=timezone.localdate)
    group = forms.ModelChoiceField(
        SampleGroup.objects.none(),
        label=_("样本类"),
        to_field_name="uid",
        required=False,
        empty_label=_("未分类"),
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any):
        super().__init__(*args, questionnaire=survey.questionnaire, **kwargs)
        self.fields["group"].queryset = survey.groups.order_by("letter")


class VoidForm(CommandForm):
    reason = Reason(label=_("为什么不计"), least=2)


class ReasonForm(CommandForm):
    reason = Reason(least=2)


class FindingsForm(CommandForm):
    """What was found, and what the study cannot say."""

    findings = Story(
        label=_("主要发现"),
        rows=8,
        max_length=8000,
        required=False,
        help_text=_("只写结果页上看得到的数；被隐去的小数不要写出来"),
    )
    limits = Story(label=_("局限"), rows=3, max_length=2000, required=False)


class AdviceForm(CommandForm):
    pillar = OneOf(label=_("方面"), choices=Pillar.choices, widget=forms.RadioSelect)
    text = Story(label=_("建议"), rows=3, max_length=1000)
    basis = Story(
        label=_("依据"), rows=2, max_length=1000, required=False, help_text=_("是哪一项结果")
    )


class ActionForm(CommandForm):
    """Who does what by when."""

    title = Line(label=_("要做什么"), max_length=200)
    pillar = OneOf(label=_("方面"), choices=Pillar.choices, widget=forms.RadioSelect)
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=_("负责人"),
        required=False,
        empty_label=_("外单位负责"),
        error_messages=CHOOSE,
        help_text=_("选了人，这件事会进他的待办"),
    )
    owner_text = Line(label=_("负责单位"), max_length=120, required=False)
    due_on = WideDate(label=_("期限"))

    def __init__(self, *args: Any, owners: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = lambda one: one.display_name


class FinishForm(CommandForm):
    done_on = WideDate(label=_("完成日期"), not_future=True, initial=timezone.localdate)
    outcome = Story(label=_("结果"), rows=3, max_length=2000)
