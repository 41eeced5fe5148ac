"""Every main page in a real browser: nothing refused, nothing foreign, nothing wider than a phone."""

import re

import pytest
from playwright.sync_api import expect

from departments.models.people import Membership
from msw_portal.kernel.scope import scope
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories.world import SINCE

CHINESE = re.compile("[一-鿿]")
PAGES = {
    "worker": [
        "/workbench/",
        "/notifications/",
        "/account/password/",
        "/account/second-factor/",
        "/account/calendar/",
        "/organizations/",
        "/organizations/{organization}/",
        "/cases/",
        "/cases/search/",
        "/cases/referrals/",
        "/cases/referrals/new/",
        "/cases/referrals/{referral}/",
        "/cases/people/{client}/",
        "/cases/people/{client}/related/new/",
        "/cases/people/{client}/episodes/new/",
        "/cases/people/{client}/open/",
        "/cases/people/{client}/course/",
        "/cases/people/{client}/household/new/",
        "/cases/people/{client}/rights/new/",
        "/cases/rights/{subject_request}/",
        "/cases/{case}/",
        "/cases/{case}/?part=documents",
        "/cases/{case}/?part=contacts",
        "/cases/{case}/needs/new/",
        "/cases/{case}/assessments/new/",
        "/cases/assessments/{assessment}/",
        "/cases/{case}/contacts/new/",
        "/cases/contacts/{contact}/",
        "/cases/{case}/consents/new/",
        "/cases/consents/{consent}/withdraw/",
        "/cases/{case}/plans/new/",
        "/cases/plans/{plan}/",
        "/cases/{case}/documents/new/",
        "/cases/{case}/alerts/new/",
        "/cases/{case}/suspend/",
        "/funding/requests/",
        "/funding/requests/new/{case}/",
        "/funding/requests/{request}/",
        "/funding/requests/{draft_request}/edit/",
        "/funding/requests/{draft_request}/submit/",
        "/funding/requests/{request}/withdraw/",
        "/funding/disbursements/{released_disbursement}/confirm/",
    ],
    "head": [
        "/workbench/",
        "/cases/",
        "/cases/{case}/",
        "/cases/{case}/void/",
        "/cases/rights/",
        "/cases/rights/{subject_request}/answer/",
        "/cases/rights/{subject_request}/erase/",
        "/people/",
        "/people/{membership}/",
        "/funding/requests/",
        "/reports/",
        "/reports/rows/case_open/",
        "/reports/runs/",
        "/reports/runs/{run}/",
    ],
    "officer": [
        "/funding/board/",
        "/funding/board/?view=list",
        "/funding/review/{request}/",
        "/funding/review/{request}/check/",
        "/funding/review/{checked_request}/ask-supplement/",
        "/funding/review/{checked_request}/opinion/",
        "/funding/funds/",
        "/funding/funds/{fund}/",
        "/funding/donations/",
        "/funding/donations/new/",
        "/funding/donations/{donation}/",
        "/funding/disbursements/",
        "/reports/",
    ],
    "cashier2": [
        "/funding/review/{approved_request}/prepare/",
        "/funding/disbursements/{disbursement}/release/",
        "/funding/donations/{donation}/confirm/",
    ],
    "auditor": [
        "/audit/",
        "/audit/events/",
        "/audit/alarms/{alarm_task}/",
        "/audit/jobs/",
        "/audit/jobs/{audit_job}/",
        "/console/self-check/",
        "/start/",
        "/organizations/",
    ],
    "secadmin": [
        "/people/",
        "/people/invite/",
        "/people/{membership}/",
        "/clients/",
        "/clients/new/",
        "/people/{membership}/unlock/",
        "/people/{membership}/second-factor/",
        "/people/{membership}/sessions/",
        "/console/security/",
        "/console/security/settings/",
        "/console/security/export/",
        "/console/security/reviews/",
        "/console/security/reviews/{review}/",
        "/console/self-check/",
    ],
    "sysadmin": [
        "/start/",
        "/internal/records/",
        "/console/system/",
        "/console/system/passwords/",
        "/console/system/rules/",
        "/console/system/rules/{rule}/end/",
        "/console/system/codes/",
        "/console/system/codes/need/",
        "/console/system/code/{code}/",
        "/console/system/holidays/",
        "/console/system/queue/",
        "/console/system/mail/",
        "/console/self-check/",
    ],
}


@pytest.mark.parametrize("login", PAGES)
def test_main_pages_at_two_widths(login, standing, browser):
    with browsing(browser, standing.address) as watch:
        sign_in(watch, login)
        for address in PAGES[login]:
            path = address.format_map(standing.known)
            status = watch.go(path)
            assert status == 200, (path, status)
            lang = watch.page.locator("html").get_attribute("lang")
            assert lang.lower() == "zh-hans", path  # the admin writes it in small letters
            for width in (WIDE["width"], NARROW["width"]):
                watch.look(width)
            watch.page.set_viewport_size(WIDE)
        assert watch.faults == []


def test_pages_of_nobody_and_of_nothing(standing, browser):
    with browsing(browser, standing.address) as watch:
        for path, status in (
            ("/sign-in/", 200),
            ("/api/v1/docs/", 200),
            ("/internal/components/", 200),
        ):
            assert watch.go(path) == status, path
            for width in (WIDE["width"], NARROW["width"]):
                watch.look(width)
        assert watch.faults == []


def test_language_theme_and_the_search_key(standing, browser):
    with browsing(browser, standing.address) as watch:
        sign_in(watch, "worker")
        page = watch.page
        navigation = page.locator("nav.nav")
        expect(navigation).to_contain_text("工作台")

        page.keyboard.press("/")
        expect(page.locator("[data-omni]")).to_be_focused()

        page.click(".bar [data-theme-toggle]")
        theme = page.locator("html").get_attribute("data-theme")
        assert theme in {"dark", "light"}
        watch.go("/cases/")
        assert page.locator("html").get_attribute("data-theme") == theme

        page.click(".bar summary.avatar")
        page.click(".bar button[name=language][value=en]")
        rest(page)
        assert page.locator("html").get_attribute("lang") == "en"
        expect(navigation.locator("ul").first).to_contain_text("Workbench")
        expect(navigation.locator("ul").first).not_to_contain_text(CHINESE)
        for path in ("/workbench/", "/cases/", "/cases/referrals/", "/funding/requests/"):
            assert watch.go(path) == 200
            watch.look(NARROW["width"])
            page.set_viewport_size(WIDE)
        page.click(".bar summary.avatar")
        page.click(".bar button[name=language][value=zh-hans]")
        rest(page)
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        assert watch.faults == []


def test_switching_the_role_acted_in(own_database, portal, browser, person):
    user = person("worker")
    with scope(org=user.membership.organization_id, role="system"):
        Membership.objects.create(
            user=user,
            organization=user.membership.organization,
            department=user.membership.department,
            role="supervisor",
            duty_class=0,
            valid=SINCE,
        )
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")
        assert page.url.startswith(f"{portal}/role/")
        page.get_by_role("button", name="社工").first.click()
        page.wait_for_url(f"{portal}/workbench/")
        expect(page.locator("nav.nav")).not_to_contain_text("人员与资质")
        page.click(".bar__switch summary")
        page.locator(".bar__switch .menu__item:not([aria-current])").click()
        rest(page)
        expect(page.locator("nav.nav")).to_contain_text("人员与资质")
        assert watch.faults == []


def test_a_second_window_signs_out_and_the_first_is_led_to_the_sign_in(standing, browser):
    portal = standing.address
    with browsing(browser, portal) as watch:
        page = watch.page
        sign_in(watch, "worker")
        page.click(".bar summary.avatar")
        page.click("[data-sign-out] button")
        page.wait_for_url(f"{portal}/sign-in/")
        watch.go("/cases/")
        assert page.url.startswith(f"{portal}/sign-in/?next=")
        assert watch.faults == []
