"""State aid and the board in the browser: from the papers to the grant, then several requests handled at once."""

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.watching import NARROW, browsing, rest, sign_in
from tests.factories import donations as made
from tests.keys.sealed_world import people_of


def _press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    rest(page)


def test_state_aid_to_the_grant_and_a_step_for_several(portal, browser, own_database, person):
    people = people_of(person)
    money = made.make_money(people)
    sent = [made.make_submitted(people, money) for _n in range(2)]
    today = f"{timezone.localdate():%Y-%m-%d}"
    with browsing(browser, portal) as worker:
        page = worker.page
        sign_in(worker, "worker")
        worker.go(f"/cases/{sent[0].case.uid}/state-aid/new/")
        page.get_by_label("医疗救助", exact=True).check()
        page.fill("[name=applied]", "４0,000")
        _press(page, "建立申请")
        expect(page.locator("h1")).to_contain_text("医疗救助")
        worker.look(NARROW["width"])
        page.get_by_role("link", name="递交申请", exact=True).click()
        page.fill("[name=filed_on]", today)
        _press(page, "保存")
        here = page.url.removeprefix(portal)
        worker.go(f"{here}grant/")
        page.fill("[name=granted]", "45000")
        _press(page, "保存")
        expect(page.locator("main")).to_contain_text("45,000.00")
        worker.go(f"/funding/requests/{sent[0].request.uid}/")
        expect(page.locator("main")).to_contain_text("提交后批准的国家救助")
        assert worker.faults == []
    with browsing(browser, portal) as officer:
        page = officer.page
        sign_in(officer, "officer")
        officer.go("/funding/board/")
        officer.look(NARROW["width"])
        for box in page.locator("main input[name=row]").all():
            box.check()
        _press(page, "受理")
        expect(page.locator("h1")).to_contain_text("受理 2 件")
        _press(page, "受理")
        expect(page.locator("h1")).to_contain_text("办了 2 件，没办 0 件")
        officer.look(NARROW["width"])
        assert officer.faults == []
