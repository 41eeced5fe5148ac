"""A mother with a phone in the ward's corridor, without an account: she asks for help, comes back, reads what came of it."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from cases.services.referrals import referral_claim
from departments.services import outbox
from donations.models.lane import FamilyPaper
from donations.services import family_side, requests, review
from donations.services.family_lane import lane_code_create
from donations.workflow import RequestState
from tests.days.stops import Day, a_day
from tests.factories import donations as made
from tests.factories import doors
from tests.keys.sealed_world import people_of

PAPER = "economic_proof"
LINE = "原件明天送到办公室"
ANSWER = "好的，收到了。"
LANGUAGES = [
    pytest.param("zh-CN", id="chinese"),
    pytest.param("en", id="english", marks=pytest.mark.long),
]


@dataclass
class Ward:
    """The code on the ward's wall, and the foundation that will be asked."""

    token: str
    house: int
    people: made.People
    money: made.Money


@pytest.fixture
def ward(own_database, person) -> Ward:
    people, head = people_of(person), person("head")
    with made.as_person(head) as by:
        token = doors.make_door(by, "self_door").token
        house = by.house_id
    money = made.make_money(
        people, needs_agreement=True, agreement_terms="治疗结束后配合一次回访。"
    )
    made.give(people, money, "100000.00")
    return Ward(token, house, people, money)


def _next(page: Page) -> None:
    page.locator("[data-step-next]:visible").tap()


def _asks_for_help(day: Day, ward: Ward) -> str:
    """Three steps; she is called away in the second and finds all she typed again. The receipt code."""
    page = day.page
    day.go(f"/d/{ward.token}/")
    page.locator("[name=who][value=family]").check(force=True)
    page.select_option("[name=relation]", "mother")
    page.fill("[name=bed]", "16")
    day.stop("help-1")
    _next(page)
    page.locator("[name=needs][value=financial]").check(force=True)
    page.fill("[name=reason]", "要做第二次化疗，钱快不够了")
    expect(page.locator("[data-keep-state]")).not_to_be_empty()
    day.stop("help-2")
    page.reload()
    expect(page.locator("[name=reason]")).to_have_value("要做第二次化疗，钱快不够了")
    for _step in range(2):
        if not page.locator("[name=name]").is_visible():
            _next(page)
    page.fill("[name=name]", "王女士")
    page.fill("[name=phone]", "1381234123")
    page.locator("[name=call_when][value=afternoon]").check(force=True)
    page.locator("[name=agrees]").check(force=True)
    page.locator("main form button.btn--primary:visible").tap()
    expect(page.locator("[name=phone]")).to_have_attribute("aria-invalid", "true")
    day.stop("help-refused")
    page.fill("[name=phone]", "13812341234")
    page.locator("main form button.btn--primary:visible").tap()
    receipt = page.locator("[data-receipt]").inner_text()
    day.stop("help-sent")
    return receipt


def _comes_back(day: Day, ward: Ward, receipt: str) -> None:
    """A worker has taken it on meanwhile; the same code on the wall says so."""
    (referral,) = doors.referrals_of(ward.house)
    with made.as_person(ward.people.worker) as by:
        referral_claim(referral=referral, by=by)
    page = day.page
    page.locator("main .phone__foot a").first.tap()
    page.fill("[name=code]", "AAAAAAAA")
    page.locator("main form button.btn--primary").tap()
    expect(page.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    page.fill("[name=code]", receipt.lower())
    page.locator("main form button.btn--primary").tap()
    expect(page.locator("main .tl .head, main .tl li").first).to_be_visible()
    expect(page.locator(".bignum")).to_have_text(receipt)
    day.stop("help-state")


def _is_asked_for_a_paper(ward: Ward) -> tuple[made.Asked, str]:
    sent = made.make_submitted(ward.people, ward.money)
    with made.as_person(ward.people.worker) as by:
        code = lane_code_create(request=sent.request, by=by).code
    with made.as_person(ward.people.officer) as by:
        review.request_check(request=sent.request, by=by)
        review.request_ask_supplement(
            request=sent.request, items=[PAPER], message="请补盖章的证明", by=by
        )
    return sent, code


def _sends_the_paper(day: Day, ward: Ward, code: str, file: str) -> None:
    page = day.page
    day.go("/public/")
    day.stop("public")
    page.locator("main a[href^='/aid/']").tap()
    page.fill("[name=code]", f"{code[:4]}-{code[4:8]} {code[8:].lower()}")
    day.stop("lane-code")
    page.locator("main form button.btn--primary").tap()
    missing = page.locator("#missing")
    expect(missing).to_be_visible()
    expect(page.locator("nav a[href='#missing']")).to_be_visible()
    day.stop("lane-missing")
    missing.locator("button").tap()
    expect(missing.locator("[id^=errors-paper]")).not_to_be_empty()
    missing.locator("input[type=file]").set_input_files(file)
    missing.locator("button").tap()
    expect(page.locator("[data-keep-done]")).to_be_visible()
    expect(page.locator("nav a[href='#missing']")).to_have_count(0)
    page.locator("#say textarea").fill(LINE)
    page.locator("#say button").tap()
    expect(page.locator("#say")).to_contain_text(LINE)
    day.stop("lane-said")
    with made.as_person(ward.people.worker) as by:
        family_side.family_paper_take(paper=FamilyPaper.objects.get(), by=by)


def _is_granted(ward: Ward, sent: made.Asked) -> None:
    with made.as_person(ward.people.worker) as by:
        family_side.family_message_write(request=sent.request, body=ANSWER, by=by)
        requests.request_supplement(request=sent.request, by=by)
    with made.as_person(ward.people.officer) as by:
        sent.request = review.request_check(request=sent.request, complete=True, by=by)
    with made.as_person(ward.people.officer2) as by:
        sent.request = review.request_review(request=sent.request, opinion="符合条件", by=by)
    made.approve(ward.people, sent, "20000.00")
    outbox.relay_once()


def _agrees(day: Day, code: str) -> None:
    """She reads the decision and the agreement clause by clause, and agrees on the phone."""
    page = day.page
    day.go(f"/aid/{code}/")
    day.sees(ANSWER, "20,000.00", "治疗结束后配合一次回访。")
    day.stop("lane-granted")
    page.locator("nav a[href='#decision']").tap()
    page.locator("#decision form button").tap()
    expect(page.locator("#decision form")).to_have_count(0)
    page.locator("#agree button").tap()
    expect(page.locator("#errors-agree")).not_to_be_empty()
    page.locator("#agree [name=signer][value=guardian]").check(force=True)
    page.locator("#agree [name=agreed]").check(force=True)
    page.locator("#agree button").tap()
    expect(page.locator("#agree form")).to_have_count(0)
    day.stop("lane-agreed")


def _reads_where_the_money_went(day: Day, ward: Ward, sent: made.Asked, code: str) -> None:
    made.release(ward.people, made.prepare(ward.people, sent, "20000.00"))
    day.go(f"/aid/{code}/")
    expect(day.page.locator("#h-paid")).to_be_visible()
    day.stop("lane-paid")
    with made.as_person(ward.people.officer):
        sent.request.refresh_from_db()
        assert sent.request.state == RequestState.DISBURSED
    assert day.page.context.cookies() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mothers_days(ward, portal, browser, tmp_path, language):
    file = tmp_path / "证明.pdf"
    file.write_bytes(made.PDF)
    with a_day(browser, portal, language=language, phone=True) as day:
        receipt = _asks_for_help(day, ward)
        _comes_back(day, ward, receipt)
        sent, code = _is_asked_for_a_paper(ward)
        _sends_the_paper(day, ward, code, str(file))
        _is_granted(ward, sent)
        _agrees(day, code)
        _reads_where_the_money_went(day, ward, sent, code)
