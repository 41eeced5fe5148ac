"""A donor's day, without an account: the campaign, the receipt checked, and where the yuan went."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Code, Organization
from departments.services import outbox
from donations.services import donation_receipts
from donations.services.campaigns.planning import campaign_file
from donations.services.campaigns.platforms import platform_codes
from donations.services.campaigns.running import campaign_start
from donations.services.looking_up import code_shown, trace_code_give
from msw_portal.kernel.scope import scope
from tests.days.stops import Day, a_day
from tests.factories import campaigns, goods
from tests.factories import donations as made
from tests.keys.sealed_world import people_of

pytestmark = pytest.mark.long
GIFT = "5000.00"
# Public pages are the same for everybody: the language stands in the address.
FRONT = {"zh-CN": "/public/", "en": "/public/?lang=en"}


@dataclass
class Given:
    """What the donor holds: the code on the slip, the three numbers on the receipt, the campaign's address."""

    slug: str
    code: str
    receipt: tuple[str, str, str]


@pytest.fixture
def given(own_database, person) -> Given:
    people = people_of(person)
    money = made.make_money(people)
    goods.make_series(people)
    slug = _campaign(people, money)
    gift = made.give(people, money, GIFT)
    with made.as_person(people.officer) as by:
        receipt = donation_receipts.receipt_issue(donation=gift, by=by)
        code = code_shown(trace_code_give(donation=gift, by=by))
        numbers = (receipt.series.code, str(receipt.number), receipt.check_code)
    asked = made.make_approved(people, money, amount="3000.00")
    made.release(people, made.prepare(people, asked, "3000.00"))
    while outbox.relay_once():
        pass
    return Given(slug, code, numbers)


def _campaign(people: made.People, money: made.Money) -> str:
    today, day = timezone.localdate(), dt.timedelta(days=1)
    with scope(role="system"):
        Code.objects.bulk_create(platform_codes(), ignore_conflicts=True)
    with made.as_person(people.officer) as by:
        house = Organization.objects.get(pk=by.house_id)
        campaigns.make_certificate(house, today - 30 * day, today + 700 * day)
        campaign = campaigns.make_campaign(money.fund, by, starts_on=today)
        campaign = campaign_file(
            campaign=campaign,
            filing_no="示例备 1",
            filing_authority="示例市民政局",
            filed_on=today - 11 * day,
            by=by,
        )
    with made.as_person(people.approver) as by:
        return campaign_start(campaign=campaign, by=by).slug


def _reads_the_campaign(day: Day, given: Given) -> None:
    page = day.page
    day.go(FRONT[day.language])
    day.stop("front")
    day.press(page.locator(f"main a[href^='/public/campaigns/{given.slug}/']"))
    day.sees("示例备 1")
    expect(page.locator("main a.btn--primary")).to_be_visible()
    assert page.locator("form, input").count() == 0
    day.stop("campaign")


def _checks_the_receipt(day: Day, given: Given) -> None:
    page, (series, number, check) = day.page, given.receipt
    day.go(FRONT[day.language])
    day.press(page.locator("main a[href^='/receipts/check/']"))
    for typed, ending in (("00000000", "refused"), (check, "valid")):
        for name, value in (("code", series), ("number", number), ("check_code", typed)):
            page.fill(f"[name={name}]", value)
        page.locator("main form button.btn--primary").click()
        day.watch.rest()
        expect(page.locator("main dl, main .error").first).to_be_visible()
        day.stop(f"receipt-{ending}")
    day.sees("5,000.00")


def _traces_the_yuan(day: Day, given: Given) -> None:
    page = day.page
    day.go(FRONT[day.language])
    day.press(page.locator("main a[href^='/g/']"))
    page.fill("[name=code]", "AAAA-AAAA-AAAA")
    page.locator("main form button.btn--primary").click()
    expect(page.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    day.stop("trace-refused")
    page.fill("[name=code]", given.code.lower())
    page.locator("main form button.btn--primary").click()
    expect(page.locator(".trace")).to_be_visible()
    day.watch.rest()
    day.sees("5,000.00", "3,000.00", "2,000.00")
    page.locator("details summary").click()
    day.stop("traced")
    assert "演示患儿" not in page.locator("main").inner_text()


@pytest.mark.parametrize(
    "language", [pytest.param("zh-CN", id="chinese"), pytest.param("en", id="english")]
)
def test_a_donors_day(given, portal, browser, language):
    with a_day(browser, portal, language=language) as day:
        _reads_the_campaign(day, given)
        _checks_the_receipt(day, given)
        _traces_the_yuan(day, given)
        assert day.page.context.cookies() == []
