"""The first wall of every table of this app, with Python's filters off."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from psycopg2.extras import DateRange

from tests.factories.volunteers import (
    make_post,
    make_record,
    make_shift,
    make_signup,
    make_volunteer,
)
from volunteers.models.people import Volunteer
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.models.shifts import Signup

pytestmark = pytest.mark.django_db
TABLES = [model._meta.db_table for model in apps.get_app_config("volunteers").get_models()]


@pytest.fixture
def filled(coordinator, serving, acting):
    """A row in every table: of the volunteer with an account, and of one without."""
    with acting(coordinator):
        other = make_volunteer(coordinator)
        post = make_post(coordinator)
        shift = make_shift(post, coordinator)
        started = timezone.now() - dt.timedelta(hours=5)
        for one in (serving, other):
            make_record(one, coordinator, kind="award", valid=None, passed=None)
            make_signup(shift, one, coordinator)
            ServiceRecord.objects.create(
                organization_id=coordinator.house_id,
                volunteer=one,
                post=post,
                checked_in=started,
                checked_out=started + dt.timedelta(hours=2, minutes=50),
                break_minutes=10,
                state="recorded",
            )
            Certificate.objects.create(
                organization_id=coordinator.house_id,
                volunteer=one,
                holder="演示",
                number=f"演示-{one.pk}",
                period=DateRange(dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
                total_hours="2.5",
                issued_on=timezone.localdate(),
            )
    return serving, other, post, shift


def counts(rows) -> dict[str, int]:
    return {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_the_world_has_a_row_in_every_table(filled, coordinator, acting, rows):
    with acting(coordinator):
        assert [table for table, count in counts(rows).items() if count == 0] == []


@pytest.mark.parametrize("login", ["other_worker", "other_head", "officer", "authority"])
def test_another_house_sees_no_row(login, filled, person, acting, rows):
    with acting(person(login)):
        assert {table for table, count in counts(rows).items() if count} == set()


def test_a_volunteer_reads_the_own_rows_and_what_is_open(filled, volunteer, acting, rows):
    with acting(volunteer):
        assert counts(rows) == {
            "volunteers_volunteer": 1,
            "volunteers_volunteerrecord": 3,
            "volunteers_post": 1,
            "volunteers_shift": 1,
            "volunteers_signup": 1,
            "volunteers_servicerecord": 1,
            "volunteers_certificate": 1,
        }


def test_a_volunteer_reads_no_closed_post(filled, coordinator, volunteer, acting, rows):
    _one, _other, post, shift = filled
    with acting(coordinator):
        type(post).objects.filter(pk=post.pk).update(is_open=False)
        type(shift).objects.filter(pk=shift.pk).update(is_open=False)
    with acting(volunteer):
        seen = counts(rows)
        assert (seen["volunteers_post"], seen["volunteers_shift"]) == (0, 0)
        assert seen["volunteers_signup"] == 1
        assert rows("SELECT title FROM volunteers_signup") == [(post.title,)]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE volunteers_volunteer SET state = 'blacklisted'",
        "UPDATE volunteers_volunteer SET hours = 2000, star = 5",
        "UPDATE volunteers_volunteerrecord SET passed = true",
        "UPDATE volunteers_certificate SET total_hours = 900",
        "UPDATE volunteers_servicerecord SET state = 'confirmed', confirmed_at = now()",
        "UPDATE volunteers_servicerecord SET confirmed_by_id = 1",
        "UPDATE volunteers_signup SET place = 0",
        "INSERT INTO volunteers_volunteerrecord (created_at, uid, row_version, updated_at, volunteer_id, "
        "organization_id, user_id, kind, happened_on, detail) SELECT now(), gen_random_uuid(), 1, now(), "
        "volunteer_id, organization_id, user_id, kind, happened_on, detail FROM volunteers_volunteerrecord",
    ],
)
def test_what_the_house_writes_a_volunteer_does_not(sql, filled, volunteer, acting, rows):
    with acting(volunteer):
        with pytest.raises(IntegrityError, match="not the part of a guest"), transaction.atomic():
            rows(sql)


def test_a_volunteer_signs_nobody_else_up(filled, coordinator, volunteer, acting):
    _one, other, post, _shift = filled
    with acting(coordinator):
        later = make_shift(post, coordinator, in_days=5)
    with acting(volunteer):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Signup(
                organization_id=volunteer.house_id,
                shift=later,
                volunteer_id=other.pk,
                user_id=volunteer.pk,
            ).save(force_insert=True)


def test_an_account_given_later_reaches_the_rows_of_before(
    filled, coordinator, worker2, acting, rows
):
    _one, other, _post, _shift = filled
    with acting(coordinator):
        Volunteer.objects.filter(pk=other.pk).update(user_id=worker2.pk)
        for table in ("volunteerrecord", "signup", "servicerecord", "certificate"):
            found = rows(
                f"SELECT DISTINCT user_id FROM volunteers_{table} WHERE volunteer_id = %s", other.pk
            )
            assert found == [(worker2.pk,)], table


def test_hours_are_the_rule_whatever_is_written(filled, coordinator, acting, rows):
    with acting(coordinator):
        assert rows("SELECT DISTINCT hours FROM volunteers_servicerecord") == [
            (ServiceRecord.objects.first().hours,)
        ]
        assert str(ServiceRecord.objects.first().hours) == "2.5"
        rows("UPDATE volunteers_servicerecord SET hours = 40")
        assert str(ServiceRecord.objects.first().hours) == "2.5"


def test_two_records_of_one_volunteer_do_not_overlap(filled, coordinator, acting):
    one, _other, post, _shift = filled
    with acting(coordinator):
        start = ServiceRecord.objects.filter(volunteer=one).get().checked_in
        with pytest.raises(IntegrityError, match="service_records_do_not_overlap"):
            with transaction.atomic():
                ServiceRecord.objects.create(
                    organization_id=coordinator.house_id,
                    volunteer=one,
                    post=post,
                    checked_in=start + dt.timedelta(hours=2),
                )


def test_nobody_confirms_the_own_hours(filled, coordinator, volunteer, acting, rows):
    with acting(coordinator):
        with pytest.raises(IntegrityError, match="service_record_confirmed_by_another"):
            with transaction.atomic():
                rows(
                    "UPDATE volunteers_servicerecord SET state = 'confirmed', confirmed_at = now(), "
                    "confirmed_by_id = %s WHERE user_id = %s",
                    volunteer.pk,
                    volunteer.pk,
                )
