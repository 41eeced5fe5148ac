"""The search box in a real browser: keys, groups, stale answers, no JavaScript, a phone."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.services.clients import client_register, client_search
from cases.services.intake import episode_record
from departments.services.entering import member_scope
from msw_portal.kernel.identifiers import id_check_digit
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories import cases as make

HEAD = "11010119800501002"
NUMBER = HEAD + id_check_digit(HEAD)


@pytest.fixture
def world(own_database, person):
    """单桂芳 in bed 12 with a case, 𠮷田花 and 阿卜杜拉·买买提 without."""
    worker = person("worker")
    with member_scope(worker, worker.membership.uid):
        made = {}
        for name, given in (
            ("单桂芳", {"id_type": "id", "id_no": NUMBER, "phone": "13800138000"}),
            ("𠮷田花", {}),
            ("阿卜杜拉·买买提", {}),
        ):
            searched = client_search(name=name, by=worker).uid
            facts = {"id_type": "none", "birth_date": dt.date(1980, 5, 1), "sex": "2"} | given
            made[name] = client_register(name=name, searched=searched, by=worker, **facts)
        stay = episode_record(
            client=made["单桂芳"],
            visit_type="inpatient",
            mrn="Z0012345",
            bed="12",
            admitted_on=timezone.localdate(),
            by=worker,
        )
        case = make.make_case(worker, stage="intervention", client=made["单桂芳"], episode=stay)
        make.make_contact(case, worker, facts="夜里睡不着，担心费用")
    return {"worker": worker, "case": case, **made}


def test_typing_finds_and_keys_choose(world, portal, browser):
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        page, box, options = (
            watch.page,
            watch.page.locator("[data-omni]"),
            watch.page.get_by_role("option"),
        )
        first = world["单桂芳"]
        for typed in (
            "单",
            "單桂芳",
            "shan gui fang",
            "dgf",
            "ｄｇｆ",
            "san gui fan",  # as it is heard, found because nothing else is
            "12床",
            "z0012345",
            NUMBER,
            NUMBER[-4:],
            "13800138000",
        ):
            page.keyboard.press("Escape")
            box.fill("")
            box.press_sequentially(typed, delay=5)
            expect(options.first).to_have_attribute("href", f"/cases/people/{first.uid}/")
            expect(box).to_have_attribute("aria-expanded", "true")
        assert "单桂芳" not in page.locator("#omni-panel").inner_text()
        for typed, name in (("𠮷", "𠮷田花"), ("买买提", "阿卜杜拉·买买提")):
            box.fill(typed)
            expect(options.first).to_have_attribute("href", f"/cases/people/{world[name].uid}/")
        for typed, group in (("测试慈善基金会", "机构"), ("测试第一医院", "机构")):
            box.fill(typed)
            expect(
                page.get_by_role("group", name=group).get_by_role("option").first
            ).to_contain_text(typed)
        # What sounds like an exact hit is not listed before it is asked for.
        box.fill("shangui")
        expect(options).to_have_count(1)
        expect(page.get_by_role("button", name="读音相近的也找")).to_be_visible()
        box.fill(world["case"].number)
        expect(options.first).to_have_attribute("href", f"/cases/{world['case'].uid}/")
        box.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        box.press("Enter")
        page.wait_for_url(f"**/cases/{world['case'].uid}/")
        page.keyboard.press("/")
        expect(box).to_be_focused()
        box.fill("桂芳")
        expect(options).to_have_count(1)
        box.press("Escape")
        expect(options).to_have_count(0)
        watch.look(WIDE["width"])
        assert watch.faults == []


def test_a_stale_answer_is_dropped(world, portal, browser):
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        page, box = watch.page, watch.page.locator("[data-omni]")
        held = []

        def hold(route):
            # The first answer comes after the second was asked for.
            if "%E4%B9%B0" in (route.request.post_data or ""):
                held.append(route)
            else:
                route.continue_()

        page.route("**/search/suggest/", hold)
        box.fill("买买提")
        page.wait_for_timeout(400)
        box.fill("𠮷")
        expect(page.get_by_role("option").first).to_have_attribute(
            "href", f"/cases/people/{world['𠮷田花'].uid}/"
        )
        for route in held:
            route.continue_()
        page.wait_for_timeout(300)
        expect(page.get_by_role("option").first).to_have_attribute(
            "href", f"/cases/people/{world['𠮷田花'].uid}/"
        )
        assert held


def test_enter_opens_a_page_whose_address_says_nothing_and_it_can_be_gone_back_to(
    world, portal, browser
):
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        page = watch.page
        page.fill("[data-omni]", "桂芳")
        page.press("[data-omni]", "Enter")
        page.wait_for_url("**/search/?s=*")
        link = page.locator(".found a").first
        expect(link).to_have_attribute("href", f"/cases/people/{world['单桂芳'].uid}/")
        for width in (WIDE["width"], NARROW["width"]):
            watch.look(width)
        page.set_viewport_size(WIDE)
        link.click()
        page.wait_for_url("**/cases/people/**")
        page.go_back()
        expect(page.locator(".found a").first).to_be_visible()
        expect(page.locator("[data-omni]")).to_have_value("桂芳")
        assert watch.faults == []


def test_without_javascript_on_a_phone(world, portal, browser):
    with browsing(browser, portal, viewport=NARROW, java_script_enabled=False) as watch:
        sign_in(watch, "worker")
        page = watch.page
        page.fill("[data-omni]", "tianhua")
        page.press("[data-omni]", "Enter")
        page.wait_for_url("**/search/?s=*")
        expect(page.locator(".found a").first).to_have_attribute(
            "href", f"/cases/people/{world['𠮷田花'].uid}/"
        )


def test_lists_are_asked_in_words_and_keep_what_was_not_understood(world, portal, browser):
    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        watch.go("/cases/")
        page, box = watch.page, watch.page.locator("#ask-cases")
        box.fill("状态:在案 社工:@我 住院>2026-01")
        box.press("Enter")
        page.wait_for_url("**/cases/?query=*")
        expect(page.locator("#list")).to_contain_text(world["case"].number)
        expect(box).to_have_value("状态:在案 社工:@我 住院>2026-01")
        page.locator("summary", has_text="视图").click()
        page.fill("#view-cases", "我的住院个案")
        page.press("#view-cases", "Enter")
        expect(page.locator(".tabs a[aria-current=page]")).to_have_text("我的住院个案")
        box.fill("颜色:红 状态:在案 桂芳")
        box.press("Enter")
        expect(page.locator("#ask-cases-faults")).to_contain_text("没有“颜色”这个条件")
        expect(box).to_have_value("颜色:红 状态:在案 桂芳")
        for width in (WIDE["width"], NARROW["width"]):
            watch.look(width)
        page.set_viewport_size(WIDE)
        watch.go(f"/cases/{world['case'].uid}/contacts/search/")
        page.fill("[name=words]", "睡不着")
        page.get_by_role("button", name="查找").click()
        expect(page.locator(".found mark")).to_have_text("睡不着")
        watch.look(NARROW["width"])
        assert watch.faults == []
