"""Lists cost the same at one row and at three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.services.messages import message_write
from tests.cases.pages import statements
from tests.donations.pages import url
from tests.factories import cases
from tests.factories import donations as made

pytestmark = pytest.mark.django_db
REVIEW = 25


def _count(client, address: str) -> int:
    client.get(address)  # what a process keeps after its first page
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_of_the_foundation_cost_the_same_at_one_and_three_rows(
    client_for, officer, people, money
):
    def one_more():
        asked = made.make_approved(people, money, amount="10000.00")
        made.release(people, made.prepare(people, asked, "10000.00"))
        made.make_submitted(people, money)
        made.give(people, money, "500.00")

    client = client_for(officer)
    pages = [
        url("board"),
        url("board") + "?view=list",
        url("funds"),
        url("fund", money.fund.uid),
        url("donations"),
        url("disbursements"),
    ]
    one_more()
    before = {page: _count(client, page) for page in pages}
    one_more()
    one_more()
    assert {page: _count(client, page) for page in pages} == before


def test_lists_of_the_asking_side_cost_the_same_at_one_and_three_rows(
    client_for, worker, people, money
):
    client = client_for(worker)
    asked = made.make_draft(people, money)
    panel = url("case_panel", asked.case.uid)
    pages = [url("requests"), url("requests") + "?view=board", url("panel_requests")]
    before = {page: _count(client, page) for page in pages}
    alone = _count(client, panel)
    made.make_draft(people, money)
    made.make_draft(people, money)
    assert {page: _count(client, page) for page in pages} == before
    second = made.make_money(people, name="第二个项目")
    made.give(people, second, "100000.00")
    made.make_draft(people, second, case=asked.case)
    third = made.make_money(people, name="第三个项目")
    made.make_draft(people, third, case=asked.case)
    assert _count(client, panel) == alone


def test_a_programme_more_to_choose_from_costs_two_queries_at_most(
    client_for, worker, people, money, acting
):
    with acting(people.worker):
        case = cases.make_case(people.worker, stage="intervention")
    client, address = client_for(worker), url("request_new", case.uid)
    one = _count(client, address)
    made.make_money(people, name="第二个项目")
    made.make_money(people, name="第三个项目")
    # Advice asks per programme what it has granted the person before.
    assert _count(client, address) <= one + 4


def test_a_request_costs_the_same_with_one_and_three_instalments(
    client_for, officer, worker, people, money
):
    asked = made.make_approved(people, money, amount="9000.00")
    made.prepare(people, asked, "3000.00")
    review, own = client_for(officer), client_for(worker)
    before = (
        _count(review, url("review", asked.request.uid)),
        _count(own, url("request", asked.request.uid)),
    )
    made.prepare(people, asked, "3000.00")
    made.prepare(people, asked, "3000.00")
    assert (
        _count(review, url("review", asked.request.uid)),
        _count(own, url("request", asked.request.uid)),
    ) == before


def test_a_review_asks_no_more_than_is_written(client_for, officer, people, money):
    asked = made.make_approved(people, money, amount="10000.00")
    made.release(people, made.prepare(people, asked, "4000.00"))
    client, page = client_for(officer), url("review", asked.request.uid)
    one = len(statements(client, page))
    with made.as_person(people.worker) as by:
        for _n in range(3):
            message_write(subject=asked.request, body="请看第二页", by=by)
    # Session, person, entering, the row; the copies, their count, three entries; the duty, the codes, two
    # sums, the bill; all lists in one; result, notice, payers, what is held with its lots; the frame's counts;
    # the test's own leaving.
    assert one == len(statements(client, page)) <= REVIEW
