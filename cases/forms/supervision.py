"""A case that was talked about in a supervision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Story
from cases.models.casework import Case
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm

MOST = 200


class _CaseChoice(forms.ModelChoiceField):
    def label_from_instance(self, case: Case) -> str:
        return f"{case.number} · {case.client.name_masked} · {case.get_stage_display()}"


class DiscussedForm(CommandForm):
    case = _CaseChoice(
        label=_("个案"),
        queryset=Case.objects.none(),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={"required": _("请选择个案。"), "invalid_choice": _("请从列表中选择。")},
    )
    excerpt = Story(
        label=_("讨论摘录"),
        rows=4,
        max_length=4000,
        help_text=_("用化名，不写姓名、电话、证件号和床号"),
    )
    advice = Story(label=_("对这个个案的建议"), rows=3, max_length=4000, required=False)
    is_deidentified = forms.BooleanField(
        label=_("已去标识，参加督导的人都能看"),
        required=False,
        initial=True,
        help_text=_("取消勾选后，只有能打开这个个案的人看得到"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = Case.objects.visible_to(by).exclude(number=None).select_related("client")
        newest = rows.order_by("-pk").values("pk")[:MOST]
        self.fields["case"].queryset = rows.filter(pk__in=newest).order_by("-opened_at", "-pk")
