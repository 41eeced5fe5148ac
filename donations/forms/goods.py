"""Goods: what arrived, what it is worth, where it goes, who got it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms.fields import Line, OneOf, Reason, Story, WideDate, WideInteger, Yes, choices_of
from donations.forms.giving import DonorFields, PurposeChoice
from donations.models.giving import Donor, Fund
from donations.models.goods import DistributionLine, GoodsLot, GoodsSite
from msw_portal.kernel.forms import CommandForm
from msw_portal.kernel.money import AmountField

MOST = 1_000_000
CHOOSE = _("请从列出的选项中选择。")


class Named(forms.ModelChoiceField):
    """A row of the house by its uid; `words` says how it is called."""

    def __init__(self, rows: Any, *, words: Any = str, **kwargs: Any):
        kwargs.setdefault("empty_label", _("请选择"))
        super().__init__(
            rows,
            to_field_name="uid",
            error_messages={"invalid_choice": CHOOSE, "required": _("请选择一项。")},
            **kwargs,
        )
        self.words = words

    def label_from_instance(self, obj: Any) -> str:
        return str(self.words(obj))


class SiteForm(CommandForm):
    """A place where goods lie."""

    name = Line(label=_("名称"), max_length=80)
    kind = OneOf(label=_("类型"), choices=choices_of(GoodsSite.Kind.choices))
    keeper = Line(label=_("保管人"), max_length=40, required=False)


class _LotFields(CommandForm):
    item = Line(label=_("品名"), max_length=80)
    kind = OneOf(label=_("种类"), choices=GoodsLot.Kind.choices, initial=GoodsLot.Kind.GENERAL)
    quantity = WideInteger(label=_("数量"), min_value=1, max_value=MOST)
    unit = Line(label=pgettext_lazy("count", "单位"), max_length=10, help_text=_("个、箱、盒……"))
    batch = Line(label=_("批号"), max_length=40, required=False)
    expires_on = WideDate(
        label=_("有效期至"), required=False, help_text=_("药品、医疗器械和食品必填")
    )


LOT_FIELDS = ("item", "kind", "quantity", "unit", "batch", "expires_on")


class LotForm(_LotFields):
    """One more item or batch of a delivery."""


class IntakeForm(DonorFields, _LotFields):
    """A delivery as it was counted: who gave it, for which fund, where it lies, the first item."""

    fund = Named(Fund.objects.none(), label=_("基金"), words=lambda one: one.name)
    purpose = PurposeChoice(label=_("指定用途"), required=False)
    site = Named(GoodsSite.objects.none(), label=_("存放点"))
    received_on = WideDate(label=_("到货日期"), not_future=True, initial=timezone.localdate)
    is_usable = Yes(
        label=_("已在现场逐件清点：可以使用，安全、卫生，外包装完好"),
        must=_("不能使用、不安全、不卫生的物资不接收。"),
    )
    is_free = Yes(
        label=_("捐赠人没有要求任何回报，也不与采购挂钩"),
        must=_("有对价的不是捐赠（《慈善法》第三十四条），不登记。"),
    )

    def __init__(self, *args: Any, donors, funds, purposes, sites, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["donor"].queryset = donors
        self.fields["fund"].queryset = funds
        self.fields["purpose"].offer(purposes)
        self.fields["site"].queryset = sites

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("is_usable", None)
        cleaned.pop("is_free", None)
        kind, name = cleaned.get("donor_kind"), cleaned.get("donor_name")
        if not cleaned.get("donor") and "donor_kind" not in self.errors:
            if not kind:
                self.add_error("donor_kind", _("请选择捐赠人类型，或选一个以前的捐赠单位。"))
            elif kind != Donor.Kind.ANONYMOUS and not name and "donor_name" not in self.errors:
                self.add_error("donor_name", _("请填写捐赠人姓名或名称。"))
        cleaned["lots"] = [{name: cleaned.pop(name) for name in LOT_FIELDS if name in cleaned}]
        return cleaned


class ValueForm(CommandForm):
    """What a lot is worth, by the first basis of the legal order that there is."""

    basis = forms.TypedChoiceField(
        label=_("计价依据（按顺序采用）"),
        choices=GoodsLot.Basis.choices,
        coerce=int,
        error_messages={"invalid_choice": CHOOSE, "required": _("请选择一项。")},
    )
    valuation = AmountField(
        label=_("这一批的总金额"), required=False, help_text=_("无法可靠计价的不填")
    )
    file = forms.FileField(
        label=_("计价凭据"), required=False, help_text=_("发票、报关单、评估报告等：PDF、JPG、PNG")
    )
    note = Story(
        label=_("计价说明"),
        rows=2,
        max_length=200,
        required=False,
        help_text=_("没有采用排在前面的依据时写明为什么"),
    )


class AcceptForm(CommandForm):
    """The second person counts again on site."""

    has_counted = Yes(
        label=_("我与清点人在现场共同清点，品名、数量、批号、有效期与登记一致"),
        must=_("请两人在现场共同清点后再验收。"),
    )
    file = forms.FileField(
        label=_("验收单"), required=False, help_text=_("两人签字的验收单照片或扫描件")
    )
    note = Story(label=_("验收说明"), rows=2, max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("has_counted", None)
        return cleaned


class BookForm(CommandForm):
    """Another person has compared the values with their evidence."""

    has_checked = Yes(label=_("已逐批核对计价凭据和金额"), must=_("请先核对计价凭据。"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop("has_checked", None)
        return cleaned


class ReasonForm(CommandForm):
    """Why something is refused, cancelled or voided."""

    reason = Reason(label=_("理由"), least=2)


class SureForm(CommandForm):
    """Nothing to fill in: the button says it all."""


class TransferForm(CommandForm):
    """From the site where it lies to another."""

    site = Named(GoodsSite.objects.none(), label=_("从"))
    to_site = Named(GoodsSite.objects.none(), label=_("到"))
    quantity = WideInteger(label=_("数量"), min_value=1, max_value=MOST)
    reason = Line(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, held, sites, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = held
        self.fields["to_site"].queryset = sites


class ReturnForm(CommandForm):
    """What comes back of a sheet, and why."""

    lot = Named(GoodsLot.objects.none(), label=_("物资"))
    quantity = WideInteger(label=_("退回数量"), min_value=1, max_value=MOST)
    reason = Reason(label=_("原因"), least=2)

    def __init__(self, *args: Any, lots, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots


class LossForm(CommandForm):
    """What is damaged, lost or expired, and where."""

    site = Named(GoodsSite.objects.none(), label=_("存放点"))
    quantity = WideInteger(label=_("数量"), min_value=1, max_value=MOST)
    reason = Reason(label=_("原因"), least=2)

    def __init__(self, *args: Any, held, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = held


class SheetForm(CommandForm):
    """One site, one day, one purpose."""

    site = Named(GoodsSite.objects.none(), label=_("存放点"))
    given_on = WideDate(label=_("发放日期"), not_future=True, initial=timezone.localdate)
    purpose = Line(label=_("用途"), max_length=120)

    def __init__(self, *args: Any, sites, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites


class PeopleForm(CommandForm):
    """Recipients, one per line, who each get the same."""

    lot = Named(GoodsLot.objects.none(), label=_("物资"))
    quantity = WideInteger(label=_("每人数量"), min_value=1, max_value=MOST, initial=1)
    is_minor = Yes(label=_("都是未成年人（由监护人或社工代签）"))
    people = Story(
        label=_("领取人"),
        rows=6,
        max_length=6000,
        help_text=_("一行一位；姓名加密保存，列表里遮盖显示"),
    )

    def __init__(self, *args: Any, lots, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = lots
        self.fields["lot"].words = lambda one: f"{one.item} {one.batch}".strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        quantity, is_minor = cleaned.pop("quantity", 0), cleaned.pop("is_minor", False)
        if "people" in cleaned:
            cleaned["people"] = [
                {"recipient": name, "quantity": quantity, "is_minor": is_minor}
                for name in self._names(cleaned["people"])
            ]
        return cleaned

    def _names(self, text: str) -> Iterable[str]:
        names = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        if any(len(name) > 40 for name in names):
            self.add_error("people", _("姓名最长 40 个字，一行只写一位。"))
            return []
        return names


class SignForm(CommandForm):
    """Who signs for what one person gets, and the strokes."""

    signer_kind = OneOf(label=_("签收人"), choices=DistributionLine.Signer.choices)
    signer = Line(
        label=_("签收人姓名"), max_length=40, required=False, help_text=_("监护人签收时填写")
    )
    drawing = forms.CharField(required=False, strip=True, widget=forms.HiddenInput)


class SheetFileForm(CommandForm):
    """The paper that everybody signed, photographed; not needed when all signed on screen."""

    file = forms.FileField(
        label=_("签好的纸质发放单"), required=False, help_text=_("照片或扫描件：PDF、JPG、PNG")
    )
