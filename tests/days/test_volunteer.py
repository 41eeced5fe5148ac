"""A volunteer's day on a phone: a shift chosen after its risks were read, checked in and out, hours, a certificate."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services import outbox
from tests.days.stops import Day, a_day
from tests.factories.donations import as_person
from tests.factories.volunteers import (
    coordinator_of,
    make_post,
    make_service,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Shift, Signup
from volunteers.services.records import shift_code

pytestmark = pytest.mark.long
LINES = "陪一位老人取药、复印病历"


@dataclass
class Roster:
    """A shift of today that was promised, and a post with free shifts to come."""

    keeper: User
    now: Shift
    post: str
    later: str


@pytest.fixture
def roster(own_database, person) -> Roster:
    volunteer = person("volunteer")
    keeper = coordinator_of(Organization.objects.get(code="HA"))
    now = timezone.now()
    with as_person(keeper) as by:
        serving = make_volunteer(by, user_id=volunteer.pk, name="演示志愿者")
        guiding, reading = make_post(by, title="导诊陪诊"), make_post(by, title="儿童阅览")
        begun, ends = now - dt.timedelta(minutes=5), now + dt.timedelta(hours=3)
        shift = make_shift(guiding, by, starts_at=begun, ends_at=ends)
        make_signup(shift, serving, by)
        later = make_shift(reading, by, capacity=2)
        make_service(serving, guiding, by)
        return Roster(keeper, shift, str(reading.uid), str(later.uid))


def _signs_up(day: Day, roster: Roster) -> None:
    page = day.page
    day.sign_in("volunteer")
    day.stop("shifts")
    day.press(page.locator("a[href='/volunteers/mine/posts/']:visible"))
    day.stop("posts")
    day.press(page.locator(f"main a[href='/volunteers/mine/posts/{roster.post}/']"))
    day.stop("post")
    day.press(page.locator(f"main a[href='/volunteers/mine/shifts/{roster.later}/']"))
    page.locator("main form button.btn--primary").click()
    expect(page.locator("[name=agrees_risks]")).to_have_attribute("aria-invalid", "true")
    day.stop("risks-unread")
    day.send(agrees_risks=True)
    expect(page.locator("main a[href$='/cancel/']")).to_have_count(1)
    day.stop("signed-up")


def _serves(day: Day, roster: Roster) -> None:
    page = day.page
    code = shift_code(organization_id=roster.now.organization_id, shift_id=roster.now.pk)
    day.go("/volunteers/hours/mine/")
    day.stop("hours")
    page.fill("[name=code]", "0000" if code != "0000" else "1111")
    page.locator("main form[action*='/in/'] button").click()
    day.watch.rest()
    expect(page.locator("main .error").first).to_be_visible()
    day.stop("wrong-code")
    page.fill("[name=code]", code)
    page.locator("main form[action*='/in/'] button").click()
    expect(page.locator("#h-running")).to_be_visible()
    day.stop("serving")
    page.fill("[name=persons]", "3")
    page.fill("[name=content]", LINES)
    page.locator("main form[action*='/out/'] button").click()
    expect(page.locator("#h-running")).to_have_count(0)
    day.stop("served")


def _has_it_in_writing(day: Day, browser, portal: str) -> None:
    """The certificate is asked for and made by the relay; who holds it checks it without an account."""
    page = day.page
    today = timezone.localdate()
    page.fill("[name=since]", f"{today - dt.timedelta(days=30)}")
    page.fill("[name=until]", f"{today}")
    day.press(page.locator("main form[action$='/proof/'] button"))
    while outbox.relay_once():
        pass
    page.reload()
    day.press(page.locator("main #h-proofs ~ ul a"))
    day.stop("certificate")
    path = urlsplit(page.locator("dd.mono a").get_attribute("href")).path
    with a_day(browser, portal, language=day.language, phone=True) as nobody:
        nobody.go(path)
        nobody.sees("演****")
        nobody.stop("certificate-check")


@pytest.mark.parametrize(
    "language", [pytest.param("zh-CN", id="chinese"), pytest.param("en", id="english")]
)
def test_a_volunteers_day(roster, portal, browser, language):
    with a_day(browser, portal, language=language, phone=True) as day:
        _signs_up(day, roster)
        _serves(day, roster)
        _has_it_in_writing(day, browser, portal)
        day.go("/start/")
        day.stop("start")
    with as_person(roster.keeper):
        assert Signup.objects.filter(shift__uid=roster.later).count() == 1
        assert ServiceRecord.objects.filter(persons=3).get().content == LINES
