"""From a promised shift to a certificate that anybody can check, on phones and at the coordinator's desk."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import member_scope
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.watching import NARROW, WIDE, browsing, sign_in
from tests.factories.volunteers import (
    coordinator_of,
    make_post,
    make_shift,
    make_signup,
    make_volunteer,
)
from tests.factories.world import PASSWORD


@pytest.fixture
def promised(own_database, person):
    """The volunteer of the small world, promised for a shift that has just begun; the coordinator's login."""
    volunteer = person("volunteer")
    coordinator = coordinator_of(Organization.objects.get(code="HA"))
    User.objects.filter(pk=coordinator.pk).update(password=make_password(PASSWORD))
    now = timezone.now()
    with member_scope(coordinator, coordinator.membership.uid):
        serving = make_volunteer(coordinator, user_id=volunteer.pk, name="演示志愿者")
        post = make_post(coordinator, title="导诊陪诊")
        shift = make_shift(
            post,
            coordinator,
            starts_at=now - dt.timedelta(minutes=5),
            ends_at=now + dt.timedelta(hours=3),
        )
        make_signup(shift, serving, coordinator)
    return coordinator.username, shift, serving


def test_a_promised_shift_becomes_a_checked_certificate(promised, portal, browser):
    login, shift, serving = promised
    with browsing(browser, portal) as desk, browsing(browser, portal, viewport=NARROW) as phone:
        sign_in(desk, login)
        desk.go(f"/volunteers/hours/shifts/{shift.uid}/")
        code = desk.page.locator("[data-code]").inner_text()
        desk.look(NARROW["width"])
        desk.page.set_viewport_size(WIDE)

        sign_in(phone, "volunteer")
        phone.go("/volunteers/hours/mine/")
        phone.page.fill("[name=code]", code)
        phone.page.get_by_role("button", name="签到", exact=True).click()
        expect(phone.page.locator("#h-running")).to_contain_text("导诊陪诊")
        phone.page.fill("[name=persons]", "3")
        phone.page.get_by_role("button", name="签退", exact=True).click()
        expect(phone.page.locator("main")).to_contain_text("待确认")
        phone.look(NARROW["width"])

        desk.go("/volunteers/hours/")
        desk.page.locator("table a.t").first.click()
        desk.page.get_by_role("link", name="改时间").click()
        yesterday = (timezone.localdate() - dt.timedelta(days=1)).isoformat()
        for name, value in (("day", yesterday), ("checked_in", "09:00"), ("checked_out", "11:40")):
            desk.page.fill(f"[name={name}]", value)
        desk.page.get_by_role("button", name="保存", exact=True).click()
        desk.page.get_by_role("button", name="确认时长").click()
        expect(desk.page.locator("#h-facts")).to_have_text("2.5 小时")
        desk.go("/volunteers/hours/figures/")
        expect(desk.page.locator("main")).to_contain_text("2.5 小时")

        desk.go(f"/volunteers/hours/certificates/new/{serving.uid}/")
        desk.page.fill("[name=since]", yesterday)
        desk.page.get_by_role("button", name="出具", exact=True).click()
        address = desk.page.locator("dd.mono a").get_attribute("href")
        desk.page.evaluate(AXE.read_text())
        assert desk.page.evaluate(RUN, RULES) == []
        path = "/certificates/" + address.rpartition("/certificates/")[2]

        phone.go("/volunteers/hours/mine/")
        expect(phone.page.locator("main")).to_contain_text("累计 2.5 小时")
        with browsing(browser, portal, viewport=NARROW) as nobody:
            assert nobody.go(path) == 200
            expect(nobody.page.locator("main")).to_contain_text("有效")
            expect(nobody.page.locator("main")).to_contain_text("演****")
            expect(nobody.page.locator("main")).not_to_contain_text("演示志愿者")
            nobody.look(NARROW["width"])
            assert nobody.faults == []
        assert (desk.faults, phone.faults) == ([], [])
