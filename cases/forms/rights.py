"""What a person asks of the house: taken down, verified, put right, deleted, answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.documents import DocumentForm
from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, choices_of
from cases.models.codes import Relation
from cases.models.service_codes import RefusalGround, SubjectRequestKind, SubjectRequestOutcome
from cases.models.work import Contact
from cases.services.erasure import Part
from cases.services.subject_requests import PAPERS
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import NameField


class RequestForm(CommandForm):
    """A request as it was made, at the desk, by letter or on the telephone."""

    kind = OneOf(label=_("请求"), choices=SubjectRequestKind.choices, widget=forms.RadioSelect)
    requester = NameField(label=_("请求人姓名"), help_text=_("与证件一致"))
    requester_relation = OneOf(
        label=_("与服务对象关系"),
        choices=choices_of(Relation.choices),
        help_text=_("服务对象已去世的，由近亲属提出"),
    )
    received_on = WideDate(
        label=_("收到日期"), not_future=True, help_text=_("从次日起算 15 个工作日内答复")
    )
    detail = Story(
        label=_("请求内容"),
        rows=4,
        max_length=2000,
        help_text=_("要看、要改或要删的是什么；用请求人的话写"),
    )
    interest = Story(
        label=_("近亲属自身的合法、正当利益"),
        rows=2,
        max_length=500,
        required=False,
        help_text=_("服务对象已去世时必填，如办理继承、保险理赔、了解诊疗经过"),
    )


class PaperForm(DocumentForm):
    """A proof or the receipt; the content decides the type of file."""

    kind = OneOf(label=_("材料类型"), choices=choices_of(PAPERS))


class VerifyForm(CommandForm):
    identity_note = Reason(
        label=_("身份核验"),
        help_text=_("核验了什么证件、怎样核验；不抄证件号码"),
    )


class CorrectForm(CommandForm):
    """One place that was wrong."""

    what = Line(label=_("哪一处"), max_length=60, help_text=_("如：家庭人口、3 月 2 日探访记录"))
    was = Story(label=_("原来怎样写"), rows=2, max_length=1000)
    becomes = Story(label=_("更正为"), rows=2, max_length=1000)
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=_("补充到哪条已锁定的记录"),
        required=False,
        to_field_name="uid",
        empty_label=_("不补充到接触记录"),
        help_text=_("原记录不改，另加一条补充记录"),
        error_messages={"invalid_choice": _("请从列出的记录中选择。")},
    )

    def __init__(self, *args: Any, contacts, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        field.queryset = contacts
        field.label_from_instance = lambda one: (
            f"{one.occurred_on:%Y-%m-%d} {one.get_mode_display()} {one.case.number or ''}"
        )


class EraseForm(CommandForm):
    """What goes now; only what may go is offered."""

    parts = SomeOf(label=_("删除哪些"), choices=[])

    def __init__(self, *args: Any, parts: list[Part], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = [
            (part.code, _("%(label)s（%(n)d 处）") % {"label": part.label, "n": part.count})
            for part in parts
            if part.count and not part.why_not
        ]


class AnswerForm(CommandForm):
    """The decision of the house, with its ground where it is less than what was asked."""

    outcome = OneOf(
        label=_("决定"), choices=SubjectRequestOutcome.choices, widget=forms.RadioSelect
    )
    answer = Story(
        label=_("答复"),
        rows=4,
        max_length=2000,
        required=False,
        help_text=_("同意和部分同意时必填，写进答复书"),
    )
    refusal_code = OneOf(
        label=_("事由"),
        choices=choices_of(RefusalGround.choices),
        required=False,
        help_text=_("部分同意或不同意时选"),
    )
    refusal_reason = Reason(
        label=_("理由"), required=False, help_text=_("让请求人看得懂的话，写进答复书")
    )
