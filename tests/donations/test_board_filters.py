"""The foundation's board narrowed by disease and by who asks; the conditions stay in the address."""

from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.services.consents import consent_withdraw
from donations.models.requests import FundingRequest
from tests.donations.pages import text, url
from tests.factories import donations as made


@pytest.fixture
def two(people, money):
    return made.make_submitted(people, money), made.make_submitted(people, money)


def _of(asked):
    return FundingRequest.objects.get(pk=asked.request.pk)


def test_the_disease_of_the_copy_narrows_board_list_and_api(client_for, api, people, two):
    with made.as_person(people.officer):
        group = _of(two[0]).disease_group
    assert group == "leukaemia"
    officer = client_for(people.officer)
    whole = officer.get(url("board"))
    assert f"disease={group}" in _unquoted(whole)
    for query, count in (
        (f"disease={group}", 2),
        ("disease=唇腭裂", 0),
        ("kind=case", 2),
        ("kind=project", 0),
    ):
        assert officer.get(f"{url('board')}?{query}").context["total"]["count"] == count, query
        assert len(api.get(f"?{query}").json()["items"]) == count, query
    narrowed = officer.get(f"{url('board')}?disease={group}&kind=case&view=list")
    assert "疾病类别" in text(narrowed)
    assert "kind=case" in _unquoted(narrowed)
    assert api.get("?kind=pigeon").status_code == 422


def _unquoted(response):
    return unquote(response.content.decode()).replace("&amp;", "&")


def test_a_withdrawn_consent_takes_the_disease_with_it(people, two):
    with made.as_person(people.worker) as by:
        consent_withdraw(
            consent=two[0].consent, reason="家属不愿再提供", withdrawn_by="mother", by=by
        )
    with made.as_person(people.officer):
        assert (_of(two[0]).disease_group, _of(two[1]).disease_group) == ("", "leukaemia")


def test_the_board_asks_as_often_for_three_as_for_one(client_for, people, money):
    officer = client_for(people.officer)
    counts = []
    for _round in (1, 2):
        made.make_submitted(people, money)
        officer.get(url("board"))
        with CaptureQueriesContext(connection) as seen:
            officer.get(f"{url('board')}?disease=leukaemia&kind=case")
        counts.append(len(seen))
        made.make_submitted(people, money)
    assert counts[0] == counts[1]
