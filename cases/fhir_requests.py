"""A FHIR R4 ServiceRequest at the edge: what a ward's referral is in it, and where one stands (docs/api/fhir.md)."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cases.fhir_bundle import TASK_STATES
from cases.need_codes import OWN
from cases.services.system_referrals import Sent

PROFESSIONS = "urn:msw-portal:code-system:referrer-profession"
STATES, ANSWERS = (
    "urn:msw-portal:code-system:referral-state",
    "urn:msw-portal:code-system:referral-answer",
)
IDENTITY = "urn:ietf:rfc:3986"  # the system of identifiers that are addresses
CLIENT_AWARE = "urn:msw-portal:extension:client-aware"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
# A ward's word for each FHIR priority; the last two are a crisis, answered within two hours.
URGENCIES = {"routine": "normal", "urgent": "soon", "asap": "urgent", "stat": "urgent"}
# Where each field of a referral stands in the resource.
PLACES = {
    "ward": "locationReference[0].display",
    "bed": "locationCode[0].text",
    "department": "performer[0].display",
    "mrn": "subject.identifier.value",
    "patient_name": "subject.display",
    "needs": "reasonCode",
    "urgency": "priority",
    "reason": "note",
    "client_aware": "extension",
    "referrer": "contained[0].practitioner.display",
    "profession": "contained[0].code",
    "callback": "contained[0].telecom",
}
ISSUES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    422: "business-rule",
    429: "throttled",
    503: "transient",
}


# ── what is read ─────────────────────────────────────────────────────────────


def _text(longest: int = 200, **given: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, **{"required": False, "default": ""} | given)


class CodingIn(serializers.Serializer):
    system = _text()
    code = _text(80)


class ConceptIn(serializers.Serializer):
    coding = CodingIn(many=True, required=False, default=list)
    text = _text(1000)


class IdentifierIn(serializers.Serializer):
    value = _text(40)


class ReferenceIn(serializers.Serializer):
    reference = _text()
    display = _text()
    identifier = IdentifierIn(required=False)


class ExtensionIn(serializers.Serializer):
    url = _text()
    valueBoolean = serializers.BooleanField(required=False, default=False)


class AnnotationIn(serializers.Serializer):
    text = serializers.CharField(max_length=1000)


class PointIn(serializers.Serializer):
    system = _text(20)
    value = _text(40)


class RoleIn(serializers.Serializer):
    """Who refers: the requester, contained."""

    resourceType = serializers.ChoiceField(["PractitionerRole"])
    id = serializers.CharField(max_length=64)
    practitioner = ReferenceIn()
    code = ConceptIn(many=True, required=False, default=list)
    telecom = PointIn(many=True, allow_empty=False)


class ServiceRequestInput(serializers.Serializer):
    """The elements that are understood; others are left aside, but no modifier of the meaning is."""

    resourceType = serializers.ChoiceField(["ServiceRequest"])
    status = serializers.ChoiceField(["active"])
    intent = serializers.ChoiceField(["proposal", "plan", "order"])
    doNotPerform = serializers.ChoiceField([False], required=False, default=False)
    modifierExtension = serializers.ListField(
        child=serializers.JSONField(), required=False, max_length=0
    )
    priority = serializers.ChoiceField(list(URGENCIES), required=False, default="routine")
    subject = ReferenceIn()
    locationReference = ReferenceIn(many=True, min_length=1, max_length=1)
    locationCode = ConceptIn(many=True, required=False, default=list, max_length=1)
    performer = ReferenceIn(many=True, required=False, default=list, max_length=1)
    reasonCode = ConceptIn(many=True, required=False, default=list, max_length=30)
    note = AnnotationIn(many=True, min_length=1, max_length=10)
    extension = ExtensionIn(many=True, required=False, default=list, max_length=10)
    requester = ReferenceIn()
    contained = RoleIn(many=True, min_length=1, max_length=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        [role] = attrs["contained"]
        if attrs["requester"]["reference"] != f"#{role['id']}":
            raise serializers.ValidationError(
                {"requester": [_("requester.reference 应指向 contained 中的 PractitionerRole。")]}
            )
        return attrs


def referral_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the API's own referral (ReferralInput), from a validated request."""
    [role], [place] = said["contained"], said["locationReference"]
    return {
        "ward": place["display"],
        "bed": "".join(one["text"] for one in said["locationCode"]),
        "department": "".join(one["display"] for one in said["performer"]),
        "mrn": said["subject"].get("identifier", {}).get("value", ""),
        "patient_name": said["subject"]["display"],
        "needs": list(dict.fromkeys(_codes(said["reasonCode"], OWN.url))),
        "urgency": URGENCIES[said["priority"]],
        "reason": "\n".join(one["text"] for one in said["note"]),
        "client_aware": any(
            one["valueBoolean"] for one in said["extension"] if one["url"] == CLIENT_AWARE
        ),
        "referrer": role["practitioner"]["display"],
        "profession": "".join(_codes(role["code"], PROFESSIONS)[:1]),
        "callback": next(
            (one["value"] for one in role["telecom"] if one["system"] in ("phone", "")), ""
        ),
    }


def _codes(concepts: Iterable[Mapping[str, Any]], system: str) -> list[str]:
    return [
        one["code"] for concept in concepts for one in concept["coding"] if one["system"] == system
    ]


# ── what is answered ─────────────────────────────────────────────────────────


def request_json(sent: Sent) -> dict[str, Any]:
    """A referral as its sender may know it: where it stands, in a contained Task; the subject stays masked."""
    receipt, received = sent.receipt, _instant(sent.received_at)
    last = _instant(receipt.steps[-1][1]) if receipt.steps else received
    task: dict[str, Any] = {
        "resourceType": "Task",
        "id": "standing",
        "status": TASK_STATES[receipt.state],
        "businessStatus": _concept(STATES, receipt.state),
        "intent": "order",
        "code": _concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        "focus": {"reference": "#"},
        "authoredOn": received,
        "lastModified": last,
    }
    if receipt.answer:
        task["statusReason"] = _concept(ANSWERS, receipt.answer)
    if receipt.due_at:
        task["restriction"] = {"period": {"end": _instant(receipt.due_at)}}
    return {
        "resourceType": "ServiceRequest",
        "id": str(sent.uid),
        "meta": {"lastUpdated": last},
        "identifier": [{"system": IDENTITY, "value": f"urn:uuid:{sent.uid}"}],
        "contained": [task],
        "status": status_of(receipt.state),
        "intent": "order",
        "subject": {"extension": [{"url": ABSENT, "valueCode": "masked"}]},
        "authoredOn": received,
    }


def status_of(state: str) -> str:
    """The request's own status for the portal's state of a referral."""
    standing = TASK_STATES.get(state, "")
    if standing in {"requested", "accepted"}:
        return "active"
    return "completed" if standing == "completed" else "revoked"


def bundle_json(
    sent: Iterable[Sent], *, at: Callable[[Sent], str], links: Mapping[str, str]
) -> dict[str, Any]:
    """One page of what a search found; `at` is the address of one, `links` those of this page and the next."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": name, "url": url} for name, url in links.items()],
        "entry": [
            {"fullUrl": at(one), "resource": request_json(one), "search": {"mode": "match"}}
            for one in sent
        ],
    }


def outcome_json(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A problem document as an OperationOutcome: one issue for each field, else one."""
    status = problem["status"]
    kind = {"severity": "error", "code": ISSUES.get(status, "not-supported")}
    said = [
        {**kind, "details": {"text": one["detail"]}, "expression": [_place(one["field"])]}
        for one in problem.get("errors", ())
    ]
    alone = {**kind, "details": {"text": problem.get("detail") or problem["title"]}}
    return {"resourceType": "OperationOutcome", "issue": said or [alone]}


def _place(name: str) -> str:
    stem, _dot, _rest = name.partition(".")
    place = PLACES.get(name) or PLACES.get(stem) or re.sub(r"\.(\d+)", r"[\1]", name)
    return f"ServiceRequest.{place}" if place else "ServiceRequest"


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _instant(at: Any) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
