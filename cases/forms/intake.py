"""Intake: who takes the case, whether it is taken, and form F1."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, SomeOf, Story, Yes
from cases.models.codes import Decision, Priority
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm


class PersonChoice(forms.ModelChoiceField):
    """A colleague, addressed by the public id."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("error_messages", {"invalid_choice": _("请从列出的同事中选择。")})
        super().__init__(
            User.objects.none(), to_field_name="uid", empty_label=_("请选择"), **kwargs
        )

    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class AssignForm(CommandForm):
    """Who takes the case and who supervises it."""

    worker = PersonChoice(label=_("主责社工"))
    supervisor = PersonChoice(label=_("督导"), required=False)

    def __init__(self, *args: Any, workers, supervisors, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = workers
        self.fields["supervisor"].queryset = supervisors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("worker") and cleaned.get("worker") == cleaned.get("supervisor"):
            self.add_error("supervisor", _("督导不能是主责社工本人。"))
        return cleaned


RISK_FLAGS = (
    ("self_harm", _("自伤或自杀意念")),
    ("harm_to_others", _("伤人风险")),
    ("minor_harm", _("未成年人疑似受侵害")),
    ("abuse", _("虐待、忽视或家暴")),
    ("discharge_unsafe", _("出院去处不安全")),
    ("treatment_refused", _("因费用或情绪准备放弃治疗")),
)


class AcceptForm(CommandForm):
    """F1 接案登记表: what intake decides. The person, the stay and the source are on the case already."""

    decision = OneOf(
        label=_("接案决定"),
        choices=Decision.choices,
        initial=Decision.OPEN,
        widget=forms.RadioSelect,
    )
    urgency = OneOf(
        label=_("紧急程度"),
        choices=Priority.choices,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    within_scope = Yes(
        label=_("属于本部门服务范围"), must=_("不属于服务范围的，请用“不接案”并写明理由。")
    )
    privacy_notice_given = Yes(
        label=_("已当面说明个人信息怎样使用、保密及其例外"), must=_("接案前要先做隐私告知。")
    )
    previous_help = Story(
        label=_("已做过的努力与已得到的帮助"),
        rows=3,
        required=False,
        max_length=2000,
        help_text=_("找过谁、得到过什么"),
    )
    client_expectation = Story(label=_("服务对象的期望"), rows=3, required=False, max_length=2000)
    risk_flags = SomeOf(label=_("风险提示"), choices=RISK_FLAGS, required=False)
    decision_reason = Line(label=_("决定的依据"), required=False, max_length=200)
