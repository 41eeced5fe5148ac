"""What a copy for the body a person is referred to may hold: facts of the file by their share code."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from cases.models.casework import Case, Referral
from cases.models.codes import ConsentKind, LegalBasis, ShareItem
from cases.models.consents import Consent
from cases.models.people import RelatedPerson
from msw_portal.kernel.masking import age_at, age_band

# The request itself: why, what for, how soon, on what ground. It goes with every copy of a referral.
REQUEST = ("reason", "needs", "urgency", "ground")
# What this app can fill; costs, household and papers belong to the aid application.
ITEMS = (
    ShareItem.NAME,
    ShareItem.SEX,
    ShareItem.AGE_BAND,
    ShareItem.BIRTH_DATE,
    ShareItem.ID_NO,
    ShareItem.PHONE,
    ShareItem.ADDRESS,
    ShareItem.REGION,
    ShareItem.GUARDIAN,
    ShareItem.HOSPITAL,
    ShareItem.MRN,
    ShareItem.WARD,
    ShareItem.DISEASE_GROUP,
    ShareItem.DIAGNOSIS,
    ShareItem.TREATMENT_STAGE,
    ShareItem.INSURANCE,
)


def share_consent(referral: Referral) -> Consent | None:
    """The person's live consent to tell exactly this body, for this case or the person as a whole."""
    rows = Consent.objects.live().of_person(referral.case.client).filter(
        kind=ConsentKind.SHARE_TO_ORG
    ).filter(case__in=[referral.case_id]) | Consent.objects.live().of_person(
        referral.case.client
    ).filter(kind=ConsentKind.SHARE_TO_ORG, case__isnull=True)
    if referral.to_organization_id:
        rows = rows.filter(recipient_id=referral.to_organization_id)
    else:
        rows = rows.filter(recipient__isnull=True, recipient_text=referral.to_text)
    return rows.order_by("-signed_at").first()


def copy_payload(
    referral: Referral, items: Iterable[str], *, consent: Consent | None, basis: str
) -> dict[str, Any]:
    """The copy: the request, its ground, and what of `items` is known; codes as codes."""
    known = case_facts(referral.case)
    chosen = {item: known[item] for item in items if known.get(item)}
    return chosen | {
        "reason": referral.reason,
        "needs": list(referral.needs),
        "urgency": referral.urgency,
        "ground": _ground(consent, basis),
    }


def _ground(consent: Consent | None, basis: str) -> dict[str, str]:
    """What the receiver may rely on: the consent's own day and text, or the basis of law."""
    if consent is None:
        return {"basis": basis}
    return {
        "basis": LegalBasis.CONSENT.value,
        "consent": str(consent.uid),
        "signed_at": timezone.localtime(consent.signed_at).isoformat(timespec="seconds"),
        "valid_to": consent.valid_to.isoformat() if consent.valid_to else "",
        "title": f"{consent.template.title} 第 {consent.template.version} 版",
    }


def case_facts(case: Case) -> Mapping[str, Any]:
    """What the file knows, by the code of the consent's item; "" for what it does not."""
    client, episode = case.client.person, case.episode
    age = (
        age_at(client.birth_date, timezone.localdate(case.opened_at)) if client.birth_date else None
    )
    facts: dict[str, Any] = {
        ShareItem.NAME: client.name,
        ShareItem.SEX: client.sex,
        ShareItem.AGE_BAND: age_band(age) if age is not None else "",
        ShareItem.BIRTH_DATE: client.birth_date.isoformat() if client.birth_date else "",
        ShareItem.ID_NO: client.id_no or "",
        ShareItem.PHONE: client.phone or "",
        ShareItem.ADDRESS: client.address or "",
        ShareItem.REGION: str(client.region or ""),
        ShareItem.GUARDIAN: _guardian(case),
        ShareItem.HOSPITAL: case.organization.name,
    }
    if episode is not None:
        facts |= {
            ShareItem.MRN: episode.mrn or "",
            ShareItem.WARD: episode.ward.name if episode.ward else "",
            ShareItem.DISEASE_GROUP: episode.disease_group,
            ShareItem.DIAGNOSIS: episode.diagnosis_said,
            ShareItem.TREATMENT_STAGE: str(episode.get_treatment_stage_display()),
            ShareItem.INSURANCE: str(episode.get_insurance_display()),
        }
    return {code.value: value for code, value in facts.items()}


def _guardian(case: Case) -> str:
    one = RelatedPerson.objects.filter(
        organization_id=case.organization_id, client__root_id=case.client.root_id, is_guardian=True
    ).first()
    return f"{one.name} {one.phone or ''}".strip() if one else ""
