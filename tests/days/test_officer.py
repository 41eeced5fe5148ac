"""A foundation's day, by keyboard alone: a request is read, more is asked for, it is approved by others and paid."""

from dataclasses import dataclass
from functools import partial

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.services import outbox
from donations.services import requests
from donations.workflow import RequestState
from tests.days.stops import Day, a_day
from tests.factories import donations as made
from tests.keys.sealed_world import people_of

pytestmark = pytest.mark.long
PAPER = "economic_proof"
ASKED, OPINION = "请补盖章的证明", "符合条件，材料已补齐"


@dataclass
class Desk:
    """What lies on the foundation's desk this morning."""

    people: made.People
    sent: made.Asked

    @property
    def page(self) -> str:
        return f"/funding/review/{self.sent.request.uid}/"


@pytest.fixture
def desk(own_database, person) -> Desk:
    people = people_of(person)
    money = made.make_money(people)
    made.give(people, money, "100000.00")
    sent = made.make_submitted(people, money)
    made.make_submitted(people, money)
    while outbox.relay_once():
        pass
    return Desk(people, sent)


def _step(day: Day, name: str, **typed: object) -> None:
    """A button of the next step, its form under it, and the request again.

    A one-time code is given as what makes it: on a busy machine it would be over before it is typed.
    """
    day.enter(day.page.locator(f"main a[href*='/{name}/']"))
    form = day.page.locator("main form.step")
    expect(form).to_be_visible()
    day.type_in(**{key: one() if callable(one) else one for key, one in typed.items()})
    day.enter(form.locator("button[type=submit], button.btn--primary, button.btn--danger"))
    expect(form).to_have_count(0, timeout=30_000)
    day.watch.rest()


def _opens_the_request(day: Day, desk: Desk, who: str) -> None:
    day.sign_in_by_keyboard(who)
    if who == "officer":
        day.stop("board")
    day.enter(day.page.locator("a.skip"))  # past the navigation, as who works by keyboard goes
    day.enter(day.page.locator(f"main a[href^='{desk.page}']"))
    opened = day.page.locator(f"a.btn--primary[href='{desk.page}']")
    expect(opened).to_be_visible()
    day.enter_away(opened)


def _asks_for_a_paper(day: Day, desk: Desk) -> None:
    _opens_the_request(day, desk, "officer")
    day.stop("request")
    _step(day, "check")
    _step(day, "ask-supplement", items=PAPER, message=ASKED)
    day.sees(ASKED)
    with made.as_person(desk.people.worker) as by:
        requests.request_attach(
            request=desk.sent.request,
            type=PAPER,
            document=made.paper(desk.sent.case, by, PAPER),
            by=by,
        )
        requests.request_supplement(request=desk.sent.request, by=by)
    day.page.reload()
    _step(day, "check", complete=True)


def _pays(day: Day, desk: Desk) -> None:
    _opens_the_request(day, desk, "cashier")
    _step(day, "prepare", payee_bank="演示银行", payee_number="6200000000000000")


def _releases(day: Day, desk: Desk) -> None:
    _opens_the_request(day, desk, "cashier2")
    code = partial(made.code_for, desk.people.cashier2)
    _step(day, "release", voucher_no="V-1", totp_code=code)
    day.stop("released")


def _sees_the_trail(day: Day, desk: Desk) -> None:
    """Every step with its day and person, and which gift paid: from the yuan to the bill."""
    day.sign_in_by_keyboard("officer")
    # What is paid has left the board: it is in the list of all requests.
    day.go(f"{reverse('donations:board')}?view=list")
    day.stop("list")
    day.enter(day.page.locator("a.skip"))
    day.enter_away(day.page.locator(f"main a[href^='{desk.page}']"))
    day.sees(OPINION)
    expect(day.page.locator("#h-trace")).to_be_visible()
    expect(day.page.locator("#h-pay")).to_be_visible()
    day.stop("trail")


@pytest.mark.parametrize(
    "language", [pytest.param("zh-CN", id="chinese"), pytest.param("en", id="english")]
)
def test_a_foundations_day_by_keyboard(desk, portal, browser, language):
    def somebody():
        return a_day(browser, portal, language=language)

    with somebody() as officer:
        _asks_for_a_paper(officer, desk)
    with somebody() as reviewer:
        _opens_the_request(reviewer, desk, "officer2")
        _step(reviewer, "opinion", opinion=OPINION)
    code = partial(made.code_for, desk.people.approver)
    with somebody() as approver:
        _opens_the_request(approver, desk, "approver")
        _step(approver, "approve", totp_code=code)
        approver.stop("approved")
    with somebody() as cashier:
        _pays(cashier, desk)
    with somebody() as cashier2:
        _releases(cashier2, desk)
    with somebody() as officer:
        _sees_the_trail(officer, desk)
    with made.as_person(desk.people.officer):
        desk.sent.request.refresh_from_db()
        assert desk.sent.request.state == RequestState.DISBURSED
