"""Who may open which page of money: the other side's pages are not there (404)."""

import uuid

import pytest

from tests.donations.pages import make_world, url

pytestmark = pytest.mark.django_db

HOSPITAL_STRANGERS = ("worker2", "other_worker", "other_head")
NO_CASES = ("clinician", "auditor", "secadmin", "authority", "sysadmin")
FOUNDATION = ("officer", "approver", "cashier")


@pytest.fixture
def world(people, money):
    return make_world(people, money)


def _own_pages(world) -> dict[str, str]:
    return {
        "request": url("request", world.uid("submitted")),
        "edit": url("request_edit", world.uid("draft")),
        "submit": url("request_submit", world.uid("draft")),
        "withdraw": url("request_withdraw", world.uid("submitted")),
        "case_panel": url("case_panel", world.asked["draft"].case.uid),
        "new": url("request_new", world.asked["draft"].case.uid),
        "confirm": url("disbursement_confirm", world.payouts["released"].uid),
        "history": url("request_history", world.uid("submitted")),
    }


def _foundation_pages(world) -> dict[str, str]:
    return {
        "board": url("board"),
        "list": url("board") + "?view=list",
        "review": url("review", world.uid("submitted")),
        "funds": url("funds"),
        "fund": url("fund", world.money.fund.uid),
        "donations": url("donations"),
        "donation": url("donation", world.money.fund.donations.get().uid),
        "disbursements": url("disbursements"),
        "review_history": url("review_history", world.uid("submitted")),
        "fund_history": url("fund_history", world.money.fund.uid),
        "donation_history": url("donation_history", world.money.fund.donations.get().uid),
    }


def _statuses(client, pages) -> dict[str, int]:
    return {name: client.get(page).status_code for name, page in pages.items()}


def test_the_worker_opens_every_page_of_the_asking_side(world, worker, client_for):
    assert set(_statuses(client_for(worker), _own_pages(world)).values()) == {200}


def test_nobody_else_finds_a_page_of_the_asking_side(world, person, client_for):
    for login in (*HOSPITAL_STRANGERS, *NO_CASES, *FOUNDATION):
        assert set(_statuses(client_for(person(login)), _own_pages(world)).values()) == {404}, login


def test_the_head_reads_a_request_but_leaves_taking_it_back_to_the_worker(world, head, client_for):
    statuses = _statuses(client_for(head), _own_pages(world))
    assert statuses["request"] == statuses["case_panel"] == 200
    assert statuses["withdraw"] == 403


def test_the_foundations_staff_opens_its_pages_and_nobody_else_finds_them(
    world, people, person, client_for, acting
):
    with acting(people.officer):
        pages = _foundation_pages(world)
    for login in FOUNDATION:
        assert set(_statuses(client_for(person(login)), pages).values()) == {200}, login
    for login in ("worker", "head", *HOSPITAL_STRANGERS, *NO_CASES):
        assert set(_statuses(client_for(person(login)), pages).values()) == {404}, login


def test_another_foundation_sees_its_own_empty_lists_and_nothing_of_ours(
    world, people, other_officer, client_for, acting
):
    with acting(people.officer):
        pages = _foundation_pages(world)
    statuses = _statuses(client_for(other_officer), pages)
    lists = {"board", "list", "funds", "donations", "disbursements"}
    assert {name for name, status in statuses.items() if status == 200} == lists
    page = client_for(other_officer).get(pages["board"]).content.decode()
    assert world.asked["submitted"].request.number not in page


STEPS = {  # step -> (state, who may open its form)
    "check": ("submitted", {"officer"}),
    "reject_ineligible": ("submitted", {"officer"}),
    "approve": ("proposed", {"approver"}),
    "propose": ("proposed", {"officer"}),
    "reject": ("proposed", {"officer", "approver"}),
    "prepare": ("approved", {"cashier"}),
}


def test_a_step_opens_for_its_own_role_only(world, person, client_for):
    for login in FOUNDATION:
        client = client_for(person(login))
        for step, (state, allowed) in STEPS.items():
            status = client.get(url(step, world.uid(state))).status_code
            assert status == (200 if login in allowed else 403), (login, step)


def test_releasing_opens_for_those_who_may_release(world, person, client_for):
    # The cashier who prepared it reads the form and is refused by the service, in words about two persons.
    for login, status in (("officer", 403), ("approver", 200), ("cashier", 200), ("cashier2", 200)):
        answer = client_for(person(login)).get(url("release", world.payouts["prepared"].uid))
        assert answer.status_code == status, login


NAMED = (
    "request",
    "request_edit",
    "request_submit",
    "request_withdraw",
    "request_resume",
    "request_identity",
    "request_new",
    "case_panel",
    "disbursement_confirm",
    "document",
    "review",
    "check",
    "ask_supplement",
    "reject_ineligible",
    "reject",
    "review_act",
    "propose",
    "approve",
    "prepare",
    "release",
    "disbursement_cancel",
    "disbursement_bounce",
    "fund",
    "donation",
    "donation_confirm",
)


def test_an_address_that_names_nothing_is_404_on_both_sides(worker, officer, client_for):
    for client in (client_for(worker), client_for(officer)):
        for name in NAMED:
            assert client.get(url(name, uuid.uuid4())).status_code == 404, name


def test_a_foreign_request_and_a_missing_one_answer_with_the_same_bytes(
    world, other_worker, client_for
):
    client = client_for(other_worker)
    foreign, missing = (
        client.get(url("request", world.uid("submitted"))),
        client.get(url("request", uuid.uuid4())),
    )
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content


def test_pages_of_nobody_lead_to_the_sign_in(world, client):
    for page in (url("requests"), url("board"), url("review", world.uid("submitted"))):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/")


def test_the_foundation_never_reads_the_patients_name(
    world, officer, cashier, client_for, people, acting
):
    with acting(people.worker):
        name = world.asked["submitted"].case.client.name
    for user in (officer, cashier):
        for page in (
            url("review", world.uid("submitted")),
            url("board"),
            url("review", world.uid("released")),
        ):
            assert name not in client_for(user).get(page).content.decode()


def test_papers_are_downloads_of_each_sides_own_file(
    world, people, worker, officer, auditor, client_for, acting
):
    with acting(people.worker):
        paper = world.asked["submitted"].request.documents.get(type="diagnosis_certificate")
    own, copy = (
        client_for(worker).get(url("document", paper.uid)),
        client_for(officer).get(url("document", paper.uid)),
    )
    assert own.status_code == copy.status_code == 200
    assert "attachment" in own.headers["Content-Disposition"]
    assert "attachment" in copy.headers["Content-Disposition"]
    assert own.headers["Content-Disposition"] != copy.headers["Content-Disposition"]
    assert copy.headers["X-Content-Type-Options"] == "nosniff"
    assert client_for(auditor).get(url("document", paper.uid)).status_code == 404
