"""Consents: the text in full, one purpose each, nothing ticked beforehand."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import (
    Line,
    OneOf,
    Reason,
    SomeOf,
    WideDate,
    WideTime,
    Yes,
    choices_of,
    paper_file,
)
from cases.models.codes import (
    SIGNED_METHODS,
    TEAM_ITEMS,
    ConsentKind,
    ConsentMethod,
    GuardianProof,
    LegalBasis,
    Relation,
    ShareItem,
)
from cases.models.consents import ConsentTemplate
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import NameField

# The kinds whose items are ticked one by one, and the words of what may be ticked.
ITEMIZED = {
    ConsentKind.SHARE_TO_ORG: dict(ShareItem.choices),
    ConsentKind.MDT_SHARE: {one.value: one.label for one in TEAM_ITEMS},
}


class EvidenceChoice(forms.ModelChoiceField):
    """An uploaded file of the case, by its own title."""

    def label_from_instance(self, obj: Document) -> str:
        return obj.title


class ConsentForm(CommandForm):
    """A signature under one published text for one purpose."""

    purpose = Line(label=_("用途"), max_length=120, help_text=_("一份同意只写一个用途"))
    recipient = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("提供给哪一家"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "invalid_choice": _("请从列出的机构中选择。"),
            "required": _("请写明提供给哪一家机构。"),
        },
        required=False,
    )
    recipient_text = Line(
        label=_("名录里没有的机构"),
        required=False,
        max_length=120,
        help_text=_("写全称，例如：某某街道社区卫生服务中心；选了上面的就不用写"),
    )
    items = SomeOf(
        label=_("同意提供的信息"),
        choices=ShareItem.choices,
        error_messages={"required": _("请逐项勾选同意提供的信息。")},
        help_text=_("没有勾的，对方看不到"),
    )
    agreed = Yes(
        label=_("已把上面的全文读给签署人听或让其阅读，签署人表示同意"),
        must=_("签署人同意后才能登记；不同意的不要登记。"),
    )
    signer_relation = OneOf(label=_("签署人"), choices=choices_of(Relation.choices))
    signer = NameField(label=_("签署人姓名"))
    method = OneOf(label=_("签署方式"), choices=SIGNED_METHODS, widget=forms.RadioSelect)
    guardian_proof = OneOf(
        label=_("监护关系证明"),
        choices=choices_of(GuardianProof.choices),
        help_text=_("看过哪一种；复印件可以作为文书上传"),
        error_messages={"required": _("请选择看过的监护关系证明。")},
    )
    witness = Line(label=_("见证人"), required=False, max_length=60, help_text=_("口头同意时必填"))
    signed_at = WideDate(label=_("签署日期"), not_future=True, initial=timezone.localdate)
    signed_time = WideTime(label=_("签署时间"), required=False)
    drawing = forms.CharField(required=False, strip=True, widget=forms.HiddenInput)
    scan = forms.FileField(
        label=_("上传签署件"),
        required=False,
        help_text=_("纸质签署的扫描件或照片：PDF、JPG、PNG"),
    )
    valid_to = WideDate(label=_("有效期至"), required=False, help_text=_("不填则到撤回为止"))
    evidence = EvidenceChoice(
        Document.objects.none(),
        label=_("签署件"),
        required=False,
        to_field_name="uid",
        empty_label=_("稍后上传"),
        error_messages={"invalid_choice": _("请从本个案的文书中选择。")},
    )

    def __init__(
        self,
        *args: Any,
        template: ConsentTemplate,
        recipients,
        documents,
        why_guardian: Any,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.template, self.why_guardian = template, why_guardian
        self.fields["purpose"].initial = template.title
        if not (why_guardian or template.kind == ConsentKind.MINOR_GUARDIAN):
            del self.fields["guardian_proof"]
        self.fields["evidence"].queryset = documents
        self.fields["recipient"].queryset = recipients
        if template.kind != ConsentKind.SHARE_TO_ORG:
            for name in ("recipient", "recipient_text"):
                del self.fields[name]
        if template.kind not in ITEMIZED:
            del self.fields["items"]
            return
        # What the text names is what is offered; a text that names nothing offers the whole list.
        words = ITEMIZED[template.kind]
        self.fields["items"].choices = [
            (code, words.get(code, code)) for code in template.items or words
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("agreed", None)
        if cleaned.get("method") == ConsentMethod.ORAL_WITNESS and not cleaned.get("witness"):
            self.add_error("witness", _("口头同意须写见证人。"))
        is_drawn = cleaned.get("method") == ConsentMethod.E_SIGNATURE
        has_paper = cleaned.get("evidence") or cleaned.get("scan")
        if is_drawn and not (cleaned.get("drawing") or has_paper):
            self.add_error("drawing", _("请在方框内签名，或选上传的签署件。"))
        if cleaned.get("evidence") and cleaned.get("scan"):
            self.add_error("scan", _("已选了上传过的签署件，请只留一个。"))
        if self.why_guardian and cleaned.get("signer_relation") == Relation.SELF:
            self.add_error("signer_relation", self.why_guardian)
        self._check_times(cleaned)
        return cleaned

    def _check_times(self, cleaned: dict[str, Any]) -> None:
        on, at = cleaned.pop("signed_at", None), cleaned.pop("signed_time", None)
        if on is None:
            return
        now = timezone.now()
        signed = dt.datetime.combine(on, at or dt.time(), SHANGHAI)
        if at is None and on == timezone.localdate():
            signed = now
        if signed > now:
            self.add_error("signed_time", _("签署时间还没有到。"))
        cleaned["signed_at"] = signed
        if cleaned.get("valid_to") and cleaned["valid_to"] < on:
            self.add_error("valid_to", _("有效期不能早于签署日期。"))


OTHER_BASES = [one for one in LegalBasis.choices if one[0] != LegalBasis.CONSENT]


class BasisForm(CommandForm):
    """Processing without consent (PIPL 13): which basis, why, since when; nobody signs."""

    legal_basis = OneOf(
        label=_("处理依据"),
        choices=OTHER_BASES,
        widget=forms.RadioSelect,
        help_text=_("选“紧急情况”的，脱离危险后要补办告知，系统会按时提醒"),
    )
    basis_reason = Reason(
        label=_("情形和理由"),
        least=10,
        help_text=_("发生了什么、为什么来不及或不需要同意、处理哪些信息"),
    )
    signed_at = WideDate(label=_("从哪一天起"), not_future=True, initial=timezone.localdate)
    valid_to = WideDate(label=_("到哪一天"), required=False, help_text=_("不填则到不再需要为止"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (on := cleaned.pop("signed_at", None)) is not None:
            is_today = on == timezone.localdate()
            at = timezone.now() if is_today else dt.datetime.combine(on, dt.time(), SHANGHAI)
            cleaned["signed_at"] = at
            if cleaned.get("valid_to") and cleaned["valid_to"] < on:
                self.add_error("valid_to", _("有效期不能早于签署日期。"))
        return cleaned


class PaperForm(CommandForm):
    """The scan of a consent that was signed on paper."""

    scan = paper_file(
        label=_("签署件"), help_text=_("纸质签署的扫描件或照片：PDF、JPG、PNG；上传后不能替换")
    )


class NoticeForm(CommandForm):
    """The later notice of PIPL 18: who was told, when and how."""

    told = Reason(
        label=_("告知了谁、何时、怎样告知"),
        least=10,
        help_text=_("例如：11 月 29 日床旁当面告知本人，说明处理了哪些信息、为什么"),
    )


class WithdrawForm(CommandForm):
    """Taking a consent back: as easy as giving it."""

    withdrawn_by = OneOf(label=_("谁撤回"), choices=choices_of(Relation.choices))
    reason = Reason(label=_("撤回的说明"), help_text=_("写清楚谁、怎样提出的；不需要对方说明理由"))
