"""Reports survive whatever dies: real processes, killed at named points and at random, end with one set of files.

The worker of the reports, the relay, beat and Redis are processes of this test alone; whoever dies is started again
after a second, as `make run` and compose do. The short version runs in `make test`; `-m long` has the rest.
"""

import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from departments.models.mechanisms import Document, Notification
from departments.models.queues import Job
from msw_portal.embedded.valkey import binary
from msw_portal.kernel import file_store
from msw_portal.kernel.scope import scope
from reports.models import ReportFile, ReportRun
from reports.services.kinds import KINDS
from reports.services.periods import period_before
from reports.services.runs import report_ask
from tests.conftest import ROOT, free_port
from tests.factories.cases import make_case, make_need

POINTS = (
    *("after_row:1", "after_row:5", "after_render"),
    *("before_rename", "after_publish_before_commit", "after_commit_before_ack"),
)
SHORT = ("after_row:5", "after_publish_before_commit", "after_commit_before_ack")
RESUMES = 15.0
ENOUGH = 120.0
RANDOM_KILLS, RANDOM_SECONDS = 40, 900
CELERY = ("-m", "celery", "-A", "msw_portal")
PLAIN = ("--without-gossip", "--without-mingle", "--loglevel", "INFO", "--concurrency", "1")


@dataclass
class Child:
    """One process under supervision, and how it is started."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None


@dataclass
class House:
    """The processes of an installation; a child that ends is started again after a second."""

    env: dict[str, str]
    folder: Path
    children: dict[str, Child] = field(default_factory=dict)
    comes_up: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def add(self, name: str, *command: str) -> None:
        self.children[name] = Child(name, list(command))

    def start(self) -> None:
        for child in self.children.values():
            self._start(child)
        self._watch = threading.Thread(target=self._mend, daemon=True)
        self._watch.start()

    def _start(self, child: Child) -> None:
        with open(self.folder / f"{child.name}.log", "ab") as out:
            child.process = subprocess.Popen(
                child.command,
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _mend(self) -> None:
        while not self._stop.wait(0.2):
            for child in self.children.values():
                if child.process.poll() is not None and not self._stop.wait(1):
                    self._start(child)

    def kill(self, name: str, *, child_only: bool = False) -> None:
        """`kill -9` of a process with all that belongs to it, or of what it has forked."""
        process = self.children[name].process
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # just killed already
            if child_only:
                for pid in _forked(process.pid):
                    os.kill(pid, signal.SIGKILL)
            else:
                os.killpg(process.pid, signal.SIGKILL)

    def stop(self) -> None:
        self._stop.set()
        self._watch.join()
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def _forked(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in listed]


@pytest.fixture
def house(own_database, tmp_path) -> Iterator[House]:
    port = free_port()
    env = {
        **own_database.env,
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "FAULT": str(tmp_path / "fault"),
    }
    made = House(env, tmp_path)
    made.add("redis", str(binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", "")
    worker = (sys.executable, *CELERY, "worker", "--pool", "prefork", *PLAIN)
    made.add("worker", *worker, "-Q", "reports", "-n", f"reports{port}@here")
    made.add("relay", *worker, "-Q", "relay", "-n", f"relay{port}@here")
    made.add("beat", sys.executable, *CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")
    yield made
    made.stop()


@pytest.fixture
def ask(person, acting):
    """Ask for the report of last month, which is frozen the first time."""
    head, worker = person("head"), person("worker")
    month = period_before("month", timezone.localdate())
    with acting(worker):
        opened = timezone.make_aware(dt.datetime.combine(month, dt.time(9)))
        make_need(make_case(worker, opened_at=opened), worker)

    def asked() -> ReportRun:
        with acting(head):
            return report_ask(kind="monthly", day=month, by=head)

    asked.head = head
    return asked


def _job(run: ReportRun) -> Job:
    with scope(role="relay"):
        return Job.objects.get(pk=run.job_id)


def _until(fact, seconds: float = ENOUGH, every: float = 0.1) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if fact():
            return True
        time.sleep(every)
    return False


def _finished(run: ReportRun, house: House) -> bytes:
    """The hash of its files, once it is done."""
    if not _until(lambda: _job(run).state == "done"):
        log = (house.folder / "worker.log").read_text()[-3000:]
        pytest.fail(f"{_job(run).state}: {_job(run).error}\n{log}")
    with scope(org=run.organization_id, user=run.requested_by_id, role="dept_head"):
        return bytes(ReportRun.objects.get(pk=run.pk).content_hash)


def _one_set(run: ReportRun) -> None:
    """Exactly one file of every format, and one notice."""
    with scope(org=run.organization_id, user=run.requested_by_id, role="dept_head"):
        formats = list(ReportFile.objects.filter(run=run).values_list("format", flat=True))
        assert sorted(formats) == sorted(KINDS["monthly"].formats)
        assert Document.objects.filter(subject_uid=run.uid).count() == len(formats)
        told = Notification.objects.filter(kind="report.done", subject_uid=run.uid)
        assert told.count() == 1


def _nothing_left(settings_media: Path) -> bool:
    folder = settings_media / "tmp"
    return not folder.is_dir() or not list(folder.iterdir())


def _stray_files() -> list[str]:
    kept = [one.file_key for one in file_store.kept()]
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.files_known(%s, now())", [kept])
        known = {key for (key,) in cursor.fetchall()}
    return [key for key in kept if key not in known]


def _all_is_whole(runs: list[ReportRun], expected: bytes, house, settings) -> None:
    for run in runs:
        assert _finished(run, house) == expected
        _one_set(run)
    assert _until(lambda: _nothing_left(Path(settings.MEDIA_ROOT)), 30), "temporary files stayed"
    assert _stray_files() == []


def _undisturbed(house: House, ask) -> bytes:
    """Also how long a worker takes to come up on this machine, which nobody resumes faster than."""
    began, run = time.monotonic(), ask()
    house.start()
    _until(lambda: _job(run).state != "ready")
    house.comes_up = time.monotonic() - began
    return _finished(run, house)


def _resumed_after(run: ReportRun, fence: int, since: float) -> float:
    """Seconds until somebody holds the job again, or it is done."""
    assert _until(lambda: _job(run).fence > fence or _job(run).state == "done", every=0.05)
    return time.time() - since


def _dies_at(point: str, expected: bytes, house, ask, settings, record) -> None:
    fault = Path(house.env["FAULT"])
    fault.write_text(point)
    run = ask()
    assert _until(lambda: not fault.exists(), every=0.02), f"{point} was never reached"
    resumed = _resumed_after(run, 1, time.time())
    _all_is_whole([run], expected, house, settings)
    done = point == "after_commit_before_ack"
    assert _job(run).fence == (1 if done else 2)
    record(f"{point}: {'done' if done else 'resumed'} after {resumed:.1f} s")
    assert resumed <= RESUMES


@pytest.fixture
def record(capsys):
    """Say a figure on the terminal, whatever becomes of the test."""

    def said(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}")

    return said


def test_a_worker_that_dies_at_a_point_leaves_one_whole_set(house, ask, settings, record):
    expected = _undisturbed(house, ask)
    for point in SHORT:
        _dies_at(point, expected, house, ask, settings, record)


@pytest.mark.long
def test_a_worker_that_dies_at_any_other_point_does_too(house, ask, settings, record):
    expected = _undisturbed(house, ask)
    for point in POINTS:
        if point not in SHORT:
            _dies_at(point, expected, house, ask, settings, record)


@pytest.mark.long
def test_whoever_is_killed_while_a_report_is_made_it_goes_on(house, ask, settings, record):
    expected = _undisturbed(house, ask)
    for name in ("worker", "worker child", "relay", "beat", "redis"):
        run = ask()
        _until(lambda run=run: _job(run).state != "ready", every=0.01)
        fence, at = _job(run).fence, time.time()
        house.kill(name.split()[0], child_only="child" in name)
        later = ask()  # and what is asked for meanwhile is not lost either
        resumed = _resumed_after(run, fence, at)
        _all_is_whole([run, later], expected, house, settings)
        whole = time.time() - at
        record(f"kill -9 {name}: on after {resumed:.1f} s, both whole after {whole:.1f} s")
        # A whole new worker has to come up first; on a busy machine that alone takes longer.
        assert resumed <= max(RESUMES, 5 + house.comes_up)


@pytest.mark.long
def test_kills_at_random_times_lose_and_double_nothing(house, ask, settings, record):
    chance = random.Random(20261130)  # noqa: S311 - the same kills every time
    expected = _undisturbed(house, ask)
    began, runs, kills = time.monotonic(), [], 0
    while kills < RANDOM_KILLS and time.monotonic() - began < RANDOM_SECONDS:
        runs.append(ask())
        # A worker that is still coming up has nothing in its hands: wait until it has.
        _until(lambda: _job(runs[-1]).state != "ready", 40, every=0.02)
        time.sleep(chance.uniform(0.0, 1.5))
        name = chance.choice(["worker", "worker", "worker child", "relay", "beat", "redis"])
        house.kill(name.split()[0], child_only="child" in name)
        kills += 1
    _all_is_whole(runs, expected, house, settings)
    with scope(role="relay"):
        again = Job.objects.filter(pk__in=[run.job_id for run in runs], fence__gt=1).count()
    record(
        f"{kills} kills, {len(runs)} reports, {again} of them begun again, in {time.monotonic() - began:.0f} s"
    )


@pytest.fixture(autouse=True)
def _close(django_db_blocker):
    with django_db_blocker.unblock():
        yield
        connection.close()
