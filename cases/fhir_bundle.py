"""A consented copy as a FHIR R4 bundle, after HL7 Gravity SDOH Clinical Care 3.0.0 (docs/fhir.md).

The copy's payload is the only source of what is said about the person: what the consent did not
open has no element here. No profile is claimed in `meta`; the shapes follow the profiles' required
elements. Every identity is derived from the copy's, so that the same copy is the same bundle.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cases.models.codes import LegalBasis, NeedCategory, ShareItem
from cases.need_codes import codings_of, domain_codings
from msw_portal.kernel.identifiers import id_check_digit

TERMS = "http://terminology.hl7.org/CodeSystem/"
US_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
OWN_FACTS = "urn:msw-portal:code-system:share-item"
# GB/T 2261.1 as FHIR says it.
GENDERS = {"0": "unknown", "1": "male", "2": "female", "9": "unknown"}
PRIORITIES = {"normal": "routine", "soon": "urgent", "urgent": "asap"}
# Our states of a referral, as its sender or as its receiver keeps it, in FHIR's TaskStatus.
TASK_STATES = {
    "sent": "requested",
    "received": "requested",
    "claimed": "requested",
    "accepted": "accepted",
    "refused": "rejected",
    "returned": "rejected",
    "discarded": "rejected",
    "cancelled": "cancelled",
    "completed": "completed",
    "failed": "failed",
}
# Facts with an element of their own; the others become observations.
PLACED = {
    *(ShareItem.NAME, ShareItem.SEX, ShareItem.BIRTH_DATE, ShareItem.ID_NO, ShareItem.PHONE),
    *(ShareItem.ADDRESS, ShareItem.REGION, ShareItem.MRN, ShareItem.GUARDIAN),
    *(ShareItem.DIAGNOSIS, ShareItem.HOSPITAL),
}
RELIEF = {
    LegalBasis.STATUTORY: "《个人信息保护法》第十三条第一款第三项",
    LegalBasis.PUBLIC_HEALTH: "《个人信息保护法》第十三条第一款第四项",
    LegalBasis.VITAL_INTEREST: "《个人信息保护法》第十三条第一款第四项",
}


@dataclass(frozen=True)
class Party:
    """One side of the sending; `uid` only for a body of the register."""

    name: str
    uid: uuid.UUID | None = None


@dataclass(frozen=True)
class Copy:
    """What was sent: the frozen payload and the way it took."""

    uid: uuid.UUID
    version: int
    made_at: dt.datetime
    sender: Party
    receiver: Party
    state: str
    payload: Mapping[str, Any]
    id_system: str
    mrn_system: str


@dataclass
class _Bundle:
    copy: Copy
    entries: list[dict[str, Any]] = field(default_factory=list)

    def place(self, name: str) -> str:
        """The full address of a part of this copy, known before it is put in."""
        return f"urn:uuid:{uuid.uuid5(self.copy.uid, name)}"

    def refer(self, name: str) -> dict[str, str]:
        return {"reference": self.place(name)}

    def put(self, part: str, kind: str, /, **content: Any) -> None:
        place = self.place(part)
        filled = {key: value for key, value in content.items() if value not in (None, [], {}, "")}
        resource = {"resourceType": kind, "id": place.removeprefix("urn:uuid:"), **filled}
        self.entries.append({"fullUrl": place, "resource": resource})


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _instant(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def copy_bundle(copy: Copy) -> dict[str, Any]:
    """The bundle (type collection) as JSON-ready values; every reference points inside it.

    Patient, both organizations, a Condition for each need, the request and its task always;
    guardian, diagnosis, further facts and the consent where the payload holds them.
    """
    bundle = _Bundle(copy)
    _parties(bundle)
    _patient(bundle)
    _guardian(bundle)
    needs = list(_conditions(bundle))
    _facts(bundle)
    _consent(bundle)
    _request(bundle, needs)
    return {
        "resourceType": "Bundle",
        "id": str(copy.uid),
        "meta": {"versionId": str(copy.version)},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{copy.uid}"},
        "type": "collection",
        "timestamp": _instant(copy.made_at),
        "entry": bundle.entries,
    }


def _parties(bundle: _Bundle) -> None:
    for name, party in (("sender", bundle.copy.sender), ("receiver", bundle.copy.receiver)):
        known = {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{party.uid}"}
        bundle.put(
            name,
            "Organization",
            identifier=[known] if party.uid else [],
            active=True,
            name=party.name,
        )


def _patient(bundle: _Bundle) -> None:
    said = bundle.copy.payload
    homes = [said[item] for item in (ShareItem.ADDRESS, ShareItem.REGION) if said.get(item)]
    bundle.put(
        "patient",
        "Patient",
        identifier=list(_identifiers(bundle)),
        name=[{"text": said[ShareItem.NAME]}] if said.get(ShareItem.NAME) else [],
        telecom=_phone(said.get(ShareItem.PHONE)),
        gender=GENDERS.get(said.get(ShareItem.SEX)),
        birthDate=said.get(ShareItem.BIRTH_DATE),
        address=[{"use": "home", "country": "CN", "text": home} for home in homes],
        managingOrganization=bundle.refer("sender"),
    )


def _phone(number: str | None) -> list[dict[str, str]]:
    return [{"system": "phone", "value": number}] if number else []


def _identifiers(bundle: _Bundle) -> Iterator[dict[str, Any]]:
    said = bundle.copy.payload
    if number := said.get(ShareItem.ID_NO):
        is_card = len(number) == 18 and number[:17].isdigit()
        is_card = is_card and id_check_digit(number[:17]) == number[17]
        system = {"system": bundle.copy.id_system} if is_card else {}
        yield {"use": "official", **system, "value": number}
    if number := said.get(ShareItem.MRN):
        yield {
            "type": _concept(f"{TERMS}v2-0203", "MR"),
            "system": bundle.copy.mrn_system,
            "value": number,
            "assigner": bundle.refer("sender"),
        }


def _guardian(bundle: _Bundle) -> None:
    """The copy writes name and telephone in one line, the telephone last."""
    if not (line := bundle.copy.payload.get(ShareItem.GUARDIAN)):
        return
    name, _space, last = line.rpartition(" ")
    is_phone = bool(name) and last.replace("-", "").lstrip("+").isdigit()
    bundle.put(
        "guardian",
        "RelatedPerson",
        active=True,
        patient=bundle.refer("patient"),
        relationship=[_concept(f"{TERMS}v3-RoleCode", "GUARD")],
        name=[{"text": name if is_phone else line}],
        telecom=_phone(last if is_phone else None),
    )


def _conditions(bundle: _Bundle) -> Iterator[str]:
    """Each need as a Condition; its name inside the bundle."""
    words = dict(NeedCategory.choices)
    for need in bundle.copy.payload["needs"]:
        bundle.put(
            f"need:{need}",
            "Condition",
            clinicalStatus=_concept(f"{TERMS}condition-clinical", "active"),
            verificationStatus=_concept(f"{TERMS}condition-ver-status", "unconfirmed"),
            category=[
                _concept(f"{TERMS}condition-category", "problem-list-item"),
                _concept(US_CATEGORY, "sdoh"),
                *({"coding": [coding]} for coding in domain_codings(need)),
            ],
            code={"coding": codings_of(need), "text": str(words.get(need, need))},
            subject=bundle.refer("patient"),
            recordedDate=_instant(bundle.copy.made_at),
        )
        yield f"need:{need}"
    if text := bundle.copy.payload.get(ShareItem.DIAGNOSIS):
        bundle.put(
            "diagnosis",
            "Condition",
            verificationStatus=_concept(f"{TERMS}condition-ver-status", "unconfirmed"),
            category=[_concept(f"{TERMS}condition-category", "encounter-diagnosis")],
            code={"text": text},
            subject=bundle.refer("patient"),
        )


def _facts(bundle: _Bundle) -> None:
    """What has no element of its own, under the code of the consent's list."""
    for item in ShareItem:
        value = bundle.copy.payload.get(item.value)
        if not value or item in PLACED:
            continue
        coding = {"system": OWN_FACTS, "code": item.value, "display": str(item.label)}
        bundle.put(
            f"fact:{item.value}",
            "Observation",
            status="final",
            category=[_concept(f"{TERMS}observation-category", "social-history")],
            code={"coding": [coding], "text": str(item.label)},
            subject=bundle.refer("patient"),
            effectiveDateTime=_instant(bundle.copy.made_at),
            valueString=str(value),
        )


def _consent(bundle: _Bundle) -> None:
    """The consent the copy stands on; a copy on another basis has none."""
    ground = bundle.copy.payload.get("ground") or {}
    if ground.get("basis") != LegalBasis.CONSENT:
        return
    provision: dict[str, Any] = {
        "type": "permit",
        "actor": [
            {
                "role": _concept(f"{TERMS}v3-ParticipationType", "IRCP"),
                "reference": bundle.refer("receiver"),
            }
        ],
        "action": [_concept(f"{TERMS}consentaction", "disclose")],
    }
    if ground.get("valid_to"):
        provision["period"] = {"end": ground["valid_to"]}
    bundle.put(
        "consent",
        "Consent",
        identifier=[{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{ground['consent']}"}],
        status="active",
        scope=_concept(f"{TERMS}consentscope", "patient-privacy"),
        category=[_concept(f"{TERMS}v3-ActCode", "IDSCL")],
        patient=bundle.refer("patient"),
        dateTime=ground["signed_at"],
        organization=[bundle.refer("sender")],
        sourceAttachment={"contentType": "text/plain", "title": ground["title"]},
        policyRule={"text": "《个人信息保护法》第二十三条"},
        provision=provision,
    )


def _request(bundle: _Bundle, needs: list[str]) -> None:
    copy, said = bundle.copy, bundle.copy.payload
    words = dict(NeedCategory.choices)
    has_consent = any(one["fullUrl"] == bundle.place("consent") for one in bundle.entries)
    basis = (said.get("ground") or {}).get("basis", "")
    note = [{"text": f"处理依据：{RELIEF[basis]}"}] if basis in RELIEF else []
    domains = {coding["code"]: coding for need in said["needs"] for coding in domain_codings(need)}
    bundle.put(
        "request",
        "ServiceRequest",
        status="revoked" if copy.state == "cancelled" else "active",
        intent="order",
        category=[{"coding": [coding]} for coding in domains.values()],
        priority=PRIORITIES[said["urgency"]],
        code={
            "text": "医务社会工作转介：" + "、".join(str(words.get(n, n)) for n in said["needs"])
        },
        subject=bundle.refer("patient"),
        authoredOn=_instant(copy.made_at),
        requester=bundle.refer("sender"),
        performer=[bundle.refer("receiver")],
        reasonReference=[bundle.refer(need) for need in needs],
        supportingInfo=[bundle.refer("consent")] if has_consent else [],
        note=[{"text": said["reason"]}, *note],
    )
    bundle.put(
        "task",
        "Task",
        status=TASK_STATES[copy.state],
        intent="order",
        priority=PRIORITIES[said["urgency"]],
        code=_concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        focus=bundle.refer("request"),
        **{"for": bundle.refer("patient")},
        authoredOn=_instant(copy.made_at),
        requester=bundle.refer("sender"),
        owner=bundle.refer("receiver"),
    )
