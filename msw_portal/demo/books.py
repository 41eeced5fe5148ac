"""The foundation's books beside gifts and payouts: statements at the desk, orders, codes for donors."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from departments.models.organizations import Organization
from departments.services.moving import write_transition
from donations.books_workflow import STATEMENT_LINE
from donations.models.giving import CharityProfile, Donation
from donations.models.orders import LedgerOrder
from donations.models.statements import StatementLine
from donations.services import giving, orders, statements
from donations.services.looking_up import trace_code_give
from donations.workflow import DonationState
from msw_portal.demo.clock import Clock
from msw_portal.demo.funds import Charity

Kind = LedgerOrder.Kind
# How many of the newest gifts stand on a confirmed line of a statement.
RECONCILED = 24
# amount, payer, remark: receipts that came in the last days.
WAITING = (
    ("5000.00", "示例爱心企业有限公司", "小天使基金"),
    ("200.00", "韩捐示例", "给孩子们"),
    ("1234.56", "演示网络捐赠合计", "平台结算，含三笔"),
    ("88.00", "示例市水务公司", "退水费"),
)


def keep(charity: Charity, clock: Clock) -> int:
    """Write a year's end of bookkeeping as the foundation's people would; how many lines and orders."""
    lines = _reconciled(charity) + _waiting(charity)
    return lines + _orders(charity, clock)


def _line(by: Any, number: str, **facts: Any) -> StatementLine:
    line = StatementLine(organization_id=by.house_id, external_no=number, created_by=by, **facts)
    line.save(force_insert=True)
    write_transition(line, STATEMENT_LINE, "bring", before="", by=by)
    return line


def _reconciled(charity: Charity) -> int:
    """The newest gifts, each on its line: matched by the officer, confirmed by the cashier."""
    officer, cashier = charity.people["f.officer"], charity.people["f.cashier"]
    with charity.acting("f.officer"):
        gifts = Donation.objects.visible_to(officer).filter(
            state=DonationState.BOOKED, kind=Donation.Kind.MONEY, entered_by=officer
        )
        gifts = list(gifts.select_related("donor").order_by("-received_on", "-id")[:RECONCILED])
        made = []
        for place, gift in enumerate(gifts):
            known = gift.channel in StatementLine.Source.values
            line = _line(
                officer,
                f"DEMO{gift.received_on:%Y%m%d}{place:04}",
                source=gift.channel if known else StatementLine.Source.BANK,
                account="尾号 0001" if gift.channel == "bank" else "",
                on=gift.received_on,
                amount=gift.amount,
                counter_name=gift.donor.name,
            )
            made.append(statements.line_match(line=line, donation=gift, by=officer))
        for gift in gifts[:3]:
            trace_code_give(donation=gift, by=officer)
    with charity.acting("f.cashier"):
        for line in made[2:]:
            statements.line_confirm(line=line, by=cashier)
    return len(made)


def _waiting(charity: Charity) -> int:
    """Receipts of the last days: one whose gift is recorded, one new, one to split, one that is no gift."""
    officer, today = charity.people["f.officer"], timezone.localdate()
    with charity.acting("f.officer"):
        lines = [
            _line(
                officer,
                f"DEMO{today:%Y%m%d}9{place:03}",
                source=StatementLine.Source.BANK,
                account="尾号 0001",
                on=today - dt.timedelta(days=place),
                amount=Decimal(amount),
                counter_name=payer,
                remark=remark,
            )
            for place, (amount, payer, remark) in enumerate(WAITING)
        ]
        giving.donation_record(
            donor=charity.donors[0],
            fund=charity.funds["F-01"],
            purpose=charity.purposes["F-01", "leukaemia"],
            amount=lines[0].amount,
            received_on=lines[0].on,
            by=officer,
        )
        statements.line_split(
            line=lines[2], parts=[Decimal("1000.00"), Decimal("234.56")], by=officer
        )
        statements.line_ignore(line=lines[3], reason="not_a_donation", by=officer)
    return len(lines)


def _orders(charity: Charity, clock: Clock) -> int:
    """Interest and a fee that are booked, a transfer that waits to be booked, a grant that waits for approval."""
    today = timezone.localdate()
    whole = charity.funds["F-02"]
    with charity.acting("f.officer"):
        officer = charity.people["f.officer"]
        profile = CharityProfile.objects.filter(organization_id=charity.id).first()
        if profile is not None:
            profile.thresholds = {**profile.thresholds, "order_second_above": "500000.00"}
            profile.save(update_fields=["thresholds"])
        asked = [
            orders.order_ask(
                kind=Kind.INTEREST,
                fund=whole,
                amount=Decimal("1860.42"),
                on=today - dt.timedelta(days=20),
                reason="演示：第三季度活期利息",
                by=officer,
            ),
            orders.order_ask(
                kind=Kind.FEE,
                fund=whole,
                amount=Decimal("1200.00"),
                reason="演示：项目执行审计费分摊",
                by=officer,
            ),
            orders.order_ask(
                kind=Kind.FUND_TRANSFER,
                fund=whole,
                to_fund=charity.funds["F-01"],
                amount=Decimal("660.42"),
                reason="演示：理事会决定补充小天使基金",
                by=officer,
            ),
        ]
    for order in asked:
        clock.pass_minutes(2)
        with charity.acting("f.approver"):
            orders.order_approve(
                order=order, totp_code=clock.code_of("f.approver"), by=charity.people["f.approver"]
            )
    with charity.acting("f.cashier"):
        for order in asked[:2]:
            orders.order_book(order=order, by=charity.people["f.cashier"])
    return len(asked) + _grant(charity)


def _grant(charity: Charity) -> int:
    """微爱's way of giving: from one charity's fund to another's, asked and not approved yet."""
    payee = Organization.objects.filter(name="社工人才发展基金").first()
    if payee is None:
        return 0
    with charity.acting("f.officer"):
        orders.order_ask(
            kind=Kind.GRANT,
            fund=charity.funds["F-02"],
            amount=Decimal("100.00"),
            payee=payee,
            payee_fund="社工人才发展基金",
            payee_purpose="医务社工培训",
            reason="演示：支持医务社工继续教育",
            by=charity.people["f.officer"],
        )
    return 1
