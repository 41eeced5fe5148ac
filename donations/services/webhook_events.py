"""From a move to what the foundation's system is told: put into the outbox here, spread by the relay there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from departments.services import outbox
from donations.models.giving import Donation
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.models.webhooks import WebhookEndpoint, WebhookMessage
from donations.services.webhook_topics import MESSAGE, topic_of, wants
from donations.webhook_workflow import EndpointState
from msw_portal.kernel.scope import INSTALLATION

EVENT, SEND = "webhook.event", "webhook.send"


def move_put(*, subject: Any, workflow: str, step: str, state: str, before: str) -> None:
    """Note a move for the foundation it concerns, in the transaction of the move."""
    topic = topic_of(workflow, step, state)
    # A gift is the foundation's own row; of a request that was never sent no foundation knows.
    house = getattr(subject, "counterparty_id", None) or subject.organization_id
    is_unsent = isinstance(subject, FundingRequest) and subject.counterparty_id is None
    if topic is not None and not is_unsent:
        _put(subject, house, topic, step=step, state=state, before=before)


def line_put(*, subject: Any, message_uid: UUID, side_id: int) -> None:
    """Note a line of the conversation; what it says is not told."""
    if isinstance(subject, FundingRequest) and subject.counterparty_id is not None:
        side = "hospital" if side_id == subject.organization_id else "foundation"
        _put(subject, subject.counterparty_id, MESSAGE, message=str(message_uid), side=side)


def _put(subject: Any, foundation_id: int, topic: str, **facts: str) -> None:
    outbox.put(
        EVENT,
        # Whoever moved it, hospital or foundation: only the installation's rows may be put in by both.
        organization_id=INSTALLATION,
        subject=subject,
        foundation_id=foundation_id,
        event=topic,
        facts=facts,
        at=timezone.now().isoformat(),
    )


def event_spread(*, event_id: UUID, subject_uid: UUID, payload: Mapping[str, Any]) -> int:
    """In the foundation's scope: keep the event and put in one delivery for every address that wants it.

    Returns how many. A house without an address keeps nothing.
    """
    house, topic = payload["foundation_id"], payload["event"]
    endpoints = list(WebhookEndpoint.objects.live().filter(organization_id=house).order_by("pk"))
    if not endpoints:
        return 0
    message, _made = WebhookMessage.objects.get_or_create(
        uid=event_id,
        defaults={
            "organization_id": house,
            "topic": topic,
            "happened_at": parse_datetime(payload["at"]),
            "payload": _facts(topic, subject_uid, payload["facts"]),
        },
    )
    told = [
        one
        for one in endpoints
        if one.state == EndpointState.ACTIVE and wants(one.topics, message.topic)
    ]
    for endpoint in told:
        delivery_put(endpoint, message)
    return len(told)


def delivery_put(
    endpoint: WebhookEndpoint,
    message: WebhookMessage,
    *,
    attempt: int = 1,
    not_before: Any = None,
) -> None:
    """One attempt of one message at one address, in the running transaction of its house."""
    outbox.put(
        SEND,
        organization_id=endpoint.organization_id,
        subject=endpoint,
        not_before=not_before,
        endpoint=endpoint.pk,
        message=message.pk,
        attempt=attempt,
    )


def _facts(topic: str, subject_uid: UUID, facts: Mapping[str, str]) -> dict[str, Any]:
    """What an event says of its subject: ids and the state it came to; no person, no text, no amount."""
    kind = topic.partition(".")[0]
    found: dict[str, Any] = {"uid": str(subject_uid), **facts}
    if kind == "funding_request":
        row = FundingRequest.objects.select_related("organization").get(uid=subject_uid)
        found |= {
            "number": row.number,
            "hospital": str(row.organization.uid),
            "href": f"/api/v1/funding-requests/{row.uid}/",
        }
    elif kind == "disbursement":
        paid = Disbursement.objects.select_related("request").get(uid=subject_uid)
        found |= {
            "funding_request": str(paid.request.uid),
            "instalment": paid.instalment,
            "href": f"/api/v1/disbursements/{paid.uid}/",
        }
    elif kind == "donation":
        gift = Donation.objects.get(uid=subject_uid)
        found |= {"number": gift.number, "href": f"/api/v1/donations/{gift.uid}/"}
    return found
