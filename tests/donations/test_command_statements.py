"""How many statements a command of the API asks: measured, written in benchmarks/README.md, and held here."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import donations as made

# A test's own transaction never commits: each of the two scopes of a command (the claim of its key, the
# command) has a savepoint for its transaction, lets deferred triggers speak and leaves the scope by hand.
OF_TESTS = 8


def _asked(call):
    with CaptureQueriesContext(connection) as seen:
        response = call()
    assert response.status_code == 200, response.content
    return len(seen) - OF_TESTS


def test_a_command_asks_no_more_than_is_written(people, money, api, api_of, foundation):
    first, second, third = (made.make_submitted(people, money).request.uid for _n in range(3))
    reviewer, approver = api_of(foundation), api_of(foundation)
    sum_said = {"amount": "29000.00", "opinion": "按余额安排"}
    papers = {"items": ["economic_proof", "diagnosis_certificate"], "message": "请补"}
    api.post(f"{third}/check/")  # what a process looks up once is known by then
    asked = {
        "check": _asked(lambda: api.post(f"{first}/check/")),
        "request-supplement": _asked(lambda: api.post(f"{first}/request-supplement/", papers)),
        "check, complete": _asked(lambda: api.post(f"{second}/check/", {"complete": True})),
        "review": _asked(lambda: reviewer.post(f"{second}/review/", {"opinion": "符合"})),
        "propose": _asked(lambda: reviewer.post(f"{second}/propose/", {"amount": "29000.00"})),
        "approve": _asked(lambda: approver.post(f"{second}/approve/", sum_said)),
        "reject": _asked(lambda: api.post(f"{third}/reject/", {"reason": "不符合"})),
    }
    assert asked == {
        "check": 14,
        "request-supplement": 18,
        "check, complete": 24,
        "review": 17,
        "propose": 15,
        "approve": 33,
        "reject": 17,
    }
