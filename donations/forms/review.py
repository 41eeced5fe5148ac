"""What the foundation says on a request: each form is one step of the diagram."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, WideInteger, Yes
from cases.models.consents import Consent
from departments.models.people import User
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField, format_amount


class CodeField(forms.CharField):
    """The six digits of the authenticator app; never kept, never filled in by the browser's memory."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", _("动态口令"))
        kwargs.setdefault("help_text", _("身份验证器上当前的 6 位数字，每个口令只能用一次"))
        # Emptiness is the service's own refusal, so that page and API say the same sentence.
        super().__init__(
            required=False,
            max_length=20,
            widget=forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "one-time-code",
                    "class": "mono input--code",
                }
            ),
            **kwargs,
        )


class StepForm(CommandForm):
    """A decision on what was read: `version` is the request's when the page was made, 412 when it has changed."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CheckForm(StepForm):
    """Taken in hand; with `complete` the papers are in order and the request goes on."""

    complete = Yes(label=_("已逐份核对，必备材料齐全、清楚、在有效期内"))


class AcceptForm(StepForm):
    """The papers of a request that is in hand already are in order."""

    complete = Yes(
        label=_("已逐份核对，必备材料齐全、清楚、在有效期内"),
        must=_("请先逐份核对材料；不齐的请要求补件。"),
    )


class AskSupplementForm(StepForm):
    """Which papers, and what is wrong with each."""

    items = SomeOf(
        label=_("需要补充的材料"),
        required=False,
        error_messages={"invalid_choice": _("项目的材料清单里没有这一项。")},
    )
    message = Story(
        label=_("说明"),
        rows=4,
        max_length=1000,
        required=False,
        help_text=_("写清楚缺什么、要什么样的、盖什么章；不要写姓名和证件号"),
    )

    def __init__(self, *args: Any, papers: Iterable[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = list(papers)


class RejectForm(StepForm):
    """Not admitted, or refused in review: the hospital reads the reason."""

    reason = Reason(label=_("理由"), help_text=_("医院和家庭会看到；写明不符合哪一条"))


class ReviewForm(StepForm):
    """An opinion in favour; the last review names the sum."""

    opinion = Story(label=_("审核意见"), rows=4, max_length=2000, required=False)
    amount = AmountField(label=_("拟定金额"), required=False)

    def __init__(self, *args: Any, names_amount: bool, most: Decimal | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not names_amount:
            del self.fields["amount"]
        elif most is not None:
            self.fields["amount"].help_text = _("不超过 %(most)s 元；不填按最小的一项计") % {
                "most": format_amount(most)
            }


class OpinionForm(CommandForm):
    """What the hospital says of a request; the foundation reads it."""

    opinion = Story(
        label=_("意见"),
        rows=6,
        max_length=2000,
        required=False,
        help_text=_("基金会会看到；不要写姓名、证件号和住址"),
    )


class ReturnForm(StepForm):
    """Back to the first reviewer."""

    reason = Reason(label=_("请初审再看什么"), help_text=_("写明哪一点不清楚或不充分"))


class DecideForm(StepForm):
    """The committee's decision as its minutes say it."""

    met_on = WideDate(label=_("开会日期"))
    present = WideInteger(label=_("到会人数"), min_value=0, max_value=99)
    in_favour = WideInteger(
        label=_("同意人数"), min_value=0, max_value=99, help_text=_("超过到会人数的一半为通过")
    )
    amount = AmountField(label=_("评审会定的金额"), required=False)
    minutes = Story(
        label=_("会议记录"),
        rows=5,
        max_length=2000,
        required=False,
        help_text=_("到会人员和决定的理由；不通过的，理由会告知医院"),
    )

    def __init__(self, *args: Any, laid: Decimal | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if laid is not None:
            self.fields["amount"].help_text = _("提交的拟定金额 %(laid)s 元；不填按此") % {
                "laid": format_amount(laid)
            }


class NoticeAllowForm(CommandForm):
    """Under which consent the family is shown in public."""

    consent = forms.ModelChoiceField(
        Consent.objects.none(),
        to_field_name="uid",
        widget=forms.HiddenInput,
        error_messages={
            "required": _("家庭还没有签署公示同意书，请先签署。"),
            "invalid_choice": _("家庭还没有签署公示同意书，请先签署。"),
        },
    )

    def __init__(self, *args: Any, consents: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["consent"].queryset = consents


class ObjectionForm(forms.Form):
    """What somebody without an account says against a notice."""

    text = Story(label=_("您的异议"), rows=6, max_length=2000)
    contact = Line(label=_("联系方式"), max_length=200, required=False)


class AnswerObjectionForm(CommandForm):
    """What was found, and whether the objection is right."""

    answer = Story(label=_("核查情况和结论"), rows=5, max_length=2000, required=False)
    is_upheld = OneOf(
        label=_("结论"),
        choices=[("no", _("异议不成立，继续办理")), ("yes", _("异议成立，终止申请"))],
        widget=forms.RadioSelect,
    )

    def clean_is_upheld(self) -> bool:
        return self.cleaned_data["is_upheld"] == "yes"


class ProposeForm(StepForm):
    """Another sum than the one proposed."""

    amount = AmountField(label=_("拟定金额"))
    opinion = Line(label=_("说明"), max_length=200, required=False)


class ApproveForm(StepForm):
    """The decision: the sum, the reason for another sum than asked, the second factor."""

    amount = AmountField(label=_("批准金额"))
    opinion = Story(
        label=_("批准意见"),
        rows=2,
        max_length=1000,
        required=False,
        help_text=_("批准少于最多可资助额时必填：写明理由，决定书会原样写给家庭"),
    )
    totp_code = CodeField()


class RaiseForm(StepForm):
    """The sum that the answer to a second look named: approved as it is, or not at all."""

    opinion = Story(label=_("批准意见"), rows=2, max_length=1000, required=False)
    totp_code = CodeField()


class MessageForm(CommandForm):
    """A line of the conversation both houses read."""

    body = Story(
        label=_("写给对方"),
        rows=2,
        max_length=1000,
        error_messages={"required": _("请写下要说的话。")},
    )


def say_form(typed: Any = None) -> MessageForm:
    """The form of a message; its ids are its own, because it stands beside other forms."""
    return MessageForm(typed, auto_id="say_%s")


class TogetherForm(CommandForm):
    """Nothing to say but that it is meant."""


class SupplementTogetherForm(CommandForm):
    """The same papers of several requests, with the same words."""

    items = SomeOf(
        label=_("需要补充的材料"),
        required=False,
        error_messages={"invalid_choice": _("项目的材料清单里没有这一项。")},
    )
    message = Story(
        label=_("说明"),
        rows=4,
        max_length=1000,
        required=False,
        help_text=_("每份申请收到同样的一段；不要写姓名和证件号"),
    )

    def __init__(self, *args: Any, papers: Iterable[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = list(papers)


class AssignForm(CommandForm):
    """To whom the present turn goes."""

    officer = forms.ModelChoiceField(
        User.objects.none(),
        label=_("指派给"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的人员中选择。"),
            "required": _("请选择一位同事。"),
        },
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = colleagues
