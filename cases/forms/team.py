"""The team of a case, its hand-over and its secrecy."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, Story, WideDate, choices_of
from cases.forms.intake import LoadChoice, OverLimitForm
from cases.models.casework import Case
from cases.services.members import MEMBER_KINDS, OUTSIDE_KINDS
from departments.models.people import Role, User
from msw_portal.kernel.forms import CommandForm

NOT_LISTED = _("请从列出的人员中选择。")
KIND_WORDS = {
    "worker": Role.WORKER.label,
    "assistant": Role.ASSISTANT.label,
    "intern": Role.INTERN.label,
    "clinician": _("医护人员"),
    "volunteer": _("志愿者"),
}


def _people(label: Any, **given: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        User.objects.none(),
        label=label,
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={"invalid_choice": NOT_LISTED, "required": _("请选择一位同事。")},
        **given,
    )


class TransferForm(OverLimitForm):
    """Ask a colleague to take the case over."""

    to_user = LoadChoice(
        label=_("移交给"),
        error_messages={"invalid_choice": NOT_LISTED, "required": _("请选择一位同事。")},
    )
    reason = Reason(label=_("移交原因"), least=2)

    def __init__(self, *args: Any, colleagues, counts, limit, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["to_user"].queryset = colleagues
        self.fields["to_user"].counts, self.fields["to_user"].limit = counts, limit
        if limit is None:
            del self.fields["over_reason"]


def _case_words(case: Case) -> str:
    return f"{case.number} {case.client.person.name_masked} · {case.get_stage_display()}"


class HandOverForm(TransferForm):
    """Pass several cases of one worker to another."""

    cases = forms.ModelMultipleChoiceField(
        Case.objects.none(),
        label=_("个案"),
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请至少勾选一个个案。"),
            "invalid_choice": _("勾选的个案里有已结束或换了负责人的，请刷新后再选。"),
        },
    )

    def __init__(self, *args: Any, cases, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = cases
        self.fields["cases"].label_from_instance = _case_words


class SupervisionHandOverForm(CommandForm):
    """Name another supervisor for several cases."""

    to_user = _people(_("督导改为"))
    cases = HandOverForm.base_fields["cases"]
    reason = Reason(label=_("原因"), least=2)

    def __init__(self, *args: Any, colleagues, cases, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["to_user"].queryset = colleagues
        self.fields["cases"].queryset = cases
        self.fields["cases"].label_from_instance = _case_words


class MemberForm(CommandForm):
    """A colleague with an account joins the case."""

    user = _people(_("同事"))
    role = OneOf(
        label=_("以什么岗位"),
        choices=choices_of([(kind, KIND_WORDS[kind]) for kind in MEMBER_KINDS]),
    )
    until = WideDate(
        label=_("到哪天为止"), required=False, not_past=True, help_text=_("不填表示到退出为止")
    )

    def __init__(self, *args: Any, colleagues, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues


class OutsiderForm(CommandForm):
    """A clinician or volunteer of the team, by name: gets no access to the file."""

    role = OneOf(
        label=_("角色"),
        choices=[(kind, KIND_WORDS[kind]) for kind in OUTSIDE_KINDS],
        widget=forms.RadioSelect,
    )
    name = Line(label=_("姓名"), max_length=50)
    title = Line(label=_("科室与职务"), max_length=60, required=False)
    until = WideDate(label=_("到哪天为止"), required=False, not_past=True)


class RaiseForm(CommandForm):
    """Close the file to all but the named."""

    named = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("还可查阅的人"),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_LISTED},
        help_text=_("您、负责社工和督导已在名单中"),
    )
    reason = Reason(label=_("提高保密级别的理由"), least=10)

    def __init__(self, *args: Any, colleagues, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["named"].queryset = colleagues
        self.fields["named"].label_from_instance = lambda user: user.display_name


class DiagnosisForm(CommandForm):
    """What stands on the case alone."""

    diagnosis = Story(
        label=_("保密诊断"),
        required=False,
        max_length=500,
        help_text=_("诊断或 ICD-10 编码；只存进本个案，清空即删除"),
    )


class KeepForm(CommandForm):
    reason = Reason(label=_("不提为 5 级的理由"), least=10)


class LowerForm(CommandForm):
    reason = Reason(label=_("恢复为 4 级的理由"), least=10)
