"""A day of each of the three administrators, at a desk and on a narrow screen."""

import re

from playwright.sync_api import expect

from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in

PASSWORD = "a-password-of-her-own-2026"


def _looked_at(watch) -> None:
    watch.look(WIDE["width"])
    watch.look(NARROW["width"])
    watch.page.set_viewport_size(WIDE)


def _press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    rest(page)


def _invited(page, username: str, name: str, role: str, department: str) -> str:
    """The one-time code of a new account, as it stands on the page that is printed."""
    page.get_by_role("link", name="开通账户").first.click()
    page.fill("[name=username]", username)
    page.fill("[name=display_name]", name)
    page.select_option("[name=role]", role)
    if department:
        page.select_option("[name=department]", label=department)
    _press(page, "开通")
    return re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", page.locator("#main").inner_text())[0]


def test_the_security_administrator_sets_up_a_house_and_keeps_its_accounts(portal, browser):
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "secadmin")
        page.get_by_role("link", name="科室与病区").first.click()
        page.fill("[name=wards]", "儿科一病区 38\n儿科一病区 40")
        _press(page, "增加这些病区")
        expect(page.locator("#main")).to_contain_text("第 2 行：“儿科一病区”写了两次。")
        expect(page.locator("[name=wards]")).to_have_value("儿科一病区 38\n儿科一病区 40")
        _looked_at(watch)
        page.fill("[name=wards]", "儿科一病区 38\n儿科二病区 40")
        _press(page, "增加这些病区")
        expect(page.locator("#main")).to_contain_text("儿科二病区")
        page.select_option("[name=kind]", "clinical")
        page.fill("[name=name]", "儿科")
        _press(page, "增加")
        _looked_at(watch)

        code = _invited(page, "zhao.liu", "赵六", "worker", "医务社会工作部")
        _looked_at(watch)
        with browsing(browser, portal) as other:
            own = other.page
            other.go("/sign-in/")
            own.fill("[name=username]", "zhao.liu")
            own.fill("[name=password]", code)
            own.keyboard.press("Enter")
            rest(own)
            own.fill("[name=new_password]", PASSWORD)
            own.fill("[name=repeated]", PASSWORD)
            _press(own, "保存新密码")
            expect(own).to_have_url(re.compile("/workbench/$"))
            watch.go("/people/")
            row = page.get_by_role("row").filter(has_text="赵六")
            row.get_by_role("link", name="查看").click()
            page.get_by_role("link", name="结束登录").click()
            _looked_at(watch)
            page.fill("[name=reason]", "电脑丢失，先结束登录")
            _press(page, "结束登录")
            other.go("/workbench/")
            expect(own).to_have_url(re.compile("/sign-in/"))
            assert other.faults == []

        watch.go("/console/security/reviews/")
        _press(page, "开始复核")
        for choice in page.locator("select[name^='d-']").all():
            choice.select_option("keep")
        _looked_at(watch)
        page.locator("button[name=sign]").click()
        rest(page)
        expect(page.locator("#main")).to_contain_text("签署")
        watch.go("/console/self-check/")
        expect(page.locator("#main")).to_contain_text("下一次账户复核应在")
        _looked_at(watch)
        assert watch.faults == []


def test_the_system_administrator_keeps_the_rules_of_the_installation(portal, browser):
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "sysadmin")
        watch.go("/console/system/holidays/")
        page.fill("[name=on]", "2027-10-01")
        page.locator("[name=kind][value=off]").check(force=True)
        _press(page, "保存")
        expect(page.locator("#main")).to_contain_text("2027")
        _looked_at(watch)
        watch.go("/console/system/passwords/")
        page.locator("[name=standard][value=mlps]").check(force=True)
        _press(page, "设定")
        expect(page.locator("#main")).to_contain_text("四类")
        _looked_at(watch)
        for path in ("/console/system/", "/console/system/queue/", "/console/system/mail/"):
            assert watch.go(path) == 200
            _looked_at(watch)
        watch.go("/console/self-check/")
        expect(page.locator("#main")).to_contain_text("还没有做过恢复演练")
        expect(page.get_by_role("navigation").first).not_to_contain_text("个案")
        assert watch.faults == []


def test_the_auditor_finds_who_did_what_and_checks_the_chain(portal, browser):
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "auditor")
        watch.go("/audit/")
        expect(page.locator("#main")).to_contain_text("审计记录")
        _looked_at(watch)
        watch.go("/audit/events/")
        _looked_at(watch)
        watch.go("/audit/jobs/")
        _press(page, "核验审计链")
        expect(page.locator("#main")).to_contain_text("核验审计链")
        _looked_at(watch)
        watch.go("/console/self-check/")
        expect(page.locator("#main")).to_contain_text("最近一条记录在")
        _looked_at(watch)
        assert watch.faults == []
