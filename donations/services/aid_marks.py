"""The keyed marks by which two foundations' requests for one person meet without a name.

The hospital leaves a mark of identity number and item while the consent's item `aid_match` stands;
the function app.aid_overlap compares marks for the house that decides on a request.
"""

import hashlib
import hmac
from decimal import Decimal

from django.conf import settings

from cases.models.codes import ShareItem
from cases.models.consents import Consent
from donations.models.matching import AidMatch
from donations.models.requests import FundingRequest
from msw_portal.kernel.crypto import derive, first_kid
from msw_portal.kernel.identifiers import index_text

USE = "aid-match"


def item_of(request: FundingRequest) -> str:
    """What the aid is for, as every house writes it alike: the ICD-10 category of the main diagnosis, "" without."""
    episode = request.case.episode
    codes = (episode.diagnosis_codes or []) if episode is not None else []
    return str(codes[0])[:3].upper() if codes else ""


def mark_of(id_no: str, item: str) -> bytes:
    """16 bytes, equal for one person and item in every house; under the installation's oldest key for good."""
    text = f"{index_text('id', id_no)}|{item}"
    key = derive(USE, kid=first_kid())
    return hmac.digest(key, text.encode(), hashlib.sha256)[:16]


def mark_write(request: FundingRequest, consent: Consent) -> AidMatch | None:
    """Leave, renew or remove the mark as the consent says; in the hospital's transaction."""
    known = AidMatch.objects.filter(request=request).first()
    id_no = request.case.client.person.id_no
    is_agreed = settings.AID_MATCH_IS_ON and ShareItem.AID_MATCH in consent.items
    if not is_agreed or not id_no or not request.cost_total:
        if known is not None:
            known.delete()
        return None
    mark = known or AidMatch(
        request=request,
        organization_id=request.organization_id,
        created_by_id=request.created_by_id,
    )
    mark.match_hash, mark.consent = mark_of(id_no, item_of(request)), consent
    mark.share = min(
        (request.requested / request.cost_total).quantize(Decimal("0.0001")), Decimal(1)
    )
    mark.save()
    return mark


def marks_forget(consent: Consent) -> int:
    """The family took its consent back: its marks go in the same transaction; how many."""
    count, _by_table = AidMatch.objects.filter(consent=consent).delete()
    return count
