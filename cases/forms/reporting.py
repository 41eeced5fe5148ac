"""A mandatory report on the screen: opened in one line, told to an authority, followed, ended."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.reporting import MANDATORY
from cases.forms.fields import Line, OneOf, Reason, Story, WideDate, WideTime, paper_file
from cases.forms.schema_forms import SchemaForm
from cases.models.reporting import ReportGround, ReportRecipient, ReportWay
from departments.models.people import User
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm


class ReportOpenForm(CommandForm):
    """Two questions, so that nobody waits with it."""

    ground = OneOf(label=_("依据"), choices=ReportGround.choices, widget=forms.RadioSelect)
    facts = Story(
        label=_("发现了什么"),
        rows=4,
        help_text=_("时间、地点、原话和所见；其余的下一步再填"),
    )


class ReportSheetForm(SchemaForm):
    """强制报告表; what is not known yet stays empty, it is asked for when the report is ended."""

    schema = MANDATORY

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = False


class ReportTellForm(CommandForm):
    """Who was told, when, by which way."""

    recipient = OneOf(label=_("报告给"), choices=ReportRecipient.choices, widget=forms.RadioSelect)
    office = Line(
        label=_("单位名称"), max_length=80, help_text=_("例如：某某派出所；打 110 也写明")
    )
    officer = Line(label=_("接报人"), max_length=40, required=False)
    sent_on = WideDate(label=_("报告日期"), not_future=True)
    sent_at = WideTime(label=_("报告时间"), error_messages={"required": _("请填写这一项。")})
    way = OneOf(label=_("方式"), choices=ReportWay.choices, widget=forms.RadioSelect)
    receipt_number = Line(label=_("回执或接报编号"), max_length=60, required=False)
    file = paper_file(
        label=_("凭证"),
        required=False,
        help_text=_("回执、通话记录、书面报告；PDF、JPG 或 PNG，15 MB 以内"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on, at = cleaned.pop("sent_on", None), cleaned.get("sent_at")
        if on is not None and at is not None:
            cleaned["sent_at"] = dt.datetime.combine(on, at, SHANGHAI)
            if cleaned["sent_at"] > timezone.now():
                self.add_error("sent_at", _("报告时间还没有到。"))
        return cleaned


class ReportFileForm(CommandForm):
    file = paper_file(label=_("凭证"), help_text=_("PDF、JPG 或 PNG，15 MB 以内"))


class ReportFollowForm(CommandForm):
    occurred_on = WideDate(label=_("日期"), not_future=True)
    text = Story(
        label=_("跟进"), rows=4, help_text=_("有关机关怎样处理、孩子现在怎样、下一步做什么")
    )


class ReportCloseForm(CommandForm):
    ending = Reason(label=_("办结情况"), least=10, help_text=_("有关机关的答复或处理结果"))


class ReportDismissForm(CommandForm):
    reason = Reason(label=_("为什么不适用"), least=10)


class ReportNameForm(CommandForm):
    """One more person who must know."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("同事"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的人员中选择。"),
            "required": _("请选择一位同事。"),
        },
    )
    reason = Reason(label=_("为什么须知情"), least=10)

    def __init__(self, *args: Any, colleagues, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = colleagues
