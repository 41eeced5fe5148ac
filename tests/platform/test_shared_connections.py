"""A connection is kept from one request to the next, whoever asks: nobody finds there what somebody before has left.

The web server keeps its connections as in production (tests otherwise close them), and its threads take whoever comes.
"""

import contextlib
import random
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client

from cases.models.casework import Case
from departments.services.entering import member_scope
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.ids import uuid7
from tests.conftest import OwnDatabase, own_clone, sign_in
from tests.factories.cases import make_case

THREADS = 8
WORDS = {"worker": "甲院的难处", "other_worker": "乙院的难处"}
SETTINGS = """SELECT name, setting FROM (VALUES ('app.user'), ('app.role'), ('app.org'), ('app.care'), ('app.guest'),
    ('app.compartments'), ('app.region_lo'), ('app.region_hi'), ('app.token'), ('app.door'), ('app.glass'), ('app.rekey')) AS all_(name),
    LATERAL (SELECT current_setting(name, true) AS setting) AS one WHERE coalesce(setting, '') <> ''"""
MINE = "SELECT pid FROM pg_stat_activity WHERE usename = 'msw_app' AND datname = current_database()"


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path) -> Iterator[OwnDatabase]:
    """Of this test alone; whoever is given its environment keeps connections for good."""
    with own_clone(django_db_blocker, tmp_path) as made:
        made.env["DATABASE_URL"] += "?conn_max_age=3600"
        yield made


def _ask(address: str, cookie: str, body: bytes | None = None) -> tuple[int, str]:
    asked = urllib.request.Request(address, data=body, headers={"Cookie": cookie})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


class Asking:
    """Two houses that ask the same server by turns, in ways that end well and badly."""

    def __init__(self, portal: str, person, times: int) -> None:
        self.portal, self.times = portal, times
        self.cookies, self.pages = {}, {}
        self.seen: Counter[int] = Counter()
        self._counting = threading.Lock()
        for login, word in WORDS.items():
            user = person(login)
            with member_scope(user, user.membership.uid):
                case = make_case(user, stage="intervention", presenting_problem=word)
            self.cookies[login] = f"session={sign_in(Client(), user).cookies['session'].value}"
            self.pages[login] = f"{portal}/cases/{case.uid}/"
        weights = {"own": 4, "foreign": 3, "missing": 2, "refused": 1}
        self.kinds = random.Random(times).choices([*weights], [*weights.values()], k=times)  # noqa: S311

    def one(self, number: int) -> str:
        """What went wrong with one request, of whichever kind the dice chose; "" when nothing did."""
        mine, theirs = [*WORDS][:: 1 if number % 2 else -1]
        kind = self.kinds[number]
        address = {"foreign": self.pages[theirs], "missing": f"{self.portal}/cases/{uuid7()}/"}
        # A form without its token is refused after the scope was entered, or before.
        body = b"a=b" if kind == "refused" else None
        status, text = _ask(address.get(kind, self.pages[mine]), self.cookies[mine], body)
        with self._counting:
            self.seen[status] += 1
        good = {"own": {200}, "foreign": {404}, "missing": {404}, "refused": {403, 405}}[kind]
        is_right = status in good and (kind != "own" or WORDS[mine] in text)
        leaks = WORDS[theirs] in text
        # 503: the connection was cut under it, below.
        return "" if not leaks and (is_right or status == 503) else f"{mine} {kind} {status}"

    def faults(self, numbers: range | None = None) -> set[str]:
        with ThreadPoolExecutor(THREADS) as pool:
            return {fault for fault in pool.map(self.one, numbers or range(self.times)) if fault}


@pytest.mark.parametrize("times", [120, pytest.param(5000, marks=pytest.mark.long)])
def test_nobody_sees_what_another_house_asked_for_before(portal, person, run_as_owner, times):
    asking = Asking(portal, person, times)
    connection.close()
    assert asking.faults(range(5 * THREADS)) == set()
    kept = {pid for (pid,) in run_as_owner(MINE)}
    assert asking.faults() == set()
    # The very same sessions of PostgreSQL answered both houses: none was opened for a request alone.
    assert kept
    assert kept <= {pid for (pid,) in run_as_owner(MINE)}
    assert len(kept) <= THREADS
    assert 503 not in asking.seen


def test_nor_where_connections_are_cut_in_between(portal, person, run_as_owner):
    asking = Asking(portal, person, 160)
    dice, done = random.Random(7), threading.Event()  # noqa: S311

    def cut() -> None:
        while not done.wait(0.5):
            if kept := run_as_owner(MINE):
                run_as_owner("SELECT pg_terminate_backend(%s)", *dice.choice(kept))

    cutting = threading.Thread(target=cut)
    cutting.start()
    try:
        assert asking.faults() == set()
    finally:
        done.set()
        cutting.join()
    assert 500 not in asking.seen
    assert asking.seen[200]
    assert asking.seen[503]


def _refuse() -> None:
    raise DomainError("case.demo", "演示")


def _divide() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def _take_too_long() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)")


def _lose() -> None:
    connection.connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.parametrize("end", [lambda: None, _refuse, _divide, _take_too_long, _lose])
def test_a_connection_forgets_whom_it_served_however_that_ended(own_database, person, end):
    """As a worker has it, which runs the jobs of all houses over one connection."""
    for login in (*WORDS, *WORDS):
        user = person(login)
        with member_scope(user, user.membership.uid):
            make_case(user, stage="intervention", presenting_problem=WORDS[login])
    for login in (*WORDS, *WORDS):
        user = person(login)
        with (
            contextlib.suppress(DomainError, DatabaseError, InterfaceError, OperationalError),
            member_scope(user, user.membership.uid),
        ):
            shown = {case.presenting_problem for case in Case.objects.all()}
            assert shown == {WORDS[login]}
            end()
        if connection.connection is not None and connection.connection.closed:
            connection.close()
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
            assert cursor.fetchall() == []
        assert not Case.objects.exists()
