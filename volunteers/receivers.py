"""What other rows of this app cause, after their transaction: one service each."""

from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from volunteers.services.telling import promotion_told


def tell_promoted(delivery: Delivery) -> None:
    """Somebody moved up from the waiting list and hears of it."""
    with house_scope(delivery.organization_id):
        promotion_told(house=delivery.organization_id, signup_uid=delivery.subject_uid)
        delivery.finish()
