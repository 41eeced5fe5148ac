"""A project in a real browser: the issuer enters and begins it, the unit links, spends and reports, the issuer accepts."""

import os

from playwright.sync_api import expect

from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories.cultivation import make_project, one_of_each

SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def test_a_project_from_its_report_to_the_issuer_s_answer(portal, browser, person):
    authority, head = person("authority"), person("head")
    project = make_project(authority, head.membership.organization)
    here = f"/projects/{project.uid}/"
    if SHOTS:
        each = one_of_each(authority, head)
        _pictures(browser, portal, each)
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        watch.go("/projects/")
        _look(watch, "projects")
        watch.go(here)
        page.get_by_role("link", name="登记支出").click()
        page.fill("[name=spent]", "１，２００")
        page.get_by_role("button", name="保存").click()
        expect(page.locator("#main")).to_contain_text("1,200.00")
        page.get_by_role("link", name="安排报告").click()
        page.select_option("[name=kind]", "monthly")
        page.get_by_role("button", name="保存").click()
        expect(page.locator("#reports")).to_contain_text("逾期")
        page.locator("#reports a.t").first.click()
        page.get_by_role("button", name="提交报告").click()
        expect(page.locator("#main")).to_contain_text("请填写这一项。")
        page.fill("[name=done]", "开展了探访和小组。")
        page.get_by_label("服务人次").fill("120")
        page.get_by_role("button", name="提交报告").click()
        expect(page.locator("#reports")).to_contain_text("已提交")
        _look(watch, "project-unit")
        assert watch.faults == []
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "authority")
        watch.go(here)
        expect(page.locator("#main")).to_contain_text("36%")
        page.locator("#reports a.t").first.click()
        _look(watch, "report")
        page.get_by_role("link", name="接收或退回").click()
        page.get_by_label("同意", exact=True).check()
        page.get_by_role("button", name="保存").click()
        expect(page.locator("#reports")).to_contain_text("已接收")
        assert watch.faults == []


def _pictures(browser, portal, each) -> None:
    """Every other page, for who looks at them; only with MSW_SHOTS."""
    pages = {
        "resident": f"/projects/{each['resident_project'].uid}/",
        "purchase": f"/projects/{each['purchase_project'].uid}/",
        "passed": f"/projects/{each['passed_project'].uid}/",
        "project": f"/projects/{each['project'].uid}/",
        "base": "/projects/base/",
        "needs": "/projects/base/needs/",
        "kits": "/projects/kits/",
        "kit": f"/projects/kits/{each['kit'].uid}/",
        "programme": f"/projects/programmes/{each['profile_of_programme'].uid}/",
        "sites": f"/projects/{each['programme_project'].uid}/sites/",
        "profile": f"/projects/{each['programme_project'].uid}/profile/",
        "enter": "/projects/new/",
        "radar-form": f"/projects/{each['resident_project'].uid}/events/radar/new/",
    }
    with browsing(browser, portal) as watch:
        sign_in(watch, "authority")
        for name, path in pages.items():
            watch.go(path)
            _look(watch, name)
        print(watch.faults)
