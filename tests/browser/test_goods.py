"""Goods from the delivery to signed hands, and the receipt that anybody checks, by the persons who do it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from donations.models.receipts import Receipt
from msw_portal.kernel.scope import scope
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.watching import NARROW, browsing, rest, sign_in
from tests.donations.test_concurrency import _everybody
from tests.factories import goods
from tests.factories.donations import make_money


@pytest.fixture
def ready(own_database, person):
    """A fund, a store and a range of numbers."""
    people = _everybody(person)
    money = make_money(people)
    goods.make_site(people)
    goods.make_series(people)
    return money


def _draw(page) -> None:
    box = page.locator("[data-sign] canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 14):
        page.mouse.move(box["x"] + 30 + 12 * step, box["y"] + 40 + (step % 3) * 20)
    page.mouse.up()


def _press(watch, name: str) -> None:
    watch.page.get_by_role("button", name=name, exact=True).click()
    rest(watch.page)


def test_goods_from_the_delivery_to_signed_hands_and_a_checked_receipt(ready, portal, browser):
    with browsing(browser, portal) as officer, browsing(browser, portal) as second:
        sign_in(officer, "officer")
        officer.go("/funding/goods/intakes/new/")
        page = officer.page
        page.select_option("[name=donor]", label="演示捐赠企业")
        page.select_option("[name=fund]", label="小天使基金")
        page.select_option("[name=site]", label="演示仓库")
        for name, value in (("item", "爱心书包"), ("quantity", "１００"), ("unit", "个")):
            page.fill(f"[name={name}]", value)
        page.check("[name=is_usable]")
        page.check("[name=is_free]")
        _press(officer, "登记清点结果")
        delivery = page.url.removeprefix(portal)
        expect(page.locator("main")).to_contain_text("须由清点人以外的另一人在现场验收。")
        page.get_by_role("link", name="计价", exact=True).click()
        page.fill("[name=valuation]", "8,600.00")
        page.set_input_files(
            "[name=file]", {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": goods.PDF}
        )
        _press(officer, "登记计价")
        expect(page.locator("main")).to_contain_text("8,600.00")
        officer.look(NARROW["width"])

        sign_in(second, "cashier")
        second.go(f"{delivery}accept/")
        second.page.check("[name=has_counted]")
        _press(second, "验收入库")
        expect(second.page.locator("h1")).to_contain_text("已验收")
        second.go(f"{delivery}book/")
        second.page.check("[name=has_checked]")
        _press(second, "计价入账")
        expect(second.page.locator("h1")).to_contain_text("已入账")

        officer.go("/funding/goods/sheets/new/")
        page.select_option("[name=site]", label="演示仓库")
        page.fill("[name=purpose]", "开学前发放")
        _press(officer, "开单")
        expect(page.locator("h1")).to_contain_text("待签收")
        sheet = page.url.removeprefix(portal)
        officer.go(f"{sheet}people/new/")
        page.select_option("[name=lot]", label="爱心书包")
        page.check("[name=is_minor]")
        page.fill("[name=people]", "演示儿童甲")
        _press(officer, "加入")
        expect(page.locator("#h-lines")).to_be_visible()
        page.get_by_role("link", name="签收", exact=True).click()
        page.select_option("[name=signer_kind]", label="社工代监护人")
        _draw(page)
        officer.look(NARROW["width"])
        page.evaluate(AXE.read_text())
        assert page.evaluate(RUN, RULES) == []
        _press(officer, "签收")
        expect(page.locator("#h-lines")).to_be_visible()
        officer.go(f"{sheet}sign/")
        _press(officer, "完成签收，出库")
        expect(page.locator("h1")).to_contain_text("已签收")
        officer.go("/funding/goods/")
        expect(page.locator("main")).to_contain_text("99 个")

        officer.go("/funding/receipts/due/")
        page.get_by_role("link", name="开票", exact=True).click()
        page.select_option("[name=consideration]", label="没有任何回报")
        _press(officer, "开票")
        expect(page.locator("main")).to_contain_text("捌仟陆佰元整")
        assert (officer.faults, second.faults) == ([], [])
    _check(ready, portal, browser)


def _check(money, portal: str, browser) -> None:
    """Anybody, with what stands on the paper; the donor is not named."""
    with scope(org=money.fund.organization_id, role="system"):
        made = Receipt.objects.get()
    with browsing(browser, portal, viewport=NARROW) as nobody:
        assert nobody.go("/receipts/check/") == 200
        for name, value in (("code", "11010125"), ("number", "1"), ("check_code", made.check_code)):
            nobody.page.fill(f"[name={name}]", value)
        _press(nobody, "查验")
        expect(nobody.page.locator("main")).to_contain_text("有效")
        expect(nobody.page.locator("main")).to_contain_text(f"{timezone.localdate():%Y-%m-%d}")
        expect(nobody.page.locator("main")).not_to_contain_text("演示捐赠企业")
        nobody.look(NARROW["width"])
        assert nobody.faults == []
