"""A study in a real browser: a sheet on a phone by code, the end, results that hide small cells; and the registers."""

import os
import re
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import expect

from msw_portal.demo import studying
from projects.services.survey_links import response_enter
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories.surveys import make_survey

SHOTS = os.environ.get("MSW_SHOTS", "")


def _look(watch, name: str) -> None:
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.page.set_viewport_size(WIDE)


def test_from_the_code_on_the_screen_to_results_without_small_cells(
    portal, browser, person, acting
):
    head = person("head")
    with acting(head):
        survey = make_survey(head)
        for n in range(9):
            response_enter(
                survey=survey,
                answers={"knows": 1, "means": [1 + n % 2]},
                given_on=timezone.localdate(),
                paper_number=str(n),
                by=head,
            )
    studying.registers(person("authority"))
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "head")
        watch.go(f"/projects/surveys/{survey.uid}/")
        _look(watch, "survey-collecting")
        page.get_by_role("link", name="问卷码").click()
        page.get_by_role("button", name="建立码").click()
        address = page.locator("[data-address]").inner_text()
        _look(watch, "code")
        with browsing(browser, portal) as phone:
            phone.page.set_viewport_size(NARROW)
            phone.go(urlsplit(address).path)
            expect(phone.page.get_by_text("最需要什么")).to_have_count(0)
            phone.page.get_by_label("听说过", exact=True).check()
            expect(phone.page.get_by_text("最需要什么")).to_be_visible()
            phone.page.get_by_label("督导", exact=True).check()
            _look(phone, "sheet")
            phone.page.set_viewport_size(NARROW)
            phone.page.get_by_role("button", name="交上去").click()
            expect(phone.page.locator("#main")).to_contain_text("收到了")
            assert phone.faults == []
        watch.go(f"/projects/surveys/{survey.uid}/")
        expect(page.locator("#main")).to_contain_text("收到 10 份，其中纸质 9 份")
        page.get_by_role("button", name="停止收集").click()
        page.get_by_role("link", name="看结果").click()
        row = page.get_by_role("row").filter(has_text=re.compile("^培训"))
        expect(row).to_contain_text("5")
        _look(watch, "results")
        watch.go("/projects/registers/")
        expect(page.locator("#main")).to_contain_text("五部门（S2）")
        _look(watch, "policies")
        assert watch.faults == []
