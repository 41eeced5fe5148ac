"""What counts as "the database is away", whatever shape the driver gives it."""

import psycopg2
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

from msw_portal.kernel.errors import is_away
from msw_portal.kernel.room import is_out_of_room, tells_of_room
from msw_portal.kernel.session_store import SessionStore

END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = 'msw_app'"
)


def _raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_raised(OperationalError(), psycopg2.OperationalError()), True),
        (_raised(InterfaceError(), psycopg2.InterfaceError()), True),
        # As libpq's "server closed the connection unexpectedly" arrives.
        (_raised(DatabaseError("server closed"), psycopg2.DatabaseError("server closed")), True),
        (_raised(DatabaseError("Forced update did not affect any rows.")), False),
        (_raised(IntegrityError(), psycopg2.IntegrityError()), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_a_server_that_is_away_in_every_shape(error, expected):
    assert is_away(error) is expected


def test_a_session_is_not_called_deleted_while_the_database_is_away(own_database, run_as_owner):
    store = SessionStore()
    store.create()
    run_as_owner(END)
    store["a"] = 1
    with pytest.raises((OperationalError, InterfaceError, DatabaseError)) as refused:
        store.save()
    assert is_away(refused.value)


def test_a_session_that_was_deleted_is_deleted(own_database):
    store = SessionStore()
    store.create()
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(28, "No space left on device"), True),
        (OSError(2, "No such file"), False),
        (_raised(RuntimeError(), OSError(122, "Disk quota exceeded")), True),
        (ValueError(), False),
    ],
)
def test_a_full_disk_is_known_through_what_was_raised_from_it(error, expected):
    assert is_out_of_room(error) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OperationalError 53100 jobs.py:40 job_run", True),
        ("DomainError file.no_room documents.py:50 file_keep", True),
        ("OSError ENOSPC files.py:7 write", True),
        ("ValueError building.py:53100 build", False),
        ("", False),
    ],
)
def test_a_kept_error_tells_of_room(text, expected):
    assert tells_of_room(text) is expected
