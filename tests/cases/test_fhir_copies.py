"""The consented copy as a FHIR R4 bundle: whole, valid, closed in itself, and never more than was consented."""

import datetime as dt
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from cases.fhir_bundle import TASK_STATES, Copy, Party, copy_bundle
from cases.models.codes import NeedCategory, ShareItem
from cases.models.consents import Consent, Disclosure
from cases.services.consents import consent_withdraw
from cases.services.outgoing import referral_send
from cases.services.referral_copies import ITEMS
from cases.workflow import ReferralState
from departments.models.trail import AuditEntry
from departments.services import outbox
from departments.services.entering import house_scope
from msw_portal.kernel.identifiers import id_check_digit
from tests.cases.pages import text_of
from tests.cases.test_outgoing import BODY, CONTENT, arrived, drafted
from tests.factories.cases import make_consent
from tests.factories.doors import referrals_of, send

pytestmark = pytest.mark.django_db
CARD = f"11010119880203002{id_check_digit('11010119880203002')}"
GROUND = {
    "basis": "consent",
    "consent": str(uuid.UUID(int=7)),
    "signed_at": "2026-11-02T09:30:00+08:00",
    "valid_to": "2027-11-01",
    "title": "向第三方提供信息同意书 第 1 版",
}
WHOLE = {
    "name": "王桂芳",
    "sex": "2",
    "birth_date": "1988-02-03",
    "id_no": CARD,
    "phone": "13812341234",
    "address": "幸福路 1 号",
    "region": "河南省",
    "guardian": "王小明 13900001111",
    "hospital": "测试第一医院",
    "mrn": "H20260001",
    "ward": "血液科一病区",
    "disease_group": "血液系统疾病",
    "diagnosis": "急性淋巴细胞白血病",
    "treatment_stage": "化放疗",
    "insurance": "居民医保",
    "age_band": "30–39 岁",
    "reason": "出院后无人照料",
    "needs": ["financial", "social_support"],
    "urgency": "urgent",
    "ground": GROUND,
}
LEAST = {key: WHOLE[key] for key in ("reason", "needs", "urgency")} | {
    "ground": {"basis": "vital_interest"}
}


def made(payload, state="sent"):
    return copy_bundle(
        Copy(
            uid=uuid.UUID(int=1),
            version=2,
            made_at=timezone.make_aware(dt.datetime(2026, 11, 3, 8, 0)),
            sender=Party("测试第一医院", uuid.UUID(int=2)),
            receiver=Party(BODY),
            state=state,
            payload=payload,
            id_system="urn:oid:2.16.156.10011.1.3",
            mrn_system="urn:msw-portal:mrn:HA",
        )
    )


def resources(bundle, kind):
    found = (entry["resource"] for entry in bundle["entry"])
    return [one for one in found if one["resourceType"] == kind]


def references(value):
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "reference" and isinstance(one, str):
                yield one
            else:
                yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def checked(bundle):
    """The bundle after the library read it, every resource as its own model; what it says is unchanged."""
    read = Bundle.model_validate(bundle)
    kept = json.loads(read.model_dump_json(exclude_none=True))
    assert kept["entry"] == json.loads(json.dumps(bundle["entry"]))
    return read


@pytest.mark.parametrize("payload", [WHOLE, LEAST], ids=["whole", "least"])
@pytest.mark.parametrize("state", sorted(TASK_STATES))
def test_the_bundle_is_valid_and_its_references_stay_inside(payload, state):
    bundle = made(payload, state)
    checked(bundle)
    places = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(places) == len(set(places))
    assert set(references(bundle)) <= set(places)
    assert [f"urn:uuid:{one['resource']['id']}" for one in bundle["entry"]] == places


@pytest.mark.parametrize("need", NeedCategory.values)
def test_every_need_makes_a_valid_bundle(need):
    bundle = made(LEAST | {"needs": [need]})
    checked(bundle)
    (condition,) = resources(bundle, "Condition")
    assert condition["code"]["coding"][0]["code"] == need
    assert len(condition["category"]) >= 3  # problem, screening, at least one SDOH domain


def test_the_library_refuses_what_is_wrong():
    bundle = made(WHOLE)
    resources(bundle, "Patient")[0]["birthDate"] = "3 February"
    with pytest.raises(ValueError, match="birthDate"):
        checked(bundle)


def test_each_reference_leads_to_what_it_should():
    bundle = made(WHOLE)
    at = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    kinds = {}
    for entry in bundle["entry"]:
        for key, value in entry["resource"].items():
            for place in references(value):
                kinds.setdefault((entry["resource"]["resourceType"], key), set()).add(
                    at[place]["resourceType"]
                )
    assert kinds == {
        ("Patient", "identifier"): {"Organization"},
        ("Patient", "managingOrganization"): {"Organization"},
        ("RelatedPerson", "patient"): {"Patient"},
        ("Condition", "subject"): {"Patient"},
        ("Observation", "subject"): {"Patient"},
        ("Consent", "patient"): {"Patient"},
        ("Consent", "organization"): {"Organization"},
        ("Consent", "provision"): {"Organization"},
        ("ServiceRequest", "subject"): {"Patient"},
        ("ServiceRequest", "requester"): {"Organization"},
        ("ServiceRequest", "performer"): {"Organization"},
        ("ServiceRequest", "reasonReference"): {"Condition"},
        ("ServiceRequest", "supportingInfo"): {"Consent"},
        ("Task", "focus"): {"ServiceRequest"},
        ("Task", "for"): {"Patient"},
        ("Task", "requester"): {"Organization"},
        ("Task", "owner"): {"Organization"},
    }
    (request,), (task,) = resources(bundle, "ServiceRequest"), resources(bundle, "Task")
    assert at[request["requester"]["reference"]]["name"] == "测试第一医院"
    assert at[request["performer"][0]["reference"]]["name"] == BODY
    assert at[task["owner"]["reference"]]["name"] == BODY
    assert [at[one["reference"]]["code"]["text"] for one in request["reasonReference"]] == [
        "经济困难 / 医疗费用",
        "社会支持不足",
    ]


def test_the_elements_the_profiles_require_are_filled():
    bundle = made(WHOLE)
    (consent,), (task,) = resources(bundle, "Consent"), resources(bundle, "Task")
    assert consent["category"] == [
        {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IDSCL"}
            ]
        }
    ]
    assert consent["dateTime"] == GROUND["signed_at"]
    assert consent["provision"]["period"] == {"end": "2027-11-01"}
    assert consent["policyRule"] == {"text": "《个人信息保护法》第二十三条"}
    assert (task["intent"], task["status"], task["priority"]) == ("order", "requested", "asap")
    assert task["code"]["coding"][0]["code"] == "fulfill"
    (request,) = resources(bundle, "ServiceRequest")
    assert (request["intent"], request["note"]) == ("order", [{"text": "出院后无人照料"}])
    domains = [one["coding"][0]["code"] for one in request["category"]]
    assert domains == ["financial-insecurity", "medical-cost-burden", "social-connection"]


def test_identities_carry_their_systems_and_a_passport_none():
    (patient,) = resources(made(WHOLE), "Patient")
    card, record = patient["identifier"]
    assert (card["system"], card["value"]) == ("urn:oid:2.16.156.10011.1.3", CARD)
    assert (record["system"], record["value"]) == ("urn:msw-portal:mrn:HA", "H20260001")
    (guardian,) = resources(made(WHOLE), "RelatedPerson")
    assert (guardian["name"], guardian["telecom"]) == (
        [{"text": "王小明"}],
        [{"system": "phone", "value": "13900001111"}],
    )
    (other,) = resources(made(LEAST | {"id_no": "E12345678"}), "Patient")
    assert other["identifier"] == [{"use": "official", "value": "E12345678"}]


def test_what_the_consent_did_not_open_is_nowhere():
    hidden = {key for key in WHOLE if key not in LEAST} - {"hospital"}
    text = json.dumps(made(LEAST), ensure_ascii=False)
    assert [key for key in hidden if str(WHOLE[key]) in text and len(str(WHOLE[key])) > 1] == []
    (patient,) = resources(made(LEAST), "Patient")
    assert set(patient) == {"resourceType", "id", "managingOrganization"}
    assert {one["resource"]["resourceType"] for one in made(LEAST)["entry"]} == {
        *("Organization", "Patient", "Condition", "ServiceRequest", "Task")
    }


@pytest.mark.parametrize("item", [item.value for item in ITEMS])
def test_each_item_that_was_opened_is_told(item):
    if item == ShareItem.HOSPITAL:
        assert resources(made(LEAST), "Organization")[0]["name"] == WHOLE[item]
        return
    bundle = made(LEAST | {item: WHOLE[item]})
    checked(bundle)
    said = {"sex": '"female"', "guardian": "王小明"}.get(item, WHOLE[item])
    text = json.dumps(bundle, ensure_ascii=False)
    assert said in text
    assert said not in json.dumps(made(LEAST), ensure_ascii=False)


def test_a_copy_without_consent_names_its_basis_and_no_consent():
    (request,) = resources(made(LEAST), "ServiceRequest")
    assert "supportingInfo" not in request
    assert request["note"][1]["text"] == "处理依据：《个人信息保护法》第十三条第一款第四项"


def test_every_state_a_referral_may_be_sent_in_has_its_task_status():
    assert set(ReferralState.values) - {"draft"} == set(TASK_STATES)


# ── downloads ────────────────────────────────────────────────────────────────


@pytest.fixture
def sent(worker, acting):
    with acting(worker):
        referral = drafted(worker)
        make_consent(
            referral.case, worker, "share_to_org", recipient_text=BODY, items=["sex", "name"]
        )
        return referral_send(referral=referral, basis="consent", items=["sex"], by=worker)


def read_back(answer):
    assert (answer.status_code, answer["Content-Type"]) == (
        200,
        "application/fhir+json; fhirVersion=4.0",
    )
    assert answer["Content-Disposition"].startswith("attachment;")
    bundle = json.loads(answer.content)
    checked(bundle)
    return bundle


def test_the_sender_downloads_what_the_copy_holds_and_no_more(
    sent, hospital, worker, acting, client_for
):
    one = sent.referral
    page = client_for(worker).get(reverse("cases:outgoing", args=[one.uid]))
    assert "下载给信息系统（FHIR R4）" in text_of(page)
    bundle = read_back(client_for(worker).post(reverse("cases:outgoing_fhir", args=[one.uid])))
    (patient,) = resources(bundle, "Patient")
    assert set(patient) == {"resourceType", "id", "gender", "managingOrganization"}
    with acting(worker):
        assert one.case.client.name not in json.dumps(bundle, ensure_ascii=False)
        consent = Consent.objects.get(pk=one.consent_id)
        assert (
            resources(bundle, "Consent")[0]["identifier"][0]["value"] == f"urn:uuid:{consent.uid}"
        )
    with house_scope(hospital.pk):
        read = AuditEntry.objects.filter(subject_uid=one.disclosure.uid).order_by("id")
        actions = list(read.values_list("action", flat=True))
    assert actions == ["disclosure.make", "disclosure.read", "disclosure.download"]


def test_nobody_else_downloads_it(sent, worker2, other_worker, officer, client_for):
    where = reverse("cases:outgoing_fhir", args=[sent.referral.uid])
    assert [
        client_for(who).post(where).status_code for who in (worker2, other_worker, officer)
    ] == [*(404, 404, 404)]
    assert client_for(other_worker).get(where).status_code == 405


def test_a_draft_has_no_copy_to_download(worker, acting, client_for):
    with acting(worker):
        one = drafted(worker)
    assert (
        client_for(worker).post(reverse("cases:outgoing_fhir", args=[one.uid])).status_code == 404
    )


def test_after_a_withdrawal_nobody_downloads(sent, worker, acting, client_for, client):
    with acting(worker):
        consent = Consent.objects.get(pk=sent.referral.consent_id)
        consent_withdraw(consent=consent, withdrawn_by="self", reason="不愿意", by=worker)
    refused = client_for(worker).post(reverse("cases:outgoing_fhir", args=[sent.referral.uid]))
    assert (refused.status_code, "内容已清空" in text_of(refused)) == (409, True)
    assert client.post(reverse("doors:reply", args=[sent.token]), {"fhir": "1"}).status_code == 404


def test_the_receiver_downloads_by_the_link_and_it_is_counted(sent, hospital, client):
    where = reverse("doors:reply", args=[sent.token])
    assert "下载给信息系统" in text_of(client.post(where, {"open": "1"}))
    bundle = read_back(client.post(where, {"fhir": "1"}))
    assert resources(bundle, "Organization")[1]["name"] == BODY
    assert resources(bundle, "Task")[0]["status"] == "requested"
    with house_scope(hospital.pk, care=True):
        assert Disclosure.objects.get(pk=sent.referral.disclosure_id).read_count == 2
        kept = AuditEntry.objects.filter(action="disclosure.read").latest("id")
        assert '"format":"fhir-r4"' in kept.body
    assert client.post(reverse("doors:reply", args=["guess"]), {"fhir": "1"}).status_code == 404


def test_a_consent_that_ends_takes_the_copy_with_it(worker, acting, client):
    with acting(worker):
        referral = drafted(worker)
        today = timezone.localdate()
        make_consent(
            referral.case,
            worker,
            "share_to_org",
            recipient_text=BODY,
            items=["sex"],
            valid_to=today,
        )
        made = referral_send(referral=referral, basis="consent", items=["sex"], by=worker)
        copy = made.referral.disclosure
        assert timezone.localtime(copy.expires_at).date() == today
        Disclosure.objects.filter(pk=copy.pk).update(
            expires_at=timezone.now() - dt.timedelta(seconds=1)
        )
    where = reverse("doors:reply", args=[made.token])
    assert client.post(where, {"fhir": "1"}).status_code == 404
    assert "内容已不再提供" in text_of(client.post(where, {"open": "1"}))


def test_the_other_hospital_downloads_from_its_inbox(
    worker, other_hospital, other_worker, other_officer, acting, client_for
):
    with acting(worker):
        referral = drafted(worker, to_organization=other_hospital, to_text="")
        make_consent(
            referral.case, worker, "share_to_org", recipient=other_hospital, items=["name"]
        )
        referral_send(referral=referral, basis="consent", items=["name"], by=worker)
    outbox.relay_once()
    (row,) = arrived(other_hospital)
    where = reverse("cases:referral_fhir", args=[row.uid])
    bundle = read_back(client_for(other_worker).post(where))
    with acting(worker):
        assert resources(bundle, "Patient")[0]["name"] == [{"text": referral.case.client.name}]
        assert Disclosure.objects.get(subject_uid=referral.uid).read_count == 1
    assert [one["name"] for one in resources(bundle, "Organization")] == [
        "测试第一医院",
        other_hospital.name,
    ]
    assert client_for(worker).post(where).status_code == 404
    assert client_for(other_officer).post(where).status_code == 404


def test_a_referral_that_brought_no_copy_has_nothing_to_download(
    worker, acting, client_for, ward_door, hospital
):
    send(ward_door)
    (one,) = referrals_of(hospital.pk)
    assert (
        client_for(worker).post(reverse("cases:referral_fhir", args=[one.uid])).status_code == 404
    )


def test_nothing_of_the_content_stands_in_the_audit(sent, hospital, worker, client_for):
    client_for(worker).post(reverse("cases:outgoing_fhir", args=[sent.referral.uid]))
    with house_scope(hospital.pk):
        bodies = " ".join(AuditEntry.objects.values_list("body", flat=True))
    assert ('"format":"fhir-r4"' in bodies, CONTENT["reason"] in bodies) == (True, False)
