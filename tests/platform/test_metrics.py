"""Metrics are off by default, readable by token or address, and right with several workers."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from departments.services import outbox
from departments.services.jobs import job_create
from msw_portal import health
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-of-the-tests-0123456789abcdef"


@pytest.fixture
def metrics_on(settings):
    settings.METRICS, settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = True, TOKEN, []
    settings.MIDDLEWARE = ["msw_portal.metrics.MetricsMiddleware", *settings.MIDDLEWARE]


def _read(client, **headers) -> dict[tuple, float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert answer.status_code == 200
    return _samples(answer.content.decode())


def _samples(text: str) -> dict[tuple, float]:
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_are_off_by_default(client, db):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
def test_without_the_token_nothing_is_told(client, db, metrics_on, given):
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(("network", "status"), [("127.0.0.1", 200), ("127.0.0.0/8", 200), ("10.0.0.0/8", 401)])  # fmt: skip
def test_readers_can_be_limited_by_address(client, db, metrics_on, settings, network, status):
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = "", [network]
    assert client.get("/metrics").status_code == status


def test_where_both_are_set_both_are_asked(client, db, metrics_on, settings):
    settings.METRICS_ADDRESSES = ["127.0.0.1"]
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_requests_are_counted_by_route_and_never_by_address(client, db, metrics_on):
    before = _read(client)
    client.get("/cases/?q=欧阳霜竹")
    client.get("/nobodys/address/ouyang/")
    client.generic("PLANTED", "/livez")
    after = _read(client)
    grown = {
        key: value - before.get(key, 0)
        for key, value in after.items()
        if key[0] == "portal_requests_total" and value != before.get(key, 0)
    }
    assert grown == {
        ("portal_requests_total", "302", "GET", "cases:list"): 1,
        ("portal_requests_total", "404", "GET", "none"): 1,
        ("portal_requests_total", "405", "livez", "other"): 1,
        ("portal_requests_total", "200", "GET", "metrics"): 1,
    }
    assert after[("portal_request_seconds_count", "cases:list")] >= 1
    said = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert not re.search("欧阳|ouyang|PLANTED", said)


def test_queues_and_servers_are_read_when_asked(client, head, acting, metrics_on):
    with acting(head):
        outbox.put("probe.none", organization_id=head.house_id)
        job_create(kind="probe", by=head, args={})
    found = _read(client)
    assert {key[1:]: value for key, value in found.items() if key[0] == "portal_up"} == {
        (name,): 1.0 for name in health.STATES
    }
    assert found[("portal_jobs", "ready")] == 1
    assert found[("portal_outbox", "ready")] >= 1
    assert found[("portal_jobs", "dead")] == 0
    assert found[("portal_outbox_lag_seconds",)] >= 0
    assert found[("portal_oldest_job_seconds",)] >= 0


def test_a_short_token_is_refused(own_database):
    env = own_database.env | {"MSW_METRICS_TOKEN": "short"}
    done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode != 0
    assert "MSW_METRICS_TOKEN needs at least 32 characters" in done.stderr


@pytest.fixture
def served(own_database, tmp_path) -> Iterator[tuple[str, subprocess.Popen]]:
    """The portal as deploy/gunicorn.py serves it, two workers, metrics on."""
    port = free_port()
    env = own_database.env | {
        "PORT": str(port),
        "MSW_METRICS_TOKEN": TOKEN,
        "TMPDIR": str(tmp_path),
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "deploy/gunicorn.py",
        "msw_portal.wsgi",
    ]
    with open(tmp_path / "web.log", "wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: _ask(f"{address}/livez")[0] == 200)
        yield address, process
    finally:
        process.terminate()
        process.wait(20)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("msw-metrics-")] == []


def _ask(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:  # fmt: skip
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def _until(holds) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def _workers(process: subprocess.Popen) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children]


def _count(address: str) -> float:
    status, text = _ask(f"{address}/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    return _samples(text).get(("portal_requests_total", "200", "GET", "account_login"), 0)


def test_each_worker_answers_for_all_and_a_dead_ones_counts_stay(served, tmp_path):
    address, process = served
    for _n in range(40):
        assert _ask(f"{address}/sign-in/")[0] == 200
    assert {_count(address) for _n in range(12)} == {40}
    os.kill(_workers(process)[0], signal.SIGKILL)
    _until(lambda: len(_workers(process)) == 2)
    _until(lambda: _ask(f"{address}/sign-in/")[0] == 200)
    assert {_count(address) for _n in range(6)} == {41}
    written = (tmp_path / "web.log").read_text()
    assert "欧阳" not in written


def _said(env: dict[str, str]) -> tuple[str, int]:
    """What a server says that cannot start, and how it ends."""
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "msw_portal.wsgi"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
    _out, said = process.communicate(timeout=60)
    return said, process.returncode


def test_what_gunicorn_says_has_the_form_of_every_line(own_database, tmp_path):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104 - as the server does
        taken.listen()
        env = own_database.env | {
            "PORT": str(taken.getsockname()[1]),
            "MSW_EMBEDDED": "0",
            "ALLOWED_HOSTS": "localhost",
            "TMPDIR": str(tmp_path),
        }
        said, code = _said(env)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert "gunicorn.error" in {line["logger"] for line in lines}
    assert code != 0


def test_a_server_that_may_not_start_says_why_in_the_open(own_database, tmp_path):
    """Production mode without ALLOWED_HOSTS: the reason before anything else is tried."""
    env = own_database.env | {
        "PORT": str(free_port()),
        "MSW_EMBEDDED": "0",
        "TMPDIR": str(tmp_path),
    }
    said, code = _said(env)
    assert "ALLOWED_HOSTS must be set" in said
    assert code != 0
