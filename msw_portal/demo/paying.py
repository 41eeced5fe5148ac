"""What a bank is ordered to pay and answers, and which payments are looked at again, at the year's end."""

import hashlib
from decimal import Decimal

from django.utils import timezone

from donations.models.giving import CharityProfile
from donations.models.payments import PaymentAnswer, PaymentLine
from donations.services import payment_layouts, payment_lists, sampling
from msw_portal.demo.clock import Clock
from msw_portal.demo.funds import Charity

ACCOUNT = "示例银行示例支行 0000 0000 0000（演示）"
LISTED, CHECKED = 6, 2


def pay(charity: Charity, clock: Clock, seed: int) -> int:
    """A list with the bank's answers waiting, another to be approved, last month's sample; how many lines and checks."""
    listed = _list(charity, clock)
    return listed + _checks(charity, clock, seed)


def _list(charity: Charity, clock: Clock) -> int:
    today, cashier = timezone.localdate(), charity.people["f.cashier"]
    with charity.acting("f.cashier"):
        CharityProfile.objects.filter(organization_id=charity.id).update(bank_accounts=ACCOUNT)
        payment_layouts.layout_keep(
            name="示例银行批量付款",
            columns="收款账号=收款人账号\n收款户名=收款人户名\n金额\n收款行名称=开户行\n附言=备注",
            by=cashier,
        )
        waiting = list(payment_lists.payable_now(cashier)[:LISTED])
        parts = [waiting[:3], waiting[3:]]
        made = [
            payment_lists.list_make(on=today, account=ACCOUNT, disbursements=part, by=cashier)
            for part in parts
            if part
        ]
    if not made:
        return 0
    clock.pass_minutes(2)
    with charity.acting("f.approver"):
        payment_lists.list_approve(
            payment_list=made[0],
            totp_code=clock.code_of("f.approver"),
            by=charity.people["f.approver"],
        )
    _answers(charity)
    return len(waiting)


def _answers(charity: Charity) -> None:
    """The second cashier has brought the bank's file: one paid, one returned, one that fits nothing."""
    cashier, today = charity.people["f.cashier2"], timezone.localdate()
    with charity.acting("f.cashier2"):
        lines = list(PaymentLine.objects.visible_to(cashier).order_by("id")[:2])
        for place, line in enumerate([*lines, None]):
            is_back = place == 1
            PaymentAnswer(
                organization_id=charity.id,
                reference=line.reference if line else "退税",
                account=line.account if line else None,
                amount=line.amount if line else Decimal("12.30"),
                outcome="bounced" if is_back else "paid",
                reason="收款人账号户名不符" if is_back else "",
                bank_no=f"DEMO{today:%Y%m%d}{place:03}",
                on=today,
                same_hash=hashlib.sha256(f"demo {place}".encode()).digest()[:16],
                line=line,
                created_by=cashier,
            ).save(force_insert=True)


def _checks(charity: Charity, clock: Clock, seed: int) -> int:
    """The rule since the year began, the month before drawn, two payments checked, one of them with a finding."""
    today, checker = timezone.localdate(), charity.people["f.officer3"]
    with charity.acting("f.approver"):
        sampling.rule_keep(
            starts_on=today.replace(month=1, day=1).replace(year=today.year - 1),
            share=Decimal("20"),
            least=4,
            always_above=Decimal("40000.00"),
            days=30,
            basis="演示：理事会关于救助款事后核查的决定",
            by=charity.people["f.approver"],
        )
    with charity.acting("f.officer3"):
        month = sampling.month_before(today)
        if not sampling.paid_in(charity.id, month).exists():
            return 0
        drawn = hashlib.sha256(f"demo {seed} {month}".encode()).hexdigest()[:32]
        draw = sampling.draw_write(charity.id, month, seed=drawn, by=checker)
        for place, one in enumerate(draw.checks.order_by("id")[:CHECKED]):
            clock.pass_minutes(5)
            found = place == 1
            sampling.verification_record(
                verification=one,
                papers=["bills", "slip"],
                call="phone",
                called_on=today,
                said="演示：母亲说款项已用于交住院费，医院给了收据。",
                findings="演示：结算票据中有一张早于申请日期，金额不应由本次救助支付。"
                if found
                else "",
                to_recover=Decimal("500.00") if found else None,
                by=checker,
            )
        return draw.drawn_count
