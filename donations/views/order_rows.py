"""Orders in words: what moves from where to where, who did what, which step is next."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.books_workflow import OrderState
from donations.models.giving import Fund, FundPurpose
from donations.models.orders import LedgerOrder
from donations.permissions import (
    can_approve_order,
    can_ask_order,
    can_book_order,
    can_refuse_order,
)
from donations.services.orders import BASES
from donations.views.offers import Offer
from donations.views.wording import joined
from msw_portal.kernel.display import moment, money, when

Kind = LedgerOrder.Kind
S = OrderState
TONES = {S.BOOKED: "accent", S.ASKED: "warn", S.COUNTERSIGNING: "warn", S.APPROVED: "warn"}
LEADS = {
    Kind.PURPOSE_CHANGE: gettext_lazy(
        "捐赠款按约定用途使用；确需变更，须捐赠人同意，募捐方案变更的须备案（慈善法第五十六条）。"
    ),
    Kind.LEFTOVER: gettext_lazy(
        "项目结束后的剩余财产按方案或协议处理；没有约定的用于相同或相近的项目并向社会公开（慈善法第五十八条）。"
    ),
    Kind.FUND_TRANSFER: gettext_lazy("本机构两个基金之间划转；批次不变，溯源接得上。"),
    Kind.GRANT: gettext_lazy(
        "捐给另一家慈善组织的基金。对方如也使用本系统，记账后会出现在它的对账台，双方的溯源互相写明。"
    ),
    Kind.INTEREST: gettext_lazy("利息归产生它的基金，自成一个批次，不开捐赠票据。"),
    Kind.FEE: gettext_lazy(
        "从可用余额中提取管理费用；捐赠协议另有约定的从其约定（慈善法第六十一条）。"
    ),
    Kind.REVERSAL: gettext_lazy("记错的账只能用完全相反的一笔冲销，两笔都保留。"),
}


def place(fund: Fund | None, purpose: FundPurpose | None) -> str:
    """`基金 · 用途`."""
    if fund is None:
        return ""
    return joined([fund.name, purpose.text if purpose else _("不限定用途")])


def target(order: LedgerOrder) -> str:
    if order.payee:
        return joined([order.payee.name, order.payee_fund, order.payee_purpose])
    if order.kind == Kind.FEE:
        return _("管理费用")
    if order.kind == Kind.REVERSAL:
        return joined([_("冲销"), order.reverses.get_kind_display()])
    if order.kind == Kind.INTEREST:
        return place(order.fund, order.purpose)
    return place(order.to_fund, order.to_purpose)


def order_row(order: LedgerOrder) -> dict[str, Any]:
    return {
        "url": reverse("books:order", args=[order.uid]),
        "number": order.number,
        "kind": order.get_kind_display(),
        "source": "" if order.kind == Kind.INTEREST else place(order.fund, order.purpose),
        "target": target(order),
        "amount": order.amount,
        "state": order.get_state_display(),
        "tone": TONES.get(order.state, ""),
        "asked": joined([order.asked_by, moment(order.created_at)]),
    }


def order_facts(order: LedgerOrder) -> dict[str, Any]:
    """What was asked, on what it rests, and the persons of each step with their time."""
    gift, journal = order.donation, order.journal
    return {
        "facts": [fact for fact in _facts(order) if fact[1]],
        "tone": TONES.get(order.state, ""),
        "people": _people(order),
        "journal_url": reverse("books:journal", args=[journal.uid]) if journal else "",
        "gift_url": reverse("donations:donation", args=[gift.uid]) if gift else "",
    }


def _facts(order: LedgerOrder) -> list[tuple[Any, Any]]:
    source = "" if order.kind == Kind.INTEREST else place(order.fund, order.purpose)
    basis = [order.get_basis_display(), order.basis_no, moment(order.basis_on)]
    published = [moment(order.disclosed_on), order.disclosed_at]
    return [
        (_("类型"), order.get_kind_display()),
        (_("金额"), _("%(amount)s 元") % {"amount": money(order.amount)}),
        (_("从"), source),
        (_("到"), target(order)),
        (_("捐赠"), order.donation.number if order.donation else ""),
        (_("日期"), moment(order.on) if order.on else ""),
        (_("事由"), order.reason),
        (_("依据"), joined(basis) if order.basis else ""),
        (_("公开"), joined(published) if order.disclosed_on else ""),
    ]


def _people(order: LedgerOrder) -> list[dict[str, Any]]:
    rows = [
        (_("提出"), order.asked_by, order.created_at),
        (_("审批"), order.approved_by, order.approved_at),
        *([(_("第二人审批"), order.second_by, order.second_at)] if order.needs_second else []),
        (_("记账"), order.booked_by, order.booked_at),
    ]
    return [
        {
            "title": label,
            "note": joined([who, when(at)]) if who else _("待办理"),
            "state": "" if who else "plan",
        }
        for label, who, at in rows
        if who or order.state != S.REFUSED
    ]


def order_offers(order: LedgerOrder, user: Any) -> list[Offer]:
    """The steps that leave the state, open to this person or closed with the reason."""

    def offer(name: str, label: Any, **more: Any) -> Offer:
        return Offer(name, label, reverse(f"books:order_{name}", args=[order.uid]), **more)

    offers = []
    if order.state == S.ASKED and order.kind in BASES:
        if can_ask_order(user):
            offers.append(offer("agree", _("登记依据"), is_primary=True))
    elif order.state in {S.ASKED, S.AGREED, S.COUNTERSIGNING}:
        label = _("第二人审批") if order.state == S.COUNTERSIGNING else _("审批")
        why = () if can_approve_order(user, order) else (_("由没有经手过它的审批人办理。"),)
        offers.append(offer("approve", label, why=why, is_primary=not why))
    if order.state == S.APPROVED:
        why = () if can_book_order(user, order) else (_("由没有提出也没有审批过它的出纳办理。"),)
        offers.append(offer("book", _("记账"), why=why, is_primary=not why))
    if order.state not in {S.BOOKED, S.REFUSED} and can_refuse_order(user, order):
        offers.append(offer("refuse", _("否决或撤回"), is_quiet=True))
    is_leftover = order.state == S.BOOKED and order.kind == Kind.LEFTOVER
    if is_leftover and not order.disclosed_on and can_ask_order(user):
        offers.append(offer("disclose", _("登记公开"), is_primary=True))
    return offers
