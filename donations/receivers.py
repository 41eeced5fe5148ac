"""What happens in the other house, and what a consent's withdrawal does here: one service each."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cases.models.casework import Case
from cases.models.codes import CloseReason
from cases.models.consents import Consent
from cases.models.people import Client
from cases.models.state_aid import StateAid
from cases.signals import (
    case_closed,
    case_restricted,
    client_died,
    client_merged,
    client_unmerged,
    consent_replaced,
    consent_withdrawn,
    state_aid_counted,
)
from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from donations.services import (
    aid_marks,
    appeal_telling,
    costs,
    deaths,
    family_lane,
    holds,
    looking_up,
    notices,
    person_codes,
    renewals,
    telling,
)
from donations.services.crossing import grant_arrive, grant_find


def connect() -> None:
    """Listen to the signals of cases; called once from AppConfig.ready."""
    consent_withdrawn.connect(stop_requests, sender=Consent, dispatch_uid="donations.stop_requests")
    consent_replaced.connect(
        carry_requests_on, sender=Consent, dispatch_uid="donations.carry_requests_on"
    )
    client_died.connect(stop_after_death, sender=Client, dispatch_uid="donations.client_died")
    case_closed.connect(stop_with_case, sender=Case, dispatch_uid="donations.case_closed")
    client_merged.connect(join_codes, sender=Client, dispatch_uid="donations.join_codes")
    state_aid_counted.connect(count_grants, sender=StateAid, dispatch_uid="donations.count_grants")
    case_restricted.connect(end_codes, sender=Case, dispatch_uid="donations.end_codes")
    client_unmerged.connect(part_codes, sender=Client, dispatch_uid="donations.part_codes")


def stop_requests(sender: Any, *, consent: Consent, by: Any, **_more: Any) -> None:
    holds.requests_hold(consent=consent, by=by)
    aid_marks.marks_forget(consent)
    notices.notice_withdrawn(consent=consent, by=by)


def carry_requests_on(
    sender: Any, *, consent: Consent, older: Consent, by: Any, **_more: Any
) -> None:
    renewals.requests_rebind(consent=consent, older=older, by=by)


def end_codes(sender: Any, *, case: Case, by: Any, **_more: Any) -> None:
    family_lane.lane_codes_end(case=case, by=by)


def stop_after_death(sender: Any, *, client: Client, by: Any, **_more: Any) -> None:
    deaths.deaths_note(client=client, by=by)


def stop_with_case(sender: Any, *, case: Case, by: Any, **_more: Any) -> None:
    # Closed for a death, whether or not its day was written down.
    if case.close_reason == CloseReason.DECEASED:
        deaths.deaths_note(client=case.client, by=by)


def count_grants(
    sender: Any, *, case: Case, layer: str, before: Decimal, after: Decimal, by: Any, **_more: Any
) -> None:
    costs.state_aid_count(case=case, layer=layer, before=before, after=after, by=by)


def join_codes(sender: Any, *, client: Client, by: Any, **_more: Any) -> None:
    part_codes(sender, clients=(client,), by=by)


def part_codes(sender: Any, *, clients: tuple[Client, ...], by: Any, **_more: Any) -> None:
    roots, house = [one.pk for one in clients], clients[0].organization_id
    person_codes.links_settle(roots=roots, organization_id=house, by=by)


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


def tell_persons(delivery: Delivery) -> None:
    _effect(delivery, "foundation_id", telling.persons_told, care=False)


def tell_confirmation(delivery: Delivery) -> None:
    _effect(delivery, "foundation_id", telling.confirmation_told, care=False)


def mail_trace_code(delivery: Delivery) -> None:
    """The donor's code by mail, once for a row of the outbox."""
    with house_scope(delivery.organization_id):
        looking_up.trace_mail(
            organization_id=delivery.organization_id,
            donation_uid=delivery.subject_uid,
            message_id=str(delivery.id),
        )
        delivery.finish()


def carry_grant(delivery: Delivery) -> None:
    """A fund gave to another charity's fund: a line on its desk, once."""
    house = delivery.organization_id
    with house_scope(house):
        grant = grant_find(house=house, order_id=delivery.payload["order_id"])
        if grant is None:
            delivery.finish()
            return
    with house_scope(grant.payee_id):
        grant_arrive(grant)
        delivery.finish()


def take_notice_down(delivery: Delivery) -> None:
    _effect(delivery, "foundation_id", notices.notice_take_down, care=False)


def tell_appeal(delivery: Delivery) -> None:
    _effect(delivery, "house_id", appeal_telling.appeal_told, care=True)
