"""What the relay hands to casework: each handler closes its row in the effect's own transaction."""

from typing import Any

from cases.services.break_glass import glass_told
from cases.services.crossings import (
    answer_apply,
    answer_find,
    crossing_arrive,
    crossing_find,
    crossing_take_back,
)
from cases.services.feeds.telling import administrators_house, drop_told
from cases.services.leaving import caseload_look, leaving_note
from cases.services.mdt import share_told
from cases.services.own_referrals import item_promoted
from cases.services.referral_targets import crossing_receiver
from cases.services.report_handing import reports_hand_over
from cases.services.report_telling import report_told
from cases.services.telling import answer_told, referral_told
from cases.services.transfers import transfers_fall_back
from departments.models.people import Membership, User
from departments.services.entering import house_scope
from departments.services.outbox import Delivery
from departments.signals import membership_ended, membership_ending


def connect() -> None:
    """Listen to the signals of departments; called once from AppConfig.ready."""
    for signal in (membership_ended, membership_ending):
        signal.connect(note_leaving, dispatch_uid="cases.note_leaving")


def note_leaving(sender: Any, *, membership: Membership, **_more: Any) -> None:
    leaving_note(membership=membership)


def look_at_caseload(delivery: Delivery) -> None:
    """Somebody leaves: whether cases wait for a successor, counted in the house's own scope."""
    with house_scope(delivery.organization_id, care=True):
        caseload_look(
            house=delivery.organization_id,
            membership_uid=delivery.subject_uid,
            user=delivery.payload["user"],
        )
        person = User.objects.get(pk=delivery.payload["user"])
        transfers_fall_back(organization_id=delivery.organization_id, user=person)
        delivery.finish()


def tell_administrator(delivery: Delivery) -> None:
    """A file of the hospital's system was read: what was refused is the administrator's task."""
    house = delivery.organization_id
    with house_scope(house):
        at = administrators_house(house)
    with house_scope(at):
        drop_told(house=house, at=at, is_clean=delivery.payload["is_clean"])
        delivery.finish()


def tell_department(delivery: Delivery) -> None:
    """A referral arrived: its department hears of it."""
    with house_scope(delivery.organization_id, care=True):
        referral_told(
            house=delivery.organization_id,
            referral_uid=delivery.subject_uid,
            payload=delivery.payload,
        )
        delivery.finish()


def carry_referral(delivery: Delivery) -> None:
    """A referral to another house of the installation: into its inbox, once."""
    house = delivery.organization_id
    with house_scope(house, care=True):
        crossing = crossing_find(house=house, uid=delivery.subject_uid)
        if crossing is None:
            delivery.finish()
            return
    with house_scope(crossing.receiver, care=True):
        crossing_arrive(crossing)
        delivery.finish()


def carry_cancellation(delivery: Delivery) -> None:
    """The sender took it back: out of the other house's inbox, while nobody has answered."""
    house = delivery.organization_id
    with house_scope(house, care=True):
        receiver = crossing_receiver(house=house, uid=delivery.subject_uid)
    with house_scope(receiver, care=True):
        crossing_take_back(house=receiver, origin_uid=delivery.subject_uid)
        delivery.finish()


def carry_answer(delivery: Delivery) -> None:
    """What the other house did with it goes back to the sender's own row."""
    house = delivery.organization_id
    with house_scope(house, care=True):
        answer = answer_find(house=house, uid=delivery.subject_uid)
        if answer is None:
            delivery.finish()
            return
    with house_scope(answer.house, care=True):
        answer_apply(answer)
        delivery.finish()


def tell_worker(delivery: Delivery) -> None:
    """An outgoing referral was answered: the worker of the case hears of it."""
    with house_scope(delivery.organization_id, care=True):
        answer_told(house=delivery.organization_id, referral_uid=delivery.subject_uid)
        delivery.finish()


def tell_named(delivery: Delivery) -> None:
    """A mandatory report was opened, or somebody was named for it: those persons hear of it."""
    with house_scope(delivery.organization_id, care=True):
        report_told(
            house=delivery.organization_id,
            report_uid=delivery.subject_uid,
            payload=delivery.payload,
        )
        delivery.finish()


def pass_reports_on(delivery: Delivery) -> None:
    """A case changed its worker: the new one is named for its mandatory reports."""
    with house_scope(delivery.organization_id, care=True):
        reports_hand_over(house=delivery.organization_id, **delivery.payload)
        delivery.finish()


def tell_break_glass(delivery: Delivery) -> None:
    """A level-5 case was opened by break-glass: its own people and the reviewers hear of it at once."""
    with house_scope(delivery.organization_id, care=True):
        glass_told(house=delivery.organization_id, **delivery.payload)
        delivery.finish()


def tell_clinician(delivery: Delivery) -> None:
    """Parts of a case were opened to a clinician, who hears of it."""
    with house_scope(delivery.organization_id, care=True):
        share_told(house=delivery.organization_id, uid=delivery.subject_uid, **delivery.payload)
        delivery.finish()


def promote_item(delivery: Delivery) -> None:
    """What a clinician sent by the own account becomes a referral."""
    with house_scope(delivery.organization_id, care=True):
        item_promoted(house=delivery.organization_id, uid=delivery.subject_uid)
        delivery.finish()
