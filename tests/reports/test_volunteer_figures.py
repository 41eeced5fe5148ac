"""A figure of volunteering is one number: on the page of the hours and in the library."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from psycopg2.extras import DateRange

from reports.services.indicators import Span, indicator_read, indicators_read
from tests.factories.cases import make_client, make_episode
from tests.factories.volunteers import (
    coordinator_of,
    make_post,
    make_record,
    make_service,
    make_volunteer,
)
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.services.hour_figures import hour_figures
from volunteers.services.standing import (
    volunteer_blacklist,
    volunteer_enrol,
    volunteer_leave,
    volunteer_propose_blacklist,
    volunteer_rejoin,
)

TODAY = timezone.localdate()
FIRST = TODAY.replace(month=1, day=1)


def _day(days):
    return TODAY - dt.timedelta(days=days)


def _value(by, code, first=FIRST, last=TODAY):
    return indicator_read(code=code, first=first, last=last, by=by)[0].value


def _said(by):
    found = {str(one.label): one.value for one in hour_figures(by, TODAY.year)}
    return {name: value.removesuffix("%") for name, value in found.items()}


@pytest.fixture
def coordinator(hospital):
    return coordinator_of(hospital)


@pytest.fixture
def served(coordinator, acting):
    """`served(400, 30)`: a volunteer with services so many days ago."""

    def make(*days, **given):
        with acting(coordinator):
            who = make_volunteer(coordinator, **given)
            for one in days:
                make_service(who, post, coordinator, days=one)
            return who

    with acting(coordinator):
        post = make_post(coordinator)
    return make


def _joined_long_ago():
    Volunteer.objects.update(created_at=timezone.now() - dt.timedelta(days=900))


def test_who_stayed_is_told_by_two_years_that_do_not_overlap(served, head, acting):
    end = TODAY + dt.timedelta(days=1)
    leap = (end.month, end.day) == (2, 29)
    edge = end.replace(year=end.year - 1, day=28 if leap else end.day)
    served(400, 30)
    served(400)
    # The last day of the earlier year is not in the later one as well.
    served((TODAY - edge).days + 1)
    served((TODAY - edge).days)
    served(500, state="left")
    by = head
    with acting(by):
        assert ServiceRecord.objects.count() == 6
        assert (_value(by, "volunteers_active"), _value(by, "volunteer_retention")) == (2, 25)
        assert _said(by)["活跃志愿者"] == "2"
        assert _said(by)["留存率"] == "25.0"


def test_training_covers_who_passed_and_is_in_force(served, head, coordinator, acting):
    served()
    with acting(coordinator):
        untested, old, waiting, lasting = (
            make_volunteer(coordinator, records=False, state=state)
            for state in ("active", "paused", "training", "active")
        )
        make_record(untested, coordinator, passed=None)
        make_record(old, coordinator, happened_on=_day(400), valid=DateRange(_day(400), _day(30)))
        make_record(waiting, coordinator)
        make_record(lasting, coordinator, happened_on=_day(400), valid=None)
    by = head
    with acting(by):
        assert _value(by, "volunteer_trained") == 50
        assert _said(by)["培训覆盖率"] == "50.0"


def test_who_left_in_the_year_and_did_not_come_back_is_the_turnover(
    served, head, coordinator, acting
):
    _stays = [served() for _n in range(3)]
    leaves, returns, _left_before = served(), served(), served(state="left")
    with acting(coordinator):
        _joined_long_ago()
        for who in (leaves, returns):
            volunteer_leave(volunteer=who, reason="搬家", by=coordinator)
        rejoined = volunteer_rejoin(volunteer=returns, by=coordinator)
        volunteer_enrol(volunteer=rejoined, by=coordinator)
        proposed = volunteer_propose_blacklist(
            volunteer=leaves, reason="冒用他人身份报名", by=coordinator
        )
    with acting(head):
        volunteer_blacklist(volunteer=proposed, by=head)
    by = head
    with acting(by):
        # Three stay and one is back; of five one is gone, who left and was blacklisted.
        assert _value(by, "volunteer_turnover") == 20
        assert _said(by)["流失率"] == "20.0"
        months = indicators_read(
            codes=["volunteer_turnover"],
            span=Span((FIRST - dt.timedelta(days=40)).replace(day=1), TODAY, by_month=True),
            by=by,
        )["volunteer_turnover"]
        assert [cell.value for cell in months][-1] == 20
        assert {cell.value for cell in months[:-1]} == {Decimal(0)}


def test_hours_are_told_for_a_day_of_a_patient_in_bed(served, head, worker, acting):
    served(1, 2)
    with acting(worker):
        for first, last in ((_day(9), None), (_day(19), _day(18)), (_day(3), _day(3))):
            make_episode(make_client(worker), worker, admitted_on=first, discharged_on=last)
        make_episode(make_client(worker), worker, visit_type="outpatient", admitted_on=_day(9))
    by = head
    with acting(by):
        # Five hours over ten, two and one days.
        assert _value(by, "volunteer_per_bed_day", first=_day(30)) == Decimal("0.38")
        assert _value(by, "volunteer_per_bed_day", first=_day(9)) == Decimal("0.45")
        if _day(30) >= FIRST:
            assert _said(by)["每床日志愿服务"] == "0.38"
        months = indicators_read(
            codes=["volunteer_per_bed_day"], span=Span(_day(30), TODAY, by_month=True), by=by
        )["volunteer_per_bed_day"]
        assert sum(cell.n for cell in months) >= 1
