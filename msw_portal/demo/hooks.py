"""The foundation's own system in the demo: an address that was told of the last days, put aside so that nothing leaves the laptop."""

import datetime as dt
import uuid

from django.utils import timezone

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import house_scope
from donations.models.requests import FundingRequest
from donations.models.webhooks import WebhookDelivery, WebhookMessage
from donations.services.webhooks import webhook_create, webhook_pause
from msw_portal.demo.telling import acting

NAME, URL = "捐助管理系统（演示）", "https://hooks.example.org/msw"
TOLD = 12  # of the newest requests
MISSED = 3  # of which so many were not taken at first
Outcome = WebhookDelivery.Outcome


def build(house: Organization, keeper: User) -> int:
    """An address with a log of deliveries and misses, and paused; how many attempts are in the log."""
    with acting(keeper):
        endpoint, _secret = webhook_create(
            name=NAME, url=URL, topics=["funding_request.*", "donation.booked"], by=keeper
        )
    with house_scope(house.pk):
        sent = FundingRequest.objects.filter(counterparty=house, submitted_at__isnull=False)
        rows = sent.select_related("organization").order_by("-state_entered_at")[:TOLD]
        made = []
        for n, row in enumerate(reversed(list(rows))):
            message = WebhookMessage.objects.create(
                organization=house,
                topic=f"funding_request.{row.state}",
                happened_at=row.state_entered_at,
                payload={
                    "uid": str(row.uid),
                    "state": row.state,
                    "number": row.number,
                    "hospital": str(row.organization.uid),
                    "href": f"/api/v1/funding-requests/{row.uid}/",
                },
            )
            made += _attempts(house, endpoint, message, is_missed=n < MISSED)
        WebhookDelivery.objects.bulk_create(made)
        endpoint.last_ok_at = made[-1].at if made else timezone.now()
        endpoint.save(update_fields=["last_ok_at"])
    with acting(keeper):
        webhook_pause(endpoint=endpoint, by=keeper)
    return len(made)


def _attempts(house, endpoint, message, *, is_missed: bool) -> list[WebhookDelivery]:
    """One attempt that was taken; before it, where it was missed, one that was answered with 503."""
    at = message.happened_at + dt.timedelta(seconds=2)
    facts = {"organization": house, "endpoint": endpoint, "message": message}
    taken = {"outcome": Outcome.DELIVERED, "status": 204, "took_ms": 184}
    if not is_missed:
        return [WebhookDelivery(**facts, **taken, outbox_id=uuid.uuid4(), attempt=1, at=at)]
    late = at + dt.timedelta(seconds=5)
    return [
        WebhookDelivery(
            **facts,
            outbox_id=uuid.uuid4(),
            attempt=1,
            outcome=Outcome.REFUSED,
            status=503,
            took_ms=2041,
            response_excerpt="upgrade in progress",
            at=at,
            next_at=late,
        ),
        WebhookDelivery(**facts, **taken, outbox_id=uuid.uuid4(), attempt=2, at=late),
    ]
