"""The head keeps the register and the department's file; the authority reads it by region."""

from playwright.sync_api import expect

from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in


def _looked_at(watch) -> None:
    watch.look(WIDE["width"])
    watch.look(NARROW["width"])
    watch.page.set_viewport_size(WIDE)


def _press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    rest(page)


def test_a_body_is_registered_and_the_department_keeps_its_file(portal, browser):
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        watch.go("/organizations/")
        page.get_by_role("link", name="登记机构").click()
        page.select_option("[name=kind]", "hospital")
        page.fill("[name=name]", "演示儿童医院")
        page.fill("[name=uscc]", "12100000400000001A")
        page.fill("[name=founded]", "1942-05")
        page.locator("[name=region]").press_sequentially("西城")
        expect(page.locator("#regions option")).to_have_count(1)
        page.fill("[name=region]", "北京市 西城区")
        _looked_at(watch)
        _press(page, "登记")
        expect(page.locator("#main")).to_contain_text("校验码（最后一位）不正确")
        expect(page.locator("[name=founded]")).to_have_value("1942-05")
        page.fill("[name=uscc]", "")
        _press(page, "登记")
        expect(page.locator("h1")).to_have_text("演示儿童医院")
        page.get_by_role("link", name="补记曾用名称").click()
        page.fill("[name=name]", "演示儿童诊所")
        page.fill("[name=valid_to]", "1950")
        _press(page, "登记")
        expect(page.locator("#main")).to_contain_text("演示儿童诊所")
        page.get_by_role("link", name="登记部门").click()
        page.select_option("[name=kind]", "msw")
        page.fill("[name=name]", "社会服务部")
        page.fill("[name=posts_set]", "2")
        _looked_at(watch)
        _press(page, "登记")
        expect(page.locator("h1")).to_have_text("社会服务部")
        watch.go("/departments/")
        page.get_by_role("row", name="医务社会工作部").get_by_role("link", name="修改").click()
        page.get_by_role("link", name="登记一个年度").click()
        page.fill("[name=year]", "2025")
        page.fill("[name=budget]", "180,000")
        page.fill("[name=spent]", "171300.50")
        _press(page, "保存")
        expect(page.locator("#main")).to_contain_text("8,699.50")
        page.get_by_role("link", name="登记协议").click()
        page.fill("[name=school_name]", "演示大学")
        page.fill("[name=valid_from]", "2025-09-01")
        _press(page, "登记")
        expect(page.locator("h1")).to_have_text("演示大学")
        _looked_at(watch)
    with browsing(browser, portal) as watch:
        sign_in(watch, "authority")
        watch.go("/organizations/regions/?region=110000")
        expect(watch.page.locator("#main")).to_contain_text("33.3%")
        _looked_at(watch)
        watch.go("/stations/")
        _looked_at(watch)
