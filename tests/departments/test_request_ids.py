"""One number follows what a request asked for: answer, error page, audit, outbox, job, relay."""

import json
import logging
import re

import pytest

from departments.models.queues import Job, Outbox
from departments.models.trail import AuditEntry
from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.jobs import job_create
from msw_portal.kernel.logs import JsonLines
from msw_portal.kernel.scope import RequestFacts, request_facts, scope

OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
GIVEN = "8f14e45fceea167a5a36dedd4bea2543"


def record(delivery):
    from departments import audit

    with house_scope(delivery.organization_id):
        audit.record("probe.relayed", by=None, organization_id=delivery.organization_id)
        delivery.finish()


def breaks(delivery):
    raise RuntimeError("欧阳霜竹 13812345678")


HANDLERS = {"probe.record": f"{__name__}.record", "probe.breaks": f"{__name__}.breaks"}


@pytest.fixture(autouse=True)
def _probes(settings):
    settings.ROOT_URLCONF = "tests.departments.probe_urls"
    settings.OUTBOX_HANDLERS = f"{__name__}.HANDLERS"


@pytest.fixture
def asked():
    """Stands where a request stands: what is put now belongs to it."""
    token = request_facts.set(RequestFacts(request_id=GIVEN))
    yield GIVEN
    request_facts.reset(token)


def _behind_proxy(settings, *addresses: str) -> None:
    settings.MSW_PROXY_COUNT, settings.MSW_PROXY_ADDRESSES = 1, list(addresses)


def test_without_a_proxy_the_portal_gives_the_number_itself(client_for, worker):
    given = client_for(worker).get("/probe/ok/", headers={"X-Request-Id": GIVEN})["X-Request-Id"]
    assert OWN.fullmatch(given)


def test_the_proxys_number_is_taken(client_for, worker, settings):
    _behind_proxy(settings, "127.0.0.1")
    answer = client_for(worker).get("/probe/ok/", headers={"X-Request-Id": GIVEN})
    assert answer["X-Request-Id"] == GIVEN


def test_nobody_elses_number_is_taken(client_for, worker, settings):
    _behind_proxy(settings, "172.30.22.2")
    answer = client_for(worker).get("/probe/ok/", headers={"X-Request-Id": GIVEN})
    assert OWN.fullmatch(answer["X-Request-Id"])


@pytest.mark.parametrize("bad", ["", "x", GIVEN + "0", GIVEN.upper(), "欧阳霜竹", "1' or '1'='1"])
def test_what_is_no_number_is_not_taken(client_for, worker, settings, bad):
    _behind_proxy(settings, "127.0.0.1")
    answer = client_for(worker).get("/probe/ok/", headers={"X-Request-Id": bad})
    assert OWN.fullmatch(answer["X-Request-Id"])


def test_whoever_is_no_proxy_forwards_no_address(client_for, worker, hospital, settings):
    _behind_proxy(settings, "172.30.22.2")
    client_for(worker).get("/probe/refuses/", headers={"X-Forwarded-For": "203.0.113.9"})
    with scope(org=hospital.pk, role="auditor"):
        assert AuditEntry.objects.get(action="request.refused").ip == "127.0.0.1"


def test_the_page_of_a_fault_shows_the_number(client_for, worker):
    answer = client_for(worker).get("/probe/raises/")
    assert answer.status_code == 500
    assert (
        f'<code class="mono" data-request-id>{answer["X-Request-Id"]}</code>'
        in answer.content.decode()
    )


def test_the_fault_of_the_api_names_its_occurrence(api_for):
    answer = api_for().get("/api/v1/probe/breaks/")
    assert (answer.status_code, answer.json()["instance"]) == (
        500,
        f"urn:uuid:{answer['X-Request-Id']}",
    )


def test_the_log_line_of_a_request_names_route_and_no_address(client_for, worker, caplog):
    with caplog.at_level(logging.INFO, "msw_portal.requests"):
        answer = client_for(worker).get("/probe/ok/?q=欧阳霜竹")
    (seen,) = [row for row in caplog.records if row.name == "msw_portal.requests"]
    assert (seen.method, seen.status, seen.route) == ("GET", 200, "tests.departments.probe_urls.ok")
    assert "欧阳霜竹" not in JsonLines().format(seen)
    assert answer.status_code == 200


def test_a_fault_is_logged_under_the_number_of_its_answer(client_for, worker, caplog):
    answer = client_for(worker).get("/probe/raises/")
    lines = [json.loads(JsonLines().format(row)) for row in caplog.records if row.exc_info]
    assert [line["request_id"] for line in lines] == [answer["X-Request-Id"]]
    assert lines[0]["error"][0]["type"] == "ValueError"


def test_an_effect_and_its_audit_carry_the_number(worker, acting, hospital, asked):
    with acting(worker):
        outbox.put("probe.record", organization_id=worker.house_id)
    request_facts.set(RequestFacts())
    outbox.relay_once()
    with scope(org=hospital.pk, role="auditor"):
        assert AuditEntry.objects.get(action="probe.relayed").request_id == GIVEN
    with scope(org=hospital.pk):
        assert Outbox.objects.get(topic="probe.record").request_id == GIVEN


def test_a_failed_effect_is_logged_under_the_number_without_its_words(worker, acting, hospital, asked, caplog):  # fmt: skip
    with acting(worker):
        outbox.put("probe.breaks", organization_id=worker.house_id)
    request_facts.set(RequestFacts())
    logged = []
    handler = logging.Handler()
    # Formatted while it happens, as a stream does: the number is a fact of the moment.
    handler.emit = lambda row: logged.append(JsonLines().format(row))
    log = logging.getLogger("departments.services.outbox")
    log.addHandler(handler)
    try:
        outbox.relay_once()
    finally:
        log.removeHandler(handler)
    (line,) = logged
    assert json.loads(line)["request_id"] == GIVEN
    assert "欧阳霜竹" not in line
    with scope(org=hospital.pk):
        row = Outbox.objects.get(topic="probe.breaks")
        assert (row.state, "欧阳霜竹" in row.error, "13812345678" in row.error) == (
            "ready",
            False,
            False,
        )


def test_a_job_carries_the_number(head, acting, asked):
    with acting(head):
        job = job_create(kind="probe", by=head, args={})
        assert Job.objects.get(pk=job.pk).request_id == GIVEN
