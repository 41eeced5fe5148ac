"""What a notice about money is about, for the person who reads it."""

import uuid
from collections.abc import Collection, Mapping

from departments.models.people import User
from donations.models.appeals import Appeal
from donations.models.disclosure import DisclosureItem
from donations.models.requests import FundingRequest
from donations.models.sampling import Verification
from donations.models.webhooks import WebhookEndpoint


def requests_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these requests those the person may open, by number; a draft has none yet."""
    rows = FundingRequest.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.number or one.subject_code for one in rows}


def endpoints_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these addresses of webhooks those of the person's house, by their purpose."""
    return {
        one.uid: one.name for one in WebhookEndpoint.objects.visible_to(user).filter(uid__in=uids)
    }


def items_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these disclosures those the person may open, by what they are about."""
    rows = DisclosureItem.objects.visible_to(user).filter(uid__in=uids)
    return {one.uid: one.subject_text for one in rows}


def appeals_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these appeals those the person may open, by number."""
    return {one.uid: one.number for one in Appeal.objects.visible_to(user).filter(uid__in=uids)}


def checks_named(user: User, uids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Of these checks those of the person's house, by the request's number."""
    rows = Verification.objects.visible_to(user).select_related("disbursement__request")
    return {one.uid: one.disbursement.request.number for one in rows.filter(uid__in=uids)}
