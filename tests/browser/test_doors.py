"""The doors in a real browser on a phone: three steps, a lost network, a receipt, and the worker who takes it on."""

import pytest
from playwright.sync_api import expect

from departments.services.entering import member_scope
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories.doors import make_door, referrals_of

PHONE = {"viewport": NARROW, "has_touch": True, "is_mobile": True}


@pytest.fixture
def codes(own_database, person):
    """Committed codes of both kinds at the ward, by kind."""
    head = person("head")
    with member_scope(head, head.membership.uid):
        return {kind: make_door(head, kind) for kind in ("ward_door", "self_door")}


def test_a_mother_asks_for_help_on_a_phone_and_a_worker_takes_it_on(codes, portal, browser):
    made = codes["self_door"]
    with browsing(browser, portal, **PHONE) as watch:
        page = watch.page
        assert watch.go(f"/d/{made.token}/") == 200
        watch.look(NARROW["width"])
        expect(page.get_by_role("heading", name="第 1 步，共 3 步")).to_be_visible()
        expect(page.get_by_role("heading", name="第 2 步，共 3 步")).to_be_hidden()
        page.get_by_label("家属", exact=True).check()
        page.select_option("[name=relation]", "mother")
        expect(page.locator("[name=ward]")).to_have_value("血液科一病区")
        page.fill("[name=bed]", "16")
        page.locator("[data-step-next]:visible").click()

        expect(page.get_by_role("heading", name="第 2 步，共 3 步")).to_be_visible()
        watch.look(NARROW["width"])
        page.get_by_label("医药费有压力（经济援助）").check()
        page.fill("[name=reason]", "要做第二次化疗，钱快不够了")
        page.locator("[data-step-next]:visible").click()

        page.fill("[name=name]", "王女士")
        page.fill("[name=phone]", "1381234123")
        page.get_by_label("下午", exact=True).check()
        page.get_by_label("我同意社工为联系我而使用上面填的内容").check()
        watch.look(NARROW["width"])
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.locator("#main")).to_contain_text("手机为 11 位")
        expect(page.get_by_role("heading", name="第 3 步，共 3 步")).to_be_visible()
        watch.look(NARROW["width"])
        page.fill("[name=phone]", "13812341234")
        page.get_by_role("button", name="提交", exact=True).click()
        code = page.locator("[data-receipt]").inner_text()
        watch.look(NARROW["width"])

        page.get_by_role("link", name="查回执").click()
        page.fill("[name=code]", code.lower())
        page.get_by_role("button", name="查看").click()
        expect(page.locator("#main")).to_contain_text("社工部已收到")
        watch.look(NARROW["width"])
        assert page.context.cookies() == []
        kept = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('kept:'))")
        assert kept == []
        assert watch.faults == []
        with browsing(browser, portal) as desk:
            sign_in(desk, "worker")
            desk.go("/cases/referrals/")
            desk.page.get_by_role("button", name="接单").click()
            rest(desk.page)
            desk.look(WIDE["width"])
            desk.look(NARROW["width"])
            assert desk.faults == []
        page.get_by_role("link", name="查另一个").click()
        page.fill("[name=code]", code)
        page.get_by_role("button", name="查看").click()
        expect(page.locator("#main")).to_contain_text("社工已接单")


def test_a_nurse_refers_in_under_a_minute_and_a_lost_network_loses_nothing(codes, portal, browser):
    made = codes["ward_door"]
    with browsing(browser, portal, **PHONE) as watch:
        page = watch.page
        watch.go(f"/d/{made.token}/")
        watch.look(NARROW["width"])
        page.fill("[name=bed]", "16")
        page.get_by_label("医药费困难").check()
        page.fill("[name=reason]", "押金交不上，家属一直在哭")
        page.fill("[name=referrer]", "李护士")
        page.fill("[name=callback]", "6123")
        expect(page.locator("[data-keep-state]")).to_contain_text("内容存在这台手机上")
        page.context.set_offline(True)
        expect(page.locator("[data-keep-state]")).to_contain_text("没有网络，内容都在")
        page.get_by_role("button", name="提交转介").click()
        expect(page.locator("#alerts")).to_contain_text("网络不通")
        expect(page.locator("[name=referrer]")).to_have_value("李护士")
        page.context.set_offline(False)
        watch.faults.clear()  # the browser writes the lost network down

        page.reload()
        expect(page.locator("[name=reason]")).to_have_value("押金交不上，家属一直在哭")
        expect(page.locator("[name=needs][value=financial]")).to_be_checked()
        page.get_by_role("button", name="提交转介").dblclick()
        expect(page.locator("[data-receipt]")).to_be_visible()
        watch.look(NARROW["width"])
        assert len(referrals_of(made.link.organization_id)) == 1
        page.get_by_role("link", name="再填一张").click()
        expect(page.locator("[name=reason]")).to_have_value("")
        assert watch.faults == []


def test_the_pages_of_nobody_in_english_and_without_script(codes, portal, browser):
    with browsing(browser, portal, **PHONE) as watch:
        page = watch.page
        watch.go(f"/d/{codes['self_door'].token}/")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("heading", name="I need a social worker")).to_be_visible()
        watch.look(NARROW["width"])
        assert watch.faults == []
    with browsing(browser, portal, java_script_enabled=False, **PHONE) as plain:
        plain.go(f"/d/{codes['self_door'].token}/")
        for number in (1, 2, 3):
            heading = plain.page.get_by_role("heading", name=f"第 {number} 步，共 3 步")
            expect(heading).to_be_visible()
        expect(plain.page.get_by_role("button", name="提交", exact=True)).to_be_visible()


def test_the_head_makes_a_code_and_a_worker_writes_down_a_visit(codes, portal, browser):
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        for path in ("/cases/doors/", "/cases/settings/", "/cases/doors/new/"):
            assert watch.go(path) == 200
            watch.look(NARROW["width"])
            watch.look(WIDE["width"])
        page.select_option("[name=department]", label="血液科一病区")
        page.get_by_role("button", name="建立").click()
        expect(page.locator("[data-address]")).to_contain_text("/d/")
        watch.look(NARROW["width"])
        with page.expect_download() as sheet:
            page.get_by_role("button", name="下载 A4 海报（PDF）").click()
        assert sheet.value.suggested_filename.endswith(".pdf")
        assert watch.faults == []
    with browsing(browser, portal, **PHONE) as watch:
        page = watch.page
        sign_in(watch, "worker")
        watch.go("/cases/activities/new/ward_visit/")
        watch.look(NARROW["width"])
        page.select_option("[name=ward]", label="血液科一病区")
        page.fill("[name=minutes]", "30")
        page.get_by_role("button", name="再加一床").click()
        expect(page.locator("[name=row]")).to_have_count(3)
        page.fill("[name=line2-bed]", "16")
        page.locator("[name=line2-action][value=to_case]").check()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("link", name="转个案")).to_be_visible()
        watch.look(NARROW["width"])
        watch.go("/cases/activities/")
        watch.look(NARROW["width"])
        watch.look(WIDE["width"])
        page.set_viewport_size(NARROW)
        assert watch.faults == []
