"""What happens in the other house when an application moves: one service each."""

from collections.abc import Callable

from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from projects.services.applications import telling


def _effect(delivery: Delivery, effect: Callable[..., None]) -> None:
    """Run the effect in the other house and close the row in the same transaction."""
    house = delivery.payload["house_id"]
    if house is None:
        return
    with house_scope(house):
        effect(payload=delivery.payload, topic=delivery.topic)
        delivery.finish()


def tell_issuer(delivery: Delivery) -> None:
    _effect(delivery, telling.issuer_told)


def tell_partner(delivery: Delivery) -> None:
    _effect(delivery, telling.partner_told)


def tell_leader(delivery: Delivery) -> None:
    _effect(delivery, telling.leader_told)


def tell_merge(delivery: Delivery) -> None:
    _effect(delivery, telling.merge_told)
