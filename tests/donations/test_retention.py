"""A case with money is kept for its vouchers; what is destroyed with it takes the person and leaves every amount."""

import datetime as dt

import pytest
from django.utils import timezone

from cases.models.casework import Case
from cases.models.consents import Disclosure
from departments.services import destruction
from departments.services.destruction import Piece, destruction_propose
from departments.services.entering import house_scope
from departments.services.policies import RetentionRule
from donations.models.requests import FundingRequest, RequestSheet
from donations.services import requests
from donations.services.retention import requests_keep
from tests.cases.test_retention import WHY, _run
from tests.factories import donations as make

pytestmark = pytest.mark.django_db


def _destroy(case, head, secadmin, acting):
    """The list itself, as if its day had come: amounts are what is looked at here."""
    with acting(head):
        Case.objects.filter(pk=case.pk).update(
            stage="closed", close_reason="goals_met", closed_at=timezone.now()
        )
        piece = Piece("case", case.pk, str(case.uid), "HA-1", "inpatient", "2020-01-01", "期满")
        record = destruction_propose(pieces=[piece], note=WHY, by=head)
    with acting(secadmin):
        destruction.destruction_approve(record=record, by=secadmin)
    _run(record)
    with acting(head):
        record.refresh_from_db()
    return record.payload["pieces"][0]


def test_an_open_request_keeps_its_case_and_a_paid_one_for_thirty_years(people, money):
    rule = RetentionRule()
    asked = make.make_approved(people, money, amount="20000.00")
    house = asked.case.organization_id
    with house_scope(house, care=True):
        kept = requests_keep([asked.case.pk], house=house, rule=rule)
        assert [until for _words, until in kept[asked.case.pk]] == [None]
    make.release(people, make.prepare(people, asked, "20000.00"))
    with house_scope(house, care=True):
        kept = requests_keep([asked.case.pk], house=house, rule=rule)
        year = timezone.localdate().year
        assert dt.date(year + 31, 1, 1) in [until for _words, until in kept[asked.case.pk]]


def test_an_unfinished_request_stops_the_piece(people, money, head, secadmin, acting):
    asked = make.make_submitted(people, money)
    piece = _destroy(asked.case, head, secadmin, acting)
    assert piece["state"] == "skipped"


def test_a_destroyed_case_leaves_amounts_and_takes_the_sheet(people, money, head, secadmin, acting):
    asked = make.make_submitted(people, money)
    with acting(people.worker):
        requests.request_withdraw(request=asked.request, reason="已有其他来源", by=people.worker)
        before = FundingRequest.objects.values("state", "requested", "cost_total", "gap").get(
            pk=asked.request.pk
        )
    piece = _destroy(asked.case, head, secadmin, acting)
    assert piece["state"] == "done"
    with acting(people.worker):
        after = FundingRequest.objects.values("state", "requested", "cost_total", "gap").get(
            pk=asked.request.pk
        )
        assert after == before
        assert RequestSheet.objects.get(request=asked.request).payload == {}
        copies = Disclosure.objects.filter(consent__case=asked.case)
        assert [one.payload for one in copies if one.payload] == []
