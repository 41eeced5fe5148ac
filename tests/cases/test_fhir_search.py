"""FHIR R4 at the API: what the server says it does, and searching the client's own referrals."""

import datetime as dt
import json
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.servicerequest import ServiceRequest

from cases.api_fhir_schema import EXAMPLE
from cases.fhir_search import PARAMETERS
from cases.models.casework import Referral
from cases.services.referrals import referral_refuse
from departments.models.doors import InboxItem
from tests.conftest import api_client_of

pytestmark = pytest.mark.django_db
AT, FHIR = "/api/v1/fhir/ServiceRequest", "application/fhir+json"
BOTH = ("referrals:write", "referrals:read")


@pytest.fixture
def his(ward) -> Client:
    return api_client_of("secadmin", scopes=BOTH, limit=None)


def send(client: Client) -> str:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    return client.post(AT, json.dumps(EXAMPLE), content_type=FHIR, headers=key).json()["id"]


def found(client: Client, address: str) -> tuple[list[str], str | None]:
    """The ids of a page, the newest first, and the address of the next one."""
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, FHIR), answer.content.decode()
    said = answer.json()
    Bundle.model_validate(said)
    for one in said["entry"]:
        ServiceRequest.model_validate(one["resource"])
        assert one["fullUrl"].endswith(f"{AT}/{one['resource']['id']}")
    links = {one["relation"]: one["url"] for one in said["link"]}
    return [one["resource"]["id"] for one in said["entry"]], links.get("next")


def test_the_statement_says_what_is_routed_and_needs_no_token():
    answer = Client().get("/api/v1/fhir/metadata")
    assert (answer.status_code, answer["Content-Type"]) == (200, FHIR)
    said = answer.json()
    CapabilityStatement.model_validate(said)
    [rest] = said["rest"]
    routed = {}
    for name in get_resolver().reverse_dict:
        if isinstance(name, str) and re.fullmatch(r"fhir_request(s)?", name):
            view = get_resolver().resolve(_path(name)).func
            routed.setdefault("ServiceRequest", set()).update(view.actions.values())
    called = {"list": "search-type", "create": "create", "retrieve": "read"}
    assert {
        one["type"]: {act["code"] for act in one["interaction"]} for one in rest["resource"]
    } == {name: {called[act] for act in acts} for name, acts in routed.items()}
    assert {one["name"] for one in rest["resource"][0]["searchParam"]} == set(PARAMETERS)
    assert rest["security"]["extension"][0]["extension"][0]["valueUri"].endswith("/oauth/token/")


def _path(name: str) -> str:
    return AT if name == "fhir_requests" else f"{AT}/{uuid.uuid4()}"


def test_pages_follow_their_next_link_and_never_say_a_row_twice(his):
    sent = [send(his) for _n in range(3)]
    first, more = found(his, f"{AT}?_count=2")
    assert first == sent[:0:-1]
    rest, end = found(his, more)
    assert (rest, end) == (sent[:1], None)
    assert found(api_client_of("secadmin", scopes=BOTH, limit=None), AT) == ([], None)
    assert found(api_client_of("other_head", scopes=BOTH, limit=None), AT) == ([], None)


def test_it_is_searched_by_state_identity_and_day(his, head, acting):
    old, new = send(his), send(his)
    before = timezone.now() - dt.timedelta(days=40)
    with acting(head):
        InboxItem.objects.filter(promoted_uid=old).update(created_at=before)
        referral_refuse(
            referral=Referral.objects.get(uid=old), reason="内部原因", answer="other", by=head
        )
    today = timezone.localdate()
    for asked, expected in {
        "status=active": [new],
        "status=revoked,completed": [old],
        "status=active&status=revoked": [],
        f"_id={old}": [old],
        f"_id={old}&status=active": [],
        f"identifier=urn:uuid:{new}": [new],
        f"identifier=urn:ietf:rfc:3986|urn:uuid:{new}": [new],
        f"authored={today}": [new],
        f"authored=ne{today}": [old],
        f"authored=lt{today}": [old],
        f"authored=ge{today:%Y-%m}": [new],
        f"authored=le{timezone.localdate(before):%Y-%m}": [old],
        f"authored=ge{today.year - 1}&authored=gt{today}": [],
        f"authored=gt{today.year}-01-01T00:00:00Z": [new, old]
        if before.year == today.year
        else [new],
    }.items():
        assert (asked, found(his, f"{AT}?{asked}")[0]) == (asked, expected)


@pytest.mark.parametrize(
    "asked",
    [
        "subject=Patient/1",
        "status=draft",
        "_id=1",
        "identifier=urn:oid:1.2",
        "authored=tomorrow",
        "authored=2026-13",
        "authored=sa2026-01-01",
        "authored=9999-12-31",
        "_count=0",
        "_count=201",
        "after=nothing",
        "status=" + ",".join(["active"] * 51),
    ],
)
def test_what_cannot_be_searched_is_refused_and_never_left_aside(his, asked):
    answer = his.get(f"{AT}?{asked}")
    assert (answer.status_code, answer["Content-Type"]) == (422, FHIR), answer.content.decode()
    [issue] = OperationOutcome.model_validate(answer.json()).issue
    assert asked.partition("=")[0] in issue.expression[0]


def test_searching_needs_the_scope_of_reading(his):
    writer = api_client_of("secadmin", scopes=("referrals:write",), limit=None)
    assert [one.get(AT).status_code for one in (writer, Client())] == [403, 401]


def test_a_search_asks_as_often_for_one_as_for_three(his):
    counts = []
    his.get(AT)
    for number in (1, 3):
        while len(found(his, AT)[0]) < number:
            send(his)
        with CaptureQueriesContext(connection) as asked:
            his.get(f"{AT}?status=active")
        counts.append(len(asked))
    assert counts[0] == counts[1]
