"""Goods for tests: sites, deliveries at any step, sheets; receipts with numbers to take.

Every function opens the scopes of the persons it acts as; call them outside a scope.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from donations.models.goods import Distribution, GoodsIntake, GoodsLot, GoodsSite
from donations.services import (
    donation_receipts,
    goods_intake,
    goods_sheets,
    goods_stock,
    receipt_papers,
)
from tests.factories.donations import PDF, Money, People, as_person

STROKES = "[[[10,10],[20,30],[40,60],[60,90],[80,120],[120,140],[160,120],[200,90],[240,60]]]"
BAGS = {"item": "爱心书包", "unit": "个", "quantity": 100}


def paper(name: str = "凭据.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def make_site(people: People, name: str = "演示仓库", kind: str = "warehouse") -> GoodsSite:
    with as_person(people.officer) as by:
        return goods_intake.site_open(name=name, kind=kind, by=by)


def make_counted(
    people: People, money: Money, site: GoodsSite, lots: Iterable[dict] = (BAGS,), **given: Any
) -> GoodsIntake:
    with as_person(people.officer) as by:
        return goods_intake.intake_record(
            donor=money.donor,
            fund=money.fund,
            site=site,
            received_on=given.pop("received_on", timezone.localdate()),
            lots=lots,
            by=by,
            **{"purpose": money.purpose, **given},
        )


def make_accepted(
    people: People,
    money: Money,
    site: GoodsSite,
    *,
    value: str | None = "5000.00",
    lots: Iterable[dict] = (BAGS,),
    **given: Any,
) -> GoodsIntake:
    """Counted, valued (every lot at `value`, None: cannot be valued) and accepted by the second officer."""
    intake = make_counted(people, money, site, lots, **given)
    with as_person(people.officer) as by:
        for lot in GoodsLot.objects.filter(intake=intake):
            if value is None:
                goods_intake.lot_value(lot=lot, basis=5, note="没有凭据，也没有市价", by=by)
            else:
                goods_intake.lot_value(
                    lot=lot, basis=1, valuation=Decimal(value), file=paper(), by=by
                )
    with as_person(people.officer2) as by:
        return goods_intake.intake_accept(intake=intake, by=by)


def make_booked(people: People, money: Money, site: GoodsSite, **given: Any) -> GoodsIntake:
    intake = make_accepted(people, money, site, **given)
    with as_person(people.cashier) as by:
        return goods_intake.intake_book(intake=intake, by=by)


def lot_of(people: People, intake: GoodsIntake) -> GoodsLot:
    with as_person(people.officer):
        return GoodsLot.objects.filter(intake=intake).order_by("id").first()


def make_sheet(
    people: People, site: GoodsSite, lot: GoodsLot, persons: Iterable[dict]
) -> Distribution:
    with as_person(people.officer) as by:
        sheet = goods_sheets.distribution_open(
            site=site, given_on=timezone.localdate(), purpose="开学前发放", by=by
        )
        goods_sheets.lines_add(distribution=sheet, lot=lot, people=persons, by=by)
    return sheet


def hand_out(people: People, sheet: Distribution) -> Distribution:
    """Signed on the photographed paper."""
    with as_person(people.officer) as by:
        return goods_sheets.distribution_sign(distribution=sheet, file=paper("签收单.pdf"), by=by)


def carry(people: People, lot: GoodsLot, site: GoodsSite, to: GoodsSite, quantity: int) -> None:
    with as_person(people.officer) as by:
        goods_stock.stock_transfer(lot=lot, site=site, to_site=to, quantity=quantity, by=by)


def make_series(people: People, *, first: int = 1, last: int = 100, code: str = "11010125") -> Any:
    with as_person(people.officer) as by:
        return donation_receipts.series_open(code=code, first=first, last=last, by=by)


def one_of_each(people: People, money: Money, gift: Any) -> dict[str, Any]:
    """A row for every kind of page: a delivery that waits, a lot in stock with its loss, an open sheet, receipts."""
    site = make_site(people)
    waiting = make_counted(people, money, site)
    lot = lot_of(people, make_booked(people, money, site))
    sheet = make_sheet(people, site, lot, [{"recipient": "演示人", "quantity": 1}])
    make_series(people)
    with as_person(people.officer) as by:
        loss = goods_stock.loss_report(lot=lot, site=site, quantity=1, reason="雨淋损坏", by=by)
        receipt = donation_receipts.receipt_issue(donation=lot.donation, by=by)
        today = timezone.localdate()
        return {
            "intake": waiting,
            "goods_lot": lot,
            "goods_file": lot.evidence,
            "goods_loss": loss,
            "sheet": sheet,
            "sheet_line": sheet.lines.get(),
            "receipt": receipt,
            "gift_without_receipt": gift,
            "receipt_job": receipt_papers.batch_ask(since=today, until=today, by=by),
        }
