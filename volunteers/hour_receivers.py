"""What the relay hands to the volunteers' work: each handler closes its row in the effect's own transaction."""

import datetime as dt

from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from volunteers.services.certificates import certificate_issue_asked
from volunteers.services.hours_sweeping import hours_wait


def service_recorded(delivery: Delivery) -> None:
    """Topic `service.recorded`: hours wait for their confirmation."""
    with house_scope(delivery.organization_id):
        hours_wait(record_uid=delivery.subject_uid)
        delivery.finish()


def issue_certificate(delivery: Delivery) -> None:
    """Topic `certificate.asked`: the volunteer asked for a proof of a period."""
    with house_scope(delivery.organization_id):
        certificate_issue_asked(
            volunteer_uid=delivery.subject_uid,
            since=dt.date.fromisoformat(delivery.payload["since"]),
            until=dt.date.fromisoformat(delivery.payload["until"]),
        )
        delivery.finish()
