"""One attempt to tell an address: signed by Standard Webhooks, noted as it went, followed by the next or by none."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from standardwebhooks import Webhook

from departments import audit
from departments.services import outbox
from departments.services.moving import move
from departments.services.notices import people_tell
from donations.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookMessage
from donations.services.webhook_events import SEND, delivery_put
from donations.webhook_workflow import WEBHOOK_ENDPOINT, EndpointState
from msw_portal.kernel.outgoing import Reply, post

Outcome = WebhookDelivery.Outcome
GONE = 410
# After the first, second ... failure (Standard Webhooks, "Retry schedule"): about three days in all.
WAITS = (
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
# What else waits for an address that has just failed waits with it: one that hangs holds up nobody.
BREATH = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class Letter:
    """A message as one address gets it: read in the house's scope, sent outside of any transaction."""

    endpoint_id: int
    message_id: int
    url: str
    body: bytes
    headers: Mapping[str, str]


def body_of(message: WebhookMessage) -> bytes:
    """The same bytes for every attempt: they are what is signed."""
    content = {
        "type": message.topic,
        "timestamp": message.happened_at.isoformat(),
        "data": message.payload,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def live_secrets(endpoint: WebhookEndpoint) -> list[str]:
    """The secrets that sign now, the present one first."""
    now = timezone.now()
    return [
        one["secret"]
        for one in endpoint.secrets
        if one.get("until") is None or parse_datetime(one["until"]) > now
    ]


def letter_of(*, endpoint_id: int, message_id: int) -> Letter | None:
    """What is to be sent; None when the address was put aside or the message swept away meanwhile."""
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, state=EndpointState.ACTIVE).first()
    message = WebhookMessage.objects.filter(pk=message_id).first()
    if endpoint is None or message is None:
        return None
    now, body, name = timezone.now(), body_of(message), str(message.uid)
    signatures = [
        Webhook(secret).sign(name, now, body.decode()) for secret in live_secrets(endpoint)
    ]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "msw-portal-webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Letter(endpoint.pk, message.pk, endpoint.url, body, headers)


def letter_post(letter: Letter) -> Reply:
    """Send it once; outside of any transaction."""
    return post(
        letter.url,
        letter.body,
        letter.headers,
        seconds=settings.WEBHOOK_SECONDS,
        allowed=settings.WEBHOOK_NETWORKS,
    )


def attempt_note(*, letter: Letter, reply: Reply, attempt: int, outbox_id: Any) -> WebhookDelivery:
    """Write how an attempt went, put in the next one, and stop an address that has failed for days."""
    endpoint = WebhookEndpoint.objects.locked().get(pk=letter.endpoint_id)
    message = WebhookMessage.objects.get(pk=letter.message_id)
    now = timezone.now()
    stops = False if reply.is_taken else _settle_failure(endpoint, reply, now)
    if reply.is_taken:
        endpoint.last_ok_at, endpoint.failing_since = now, None
        endpoint.save(update_fields=["last_ok_at", "failing_since"])
    wait = None if reply.is_taken or stops or attempt > len(WAITS) else WAITS[attempt - 1]
    row = WebhookDelivery(
        organization_id=endpoint.organization_id,
        endpoint=endpoint,
        message=message,
        outbox_id=outbox_id,
        attempt=attempt,
        outcome=_outcome(reply),
        status=reply.status,
        took_ms=reply.took_ms,
        response_excerpt="" if reply.is_taken else reply.excerpt,
        at=now,
        next_at=None if wait is None else now + wait,
    )
    row.save(force_insert=True)
    if row.next_at is not None:
        delivery_put(endpoint, message, attempt=attempt + 1, not_before=row.next_at)
    return row


def _outcome(reply: Reply) -> str:
    if reply.is_forbidden:
        return Outcome.FORBIDDEN
    if reply.status is None:
        return Outcome.UNREACHABLE
    return Outcome.DELIVERED if reply.is_taken else Outcome.REFUSED


def _settle_failure(endpoint: WebhookEndpoint, reply: Reply, now: dt.datetime) -> bool:
    """Begin to count the days of failure, or stop the address after too many; whether it stopped."""
    if endpoint.state != EndpointState.ACTIVE:
        return True
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    outbox.hold(SEND, until=now + BREATH, endpoint=endpoint.pk)
    patience = dt.timedelta(days=settings.WEBHOOK_PATIENCE_DAYS)
    if reply.status != GONE and now - endpoint.failing_since < patience:
        return False
    move(endpoint, WEBHOOK_ENDPOINT, "disable", by=None)
    audit.record(
        "webhook.disable",
        by=None,
        on=endpoint,
        organization_id=endpoint.organization_id,
        since=endpoint.failing_since,
        status=reply.status,
    )
    people_tell(
        kind="webhook.disabled",
        organization_id=endpoint.organization_id,
        subject=endpoint,
        role="secadmin",
        once=f"{endpoint.uid}:{endpoint.failing_since.isoformat()}",
    )
    return True


def deliveries_sweep(*, house: int) -> int:
    """Forget messages, and how they were told, that are older than the log is kept; how many."""
    before = timezone.now() - dt.timedelta(days=settings.WEBHOOK_KEPT_DAYS)
    old = WebhookMessage.objects.filter(organization_id=house, created_at__lt=before)
    count = old.count()
    old.delete()
    return count
