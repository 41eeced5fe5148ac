"""Orders to the books: changed purposes, leftovers, transfers, interest, fees, reversals.

One person asks and states what it rests on, another approves with a fresh second factor (two others
above the house's limit), a third books. What was asked is never edited: it is refused and asked anew.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.organizations import Organization
from departments.services import outbox
from departments.services.charity_status import is_charity
from departments.services.moving import move, write_transition
from departments.services.numbering import take_number
from departments.services.second_factor import second_factor_check
from donations.books_workflow import LEDGER_ORDER, OrderState
from donations.models.giving import CharityProfile, Donation, Fund, FundPurpose
from donations.models.ledger import LedgerJournal, LotBalance
from donations.models.orders import LedgerOrder
from donations.permissions import (
    can_approve_order,
    can_ask_order,
    can_book_order,
    can_refuse_order,
)
from donations.services import ledger
from donations.services.disclosure_answers import leftover_booked, leftover_disclosed
from donations.services.order_postings import posting_of, source_id
from donations.services.order_turns import turn_open
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.money import format_amount

PATTERN = "{ORG}-L-{YYYY}-{SEQ4}"
Kind, Basis = LedgerOrder.Kind, LedgerOrder.Basis
# What a kind may rest on (Charity Law 56 and 58).
BASES = {
    Kind.PURPOSE_CHANGE: (Basis.DONOR_CONSENT, Basis.REFILED),
    Kind.LEFTOVER: (Basis.PLAN, Basis.SIMILAR, Basis.DONOR_CONSENT),
}
MOVING = {Kind.PURPOSE_CHANGE, Kind.LEFTOVER, Kind.FUND_TRANSFER}
# The journals that an order made, and so an order may reverse.
REVERSIBLE = frozenset({"purpose_change", "fund_transfer", "interest", "fee"})


@command
def order_ask(
    *,
    kind: str,
    reason: str,
    amount: Decimal | None = None,
    fund: Fund | None = None,
    purpose: FundPurpose | None = None,
    to_fund: Fund | None = None,
    to_purpose: FundPurpose | None = None,
    donation: Donation | None = None,
    payee: Organization | None = None,
    payee_fund: str = "",
    payee_purpose: str = "",
    reverses: LedgerJournal | None = None,
    on: dt.date | None = None,
    by: Any,
) -> LedgerOrder:
    """Ask for an entry; nothing moves yet, but what is asked for must be there now.

    `fund` and `purpose` are where the money is; a changed gift is looked for where it was given.

    Raises:
        DomainError: `order.needs_reason`, `order.amount`, `order.purpose_elsewhere`,
            `order.same_place`, `order.fund_not_active`, `order.needs_fund`, `order.needs_payee`,
            `order.needs_day`, `order.day_in_future`, `order.not_reversible` (409),
            `order.gift_not_booked` (409), `ledger.insufficient` (409), each on its field.
    """
    require(can_ask_order, by, None)
    if donation is not None:
        fund, purpose = fund or donation.fund, purpose if fund else donation.purpose
    order = LedgerOrder(
        organization_id=by.house_id,
        kind=kind,
        reason=reason.strip(),
        amount=_turnover(reverses) if kind == Kind.REVERSAL else amount or Decimal(0),
        fund=fund,
        purpose=purpose,
        to_fund=to_fund,
        to_purpose=to_purpose,
        donation=donation,
        payee=payee,
        payee_fund=payee_fund.strip(),
        payee_purpose=payee_purpose.strip(),
        reverses=reverses,
        on=on,
        asked_by=by,
        created_by=by,
    )
    _check(order)
    order.needs_second = needs_second(order)
    order.number = take_number(
        "ledger_order",
        organization=Organization.objects.get(pk=by.house_id),
        pattern=PATTERN,
        on=timezone.localdate(),
    )
    order.save(force_insert=True)
    write_transition(order, LEDGER_ORDER, "ask", before="", by=by)
    turn_open(order, by=by)
    audit.record("ledger_order.ask", by=by, on=order, kind=kind, amount=order.amount)
    return order


def _turnover(journal: LedgerJournal | None) -> Decimal:
    if journal is None:
        return Decimal(0)
    return journal.entries.filter(amount__gt=0).aggregate(total=Sum("amount"))["total"]


def needs_second(order: LedgerOrder) -> bool:
    """Whether the amount is above the house's own limit for one approver."""
    profile = CharityProfile.objects.filter(organization_id=order.organization_id).first()
    limit = (profile.thresholds if profile else {}).get("order_second_above")
    return limit is not None and order.amount > Decimal(str(limit))


def _check(order: LedgerOrder) -> None:
    if not order.reason:
        raise DomainError("order.needs_reason", _("请写明事由。"), "reason")
    if order.kind == Kind.REVERSAL:
        _check_reversal(order)
        return
    if order.amount <= 0:
        raise DomainError("order.amount", _("金额必须大于零。"), "amount")
    if order.fund is None:
        raise DomainError("order.needs_fund", _("请选择基金。"), "fund")
    if order.purpose is not None and order.purpose.fund_id != order.fund_id:
        raise DomainError("order.purpose_elsewhere", _("这个用途不属于所选基金。"), "purpose")
    if order.kind in MOVING:
        _check_target(order)
    if order.kind == Kind.GRANT:
        _check_payee(order)
    if order.kind == Kind.INTEREST:
        _check_day(order)
    else:
        _check_balance(order)


def _check_target(order: LedgerOrder) -> None:
    if order.kind == Kind.PURPOSE_CHANGE and order.donation is None:
        raise DomainError("order.needs_gift", _("请指明变更哪一笔捐赠的用途。"), "donation")
    if order.to_fund is None:
        raise DomainError("order.needs_fund", _("请选择转入的基金。"), "to_fund")
    if order.to_fund.state != Fund.State.ACTIVE:
        raise DomainError("order.fund_not_active", _("转入的基金已停止运行。"), "to_fund")
    if order.to_purpose is not None and order.to_purpose.fund_id != order.to_fund_id:
        raise DomainError("order.purpose_elsewhere", _("这个用途不属于所选基金。"), "to_purpose")
    if (order.fund_id, order.purpose_id) == (order.to_fund_id, order.to_purpose_id):
        raise DomainError("order.same_place", _("转出和转入是同一个用途。"), "to_purpose")
    if order.kind == Kind.FUND_TRANSFER and order.fund_id == order.to_fund_id:
        raise DomainError(
            "order.same_place",
            _("同一基金内改用途，请用“变更捐赠用途”或“剩余财产处理”。"),
            "to_fund",
        )


def _check_payee(order: LedgerOrder) -> None:
    if (
        order.payee is None
        or not is_charity(order.payee)
        or order.payee_id == order.organization_id
    ):
        raise DomainError("order.needs_payee", _("请选择另一家慈善组织。"), "payee")
    if not order.payee_fund:
        raise DomainError("order.needs_payee_fund", _("请写明对方的基金。"), "payee_fund")


def _check_day(order: LedgerOrder) -> None:
    if order.on is None:
        raise DomainError("order.needs_day", _("请填写利息到账日期。"), "on")
    if order.on > timezone.localdate():
        raise DomainError("order.day_in_future", _("日期不能晚于今天。"), "on")


def _check_balance(order: LedgerOrder) -> None:
    held = LotBalance.objects.filter(account_id=source_id(order), balance__gt=0)
    if order.kind == Kind.PURPOSE_CHANGE:
        if not order.donation.lots.exists():
            raise DomainError(
                "order.gift_not_booked", _("这笔捐赠还没有入账。"), "donation", status=409
            )
        held = held.filter(lot__donation=order.donation)
    there = held.aggregate(total=Sum("balance"))["total"] or Decimal(0)
    if there < order.amount:
        raise DomainError(
            "ledger.insufficient",
            _("可用余额不足：现有 %(there)s 元。") % {"there": format_amount(there)},
            "amount",
            status=409,
        )


def _check_reversal(order: LedgerOrder) -> None:
    journal = order.reverses
    if journal is None or journal.kind not in REVERSIBLE:
        raise DomainError(
            "order.not_reversible",
            _("只能冲销由账务申请记的账；拨付用退汇，捐赠用退回。"),
            "reverses",
            status=409,
        )
    if LedgerJournal.objects.filter(reverses=journal).exists():
        raise DomainError("order.reversed_before", _("这笔账已经冲销过。"), "reverses", status=409)


def _locked(order: LedgerOrder) -> LedgerOrder:
    return LedgerOrder.objects.locked().get(pk=order.pk)


@command
def order_agree(
    *, order: LedgerOrder, basis: str, basis_on: dt.date, basis_no: str = "", by: Any
) -> LedgerOrder:
    """State what a change of purpose or a leftover rests on: consent, re-filing, plan, a similar purpose.

    Raises:
        DomainError: `order.basis` on `basis` for one the law does not know for this kind,
            `order.day_in_future` on `basis_on`, `order.needs_filing_no` on `basis_no`,
            `ledger_order.agree.wrong_state` (409).
    """
    order = _locked(order)
    require(can_ask_order, by, order)
    LEDGER_ORDER.check(order, "agree")
    if basis not in BASES.get(order.kind, ()):
        raise DomainError(
            "order.basis",
            _(
                "变更用途须捐赠人同意或变更备案（慈善法第五十六条）；剩余财产按方案、协议或相近用途（第五十八条）。"
            ),
            "basis",
        )
    if basis_on > timezone.localdate():
        raise DomainError("order.day_in_future", _("日期不能晚于今天。"), "basis_on")
    if basis == Basis.REFILED and not basis_no.strip():
        raise DomainError("order.needs_filing_no", _("请填写变更备案的编号。"), "basis_no")
    order.basis, order.basis_on, order.basis_no = basis, basis_on, basis_no.strip()
    move(order, LEDGER_ORDER, "agree", by=by, also=("basis", "basis_on", "basis_no"))
    turn_open(order, by=by)
    audit.record("ledger_order.agree", by=by, on=order, basis=basis)
    return order


@command
def order_approve(*, order: LedgerOrder, totp_code: str, by: Any) -> LedgerOrder:
    """Approve, by another than who asked, with a fresh second factor; above the limit by two.

    Raises:
        DomainError: `ledger_order_people_apart` (409), `order.needs_basis` (409), `second_factor.*`,
            `ledger_order.approve.wrong_state` (409).
    """
    order = _locked(order)
    if by.pk in {order.asked_by_id, order.approved_by_id}:
        raise DomainError(
            "ledger_order_people_apart", _("提出、审批、记账必须由不同的人办理。"), status=409
        )
    require(can_approve_order, by, order)
    is_second = order.state == OrderState.COUNTERSIGNING
    step = "countersign" if is_second else "approve_first" if order.needs_second else "approve"
    LEDGER_ORDER.check(order, step)
    if order.kind in BASES and order.state == OrderState.ASKED:
        raise DomainError(
            "order.needs_basis",
            _("还没有登记依据：捐赠人同意、变更备案或方案约定。"),
            status=409,
        )
    checked_at = second_factor_check(user=by, code=totp_code)
    names = (
        ("second_by", "second_at", "second_factor_at")
        if is_second
        else ("approved_by", "approved_at", "approved_factor_at")
    )
    for name, value in zip(names, (by, timezone.now(), checked_at), strict=True):
        setattr(order, name, value)
    move(order, LEDGER_ORDER, step, by=by, also=names)
    turn_open(order, by=by)
    audit.record("ledger_order.approve", by=by, on=order, amount=order.amount)
    return order


@command
def order_book(*, order: LedgerOrder, by: Any) -> LedgerOrder:
    """Post what was approved; a third person, who asked for and approved nothing of it.

    Raises:
        DomainError: `ledger_order_people_apart` (409), `ledger_order.book.wrong_state` (409),
            `ledger.insufficient` (409), `order.fee_over_agreement` (409).
    """
    order = _locked(order)
    if by.pk in {order.asked_by_id, order.approved_by_id, order.second_by_id}:
        raise DomainError(
            "ledger_order_people_apart", _("提出、审批、记账必须由不同的人办理。"), status=409
        )
    require(can_book_order, by, order)
    LEDGER_ORDER.check(order, "book")
    [journal] = ledger.post([posting_of(order, by=by)], by=by)
    order.journal, order.booked_by, order.booked_at = journal, by, timezone.now()
    move(order, LEDGER_ORDER, "book", by=by, also=("journal", "booked_by", "booked_at"))
    if order.kind == Kind.GRANT and order.payee.is_tenant:
        outbox.put(
            "ledger_order.granted",
            organization_id=order.organization_id,
            subject=order,
            giver_id=order.organization_id,
            payee_id=order.payee_id,
            order_id=order.pk,
        )
    if order.kind == Kind.LEFTOVER:
        leftover_booked(order, by=by)
    turn_open(order, by=by)
    audit.record("ledger_order.book", by=by, on=order, journal=str(journal.uid))
    return order


@command
def order_refuse(*, order: LedgerOrder, reason: str, by: Any) -> LedgerOrder:
    """Refuse an order, or take the own one back, before it is booked.

    Raises:
        DomainError: `ledger_order.refuse.wrong_state` (409), `.needs_reason` on `reason`.
    """
    order = _locked(order)
    require(can_refuse_order, by, order)
    move(order, LEDGER_ORDER, "refuse", by=by, reason=reason)
    turn_open(order, by=by)
    audit.record("ledger_order.refuse", by=by, on=order)
    return order


@command
def order_disclose(
    *, order: LedgerOrder, disclosed_on: dt.date, where: str, by: Any
) -> LedgerOrder:
    """Note where a leftover was made public, as the law asks (Charity Law 58).

    Raises:
        DomainError: `order.not_to_disclose` (409), `order.day_in_future` on `disclosed_on`.
    """
    order = _locked(order)
    require(can_ask_order, by, order)
    if order.kind != Kind.LEFTOVER or order.state != OrderState.BOOKED:
        raise DomainError(
            "order.not_to_disclose", _("只有已记账的剩余财产处理需要公开。"), status=409
        )
    if disclosed_on > timezone.localdate():
        raise DomainError("order.day_in_future", _("日期不能晚于今天。"), "disclosed_on")
    order.disclosed_on, order.disclosed_at = disclosed_on, where.strip()
    order.save(update_fields=["disclosed_on", "disclosed_at"])
    leftover_disclosed(order, by=by)
    audit.record("ledger_order.disclose", by=by, on=order)
    return order
