"""A consented copy for machines: the same payload as a FHIR R4 bundle, read, counted and audited alike."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation

from cases.fhir_bundle import Copy, Party, copy_bundle
from cases.models.consents import Disclosure
from cases.services.disclosures import disclosure_read
from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from msw_portal.kernel.commands import command

MIME = "application/fhir+json; fhirVersion=4.0"
FILE_LANGUAGE = "zh-hans"


def bundle_text(
    disclosure: Disclosure, payload: Mapping[str, Any], *, state: str, receiver: Party
) -> bytes:
    """The bundle as UTF-8 JSON, in the language of the file whoever asks."""
    sender = disclosure.organization
    with translation.override(FILE_LANGUAGE):
        bundle = copy_bundle(
            Copy(
                uid=disclosure.uid,
                version=disclosure.version,
                made_at=disclosure.created_at,
                sender=Party(sender.name, sender.uid),
                receiver=receiver,
                state=state,
                payload=payload,
                id_system=settings.FHIR_ID_CARD_SYSTEM,
                mrn_system=f"{settings.FHIR_MRN_SYSTEM}:{sender.uid}",
            )
        )
    return json.dumps(bundle, ensure_ascii=False, indent=2).encode()


def party_of(organization: Organization | None, text: str) -> Party:
    """The receiver: a body of the register, or the one written by hand."""
    return Party(organization.name, organization.uid) if organization else Party(text)


@command
def bundle_take(*, disclosure: Disclosure, state: str, receiver: Party, by: User) -> bytes:
    """Download a copy as its owner or its receiver; counted and audited as a reading.

    `state` is the referral's, as the asker's house keeps it.

    Raises:
        DomainError: `disclosure.is_empty` (409) after a withdrawal or past its time.
    """
    payload = disclosure_read(disclosure=disclosure, by=by)
    audit.record("disclosure.download", by=by, on=disclosure, format="fhir-r4")
    return bundle_text(disclosure, payload, state=state, receiver=receiver)
