"""Orders to the books: what each kind asks for, what it rests on, the approver's second factor."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, Reason, Story, WideDate
from departments.models.organizations import Organization
from donations.forms.review import CodeField
from donations.models.giving import Donation, Fund, FundPurpose
from donations.models.ledger import LedgerJournal
from donations.models.orders import LedgerOrder
from donations.services.orders import BASES
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

Kind = LedgerOrder.Kind
# What the form of a kind asks for, in the order of the page.
ASKED = {
    Kind.PURPOSE_CHANGE: ("donation", "source", "target", "amount", "reason"),
    Kind.LEFTOVER: ("source", "target", "amount", "reason"),
    Kind.FUND_TRANSFER: ("source", "target", "amount", "reason"),
    Kind.GRANT: ("source", "payee", "payee_fund", "payee_purpose", "amount", "reason"),
    Kind.INTEREST: ("source", "amount", "on", "reason"),
    Kind.FEE: ("source", "amount", "reason"),
    Kind.REVERSAL: ("reverses", "reason"),
}


class PlaceChoice(forms.ChoiceField):
    """A fund with one of its purposes, or unrestricted; `fund number/code` on the wire."""

    default_error_messages = {
        "invalid_choice": _("请从列出的基金和用途中选择。"),
        "required": _("请选择基金和用途。"),
    }
    places: dict[str, tuple[Fund, FundPurpose | None]] = {}

    def offer(self, funds: Iterable[Fund], purposes: Iterable[FundPurpose]) -> None:
        found: dict[str, tuple[Fund, FundPurpose | None]] = {}
        purposes = list(purposes)
        for fund in funds:
            found[f"{fund.number}/"] = (fund, None)
            mine = (one for one in purposes if one.fund_id == fund.pk)
            found |= {f"{fund.number}/{one.code}": (fund, one) for one in mine}
        self.places = found
        self.choices = [("", _("请选择")), *((key, _named(*one)) for key, one in found.items())]

    def clean(self, value: Any) -> tuple[Fund, FundPurpose | None] | None:
        return self.places.get(super().clean(value))


def _named(fund: Fund, purpose: FundPurpose | None) -> str:
    return f"{fund.name}：{purpose.text if purpose else _('不限定用途')}"


class PayeeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Organization) -> str:
        return obj.name


class JournalChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: LedgerJournal) -> str:
        return f"{obj.get_kind_display()} · {obj.order.number}"


class OrderForm(CommandForm):
    """One kind of order; the fields of other kinds are not there."""

    donation = Line(label=_("捐赠编号"), max_length=40)
    source = PlaceChoice(label=_("钱在哪里"))
    target = PlaceChoice(label=_("转到哪里"))
    payee = PayeeChoice(
        Organization.objects.none(),
        label=_("对方慈善组织"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择另一家慈善组织。"),
            "invalid_choice": _("请从列出的慈善组织中选择。"),
        },
    )
    payee_fund = Line(label=_("对方的基金"), max_length=80)
    payee_purpose = Line(label=_("对方的用途"), max_length=120, required=False)
    reverses = JournalChoice(
        LedgerJournal.objects.none(),
        label=_("冲销哪一笔"),
        to_field_name="uid",
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择要冲销的账。"),
            "invalid_choice": _("这笔账不能在这里冲销。"),
        },
    )
    amount = AmountField(label=_("金额"))
    on = WideDate(label=_("利息到账日期"), not_future=True)
    reason = Reason(label=_("事由"), help_text=_("不写患者的姓名和病情"))

    def __init__(
        self,
        *args: Any,
        kind: str,
        funds: Iterable[Fund],
        purposes: Iterable[FundPurpose],
        donations,
        payees,
        journals,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {*ASKED[kind], "once"}:
            del self.fields[name]
        self.kind, self.donations = kind, donations
        funds, purposes = list(funds), list(purposes)
        for name in {"source", "target"} & set(self.fields):
            self.fields[name].offer(funds, purposes)
        if kind == Kind.PURPOSE_CHANGE:
            self.fields["source"].required = False
            self.fields["source"].help_text = _("不选就是捐赠时指定的基金和用途")
        for name, rows in (("payee", payees), ("reverses", journals)):
            if name in self.fields:
                self.fields[name].queryset = rows

    def clean_donation(self) -> Donation:
        found = self.donations.filter(number=self.cleaned_data["donation"].upper()).first()
        if found is None:
            raise ValidationError(_("没有这笔捐赠。"), "unknown")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        source, target = cleaned.pop("source", None), cleaned.pop("target", None)
        if source:
            cleaned["fund"], cleaned["purpose"] = source
        if target:
            cleaned["to_fund"], cleaned["to_purpose"] = target
        return cleaned | {"kind": self.kind}

    def command(self, service: Any, **given: Any) -> bool:
        """What the service says of a fund or a purpose stands beside the place it was chosen from."""
        ok = super().command(service, **given)
        beside = {
            "fund": "source",
            "purpose": "source",
            "to_fund": "target",
            "to_purpose": "target",
        }
        field = beside.get(self.refusal.field or "") if self.refusal else None
        if field in self.fields:
            self.errors.pop("__all__", None)
            self.add_error(field, str(self.refusal))
        return ok


class AgreeForm(CommandForm):
    """What a change or a leftover rests on."""

    basis = OneOf(label=_("依据"))
    basis_on = WideDate(label=_("日期"), not_future=True)
    basis_no = Line(
        label=_("编号"), max_length=80, required=False, help_text=_("变更备案编号或同意书编号")
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["basis"].choices = [(one.value, one.label) for one in BASES.get(kind, ())]


class ApproveOrderForm(CommandForm):
    """The approver's second factor."""

    totp_code = CodeField()


class RefuseOrderForm(CommandForm):
    reason = Reason(label=_("理由"))


class DiscloseForm(CommandForm):
    """Where a leftover was made public."""

    disclosed_on = WideDate(label=_("公开日期"), not_future=True)
    where = Story(label=_("公开位置"), rows=2, max_length=200, help_text=_("信息平台的条目或网址"))


class CodeForm(CommandForm):
    """The donor's code, as it stands on the slip."""

    code = Line(
        label=_("查询码"),
        max_length=24,
        help_text=_("捐赠凭条上的 12 位码，大小写、空格和短横都可以"),
        error_messages={"required": _("请填写查询码。")},
    )
