"""Everything that writes at once, while PostgreSQL, Redis and the workers die: what was acknowledged is there, once.

Servers and processes are this test's own. PostgreSQL is stopped as `pg_ctl stop -m immediate` does it (SIGQUIT: no
checkpoint, recovery at the next start), Redis and the workers by `kill -9`; whoever dies is started again.
"""

import contextlib
import datetime as dt
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cases.models.casework import Case
from cases.models.work import Contact
from departments.models.queues import Job
from departments.services.entering import house_scope
from departments.services.verifying import audit_verify
from donations.models.giving import Donation
from donations.models.ledger import LedgerJournal
from donations.models.requests import FundingRequest
from donations.services.review import request_check
from msw_portal.embedded.servers import start
from msw_portal.embedded.valkey import binary
from msw_portal.kernel.scope import scope
from reports.models import ReportFile, ReportRun
from reports.services.periods import period_before
from tests.conftest import ROOT, OwnDatabase, free_port
from tests.donations.conftest import ALL_DUTIES, ALL_SCOPES
from tests.factories import donations
from tests.factories.cases import make_case, make_client
from tests.factories.donations import as_person
from tests.factories.volunteers import coordinator_of, make_post, make_volunteer
from tests.platform.clusters import copy_template, pointed_at
from tests.platform.lanes import Desk, Lane, Traffic, Write
from tests.platform.test_report_faults import CELERY, PLAIN, House
from volunteers.models.service import ServiceRecord

D = Decimal
BACK = 10.0  # seconds from the server's answering to the first write that is taken
DRAINED = 300.0
NO_REVIEW = ["document_check", "proposed", "approved", "agreement", "disbursing", "disbursed"]


@pytest.fixture
def servers(django_db_setup, django_db_blocker):
    """PostgreSQL with fsync on, as in production, and the world of the tests in it."""
    with tempfile.TemporaryDirectory(prefix="msw-all-", dir="/tmp") as name:
        root = Path(name)
        root.chmod(0o711)
        pair = start(root, is_tied=True, with_valkey=False)
        try:
            with django_db_blocker.unblock():
                copy_template(root)
            yield pair, root
        finally:
            pair.stop()


@pytest.fixture
def own_database(servers, django_db_blocker, tmp_path) -> Iterator[OwnDatabase]:
    port = free_port()
    with django_db_blocker.unblock():
        more = {
            "MSW_MEDIA": str(tmp_path / "media"),
            "MSW_ANCHORS": str(tmp_path / "anchors.jsonl"),
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "MSW_API_LIMIT": "100000",
        }
        with pointed_at(servers[1], **more) as made:
            # Kept as in production: a connection that died must be noticed.
            made.env["DATABASE_URL"] += "?conn_max_age=3600"
            yield made


@pytest.fixture
def house(own_database, tmp_path) -> Iterator[House]:
    """Redis, the two workers and beat."""
    made = House(own_database.env, tmp_path)
    port = own_database.env["REDIS_URL"].rpartition(":")[2].partition("/")[0]
    made.add("redis", str(binary()), "--port", port, "--bind", "127.0.0.1", "--save", "")
    worker = (sys.executable, *CELERY, "worker", "--pool", "prefork", *PLAIN)
    made.add("worker", *worker, "-Q", "reports", "-n", f"reports{port}@here")
    made.add("relay", *worker, "-Q", "relay", "-n", f"relay{port}@here")
    made.add("beat", sys.executable, *CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")
    made.start()
    yield made
    made.stop()


@dataclass
class Everybody:
    """Who writes, and what stands before the first write."""

    portal: str
    person: Any
    requests: int
    waiting: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    minutes: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        names = ("worker", "officer", "officer2", "approver", "cashier", "cashier2")
        self.people = donations.People(*map(self.person, names))
        self.worker, self.head = self.people.worker, self.person("head")
        with as_person(self.worker) as by:
            self.client = make_client(by)
            self.case = make_case(by, stage="intervention", client=self.client)
        self.money = donations.make_money(self.people, documents=[], stages=NO_REVIEW)
        donations.give(self.people, self.money, D("1000000.00"))
        for _n in range(self.requests):
            made = donations.make_submitted(
                self.people, self.money, requested="1000.00", with_papers=False
            )
            with as_person(self.people.officer) as by:  # nobody approves what he has checked
                request_check(request=made.request, complete=True, by=by)
            self.waiting.append(str(made.request.uid))
        self.foundation = self.people.officer.membership.organization
        self.hospital = self.worker.membership.organization
        self.coordinator = coordinator_of(self.hospital)
        with as_person(self.coordinator) as by:
            self.volunteer, self.post = make_volunteer(by), make_post(by)
        with scope(org=self.foundation.pk, role="system"):
            client = donations.make_api_client(
                self.foundation, duties=ALL_DUTIES, limit="50000.00", scopes=ALL_SCOPES
            )
            self.token = donations.make_token(client, scope=" ".join(ALL_SCOPES), minutes=600)

    # ── what is written ──────────────────────────────────────────────────────

    def _case(self, key: str) -> Write:
        typed = {
            "source": "outreach",
            "presenting_problem": key,
            "risk_level": "low",
            "priority": "normal",
            "duplicate_reason": "演示：另一件事",
        }
        return reverse("cases:open", args=[self.client.uid]), typed

    def _contact(self, key: str) -> Write:
        typed = {
            "mode": "interview",
            "target": "client",
            "quick": "30",
            "occurred_on": timezone.localdate().isoformat(),
            "facts": key + "谈" * 500,
        }
        return reverse("cases:contact_new", args=[self.case.uid]), typed

    def _gift(self, _key: str) -> Write:
        typed = {
            "donor_kind": "person",
            "donor_name": "欧阳演示",
            "fund": str(self.money.fund.uid),
            "purpose": f"{self.money.fund.number}/leukaemia",
            "amount": f"{next(self.numbers) / 100:.2f}",  # no two alike, so that each can be found
            "received_on": timezone.localdate().isoformat(),
            "channel": "wechat",
        }
        return reverse("donations:donation_new"), typed

    def _hours(self, key: str) -> Write:
        minute = next(self.minutes)  # nobody serves twice in one minute
        typed = {
            "post": str(self.post.uid),
            "day": (timezone.localdate() - dt.timedelta(days=1 + minute // 1439)).isoformat(),
            "checked_in": f"{minute % 1439 // 60:02}:{minute % 1439 % 60:02}",
            "checked_out": f"{(minute % 1439 + 1) // 60:02}:{(minute % 1439 + 1) % 60:02}",
            "content": key,
            "reason": "演示：补记",
        }
        return reverse("hours:enter", args=[self.volunteer.uid]), typed

    def _report(self, _key: str) -> Write:
        month = period_before("month", timezone.localdate())
        typed = {"kind": "monthly", "period": f"month:{month.isoformat()}", "formats": ["xlsx"]}
        return reverse("reports:runs"), typed

    def _approvals(self) -> Iterator[Write]:
        for uid in self.waiting:
            yield (
                f"/api/v1/funding-requests/{uid}/approve/",
                {"amount": "1000.00", "opinion": "按余额安排"},
            )

    def traffic(self) -> Traffic:
        """Six lanes that have each opened their page."""
        desk, steps = Desk(self.portal, self.worker), self._approvals()
        officer, head = Desk(self.portal, self.people.officer), Desk(self.portal, self.head)
        keeper, program = Desk(self.portal, self.coordinator), Desk(self.portal, token=self.token)
        desk.open(reverse("cases:contact_new", args=[self.case.uid]))
        officer.open(reverse("donations:donation_new"))
        keeper.open(reverse("hours:enter", args=[self.volunteer.uid]))
        head.open(reverse("reports:runs"))
        return Traffic(
            [
                Lane("cases", desk, self._case, pause=0.5),
                Lane("contacts", desk, self._contact, pause=0.1),
                Lane("gifts", officer, self._gift, pause=0.1),
                Lane("hours", keeper, self._hours, pause=0.3),
                Lane("reports", head, self._report, pause=20),
                Lane("approvals", program, lambda _key: next(steps, None), good=200, pause=2),
            ]
        )

    # ── what must be there afterwards ────────────────────────────────────────

    def check(self, traffic: Traffic) -> None:
        """Every acknowledged write once, and nothing else."""
        done = {lane.name: lane.done for lane in traffic.lanes}
        with as_person(self.worker):
            texts = Case.objects.exclude(pk=self.case.pk).filter(client=self.client)
            assert sorted(one.presenting_problem for one in texts) == sorted(done["cases"])
            facts = [one.facts[:36] for one in Contact.objects.filter(case=self.case)]
            assert sorted(facts) == sorted(done["contacts"])
        with as_person(self.people.officer):
            booked = Donation.objects.filter(amount__lt=D(100_000)).values_list("amount", flat=True)
            asked = [D(body["amount"]) for _path, body in done["gifts"].values()]
            assert sorted(booked) == sorted(asked)
        with as_person(self.coordinator):
            hours = [one.content for one in ServiceRecord.objects.all()]  # sealed in the table
            assert sorted(hours) == sorted(done["hours"])
        self._check_money(done["approvals"])
        with as_person(self.head):
            assert ReportRun.objects.count() == len(done["reports"])

    def _check_money(self, done: dict[str, Write]) -> None:
        approved = len(done)
        with scope(org=self.foundation.pk, role="system"):
            states = Counter(FundingRequest.objects.values_list("state", flat=True))
            assert states["approved"] + states["disbursing"] == approved, states
            moved = Counter(
                LedgerJournal.objects.filter(kind="commit").values_list("request_id", flat=True)
            )
            assert (len(moved), set(moved.values())) == (approved, {1})


@dataclass
class Faults:
    """What dies, in turns; `lanes` go on meanwhile."""

    pair: Any
    house: House
    traffic: Traffic
    dice: random.Random
    backs: list[float] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)

    def restart(self) -> None:
        """Immediate: every session is cut, nothing is written, the next start recovers from the WAL."""
        postgres = self.pair.postgres
        process = postgres.process
        os.kill(process.pid, signal.SIGQUIT)
        process.wait(20)
        began = time.monotonic()
        postgres.start(is_tied=True)
        up = time.monotonic()
        self.recoveries.append(up - began)
        self.backs.append(self.traffic.first_good_since(up))

    def run(self, restarts: int, kills: int) -> None:
        names = itertools.cycle(["worker", "redis", "relay", "redis"])
        for turn in range(max(restarts, kills)):
            time.sleep(self.dice.uniform(0.5, 3.0))
            if turn < restarts:
                self.restart()
            time.sleep(self.dice.uniform(0.0, 1.5))
            if turn < kills:
                self.house.kill(next(names))


def _drained() -> bool:
    """No job and no effect waits or is under way."""
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM departments_outbox WHERE state IN ('ready', 'leased') AND not_before <= now()"
        )
        [(waiting,)] = cursor.fetchall()
        return not waiting and not Job.objects.exclude(state__in=["done", "cancelled"]).exists()


def _until_drained(house: House) -> float:
    began = time.monotonic()
    while time.monotonic() < began + DRAINED:
        if _drained():
            return time.monotonic() - began
        time.sleep(0.5)
    log = (house.folder / "worker.log").read_text()[-2000:]
    with scope(role="relay"):
        states = Counter(Job.objects.values_list("state", "error"))
    pytest.fail(f"{states}\n{log}")


def _as_owner(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**env, "MSW_AS_OWNER": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def _everything(request: pytest.FixtureRequest, *, restarts: int, kills: int, requests: int) -> str:
    """Run it all; the figures."""
    pair, _root = request.getfixturevalue("servers")
    own, portal = request.getfixturevalue("own_database"), request.getfixturevalue("portal")
    everybody = Everybody(portal, request.getfixturevalue("person"), requests)
    _as_owner(own.env, "rebuild_search")  # the factories' persons are in no index
    house, traffic = request.getfixturevalue("house"), everybody.traffic()
    connection.close()
    began = time.monotonic()
    with traffic:
        traffic.first_good_since(0.0)
        faults = Faults(pair, house, traffic, random.Random(20261130))  # noqa: S311
        faults.run(restarts, kills)
        time.sleep(2)
    took = time.monotonic() - began
    assert traffic.wrong == []
    assert not {code for lane in traffic.lanes for code in lane.seen} - {0, 200, 302, 409, 503}
    drained = _until_drained(house)
    house.stop()
    everybody.check(traffic)
    with as_person(everybody.head):
        for run in ReportRun.objects.all():
            assert ReportFile.objects.filter(run=run).count() == 1
    for one in (everybody.hospital, everybody.foundation):
        with house_scope(one.pk):
            assert audit_verify(organization_id=one.pk).first_break is None
    connection.close()
    assert "No difference anywhere." in _as_owner(own.env, "prove")
    return "\n".join(
        [
            f"{restarts} immediate restarts, {kills} kills in {took:.0f} s; drained after {drained:.1f} s",
            f"PostgreSQL up after {max(faults.recoveries):.1f} s at most, first write {max(faults.backs):.2f} s "
            f"after that at most (median {sorted(faults.backs)[len(faults.backs) // 2]:.2f} s)",
            *traffic.said(),
        ]
    )


@pytest.fixture
def record(capsys):
    def said(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}")

    return said


@pytest.mark.long
def test_two_restarts_and_two_kills_lose_and_double_nothing(request, record):
    record(_everything(request, restarts=2, kills=2, requests=6))


@pytest.mark.long
def test_twenty_restarts_and_twenty_kills_lose_and_double_nothing(request, record):
    record(_everything(request, restarts=20, kills=40, requests=30))


@pytest.fixture(autouse=True)
def _close(django_db_blocker):
    with django_db_blocker.unblock():
        yield
        with contextlib.suppress(Exception):
            connection.close()
