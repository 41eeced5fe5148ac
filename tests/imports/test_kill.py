"""A worker that dies while it imports: each batch is there whole or not at all, and the end is the same."""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from cases.models.people import Client, Episode
from departments.models.imports import ImportRow, ImportRun
from departments.services.entering import member_scope
from departments.services.importing import applying
from departments.services.importing.kinds import kinds
from departments.services.importing.runs import import_confirm, import_map, import_upload
from departments.services.jobs import job_run, sweep_jobs
from tests.conftest import owner_sql
from tests.imports import files

ROWS, KILLS = 3000, 4
RUN = (
    "import django; django.setup(); from departments.services.jobs import job_run; job_run('{uid}')"
)


def _killed_somewhere(uid, env: dict[str, str]) -> None:
    """Let a worker of its own run the job for a while, and kill it without a word."""
    process = subprocess.Popen([sys.executable, "-c", RUN.format(uid=uid)], env=env)
    time.sleep(random.uniform(1.5, 6.0))  # noqa: S311  any moment will do
    process.kill()
    process.wait()


def _counts(user) -> tuple[int, int, int]:
    with member_scope(user, user.membership.uid):
        applied = ImportRow.objects.filter(state=ImportRow.State.APPLIED).count()
        return Client.objects.count(), Episode.objects.count(), applied


def test_a_killed_worker_leaves_whole_batches_and_the_next_one_goes_on(own_database, person):
    user = person("worker")
    env = {**own_database.env, "DJANGO_SETTINGS_MODULE": "msw_portal.settings"}
    content = files.csv_bytes(files.person(n) for n in range(ROWS))
    with member_scope(user, user.membership.uid):
        run = import_upload(
            kind=kinds()["persons"], source="HIS", file=files.upload(content, "a.csv"), by=user
        )
        run = import_map(run=run, sheet=run.sheet, columns=run.mapping, by=user)
    assert job_run(run.job.uid)
    with member_scope(user, user.membership.uid):
        uid = import_confirm(run=run, by=user).job.uid
    for _kill in range(KILLS):
        _killed_somewhere(uid, env)
        persons, stays, applied = _counts(user)
        assert persons == stays == applied
        assert applied % applying.BATCH == 0
        owner_sql(
            own_database.name,
            "UPDATE departments_job SET lease_until = now() - interval '1 second', not_before = now() WHERE state = 'leased'",
        )
        sweep_jobs()
    job_run(uid)
    assert _counts(user) == (ROWS, ROWS, ROWS)
    with member_scope(user, user.membership.uid):
        end = ImportRun.objects.get(pk=run.pk)
    assert (end.state, end.created_count, end.valid_count) == ("done", ROWS, 0)


# ── twenty kills ─────────────────────────────────────────────────────────────

LONG_ROWS, LONG_KILLS = 12_000, 20


def _killed_among_batches(uid, env: dict[str, str], user, run) -> None:
    """Let a worker finish none or one batch, and kill it at any moment of the next."""
    before, more = _handled(user, run), random.randint(0, 1)  # noqa: S311  any moment will do
    process = subprocess.Popen([sys.executable, "-c", RUN.format(uid=uid)], env=env)
    while _handled(user, run) < before + more * applying.BATCH and process.poll() is None:
        time.sleep(0.05)
    time.sleep(random.uniform(0.0, 0.6))  # noqa: S311
    process.kill()
    process.wait()


def _handled(user, run) -> int:
    with member_scope(user, user.membership.uid):
        return ImportRun.objects.get(pk=run.pk).handled_count


@pytest.mark.long
def test_twenty_kills_leave_every_line_accepted_or_refused_and_none_twice(own_database, person):
    user = person("worker")
    env = {**own_database.env, "DJANGO_SETTINGS_MODULE": "msw_portal.settings"}
    rows = [files.person(n) for n in range(LONG_ROWS)]
    for n in range(0, LONG_ROWS, 10):
        rows[n][4] = rows[n][4][:-1] + "?"  # every tenth has no such identity number
    content = files.csv_bytes(rows)
    with member_scope(user, user.membership.uid):
        run = import_upload(
            kind=kinds()["persons"], source="HIS", file=files.upload(content, "a.csv"), by=user
        )
        run = import_map(run=run, sheet=run.sheet, columns=run.mapping, by=user)
    assert job_run(run.job.uid)
    with member_scope(user, user.membership.uid):
        uid = import_confirm(run=run, by=user).job.uid
    for _kill in range(LONG_KILLS):
        _killed_among_batches(uid, env, user, run)
        persons, stays, applied = _counts(user)
        assert persons == stays == applied
        assert applied % applying.BATCH == 0 or applied == LONG_ROWS * 9 // 10
        owner_sql(
            own_database.name,
            "UPDATE departments_job SET lease_until = now() - interval '1 second', not_before = now(), attempts = 0 "
            "WHERE state = 'leased'",
        )
        sweep_jobs()
    job_run(uid)
    with member_scope(user, user.membership.uid):
        end = ImportRun.objects.get(pk=run.pk)
        numbers = [client.id_no for client in Client.objects.all()]
        states = Counter(ImportRow.objects.values_list("state", flat=True))
    good = LONG_ROWS * 9 // 10
    assert (end.state, end.accepted_count, end.refused_count) == ("done", good, LONG_ROWS - good)
    assert end.accepted_count + end.refused_count == end.given_count == LONG_ROWS
    assert states == {"applied": good, "refused": LONG_ROWS - good}
    assert len(numbers) == len(set(numbers)) == good
