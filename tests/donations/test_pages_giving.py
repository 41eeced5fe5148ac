"""Gifts and funds in the browser: two persons, balances as sums, and where the money went."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations.models.giving import Donation, Donor
from msw_portal.demo.clock import Clock
from tests.donations.pages import text, url
from tests.factories import donations as made
from tests.factories.gifts import staff_of

pytestmark = pytest.mark.django_db


def _given(money, **changed):
    return {
        "donor_kind": "person",
        "donor_name": "欧阳演示",
        "fund": str(money.fund.uid),
        "purpose": f"{money.fund.number}/leukaemia",
        "amount": "２００",
        "received_on": timezone.localdate().isoformat(),
        "channel": "wechat",
        **changed,
    }


def _gifts(people, acting):
    with acting(people.officer):
        return list(Donation.objects.select_related("donor").order_by("-id"))


def test_a_gift_is_recorded_by_one_and_confirmed_by_another(
    client_for, officer, cashier, people, money, acting
):
    answer = client_for(officer).post(url("donation_new"), _given(money))
    assert answer.status_code == 302
    gift = _gifts(people, acting)[0]
    assert (gift.state, str(gift.amount), gift.donor.name_masked) == (
        "received",
        "200.00",
        "欧阳**",
    )
    own = client_for(officer).post(url("donation_confirm", gift.uid), {"has_slip": "on"})
    assert own.status_code == 409
    assert "登记人不能确认自己登记的捐赠。" in text(own)
    unread = client_for(cashier).post(url("donation_confirm", gift.uid), {})
    assert unread.status_code == 422
    assert "请先核对银行回单。" in text(unread)
    assert (
        client_for(cashier).post(url("donation_confirm", gift.uid), {"has_slip": "on"}).status_code
        == 302
    )
    assert _gifts(people, acting)[0].state == "booked"
    again = client_for(cashier).post(url("donation_confirm", gift.uid), {"has_slip": "on"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"amount": "-200"}, "amount", "金额不能是负数。"),
        ({"amount": "0"}, "amount", "金额不能小于 0.01 元。"),
        ({"amount": "1,00"}, "amount", "千位分隔符的位置不对"),
        ({"amount": "9999999999999"}, "amount", "金额不能超过 999,999,999,999.99 元。"),
        ({"received_on": "2999-01-01"}, "received_on", "请核对年份"),
        (
            {"received_on": (timezone.localdate() + dt.timedelta(days=1)).isoformat()},
            "received_on",
            "不能晚于今天。",
        ),
        ({"received_on": "2026-02-30"}, "received_on", "请写成 2026-11-23 这样的日期。"),
        ({"donor_kind": "", "donor_name": ""}, "donor_kind", "请选择捐赠人类型"),
        ({"donor_name": ""}, "donor_name", "请填写捐赠人姓名或名称。"),
        ({"donor_uscc": "91110000MA00000000"}, "donor_uscc", ""),
        ({"purpose": "F-别的/x"}, "purpose", "请从列出的用途中选择。"),
        ({"fund": "00000000-0000-7000-8000-000000000000"}, "fund", "请从列出的基金中选择。"),
        ({"channel": "barter"}, "channel", "请从列出的选项中选择。"),
    ],
)
def test_a_gift_that_cannot_be_recorded(
    client_for, officer, people, money, acting, changed, field, sentence
):
    before = len(_gifts(people, acting))
    answer = client_for(officer).post(url("donation_new"), _given(money, **changed))
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors[field])
    assert len(_gifts(people, acting)) == before


def test_a_refused_gift_leaves_no_donor_behind(client_for, officer, people, money, acting):
    with acting(people.officer):
        before = Donor.objects.count()
        money.fund.state = "closed"
        money.fund.save(update_fields=["state"])
    assert client_for(officer).post(url("donation_new"), _given(money)).status_code == 422
    with acting(people.officer):
        assert Donor.objects.count() == before


def test_a_double_click_records_one_gift(client_for, officer, people, money, acting):
    client = client_for(officer)
    once = client.get(url("donation_new")).context["form"]["once"].value()
    before = len(_gifts(people, acting))
    for _n in range(2):
        assert client.post(url("donation_new"), _given(money, once=once)).status_code == 302
    assert len(_gifts(people, acting)) == before + 1


def test_an_organization_that_gave_before_is_chosen_and_persons_are_not_listed(
    client_for, officer, people, money, acting
):
    client = client_for(officer)
    client.post(url("donation_new"), _given(money))
    page = text(client.get(url("donation_new")))
    assert "演示捐赠企业" in page
    assert "欧阳" not in page
    with acting(people.officer):
        donor = Donor.objects.get(name_masked="演示捐赠企业")
    assert (
        client.post(
            url("donation_new"), _given(money, donor=donor.uid, donor_kind="", donor_name="")
        ).status_code
        == 302
    )
    assert _gifts(people, acting)[0].donor_id == donor.pk


def test_an_approver_confirms_but_does_not_record(client_for, approver, money):
    client = client_for(approver)
    assert client.get(url("donation_new")).status_code == 403
    assert client.post(url("donation_new"), _given(money)).status_code == 403


def test_balances_are_sums_of_the_book(client_for, officer, people, money):
    made.make_approved(people, money, amount="10000.00")
    page = text(client_for(officer).get(url("fund", money.fund.uid)))
    assert "月初余额 0.00 捐赠收入 100,000.00" in page
    assert "批准承诺 10,000.00" in page
    assert "可用余额 90,000.00" in page
    assert "白血病患儿救助 90,000.00 10,000.00" in page
    assert "90,000.00" in text(client_for(officer).get(url("funds")))


def test_next_month_the_balance_begins_with_what_the_ledger_keeps(
    client_for, officer, people, money
):
    made.make_approved(people, money, amount="10000.00")
    with Clock(timezone.now() + dt.timedelta(days=32), 1).running():
        client = client_for(officer)
        with CaptureQueriesContext(connection) as seen:
            page = text(client.get(url("fund", money.fund.uid)))
    assert "月初余额 90,000.00 可用余额 90,000.00" in page
    # The whole book is never summed: whoever sums entries says from which day.
    sums = [one["sql"] for one in seen if 'SUM("donations_ledgerentry"' in one["sql"]]
    assert [sql for sql in sums if "posted_at" not in sql] == []


def test_where_two_hundred_yuan_went(client_for, officer, people):
    money = made.make_money(people, name="溯源基金")
    gift = made.give(
        people, money, "200.00", received_on=timezone.localdate() - dt.timedelta(days=2)
    )
    made.give(people, money, "20000.00")
    asked = made.make_approved(people, money, amount="10000.00")
    made.release(people, made.prepare(people, asked, "10000.00"))
    page = text(client_for(officer).get(url("donation", gift.uid)))
    assert asked.request.number in page
    assert "拨付" in page
    assert "已拨付 200.00" in page
    assert "还可使用 0.00" in page
    back = text(client_for(officer).get(url("review", asked.request.uid)))
    assert gift.number in back
    assert "9,800.00" in back


def test_a_gift_not_yet_booked_says_so(client_for, officer, cashier, people, money, acting):
    client_for(officer).post(url("donation_new"), _given(money))
    gift = _gifts(people, acting)[0]
    assert "还没有入账" in text(client_for(cashier).get(url("donation", gift.uid)))


def test_the_lists_show_their_rows_and_their_states(client_for, officer, cashier, people, money):
    client_for(officer).post(url("donation_new"), _given(money))
    page = text(client_for(cashier).get(url("donations")))
    assert "全部 2" in page
    assert "待确认 1" in page
    waiting = text(client_for(cashier).get(url("donations") + "?state=received"))
    assert "欧阳**" in waiting
    assert "演示捐赠企业" not in waiting


def test_funds_link_to_what_the_reader_may_open_and_say_last_month_beside_this_one(
    client_for, officer, hospital
):
    """A hospital's finance department reads funds, and neither requests nor payments of a foundation."""
    finance = staff_of(hospital, "funds", "finance")
    only_foundation = [
        url(name) for name in ("awards", "charity", "trusts", "disbursements", "board")
    ]
    for who, sees in ((finance, False), (officer, True)):
        page = client_for(who).get(url("funds")).content.decode()
        assert [f'href="{address}' in page for address in only_foundation] == [sees] * 5
        assert "放款日在本月；上月 0.00 元" in page
