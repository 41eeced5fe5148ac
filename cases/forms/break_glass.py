"""Break-glass: which case, why, how long; and the review."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason
from cases.services.break_glass import CHOICES, RESULTS
from departments.models.people import AccessGrant
from msw_portal.kernel.forms import CommandForm


class GlassForm(CommandForm):
    number = Line(
        label=_("个案编号"),
        required=False,
        max_length=40,
        help_text=_("完整编号，只找 5 级保密个案"),
    )
    reason = Reason(
        label=_("为什么必须现在看"),
        least=10,
        help_text=_("主任和安全管理员立即收到通知，次日由查阅者以外的人复核"),
    )
    minutes = forms.TypedChoiceField(
        label=_("看多久"),
        coerce=int,
        choices=[(n, format_lazy("{} {}", n, _("分钟"))) for n in CHOICES],
        initial=CHOICES[0],
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("请从列出的选项中选择。"),
            "required": _("请选择一项。"),
        },
    )


class GlassReviewForm(CommandForm):
    grant = forms.ModelChoiceField(
        AccessGrant.objects.none(),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("这次紧急查阅不在待复核之列。")},
    )
    result = OneOf(label=_("复核结论"), choices=list(RESULTS.items()), widget=forms.RadioSelect)

    def __init__(self, *args, grants, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grant"].queryset = grants
