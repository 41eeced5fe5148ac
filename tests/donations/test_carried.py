"""What is taken over from before the portal: gifts with what had been used of them, and figures of a charity's years."""

import contextlib
import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from donations.models.disclosure import CharityYear
from donations.models.giving import Donation, Donor
from donations.models.ledger import LedgerJournal
from donations.services import giving, ledger, reconciling, year_figures
from donations.services.receipts_due import receipts_late
from donations.services.tracing import trace_of_donation
from donations.services.trails import trail_of
from tests.donations.pages import text
from tests.donations.test_statements import _quiet_heart, bring
from tests.factories.donations import D, as_person, make_money

pytestmark = pytest.mark.django_db
__all__ = ["_quiet_heart"]
HEADS = ["原捐赠编号", "捐赠人类型", "捐赠人", "信用代码", "联系电话", "基金", "用途", "金额", "已使用", "捐赠日期"]  # fmt: skip
GIVER = ["企业", "演示爱心企业", "", ""]


def _rows(money):
    fund, purpose = money.fund.number, money.purpose.text
    return [
        ["2023-001", *GIVER, fund, purpose, "２0，000.00", "12,000", "2023-05-18"],
        ["2023-002", *GIVER, fund, "", "500", "", "2023年6月1日"],
        ["2023-003", "匿名", "", "", "", money.fund.name, purpose, "80.5", "80.50", "2023/7/1"],
        ["2023-004", "个人", "", "", "", fund, "", "10", "", "2023-05-18"],
        ["2023-005", *GIVER, fund, "", "10", "10.01", "2023-05-18"],
        ["2023-006", *GIVER, "没有的基金", "", "10", "", "2023-05-18"],
        ["2023-007", *GIVER, fund, "没有的用途", "10", "", "2023-05-18"],
        ["2023-008", *GIVER, fund, "", "1,00", "", "2099-05-18"],
    ]


def test_old_gifts_are_brought_by_one_confirmed_by_another_and_used_as_far_as_they_were(
    people, client_for
):
    money = make_money(people)
    run = bring(people.officer, _rows(money), kind="donations", heads=HEADS)
    assert (run.accepted_count, run.refused_count) == (3, 5)
    again = bring(people.officer, _rows(money)[:3], kind="donations", heads=HEADS, is_new=False)
    assert again.known_count == 3
    with as_person(people.officer):
        assert Donor.objects.filter(name_masked="演示爱心企业").count() == 1
        assert LedgerJournal.objects.count() == 0
    address = reverse("donations:donations_carried")
    assert client_for(people.officer).get(address).status_code == 403
    cashier = client_for(people.cashier)
    shown = text(cashier.get(address))
    assert "2023-001" in shown
    assert "3 笔，共 20,580.50 元，其中可继续使用 8,500.00 元" in shown
    assert cashier.post(address, {"count": 3}).status_code == 422
    assert cashier.post(address, {"count": 2, "is_checked": "on"}).status_code == 422
    done = cashier.post(address, {"count": 3, "is_checked": "on"}, follow=True)
    assert "已入账 3 笔" in text(done)
    with as_person(people.officer) as by:
        gift = Donation.objects.get(amount=D("20000.00"))
        trace = trace_of_donation(donation=gift, by=by)
        assert (trace.given, trace.available, trace.paid) == (D("20000"), D("8000"), D("12000"))
        trail = trail_of(gift)
        assert {hop.kind: hop.amount for hop in trail.hops} == {
            "carried": D("12000.00"),
            "place": D("8000.00"),
        }
        assert trail.given == D("20000.00")
        # It counts in the year it came, and asks for no receipt that was written long ago.
        books = year_figures.books_of(by.house_id, 2023)
        assert (books.donated, books.lines["carried"]) == (D("20580.50"), D("-12080.50"))
        assert year_figures.books_of(by.house_id, 2026).lines == {}
        assert receipts_late(by, dt.date(2026, 11, 30)).count == 0
        assert reconciling.differences() == []
    assert "启用本系统前已使用" in text(cashier.get(reverse("donations:donation", args=[gift.uid])))


def test_the_database_lets_no_money_leave_as_used_before_but_what_the_gift_says(people):
    money = make_money(people)
    bring(people.officer, _rows(money)[:2], kind="donations", heads=HEADS)
    with as_person(people.officer) as by:
        old, other = Donation.objects.order_by("amount")
        assert (old.used_before, other.used_before) == (D("0.00"), D("12000.00"))
        with pytest.raises(IntegrityError), transaction.atomic():
            Donation.objects.filter(pk=old.pk).update(used_before=D("500.01"))
    for gift in (old, other):
        with as_person(people.cashier) as by:
            giving.donation_confirm(donation=gift, by=by)
    with as_person(people.cashier) as by, refuses_change():
        other.used_before = D("1000.00")
        (available, _held), *_rest = ledger.pool(
            organization_id=by.house_id, fund_id=other.fund_id, purpose_id=other.purpose_id
        )
        legs = {"cash_id": ledger.cash_account(by.house_id), "available_id": available}
        more = ledger.carried_posting(donation=other, lot_id=other.lots.get().pk, **legs)
        ledger.post([replace(more, reference="carried:again")], by=by)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with as_person(people.cashier), refuses_change():
        Donation.objects.filter(pk=other.pk).update(used_before=D("1.00"))


@contextlib.contextmanager
def refuses_change():
    with pytest.raises(DatabaseError, match="what was used before"), transaction.atomic():
        yield


def test_figures_of_a_year_are_imported_with_their_source_and_the_later_one_stands(people):
    heads = ["年度", "项目", "金额", "出处", "分摊方法"]
    rows = [
        ["2025", "募捐成本", "１２０,000", "审计报告第 6 页", ""],
        ["2025", "年末净资产", "-3,000.5", "审计报告第 2 页", ""],
        ["2025", "other_income", "0", "审计报告第 3 页", "全部计入"],
        ["2025", "募捐成本", "-1", "审计报告第 6 页", ""],
        ["2099", "募捐成本", "1", "审计报告第 6 页", ""],
        ["2025", "没有的项目", "1", "审计报告第 6 页", ""],
        ["2025", "其他支出", "1", "", ""],
    ]
    run = bring(people.officer, rows, kind="charity_years", heads=heads)
    assert (run.accepted_count, run.refused_count) == (3, 4)
    later = [["2025", "募捐成本", "130000.00", "更正后的审计报告", ""]]
    bring(people.officer, later, kind="charity_years", heads=heads)
    with as_person(people.officer):
        year = CharityYear.objects.get(year=2025)
        assert {name: one["amount"] for name, one in year.figures.items()} == {
            "fundraising": "130000.00",
            "net_assets": "-3000.50",
            "other_income": "0.00",
        }
        assert year.figures["fundraising"]["source"] == "更正后的审计报告"
