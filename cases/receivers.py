"""What the relay hands to casework: each handler closes its row in the effect's own transaction."""

from cases.services.telling import referral_told
from departments.services.entering import house_scope
from departments.services.outbox import Delivery


def tell_department(delivery: Delivery) -> None:
    """A referral arrived: its department hears of it."""
    with house_scope(delivery.organization_id, care=True):
        referral_told(
            house=delivery.organization_id,
            referral_uid=delivery.subject_uid,
            payload=delivery.payload,
        )
        delivery.finish()
