"""Payment lists, the columns of a bank, the bank's answers, and the checks after payment."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, SomeOf, Story, WideDate, WideInteger
from donations.forms.review import CodeField
from donations.models.payments import PaymentLayout, PaymentLine
from donations.models.payout import Disbursement
from donations.models.sampling import Verification
from msw_portal.kernel.display import money
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField


class LayoutChoice(forms.ModelChoiceField):
    """A bank's columns by their name; empty is the general list."""


class PaymentListForm(CommandForm):
    """Which released disbursements leave today, and from which account."""

    on = WideDate(label=_("付款日期"), not_past=True)
    account = Line(label=_("付款账户"), max_length=160, help_text=_("开户行与账号"))
    layout = LayoutChoice(
        PaymentLayout.objects.none(),
        label=_("列表格式"),
        required=False,
        to_field_name="uid",
        empty_label=_("通用格式"),
        error_messages={"invalid_choice": _("请从列出的格式中选择。")},
    )
    disbursements = SomeOf(
        label=_("要付的拨付"),
        required=False,
        error_messages={"invalid_choice": _("有拨付已经变化，请刷新后重新勾选。")},
    )

    def __init__(
        self,
        *args: Any,
        payouts: Iterable[Disbursement],
        accounts: list[str],
        layouts,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.payouts = {str(one.uid): one for one in payouts}
        self.fields["disbursements"].choices = [
            (uid, payout_label(one)) for uid, one in self.payouts.items()
        ]
        self.fields["layout"].queryset = layouts
        if accounts:
            choice = OneOf(label=self.fields["account"].label)
            choice.choices = [(one, one) for one in accounts]
            self.fields["account"] = choice
            self.order_fields(["on", "account", "layout", "disbursements"])

    def clean_disbursements(self) -> list[Disbursement]:
        return [self.payouts[uid] for uid in self.cleaned_data["disbursements"]]


def payout_label(one: Disbursement) -> str:
    """Request, instalment, sum and payee of a released payment."""
    payee = one.payee_account or {}
    return _("%(number)s 第 %(n)d 期 · %(amount)s 元 · %(payee)s %(account)s") % {
        "number": one.request.number,
        "n": one.instalment,
        "amount": money(one.amount),
        "payee": payee.get("name", ""),
        "account": f"**** {payee.get('account', '')[-4:]}",
    }


class ApproveListForm(CommandForm):
    """The second person approves with the second factor."""

    totp_code = CodeField()


class CancelListForm(CommandForm):
    """Why; of an approved list the second factor too, and the bank's word once its file was taken."""

    reason = Reason(label=_("作废的原因"))
    is_unexecuted = forms.BooleanField(
        label=_("已向银行核实：这张清单一笔都没有执行"),
        required=False,
        help_text=_("原因里写明是谁、什么时候、怎样核实的"),
    )
    totp_code = CodeField()

    def __init__(self, *args: Any, is_approved: bool, is_taken: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_approved:
            del self.fields["totp_code"]
        if not is_taken:
            del self.fields["is_unexecuted"]


class LayoutForm(CommandForm):
    """One bank's columns, a line each."""

    name = Line(label=_("名称"), max_length=60, help_text=_("例如：某银行批量付款"))
    columns = Story(
        label=_("列"),
        rows=10,
        help_text=_(
            "一行一列，写“标题=内容”；内容是：序号、收款人账号、收款人户名、开户行、行号、金额、用途、备注。标题与内容相同的只写一次。"
        ),
    )


class LineChoice(forms.ModelChoiceField):
    """A payment that waits for its answer."""

    def label_from_instance(self, obj: PaymentLine) -> str:
        return f"{obj.reference} · {money(obj.amount)} · {obj.name}"


class FitForm(CommandForm):
    """Which payment the bank's line is about."""

    line = LineChoice(
        PaymentLine.objects.none(),
        label=_("对应的付款"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择一笔付款。"),
            "invalid_choice": _("没有这笔付款，或它的金额不同。"),
        },
    )

    def __init__(self, *args: Any, lines, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines


class IgnoreAnswerForm(CommandForm):
    reason = Reason(label=_("为什么不处理"))


# ── checks after payment ─────────────────────────────────────────────────────


class RuleForm(CommandForm):
    """How much is looked at again, from a day on."""

    starts_on = WideDate(label=_("生效日期"))
    share = forms.DecimalField(
        label=_("抽查比例（%）"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        error_messages={
            "invalid": _("请填 0 到 100 之间的数字，最多两位小数。"),
            "max_value": _("抽查比例须大于 0、不超过 100。"),
            "min_value": _("抽查比例须大于 0、不超过 100。"),
        },
    )
    least = WideInteger(label=_("至少抽查（笔）"), min_value=0, max_value=1000)
    always_above = AmountField(label=_("超过此金额必查（元）"), required=False)
    days = WideInteger(label=_("核查期限（天）"), min_value=1, max_value=365)
    basis = Line(
        label=_("依据"), max_length=120, required=False, help_text=_("理事会决议或制度的名称")
    )


class DrawForm(CommandForm):
    """A month that is over."""

    month = OneOf(label=_("月份"))

    def __init__(self, *args: Any, months: list[dt.date], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [
            (f"{one:%Y-%m-%d}", _("%(y)d 年 %(m)d 月") % {"y": one.year, "m": one.month})
            for one in months
        ]

    def clean_month(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["month"])


class CheckForm(CommandForm):
    """What papers and family say of a payment."""

    papers = SomeOf(label=_("看过的材料"), choices=Verification.Paper.choices, required=False)
    call = OneOf(label=_("与家庭联系"))
    called_on = WideDate(label=_("联系日期"), not_future=True)
    said = Story(
        label=_("家庭的说法"),
        required=False,
        help_text=_("没有联系上的，写联系了几次、怎样联系的"),
    )
    findings = Story(
        label=_("发现的问题"), required=False, help_text=_("没有问题就空着；写了就转入追回")
    )
    to_recover = AmountField(label=_("应追回金额"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["call"].choices = [("", _("请选择")), *Verification.Call.choices]
