"""A FHIR R4 ServiceRequest: the same referral as the API's own, refused as FHIR refuses."""

import copy
import json
import uuid

import pytest
from django.test import Client
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.servicerequest import ServiceRequest

from cases.api_fhir_schema import EXAMPLE
from cases.models.casework import Referral
from cases.services.referrals import referral_claim, referral_refuse
from tests.conftest import api_client_of
from tests.factories.cases import make_client, make_episode

pytestmark = pytest.mark.django_db
AT, FHIR = "/api/v1/fhir/ServiceRequest", "application/fhir+json"
BOTH = ("referrals:write", "referrals:read")


@pytest.fixture
def his(ward) -> Client:
    return api_client_of("secadmin", scopes=BOTH, limit=None)


def send(client: Client, said=EXAMPLE, key: str = ""):
    return client.post(
        AT,
        json.dumps(said),
        content_type=FHIR,
        headers={"Idempotency-Key": key or str(uuid.uuid4()), "Accept": FHIR},
    )


def changed(path: str, value):
    """The example with one element put in, changed, or (None) left out."""
    said = copy.deepcopy(EXAMPLE)
    *way, last = [int(one) if one.isdigit() else one for one in path.split(".")]
    at = said
    for one in way:
        at = at[one]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return said


def test_a_service_request_is_the_wards_referral_of_the_one_person_with_the_record(
    his, head, ward, acting
):
    ServiceRequest.model_validate(EXAMPLE)
    with acting(head):
        person = make_client(head, name="演示赵某")
        make_episode(person, head, mrn="ZY-2026-0117")
    answer = send(his)
    assert (answer.status_code, answer["Content-Type"]) == (201, FHIR), answer.content.decode()
    told = answer.json()
    assert answer["Location"] == f"{AT}/{told['id']}"
    assert ServiceRequest.model_validate(told).status == "active"
    assert told["contained"][0]["status"] == "requested"
    assert "赵" not in answer.content.decode()
    with acting(head):
        row = Referral.objects.get(uid=told["id"])
        assert (row.client_id, row.from_department_id, row.from_profession) == (
            person.pk,
            ward.pk,
            "nurse",
        )
        assert (row.urgency, row.needs, row.client_aware) == ("soon", ["financial"], True)
        assert (row.from_text, row.reason) == ("李护士 6123", EXAMPLE["note"][0]["text"])
        assert row.inbox_item.payload["bed"] == "12"


def test_the_sender_reads_it_in_both_formats_and_nobody_else_does(his, head, acting):
    uid = send(his).json()["id"]
    with acting(head):
        row = Referral.objects.get(uid=uid)
        referral_claim(referral=row, by=head)
        referral_refuse(
            referral=row, reason="内部原因", answer="other_service", message="请找医保办", by=head
        )
    answer = his.get(f"{AT}/{uid}")
    told, task = answer.json(), answer.json()["contained"][0]
    assert ServiceRequest.model_validate(told).status == "revoked"
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("rejected", "refused")
    assert task["statusReason"]["coding"][0]["code"] == "other_service"
    assert "内部原因" not in answer.content.decode()
    assert his.get(f"/api/v1/referrals/{uid}/").json()["state"] == "refused"
    stranger = api_client_of("secadmin", scopes=BOTH, limit=None)
    refused = stranger.get(f"{AT}/{uid}")
    assert refused.status_code == 404
    assert OperationOutcome.model_validate(refused.json()).issue[0].code == "not-found"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("locationReference.0.display", "血液科九病区", "locationReference[0].display"),
        ("performer", [{"display": "社会工作二部"}], "performer[0].display"),
        ("note.0.text", "身份证 11010119900307002X", "note"),
        ("reasonCode.0.coding.0.code", "money", "reasonCode"),
        ("contained.0.telecom.0.value", "12", "contained[0].telecom"),
        ("contained.0.id", "other", "requester[0]"),
        ("doNotPerform", True, "doNotPerform[0]"),
        ("modifierExtension", [{"url": "urn:x"}], "modifierExtension[0]"),
        ("status", "draft", "status[0]"),
        ("resourceType", "Patient", "resourceType[0]"),
        ("subject", None, "subject[0]"),
        ("note", "text", "note"),
    ],
)
def test_what_is_not_accepted_is_an_issue_at_its_element(his, head, acting, path, value, place):
    answer = send(his, changed(path, value))
    assert (answer.status_code, answer["Content-Type"]) == (422, FHIR), answer.content.decode()
    [issue, *_more] = OperationOutcome.model_validate(answer.json()).issue
    assert issue.expression[0].startswith(f"ServiceRequest.{place.removesuffix('[0]')}")
    assert any("一" <= letter <= "鿿" for letter in issue.details.text)
    with acting(head):
        assert not Referral.objects.exists()


@pytest.mark.parametrize("priority", ["asap", "stat"])
def test_the_highest_priorities_are_a_crisis(priority, his, head, acting):
    uid = send(his, changed("priority", priority)).json()["id"]
    with acting(head):
        row = Referral.objects.get(uid=uid)
        assert (row.urgency, "crisis" in row.needs) == ("urgent", True)


def test_the_same_key_refers_once_and_needs_are_those_of_our_list(his, head, acting):
    said = changed(
        "reasonCode",
        [
            {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "Z59"}]},
            *EXAMPLE["reasonCode"] * 2,
        ],
    )
    first, second = send(his, said, "k"), send(his, said, "k")
    assert first.json() == second.json()
    assert second["Content-Type"] == FHIR
    with acting(head):
        assert Referral.objects.get().needs == ["financial"]


def test_without_a_key_a_scope_or_a_token_it_is_an_outcome(his, client_for, head):
    reader = api_client_of("secadmin", scopes=("referrals:read",), limit=None)
    keyless = his.post(AT, json.dumps(EXAMPLE), content_type=FHIR)
    answers = [keyless, send(Client()), send(reader), send(client_for(head))]
    assert [one.status_code for one in answers] == [400, 401, 403, 403]
    codes = [OperationOutcome.model_validate(one.json()).issue[0].code for one in answers]
    assert codes == ["invalid", "login", "forbidden", "forbidden"]
    broken = his.post(AT, "{", content_type=FHIR, headers={"Idempotency-Key": "x"})
    assert (broken.status_code, broken.json()["resourceType"]) == (400, "OperationOutcome")
