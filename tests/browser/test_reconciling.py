"""From the file of a platform to the donor's own page: brought, matched, booked by another, followed by code."""

import csv
import os
import re

from django.utils import timezone
from playwright.sync_api import expect

from departments.models.imports import ImportRun
from departments.services.jobs import job_run
from donations.models.giving import Donation
from donations.models.ledger import LedgerJournal
from msw_portal.kernel.scope import scope
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories.donations import (
    People,
    as_person,
    give,
    make_approved,
    make_money,
    prepare,
    release,
)

HEADS = ["订单号", "捐赠时间", "捐赠金额", "捐赠人", "项目名称"]
SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    """Both widths without a fault of layout; a picture of each where a folder is named."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def _work(house: int) -> None:
    """The newest job of the house, as the worker does it."""
    with scope(org=house, role="system"):
        job = ImportRun.objects.order_by("-id").first().job
    assert job_run(job.uid)


def test_a_platform_statement_becomes_a_gift_that_its_donor_follows(
    portal, browser, person, tmp_path
):
    names = ("worker", "officer", "officer2", "approver", "cashier", "cashier2")
    people = People(*(person(name) for name in names))
    money = make_money(people)
    house = people.officer.membership.organization_id
    day = timezone.localdate()
    path = tmp_path / "平台明细.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [
                HEADS,
                ["P2026001", f"{day} 08:00:00", "２００．００", "演示热心人", "小天使"],
                ["P2026002", f"{day} 08:05:00", "-5", "演示甲", "小天使"],
            ]
        )
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "officer")
        watch.go("/funding/desk/")
        _look(watch, "desk-empty")
        watch.go("/imports/new/statement_platform/")
        page.set_input_files("[name=file]", path)
        page.fill("[name=source]", "演示募捐平台")
        page.get_by_role("button", name="上传并对应列").click()
        expect(page.get_by_role("heading", name="对应列")).to_be_visible()
        page.get_by_role("button", name="检查每一行").click()
        rest(page)
        _work(house)
        expect(page.locator("#main")).to_contain_text("确认后导入 1 行", timeout=20_000)
        expect(page.locator("#main")).to_contain_text("金额不能是负数")
        page.get_by_role("button", name="确认导入").click()
        rest(page)
        _work(house)
        expect(page.get_by_text("新增", exact=True)).to_be_visible(timeout=20_000)

        watch.go("/funding/desk/")
        _look(watch, "desk")
        page.get_by_role("link", name="新登记").click()
        page.select_option("[name=donor_kind]", "person")
        expect(page.locator("[name=donor_name]")).to_have_value("演示热心人")
        page.select_option("[name=fund]", label="小天使基金")
        page.select_option("[name=purpose]", label="小天使基金：白血病患儿救助")
        _look(watch, "give")
        page.get_by_role("button", name="登记并匹配").click()
        expect(page.locator("#main")).to_contain_text("没有这样的流水")
        watch.go("/funding/desk/?state=matched")
        expect(page.get_by_role("button", name="复核入账")).to_have_count(0)
        _look(watch, "desk-matched")

    with browsing(browser, portal) as watch:
        sign_in(watch, "cashier")
        watch.go("/funding/desk/?state=matched")
        watch.page.get_by_role("button", name="复核入账").click()
        # No address of the donor is known: who books reads the code and writes it on the slip.
        said = watch.page.locator(".toast, .msgs, [role=status]").filter(has_text="捐赠查询码")
        slip = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", said.first.inner_text()).group()
        watch.go("/funding/desk/months/")
        expect(watch.page.locator("#main")).to_contain_text("相符")
        _look(watch, "months")
        assert watch.faults == []

    give(people, money, "100000.00")
    asked = make_approved(people, money, amount="10000.00")
    payout = release(people, prepare(people, asked, "10000.00"))
    with as_person(people.officer) as by:
        gift = Donation.objects.visible_to(by).order_by("id").first()
        journal = LedgerJournal.objects.visible_to(by).get(kind="disburse")
    with browsing(browser, portal) as watch, browsing(browser, portal, viewport=NARROW) as phone:
        page = watch.page
        sign_in(watch, "officer")
        for name, address in (
            ("payout", f"/funding/disbursements/{payout.uid}/trail/"),
            ("journals", "/funding/ledger/"),
            ("journal", f"/funding/ledger/{journal.uid}/"),
            ("balances", "/funding/ledger/balances/"),
            ("orders", "/funding/ledger/orders/"),
            ("order-new", "/funding/ledger/orders/new/fee/"),
        ):
            assert watch.go(address) == 200
            _look(watch, name)
        watch.go(f"/funding/donations/{gift.uid}/trail/")
        page.get_by_role("button", name="给捐赠人查询码").click()
        code = page.locator(".bignum").inner_text()
        assert code == slip
        _look(watch, "gift")
        assert phone.go("/g/") == 200
        phone.page.fill("[name=code]", code.lower())
        phone.page.get_by_role("button", name="查看").click()
        expect(phone.page.locator("#main")).to_contain_text("小天使基金")
        expect(phone.page.locator("#main")).to_contain_text(asked.request.organization.name)
        expect(phone.page.locator("#main")).not_to_contain_text(asked.request.number)
        phone.page.get_by_text("看图").click()
        _look(phone, "looked-up")
        assert watch.faults + phone.faults == []
