"""What the relay does after a review: the unit hears of a move or a letter, a packet given back is emptied."""

from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from projects.services import aftermath, letters


def tell_unit(delivery: Delivery) -> None:
    """Topic `application.moved`: the issuer moved an application; its people hear of it in their own house."""
    with house_scope(delivery.payload["unit_id"]):
        aftermath.move_told(payload=delivery.payload, once=str(delivery.id))
        delivery.finish()


def tell_letter(delivery: Delivery) -> None:
    """Topic `letter.sent`."""
    with house_scope(delivery.payload["unit_id"]):
        letters.letter_told(payload=delivery.payload, once=str(delivery.id))
        delivery.finish()


def take_packet_back(delivery: Delivery) -> None:
    """Topic `review.recused`: the expert gave a review back; the copy goes, the desk is told."""
    with house_scope(delivery.organization_id):
        aftermath.recusal_settled(review_id=delivery.payload["review_id"])
        delivery.finish()
