"""State aid: the application, its papers and dates, one small form for each step of the authority."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, choices_of
from cases.models.state_aid import StateAidApplicant, StateAidKind, StateAidRefusal
from cases.services.state_aid.kinds import KINDS, PAPERS
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

NEXT = {"label": _("下次跟进"), "required": False, "not_past": True}
PAPER_CHOICES = list(PAPERS.items())


def _today() -> Any:
    return timezone.localdate()


class StateAidForm(CommandForm):
    """Begin an application."""

    kind = OneOf(label=_("救助种类"), choices=StateAidKind.choices, widget=forms.RadioSelect)
    authority = Line(
        label=_("向谁申请"),
        max_length=120,
        required=False,
        help_text=_("不填时按种类写通常的受理机关"),
    )
    applicant = OneOf(
        label=_("由谁申请"),
        choices=StateAidApplicant.choices,
        initial=StateAidApplicant.PATIENT,
        widget=forms.RadioSelect,
    )
    acting_ground = Story(
        label=_("代为申请的情况"),
        rows=2,
        max_length=500,
        required=False,
        help_text=_("身份不明（无名氏）或无人代办时写：何时何处送来、已做的查找"),
    )
    applied = AmountField(
        label=_("申请金额"), required=False, help_text=_("身份认定（低保、特困、监测）不填")
    )
    next_on = WideDate(**NEXT)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("authority") and cleaned.get("kind") in KINDS:
            cleaned["authority"] = str(KINDS[cleaned["kind"]].authority)
        return cleaned


class StateAidEditForm(CommandForm):
    """Which papers are wanted, which are handed in; the sum and the dates."""

    authority = Line(label=_("向谁申请"), max_length=120)
    papers = SomeOf(label=_("需要的材料"), choices=PAPER_CHOICES)
    handed_in = SomeOf(label=_("已交的材料"), choices=PAPER_CHOICES, required=False)
    handed_on = WideDate(
        label=_("本次交材料的日期"), required=False, not_future=True, help_text=_("不填算今天")
    )
    applied = AmountField(label=_("申请金额"), required=False, help_text="")
    answer_due_on = WideDate(label=_("应答复日期"), required=False)
    next_on = WideDate(label=_("下次跟进"), required=False)


class NextForm(CommandForm):
    """Nothing but when to look again."""

    next_on = WideDate(**NEXT)


class FileForm(CommandForm):
    filed_on = WideDate(label=_("递交日期"), not_future=True, initial=_today)
    answer_due_on = WideDate(label=_("应答复日期"), required=False)
    next_on = WideDate(**NEXT)


class AskPapersForm(CommandForm):
    papers = SomeOf(label=_("要补的材料"), choices=PAPER_CHOICES)
    reason = Reason(label=_("对方怎么说"), least=2)
    next_on = WideDate(**NEXT)


class GrantForm(CommandForm):
    answered_on = WideDate(label=_("答复日期"), not_future=True, initial=_today)
    granted = AmountField(label=_("批准金额"), required=False, help_text="")
    answer = Story(label=_("答复内容"), rows=3, max_length=1000, required=False)


class GrantStatusForm(CommandForm):
    """Of a standing: there is no sum."""

    answered_on = WideDate(label=_("答复日期"), not_future=True, initial=_today)
    answer = Story(label=_("答复内容"), rows=3, max_length=1000, required=False)


class RefuseForm(CommandForm):
    answered_on = WideDate(label=_("答复日期"), not_future=True, initial=_today)
    refusal = OneOf(label=_("未批准的原因"), choices=choices_of(StateAidRefusal.choices))
    answer = Story(label=_("答复内容"), rows=3, max_length=1000, required=False)


class ReceiveForm(CommandForm):
    received_on = WideDate(label=_("到账日期"), not_future=True, initial=_today)
    received = AmountField(label=_("到账金额"), help_text="")


class ReceiveStatusForm(CommandForm):
    received_on = WideDate(label=_("取得证件或通知的日期"), not_future=True, initial=_today)


class AppealForm(CommandForm):
    reason = Reason(label=_("复核的理由"))
    answer_due_on = WideDate(label=_("应答复日期"), required=False, not_past=True)
    next_on = WideDate(**NEXT)


class EndForm(CommandForm):
    reason = Reason(label=_("终止的理由"), least=2)
