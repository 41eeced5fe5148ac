"""The conversation of two houses on one subject."""

from typing import Any

from django.db import models

from departments.models.mechanisms import Message
from departments.signals import message_written


def message_write(
    *, subject: models.Model, body: str, by: Any, in_reply_to: Message | None = None
) -> Message:
    """Add a line on a subject both houses read; the owner's key seals it, whoever writes."""
    message = Message(
        organization_id=subject.organization_id,
        counterparty_id=subject.counterparty_id,
        is_care=False,
        compartment_id=None,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        author=by,
        side_id=by.acting.organization_id,
        body=body,
        in_reply_to=in_reply_to,
        created_by=by,
    )
    message.save(force_insert=True)
    message_written.send(sender=type(subject), subject=subject, message=message)
    return message
