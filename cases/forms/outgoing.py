"""Referrals to somebody else: the draft, the sending, the answer of a body without an account."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, Yes, choices_of
from cases.models.codes import LegalBasis, NeedCategory, NoHelpReason, Priority, ShareItem
from cases.services.outgoing import BASES
from cases.services.referral_copies import ITEMS
from departments.models.organizations import Organization
from departments.models.resources import ResourceService
from msw_portal.kernel.forms import CommandForm


class OutgoingForm(CommandForm):
    """F6 转介单: to whom, what for, by when."""

    to_organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("转往机构"),
        required=False,
        to_field_name="uid",
        empty_label=_("不在名录里，自己写"),
        error_messages={"invalid_choice": _("请从列出的机构中选择。")},
    )
    to_text = Line(label=_("名录里没有的机构"), required=False, max_length=120)
    to_service = forms.ModelChoiceField(
        ResourceService.objects.none(),
        label=_("资源库里的服务"),
        required=False,
        to_field_name="uid",
        empty_label=_("没有选用"),
        error_messages={"invalid_choice": _("这项服务已不在资源库里，请另选。")},
    )
    needs = SomeOf(
        label=_("请对方提供什么"),
        choices=NeedCategory.choices,
        error_messages={"required": _("请选择需要对方提供什么。")},
    )
    reason = Story(
        label=_("转介原因与已做的工作"),
        rows=5,
        max_length=2000,
        help_text=_("对方会看到这一段：只写对方办事要用的，不写证件号码"),
    )
    urgency = OneOf(
        label=_("紧急程度"),
        choices=Priority.choices,
        initial=Priority.NORMAL,
        widget=forms.RadioSelect,
    )
    reply_due_on = WideDate(label=_("希望几号前回复"), required=False, not_past=True)
    follow_up_on = WideDate(
        label=_("我几号跟进"), required=False, not_past=True, help_text=_("到时在今日工作里提醒")
    )
    client_aware = Yes(label=_("服务对象知道这次转介"))

    def __init__(
        self, *args: Any, organizations, services, chosen: ResourceService | None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["to_organization"].queryset = organizations
        self.fields["to_service"].queryset = services
        self.chosen = chosen
        self._choose()

    def reopened(self, typed: Mapping[str, Any], given: Mapping[str, Any]) -> Self:
        super().reopened(typed, given)
        self._choose()
        return self

    def _choose(self) -> None:
        """What was just picked in the directory goes before what the draft said."""
        if self.chosen is not None:
            self.initial["to_service"] = self.chosen.uid
            self.initial["to_organization"] = self.chosen.provider.uid
            self.initial["to_text"] = ""


class SendForm(CommandForm):
    """On what ground, and which facts go with it."""

    basis = OneOf(label=_("依据"), widget=forms.RadioSelect)
    note = Line(
        label=_("没有同意也要发出的理由"),
        required=False,
        max_length=200,
        help_text=_("选了同意就不用写"),
    )
    items = SomeOf(
        label=_("随转介单提供的信息"),
        choices=[],
        required=False,
        help_text=_("没有勾的，对方看不到；转介原因和需求总会带上"),
    )

    def __init__(self, *args: Any, consented: list[str] | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        words, offered = dict(ShareItem.choices), [item.value for item in ITEMS]
        bases = [(code, LegalBasis(code).label) for code in BASES]
        if consented is not None:
            bases = [(LegalBasis.CONSENT, LegalBasis.CONSENT.label), *bases]
            offered = [item for item in offered if item in consented]
            self.fields["basis"].initial = LegalBasis.CONSENT
            self.fields["items"].initial = offered
        else:
            # The page may have been opened while there was one.
            self.fields["basis"].error_messages["invalid_choice"] = _(
                "服务对象的同意刚刚撤回或到期，没有发出：请重新取得同意，或选别的依据。"
            )
        self.fields["basis"].choices = bases
        self.fields["items"].choices = [(item, words[item]) for item in offered]


class RemindForm(CommandForm):
    """The receiver was asked again."""

    reason = Reason(label=_("怎么催的"), help_text=_("例如：电话问了王老师，答应周五前回复"))


class ReferOutForm(CommandForm):
    """The case ends because somebody else helps: their acceptance, or a reason."""

    reason = Reason(
        label=_("转介理由"),
        required=False,
        help_text=_("已有对方受理的转介单时可以不写"),
    )


class ReplyForm(forms.Form):
    """The answer of a body without an account; no token of a session stands behind it."""

    answer = OneOf(label=_("回复"), choices=[], widget=forms.RadioSelect)
    reason_code = OneOf(
        label=_("原因"),
        choices=choices_of(NoHelpReason.choices),
        required=False,
        help_text=_("不受理或没能帮上时必选"),
    )
    message = Story(
        label=_("补充说明"),
        rows=3,
        max_length=500,
        required=False,
        help_text=_("例如联系人、下一步怎么办；请不要写证件号码"),
    )
    who = Line(label=_("您的姓名或科室"), max_length=60)

    WORDS = {
        "accept": _("受理，由我们跟进"),
        "refuse": _("不受理"),
        "done": _("服务已完成"),
        "no_help": _("没能帮上"),
    }

    def __init__(self, *args: Any, answers: tuple[str, ...], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [(one, self.WORDS[one]) for one in answers]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("answer") in ("refuse", "no_help") and not cleaned.get("reason_code"):
            self.add_error("reason_code", _("请选择原因，方便对方另想办法。"))
        return cleaned
