"""A connection that is kept between requests is looked at, and asked only where something points to its end."""

import time

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from departments.models.people import User
from msw_portal.kernel.db import row_by_key
from msw_portal.kernel.session_store import SessionStore

END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = 'msw_app'"
)


def _last_statement(pid: int) -> str:
    """As a second session of the same role sees it."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
            return cursor.fetchone()[0]
    finally:
        beside.close()


def test_a_quiet_connection_is_usable_without_a_statement(own_database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid() AS mine")
        pid = cursor.fetchone()[0]
    assert connection.is_usable()
    assert _last_statement(pid) == "SELECT pg_backend_pid() AS mine"


def test_after_an_error_the_server_is_asked(own_database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid() AS mine")
        pid = cursor.fetchone()[0]
    connection.errors_occurred = True
    assert connection.is_usable()
    assert _last_statement(pid) == "SELECT 1"


def test_a_session_that_the_server_ended_is_not_usable(own_database, run_as_owner):
    connection.ensure_connection()
    run_as_owner(END)
    until = time.monotonic() + 10
    while connection.is_usable() and time.monotonic() < until:
        time.sleep(0.05)
    assert not connection.is_usable()


def test_the_next_request_after_an_end_has_a_new_connection(own_database, run_as_owner):
    connection.ensure_connection()
    before = connection.connection
    run_as_owner(END)
    time.sleep(0.5)
    connection.health_check_enabled, connection.health_check_done = True, False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.connection is not before


def test_a_person_by_key_is_the_person_of_a_queryset(own_database, worker):
    found, known = row_by_key(User, worker.pk), User.objects.get(pk=worker.pk)
    fields = [one.attname for one in User._meta.concrete_fields]
    assert [getattr(found, one) for one in fields] == [getattr(known, one) for one in fields]
    assert not found._state.adding
    assert row_by_key(User, 0) is None


def test_a_session_is_read_while_it_lasts(own_database):
    store = SessionStore()
    store["a"] = 1
    store.create()
    store.save()
    assert SessionStore(store.session_key)["a"] == 1
    Session.objects.update(expire_date=timezone.now())
    over = SessionStore(store.session_key)
    assert (over.get("a"), over.session_key) == (None, None)
