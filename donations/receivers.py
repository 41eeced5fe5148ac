"""What happens in the other house, and what a consent's withdrawal does here: one service each."""

from collections.abc import Callable
from typing import Any

from cases.models.consents import Consent
from cases.signals import consent_withdrawn
from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from donations.services import holds, telling


def connect() -> None:
    """Listen to the signals of cases; called once from AppConfig.ready."""
    consent_withdrawn.connect(stop_requests, sender=Consent, dispatch_uid="donations.stop_requests")


def stop_requests(sender: Any, *, consent: Consent, by: Any, **_more: Any) -> None:
    holds.requests_hold(consent=consent, by=by)


def _effect(delivery: Delivery, house: str, service: Callable, *, care: bool) -> None:
    """Run the effect in the other house and close the row in the same transaction."""
    with house_scope(delivery.payload[house], care=care):
        service(payload=delivery.payload, once=str(delivery.id))
        delivery.finish()


def tell_foundation(delivery: Delivery) -> None:
    _effect(delivery, "foundation_id", telling.foundation_told, care=False)


def tell_hospital(delivery: Delivery) -> None:
    _effect(delivery, "hospital_id", telling.hospital_told, care=True)


def note_opening(delivery: Delivery) -> None:
    _effect(delivery, "hospital_id", telling.opening_noted, care=True)


def tell_release(delivery: Delivery) -> None:
    _effect(delivery, "hospital_id", telling.release_told, care=True)


def tell_confirmation(delivery: Delivery) -> None:
    _effect(delivery, "foundation_id", telling.confirmation_told, care=False)
