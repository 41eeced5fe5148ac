"""Goods and receipts of the demo foundation: a hundred care bags from the donor to the children, and a year of receipts."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from donations.models.goods import GoodsLot, GoodsSite
from donations.services import donation_receipts as receipts
from donations.services import donors
from donations.services import goods_intake as intakes
from donations.services import goods_sheets as sheets
from donations.services import goods_stock as stock
from donations.services.receipts_due import late_before
from msw_portal.demo import papers
from msw_portal.demo.funds import Charity

SITES = (
    ("warehouse", "基金会物资仓库（演示）", "孙演示"),
    ("representative", "示例一院社工代表", "代表演示甲"),
    ("representative", "示例二院社工代表", "代表演示乙"),
    ("representative", "示例儿童医院社工代表", "代表演示丙"),
    ("representative", "示例县医院社工代表", "代表演示丁"),
)
BAGS, EACH = 100, 25
BAG_VALUE = Decimal("8600.00")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔"
DAY = dt.timedelta(days=1)
SERIES, NUMBERS = "11010125", 400
LEFT_LATE = 2  # gifts that nobody has issued a receipt for in time


def _file(title: str) -> SimpleUploadedFile:
    content, ending = papers.specimen("invoice")
    return SimpleUploadedFile(f"{title}（演示样张）.{ending}", content, "application/pdf")


def _deliver(
    charity: Charity,
    site: GoodsSite,
    lot: dict[str, Any],
    *,
    value: Decimal | None = None,
    donor: int = 0,
    accepted: bool = True,
) -> GoodsLot:
    """One delivery through its steps: counted, valued, accepted by another, booked by a third."""
    officer, second, cashier = (
        charity.people[login] for login in ("f.officer", "f.officer2", "f.cashier")
    )
    with charity.acting("f.officer"):
        made = intakes.intake_record(
            donor=charity.donors[donor],
            fund=charity.funds["F-01"],
            site=site,
            received_on=timezone.localdate(),
            lots=[lot],
            by=officer,
        )
        (one,) = GoodsLot.objects.filter(intake=made)
        if not accepted:
            return one
        if value is None:
            intakes.lot_value(lot=one, basis=5, note="手工制作，没有凭据和市价", by=officer)
        else:
            intakes.lot_value(lot=one, basis=1, valuation=value, file=_file("发票"), by=officer)
    with charity.acting("f.officer2"):
        made = intakes.intake_accept(intake=made, note="两人现场清点，数量相符", by=second)
    with charity.acting("f.cashier"):
        intakes.intake_book(intake=made, by=cashier)
    return one


def goods(charity: Charity, *, start: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """The goods of a year; an actor."""
    yield start + 20 * DAY
    officer, second = charity.people["f.officer"], charity.people["f.officer2"]
    with charity.acting("f.officer"):
        store, *hands = [
            intakes.site_open(kind=kind, name=name, keeper=keeper, by=officer)
            for kind, name, keeper in SITES
        ]
    yield until - 100 * DAY + dt.timedelta(hours=10)
    bags = _deliver(
        charity, store, {"item": "爱心书包", "unit": "个", "quantity": BAGS}, value=BAG_VALUE
    )
    yield until - 96 * DAY + dt.timedelta(hours=9)
    with charity.acting("f.officer"):
        for hand in hands:
            stock.stock_transfer(
                lot=bags,
                site=store,
                to_site=hand,
                quantity=EACH,
                reason="交社工代表发放",
                by=officer,
            )
    for place, hand in enumerate(hands):
        yield until - (90 - 3 * place) * DAY + dt.timedelta(hours=10)
        with charity.acting("f.officer"):
            sheet = sheets.distribution_open(
                site=hand,
                given_on=timezone.localdate(),
                purpose="住院学龄儿童开学前发放",
                by=officer,
            )
            children = [
                {"recipient": f"{surname}小示例", "quantity": 1, "is_minor": True}
                for surname in SURNAMES
            ]
            sheets.lines_add(distribution=sheet, lot=bags, people=children, by=officer)
            sheets.distribution_sign(distribution=sheet, file=_file("签收单"), by=officer)
        with charity.acting("f.officer2"):
            sheets.distribution_count(distribution=sheet, by=second)
    yield until - 76 * DAY + dt.timedelta(hours=15)
    _thank(charity)
    yield from _lately(charity, store, hands, until)


def _thank(charity: Charity) -> None:
    """The recognition for the bags: asked for, agreed to by the giver, handed over."""
    officer, today = charity.people["f.officer"], timezone.localdate()
    with charity.acting("f.officer"):
        plaque = donors.recognition_ask(
            donor=charity.donors[0],
            kind="plaque",
            title=f"“爱心企业”铭牌：{BAGS} 个爱心书包",
            asked_on=today,
            by=officer,
        )
        donors.recognition_answer(
            recognition=plaque, agrees=True, answered_on=today, answered_how="邮件", by=officer
        )
        donors.recognition_give(
            recognition=plaque, given_on=today, place="书包发放仪式（演示）", by=officer
        )


def _lately(
    charity: Charity, store: GoodsSite, hands: list[GoodsSite], until: dt.datetime
) -> Iterator[dt.datetime]:
    """What still lies there, is about to expire, was broken, cannot be valued or waits for its acceptance."""
    officer = charity.people["f.officer"]
    yield until - 40 * DAY + dt.timedelta(hours=10)
    ends = (until + 35 * DAY).date()
    milk = {"item": "婴幼儿奶粉（演示）", "unit": "罐", "quantity": 60, "kind": "food"}
    tins = _deliver(
        charity,
        store,
        {**milk, "batch": "YS2607", "expires_on": ends},
        value=Decimal("5400.00"),
        donor=1,
    )
    _deliver(charity, store, {"item": "手工编织帽", "unit": "顶", "quantity": 45}, donor=5)
    yield until - 6 * DAY + dt.timedelta(hours=10)
    with charity.acting("f.officer"):
        stock.loss_report(lot=tins, site=store, quantity=2, reason="运输中罐体破损", by=officer)
        sheet = sheets.distribution_open(
            site=store, given_on=timezone.localdate(), purpose="困难家庭营养补充", by=officer
        )
        taken = [
            {"recipient": f"{surname}演示", "quantity": 2, "is_minor": False}
            for surname in SURNAMES[:6]
        ]
        sheets.lines_add(distribution=sheet, lot=tins, people=taken, by=officer)
    yield until - 1 * DAY + dt.timedelta(hours=10)
    medicine = {"item": "演示注射用药", "unit": "盒", "quantity": 20, "kind": "medicine"}
    _deliver(
        charity,
        store,
        {**medicine, "batch": "YS2611", "expires_on": (until + 500 * DAY).date()},
        donor=1,
        accepted=False,
    )


def receipt_year(
    charity: Charity, *, start: dt.datetime, until: dt.datetime
) -> Iterator[dt.datetime]:
    """Receipts for what was given, every ten days; two stay late, one is voided, one reversed, one waived."""
    officer = charity.people["f.officer"]
    yield start + 21 * DAY
    with charity.acting("f.officer"):
        receipts.series_open(code=SERIES, first=1, last=NUMBERS, by=officer)
    turn, left = 0, 0
    while True:
        yield start + (22 + 10 * turn) * DAY + dt.timedelta(hours=6)
        turn += 1
        with charity.acting("f.officer"):
            waiting = list(receipts.receipts_waiting(by=officer).order_by("id"))
            near_end = timezone.now() > until - 24 * DAY
            made = []
            for gift in waiting:
                is_late = gift.received_on <= late_before()
                if near_end and is_late and left < LEFT_LATE:
                    left += 1
                    continue
                if gift.donor.is_anonymous:
                    receipts.receipt_waive(donation=gift, reason="匿名捐赠，不要票据", by=officer)
                    continue
                made.append(receipts.receipt_issue(donation=gift, by=officer))
            if turn == 3 and made:
                receipts.receipt_void(
                    receipt=made[0], reason="抬头写错，未交付，重新开具", by=officer
                )
            if turn == 6 and made:
                receipts.receipt_reverse(receipt=made[0], reason="捐赠人要求更换抬头", by=officer)
