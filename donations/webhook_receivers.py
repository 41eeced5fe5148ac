"""From the moves of money to webhooks, and from the outbox to the foundation's own system."""

from typing import Any

from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from departments.signals import message_written, moved
from donations.models.giving import Donation
from donations.models.payout import Disbursement
from donations.models.requests import FundingRequest
from donations.services import webhook_events, webhook_sending


def connect() -> None:
    """Listen to the moves; called once from AppConfig.ready."""
    for told in (FundingRequest, Disbursement, Donation):
        moved.connect(put_move, sender=told, dispatch_uid=f"donations.put_move.{told.__name__}")
    message_written.connect(put_line, sender=FundingRequest, dispatch_uid="donations.put_line")


def put_move(
    sender: Any, *, subject: Any, workflow: Any, step: str, before: str, **_more: Any
) -> None:
    webhook_events.move_put(
        subject=subject,
        workflow=workflow.name,
        step=step,
        state=workflow.state_of(subject),
        before=before,
    )


def put_line(sender: Any, *, subject: Any, message: Any, **_more: Any) -> None:
    webhook_events.line_put(subject=subject, message_uid=message.uid, side_id=message.side_id)


def spread_event(delivery: Delivery) -> None:
    """Topic `webhook.event`: in the foundation's scope, one delivery for each address that wants it."""
    with house_scope(delivery.payload["foundation_id"]):
        webhook_events.event_spread(
            event_id=delivery.id, subject_uid=delivery.subject_uid, payload=delivery.payload
        )
        delivery.finish()


def send_webhook(delivery: Delivery) -> None:
    """Topic `webhook.send`: read, post outside of any transaction, note how it went and close the row."""
    house, payload = delivery.organization_id, delivery.payload
    with house_scope(house):
        letter = webhook_sending.letter_of(
            endpoint_id=payload["endpoint"], message_id=payload["message"]
        )
        if letter is None:
            delivery.finish()
    if letter is None:
        return
    reply = webhook_sending.letter_post(letter)
    with house_scope(house):
        webhook_sending.attempt_note(
            letter=letter, reply=reply, attempt=payload["attempt"], outbox_id=delivery.id
        )
        delivery.finish()
