"""Who keeps and who serves in these tests."""

import pytest
from django.db import connection

from tests.factories.volunteers import coordinator_of, make_volunteer


@pytest.fixture
def coordinator(db, hospital):
    return coordinator_of(hospital)


@pytest.fixture
def other_coordinator(db, other_hospital):
    return coordinator_of(other_hospital)


@pytest.fixture
def serving(coordinator, volunteer, acting):
    """The volunteer of the small world, on the roll with training and insurance."""
    with acting(coordinator):
        return make_volunteer(coordinator, user_id=volunteer.pk)


@pytest.fixture
def rows():
    def run(sql, *params):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    return run
