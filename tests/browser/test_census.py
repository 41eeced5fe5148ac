"""A hospital's yearly return in a real browser, from an empty list to the figures of its authority."""

import os

from playwright.sync_api import expect

from tests.browser.watching import NARROW, WIDE, browsing, sign_in

SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def test_from_the_head_s_form_to_a_number_that_opens(portal, browser):
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        watch.go("/census/")
        _look(watch, "list-empty")
        page.get_by_role("link", name="填报").first.click()
        page.fill("[name=year]", "2023")
        page.get_by_role("button", name="开始填报").click()
        expect(page.get_by_label("名称")).to_have_value("测试第一医院")
        page.get_by_label("医务社工人数").fill("6")
        page.get_by_role("button", name="再加一行").click()
        expect(page.get_by_text("第 2 行")).to_be_visible()
        _look(watch, "edit")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("heading", name="2023 医疗机构与医务社工")).to_be_visible()
        _look(watch, "return-draft")
        page.get_by_role("button", name="报送", exact=True).click()
        expect(page.locator("#main")).to_contain_text("已报送")
        _look(watch, "return-sent")
        assert watch.faults == []
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "authority")
        watch.go("/census/desk/?kind=institution&year=2023")
        _look(watch, "desk")
        page.get_by_role("link", name="审核", exact=True).click()
        _look(watch, "review")
        page.get_by_role("button", name="接收", exact=True).click()
        watch.go("/census/desk/?kind=institution&year=2023")
        page.get_by_role("button", name="冻结已接收的").click()
        expect(page.locator("#main")).to_contain_text("已冻结")
        watch.go("/census/figures/")
        _look(watch, "figures")
        page.get_by_role("link", name="6", exact=True).first.click()
        expect(page.locator("#main")).to_contain_text("测试第一医院")
        _look(watch, "rows")
        watch.go("/census/published/")
        _look(watch, "published")
        assert watch.faults == []
