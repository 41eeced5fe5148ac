"""One transaction per request, in one house; what is refused leaves no row, and the refusal is noted."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.models.numbers import NumberSequence
from departments.models.queues import IdempotencyKey
from departments.models.trail import AuditEntry
from msw_portal.kernel.scope import scope


@pytest.fixture(autouse=True)
def _probes(settings):
    settings.ROOT_URLCONF = "tests.departments.probe_urls"


def _kinds(hospital) -> list[str]:
    with scope(org=hospital.pk):
        return sorted(NumberSequence.objects.values_list("kind", flat=True))


def test_a_request_acts_for_the_house_of_the_active_role(client_for, worker, hospital):
    assert client_for(worker).get("/probe/ok/").json() == {"house": hospital.pk}
    assert _kinds(hospital) == ["ok"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/probe/raises/", 500), ("/probe/refuses/", 409), ("/probe/409/", 409)],
)
def test_a_refused_or_failed_view_leaves_no_row(client_for, worker, hospital, path, status):
    assert client_for(worker).get(path).status_code == status
    assert _kinds(hospital) == []


def test_an_api_view_that_writes_and_refuses_leaves_no_row(api_for, foundation):
    answer = api_for().get("/api/v1/probe/invalid/")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"] == [{"field": "amount", "detail": "金额不能为负。"}]
    assert _kinds(foundation) == []


def test_a_refusal_is_audited_in_a_transaction_of_its_own(client_for, worker, hospital):
    client_for(worker).get("/probe/refuses/")
    with scope(org=hospital.pk, role="auditor"):
        entry = AuditEntry.objects.get(action="request.refused")
    assert (entry.actor_id, entry.result, entry.role) == (worker.pk, "refused", "worker")
    assert '"rule":"probe.no"' in entry.body


def test_nothing_of_a_scope_survives_a_request(client_for, worker, hospital):
    client_for(worker).get("/probe/ok/")
    with scope():
        assert NumberSequence.objects.count() == 0


def test_the_page_of_a_refusal_says_the_rule(client_for, worker):
    assert "规则不允许。" in client_for(worker).get("/probe/refuses/").content.decode()


def test_every_answer_forbids_keeping_it(client_for, worker):
    answer = client_for(worker).get("/probe/ok/")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == (
        "no-store, private",
        "nosniff",
    )


def test_an_unknown_address_and_a_missing_row_say_the_same(client_for, worker):
    client = client_for(worker)
    one = client.get("/no/such/address/")
    other = client.get("/cases/00000000-0000-7000-8000-000000000000/")
    assert (one.status_code, other.status_code) == (404, 404)
    assert one.content == other.content


def test_the_same_key_runs_once_and_answers_alike(api_for, foundation):
    api = api_for()
    answers = [
        api.post(
            "/api/v1/probe/ok/",
            {"n": 1},
            content_type="application/json",
            headers={"Idempotency-Key": "k1"},
        )
        for _n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert {answer.content for answer in answers} == {b'{"got":{"n":1}}'}
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [
        None,
        "true",
        "true",
    ]
    assert _kinds(foundation) == ["api-ok"]


def test_the_same_key_with_another_body_is_refused(api_for):
    api = api_for()
    for body, status in (({"n": 1}, 201), ({"n": 2}, 422)):
        answer = api.post(
            "/api/v1/probe/ok/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "k2"},
        )
        assert answer.status_code == status
    assert answer.json()["type"] == "urn:msw:problem:idempotency.other_body"


def test_after_a_refusal_the_key_is_free_again(api_for, foundation):
    api = api_for()
    headers = {"Idempotency-Key": "k3"}
    first = api.post("/api/v1/probe/invalid/", {}, content_type="application/json", headers=headers)
    again = api.post("/api/v1/probe/invalid/", {}, content_type="application/json", headers=headers)
    assert [first.status_code, again.status_code] == [422, 422]
    assert "Idempotency-Replayed" not in again


def test_keys_of_two_clients_do_not_meet(api_for, other_foundation):
    for api in (api_for(), api_for("other_officer")):
        answer = api.post(
            "/api/v1/probe/ok/",
            {},
            content_type="application/json",
            headers={"Idempotency-Key": "same"},
        )
        assert answer.status_code == 201


def test_a_form_sent_twice_is_saved_once(client_for, worker, hospital):
    client = client_for(worker)
    for _n in range(2):
        assert client.post("/probe/ok/", {"once": "abc", "x": "1"}).status_code == 200
    assert _kinds(hospital) == ["ok"]


def test_a_saved_form_changed_and_sent_again_is_refused_with_a_sentence(client_for, worker):
    client = client_for(worker)
    client.post("/probe/ok/", {"once": "abc", "x": "1"})
    answer = client.post("/probe/ok/", {"once": "abc", "x": "2"})
    assert (answer.status_code, "这张表单已经保存过" in answer.content.decode()) == (409, True)


def test_a_file_of_the_same_name_and_size_is_another_body(client_for, worker, hospital):
    client = client_for(worker)
    codes = [
        client.post(
            "/probe/ok/", {"once": "abc", "paper": SimpleUploadedFile("scan.pdf", content)}
        ).status_code
        for content in (b"first page", b"first page", b"other page")
    ]
    assert (codes, _kinds(hospital)) == ([200, 200, 409], ["ok"])


def _expire(key: str) -> None:
    past = timezone.now() - dt.timedelta(minutes=1)
    assert IdempotencyKey.objects.filter(key=key).update(expires_at=past) == 1


def test_a_key_past_its_time_is_taken_anew_and_holds_again(client_for, worker, acting):
    """Until the hourly sweep the old row still stands: it must hold again and not let every repeat through."""
    client = client_for(worker)
    sent = {"once": "abc", "x": "1"}
    assert client.post("/probe/ok/", sent).status_code == 200
    with acting(worker):
        _expire("abc")
        NumberSequence.objects.filter(kind="ok").update(kind="before")
    assert [client.post("/probe/ok/", sent).status_code for _n in range(2)] == [200, 200]
    with acting(worker):
        assert IdempotencyKey.objects.get(key="abc").expires_at > timezone.now()
        assert NumberSequence.objects.filter(kind="ok").count() == 1


def test_a_key_past_its_time_is_free_after_a_refusal(client_for, worker, acting):
    client = client_for(worker)
    client.post("/probe/ok/", {"once": "abc"})
    with acting(worker):
        _expire("abc")
    assert client.post("/probe/refuses/", {"once": "abc"}).status_code == 409
    with acting(worker):
        assert not IdempotencyKey.objects.filter(key="abc").exists()


def test_without_a_token_the_api_is_closed(db, client):
    answer = client.get("/api/v1/funding-requests/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="msw"')
    assert answer["Content-Type"] == "application/problem+json"
