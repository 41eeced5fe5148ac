"""The family's lane: what a phone sends without an account, and what the worker answers."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, Story, WideDate
from donations.appeal_workflow import AppealKind, AppealOutcome
from donations.models.aid_agreements import AidAgreement
from donations.models.appeals import DecisionTelling
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

ACCEPTED = ".pdf,.jpg,.jpeg,.png"
FILE_HELP = _("PDF、JPG 或 PNG；照片中的位置信息会被去掉")
FILE_ERRORS = {
    "required": _("请选择照片或文件。"),
    "empty": _("文件是空的。"),
    "max_length": _("文件名太长，请改短。"),
}
FOUNDATION, HOSPITAL = "foundation", "hospital"


class LaneCodeForm(CommandForm):
    """The code as it stands on the slip."""

    code = Line(
        label=_("查询码"),
        max_length=24,
        help_text=_("社工给您的纸条上的 12 位码，大小写、空格和短横都可以"),
        error_messages={"required": _("请填写查询码。")},
    )


class LaneSayForm(CommandForm):
    body = Story(label=_("给社工留言"), max_length=500, rows=3)


class LanePaperForm(CommandForm):
    """One missing paper, photographed or as a file."""

    type = forms.CharField(max_length=40, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("照片或文件"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=FILE_HELP,
        error_messages=FILE_ERRORS,
    )


class LaneAgreeForm(CommandForm):
    """The agreement, read on the phone; `digest` names the text that was shown."""

    signer = OneOf(
        label=_("您是"),
        choices=[one for one in AidAgreement.Signer.choices if one[0] != "unit"],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(
        label=_("我看过以上每一条，同意"),
        error_messages={"required": _("请看过每一条，同意就勾选。")},
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class LaneAppealForm(CommandForm):
    """A second look at the decision, or a complaint to one of the two houses."""

    kind = OneOf(label=_("想做什么"), choices=AppealKind.choices, widget=forms.RadioSelect)
    to = OneOf(
        label=_("投诉谁"),
        choices=[(FOUNDATION, _("基金会")), (HOSPITAL, _("医院"))],
        initial=FOUNDATION,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("申请复核一律由基金会另派人答复，不用选"),
    )
    grounds = Story(label=_("理由"), max_length=1500, rows=5)
    file = forms.FileField(
        label=_("要补充的一份材料"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=FILE_HELP,
        error_messages=FILE_ERRORS,
    )


class FamilyReplyForm(CommandForm):
    body = Story(label=_("答复家属"), max_length=500, rows=3)


class DeclinePaperForm(CommandForm):
    reason = Reason(label=_("告诉家属哪里不对、怎样重拍"))


class TellForm(CommandForm):
    """On which day and how the family was told the decision."""

    told_on = WideDate(label=_("告知日期"), not_future=True)
    how = OneOf(
        label=_("告知方式"),
        choices=[one for one in DecisionTelling.How.choices if one[0] != "lane"],
        widget=forms.RadioSelect,
        initial="worker",
    )


class AppealForm(CommandForm):
    """Raised by a worker or an officer."""

    kind = OneOf(label=_("事项"), choices=AppealKind.choices, widget=forms.RadioSelect)
    grounds = Story(label=_("理由"), max_length=1500, rows=6)


class AnswerForm(CommandForm):
    outcome = OneOf(label=_("结论"), choices=AppealOutcome.choices, widget=forms.RadioSelect)
    answer = Story(
        label=_("理由"),
        max_length=1500,
        rows=6,
        help_text=_("家属会原样读到：写清看了什么、为什么这样定、接下来怎么办"),
    )
    new_amount = AmountField(
        label=_("复核后的金额"),
        required=False,
        help_text=_("成立时填；高于原批准金额、不超过申请金额。由另一位审批人批准后生效"),
    )

    def __init__(self, *args, may_raise: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_raise:
            del self.fields["new_amount"]


class AgreementForm(CommandForm):
    """An agreement that was signed on paper."""

    signed_on = WideDate(label=_("签署日期"), not_future=True)
    signer = OneOf(label=_("由谁签署"), choices=(), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("签字协议的扫描件或照片"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=FILE_HELP,
        error_messages=FILE_ERRORS,
    )

    def __init__(self, *args, signers: Sequence[str], **kwargs):
        super().__init__(*args, **kwargs)
        words = dict(AidAgreement.Signer.choices)
        self.fields["signer"].choices = [(one, words[one]) for one in signers]
