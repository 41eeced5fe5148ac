"""A campaign in the browser: its plan, a start refused over an expired certificate, the start, the public page."""

import datetime as dt
import os
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Code, Organization
from donations.services.campaigns.platforms import platform_codes
from msw_portal.kernel.scope import scope
from tests.browser.watching import NARROW, WIDE, browsing, rest, sign_in
from tests.factories import campaigns as made
from tests.factories import donations as gifts
from tests.journeys.typing_in import fill, send
from tests.keys.sealed_world import people_of

SHOTS = os.environ.get("MSW_SHOTS", "")
DAY = dt.timedelta(days=1)


def _look(watch, name: str) -> None:
    """Both widths; with MSW_SHOTS set, a picture of each."""
    for size in (WIDE, NARROW):
        watch.look(size["width"])
        if SHOTS:
            watch.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    watch.look(WIDE["width"])


def _press(watch, name: str) -> None:
    watch.page.locator("main").get_by_role("link", name=name, exact=True).first.click()
    rest(watch.page)


def _typed(house: Organization, fund) -> dict[str, str]:
    """The plan as it is typed: begun today, filed eleven days ago."""
    plan = made.plan(starts_on=timezone.localdate())
    given = {name: str(plan[name]) for name in plan if isinstance(plan[name], str | dt.date)}
    chosen = {"fund": str(fund.uid), "licensed_org": str(house.uid), "modes": ["internet"]}
    address = plan["platform_urls"]["alipay"]
    return given | chosen | {"platform_1": "alipay", "address_1": address}


def test_a_campaign_from_draft_to_its_public_page(portal, browser, own_database, person):
    people, today = people_of(person), timezone.localdate()
    money = gifts.make_money(people)
    with scope(role="system"):
        Code.objects.bulk_create(platform_codes(), ignore_conflicts=True)
    with gifts.as_person(people.officer) as by:
        house = Organization.objects.get(pk=by.house_id)
        made.make_certificate(house, today - 900 * DAY, today - DAY)
    with browsing(browser, portal) as watch, browsing(browser, portal) as other:
        page, leads = watch.page, other.page
        sign_in(watch, "officer")
        sign_in(other, "approver")
        watch.go("/funding/campaigns/")
        _look(watch, "campaigns-empty")
        _press(watch, "新的募捐活动")
        _look(watch, "campaign-form")
        send(page, **_typed(house, money.fund))
        campaign = urlsplit(page.url).path
        expect(page.locator("main")).to_contain_text(f"已于 {today - DAY} 到期")
        _press(watch, "登记备案")
        fill(page, filing_no="示例备 1", filing_authority="示例市民政局", filed_on=f"{today}")
        page.locator("main form button.btn--primary").click()
        expect(page.locator("main")).to_contain_text("请先把起始日期改晚")
        send(page, filed_on=f"{today - 11 * DAY}")
        other.go(campaign)
        _press(other, "开始募捐")
        leads.locator("main form button.btn--primary").click()
        expect(leads.locator("main")).to_contain_text("《慈善法》第二十二条")
        _look(other, "campaign-refused")
        watch.go("/funding/charity/")
        _press(watch, "登记资格")
        send(
            page,
            kind="public_fundraising",
            number="示例公募证 2",
            valid_from=f"{today}",
            valid_to=f"{today + 700 * DAY}",
        )
        _look(watch, "charity")
        send(leads)
        _look(other, "campaign-running")
        public = leads.locator("main a[href*='/public/campaigns/']").get_attribute("href")
        faults = watch.faults + other.faults
    with browsing(browser, portal) as anybody:
        assert anybody.go(urlsplit(public).path) == 200
        shown = anybody.page.locator("main")
        expect(shown).to_contain_text("示例公募证 2")
        expect(shown).to_contain_text("本页不收款")
        assert anybody.page.locator("form, input").count() == 0
        assert anybody.page.context.cookies() == []
        _look(anybody, "campaign-public")
        faults += anybody.faults
    assert faults == []
