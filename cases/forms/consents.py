"""Consents: the text in full, one purpose each, nothing ticked beforehand."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, SomeOf, WideDate, WideTime, Yes, choices_of
from cases.models.codes import ConsentKind, ConsentMethod, Relation, ShareItem
from cases.models.consents import ConsentTemplate
from departments.models.mechanisms import Document
from departments.models.organizations import Organization
from msw_portal.kernel.display import SHANGHAI
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.validators import NameField


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
    method = OneOf(label=_("签署方式"), choices=ConsentMethod.choices, widget=forms.RadioSelect)
    witness = Line(label=_("见证人"), required=False, max_length=60, help_text=_("口头同意时必填"))
    signed_at = WideDate(label=_("签署日期"), not_future=True, initial=timezone.localdate)
    signed_time = WideTime(label=_("签署时间"), required=False)
    drawing = forms.CharField(required=False, strip=True, widget=forms.HiddenInput)
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
        needs_guardian: bool,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.template, self.needs_guardian = template, needs_guardian
        self.fields["purpose"].initial = template.title
        self.fields["evidence"].queryset = documents
        self.fields["recipient"].queryset = recipients
        if template.kind != ConsentKind.SHARE_TO_ORG:
            for name in ("recipient", "recipient_text", "items"):
                del self.fields[name]
        elif template.items:
            labels = dict(ShareItem.choices)
            self.fields["items"].choices = [
                (code, labels.get(code, code)) for code in template.items
            ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("agreed", None)
        if cleaned.get("method") == ConsentMethod.ORAL_WITNESS and not cleaned.get("witness"):
            self.add_error("witness", _("口头同意须写见证人。"))
        is_drawn = cleaned.get("method") == ConsentMethod.E_SIGNATURE
        if is_drawn and not (cleaned.get("drawing") or cleaned.get("evidence")):
            self.add_error("drawing", _("请在方框内签名，或选上传的签署件。"))
        if self.needs_guardian and cleaned.get("signer_relation") == Relation.SELF:
            self.add_error("signer_relation", _("不满 14 周岁，须由监护人签署。"))
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


class WithdrawForm(CommandForm):
    """Taking a consent back: as easy as giving it."""

    withdrawn_by = OneOf(label=_("谁撤回"), choices=choices_of(Relation.choices))
    reason = Reason(label=_("撤回的说明"), help_text=_("写清楚谁、怎样提出的；不需要对方说明理由"))
