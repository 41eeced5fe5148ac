"""What the relay hands to the reports: each handler closes its row in the effect's own transaction."""

import datetime as dt

from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from reports.services.schedules import schedule_due


def make_due(delivery: Delivery) -> None:
    """Topic `report.due`: the runs of one slot of a schedule."""
    with house_scope(delivery.organization_id):
        schedule_due(
            house=delivery.organization_id,
            schedule_uid=delivery.subject_uid,
            first=dt.date.fromisoformat(delivery.payload["first"]),
        )
        delivery.finish()
