"""A ward nurse on a phone, without an account: a referral by the code on the wall, and what became of it."""

import pytest
from playwright.sync_api import expect

from cases.models.casework import Referral
from cases.services.referrals import referral_claim
from tests.days.stops import LANGUAGES, a_day
from tests.factories.donations import as_person
from tests.factories.doors import WARD, make_door

ANSWER = {"chinese": "社工已接单", "english": "A social worker has taken it on"}


@pytest.fixture
def code(own_database, person) -> str:
    """The code that hangs in the ward."""
    with as_person(person("head")) as by:
        return make_door(by).token


def _refers(day) -> str:
    page = day.page
    day.stop("door")
    day.page.locator("main form button.btn--primary").tap()
    day.watch.rest()
    day.stop("door-refused")
    for need in WARD["needs"]:
        page.locator(f"main [name=needs][value={need}]").check(force=True)
    page.locator("main [name=urgency][value=normal]").check(force=True)
    page.locator("main [name=client_aware]").first.check(force=True)
    for name in ("bed", "patient_name", "reason", "referrer", "callback"):
        page.fill(f"main [name={name}]", WARD[name])
    page.locator("main form button.btn--primary").tap()
    receipt = page.locator("[data-receipt]")
    expect(receipt).to_be_visible()
    day.stop("door-done")
    return receipt.inner_text().strip()


def _looks_up(day, receipt: str, name: str) -> str:
    day.go("/r/")
    day.page.fill("[name=code]", receipt)
    day.page.locator("main form button.btn--primary").tap()
    day.watch.rest()
    day.stop(name)
    return day.page.locator("main").inner_text()


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_nurse_refers_and_sees_the_answer(language, code, portal, browser, person):
    worker = person("worker")
    with a_day(browser, portal, language=LANGUAGES[language], phone=True) as day:
        day.go(f"/d/{code}/")
        receipt = _refers(day)
        before = _looks_up(day, receipt, "receipt-new")
        with as_person(worker) as by:
            referral_claim(referral=Referral.objects.get(), by=by)
        after = _looks_up(day, receipt, "receipt-claimed")
    assert ANSWER[language] not in before
    assert ANSWER[language] in after
