"""What is said after the payment: bills, money back, the visit, a death, the end."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, Story, WideDate
from departments.models.mechanisms import Document
from donations.forms.review import StepForm
from donations.models.settling import Revisit
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField


class InvoiceForm(CommandForm):
    """One bill and what of it this aid paid."""

    number = Line(
        label=_("票据号"),
        max_length=60,
        required=False,
        help_text=_("医疗收费票据右上角的号码；一张票据只能用一次"),
    )
    issued_on = WideDate(label=_("开票日期"))
    amount = AmountField(label=_("本次救助支付的金额"))
    evidence = forms.ModelChoiceField(
        Document.objects.none(), to_field_name="uid", required=False, label=_("票据影像（可选）")
    )

    def __init__(self, *args, documents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = documents
        self.fields["evidence"].label_from_instance = lambda one: one.title


class RevisitForm(CommandForm):
    """What became of patient and family; the foundation reads it."""

    done_on = WideDate(label=_("回访日期"))
    outcome = OneOf(label=_("患者情况"), choices=Revisit.Outcome.choices)
    use = Story(
        label=_("救助款用在哪里、起了什么作用"),
        rows=4,
        max_length=1500,
        required=False,
        help_text=_("基金会会看到；不要写姓名、证件号和住址"),
    )
    life = Story(label=_("家庭现在的生活"), rows=3, max_length=1500, required=False)
    wish = Story(label=_("还需要什么"), rows=2, max_length=1000, required=False)


class DeathForm(CommandForm):
    died_on = WideDate(label=_("去世日期"))


class RefundForm(CommandForm):
    """Money of an instalment that is back on the account."""

    amount = AmountField(label=_("退回金额"))
    received_on = WideDate(label=_("退款到账日期"))
    reason = Reason(label=_("退回原因"), help_text=_("例如：结算有余款、患者转院、申请不实"))


class EndForm(StepForm):
    """A step with its reason."""

    reason = Reason(label=_("说明"), help_text=_("医院会看到"))
