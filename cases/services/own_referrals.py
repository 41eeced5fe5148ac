"""Referrals by a clinician's own account: the ward's door without a code, and what became of each for its sender alone."""

from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from cases.models.casework import Referral
from cases.permissions import can_ask_referral
from cases.services.door_intake import inbox_promote
from cases.services.receipts import Receipt, hash_of, receipts_of
from departments import audit
from departments.models.doors import InboxItem
from departments.models.organizations import Department, DepartmentKind
from departments.models.people import User
from departments.services import outbox
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command

TOKEN_LENGTH = 43  # 256 bits: nobody is given it, the account stands in its place


def wards_for(by: User) -> QuerySet[Department]:
    """The wards and clinical departments of the house a referral may come from."""
    rows = Department.objects.visible_to(by).filter(organization_id=by.house_id)
    return rows.filter(kind__in=("ward", "clinical"), ended_on__isnull=True).order_by("name")


def receivers_for(by: User) -> QuerySet[Department]:
    """The social work departments of the house that receive referrals."""
    rows = Department.objects.visible_to(by).filter(organization_id=by.house_id)
    return rows.filter(kind=DepartmentKind.MSW, ended_on__isnull=True).order_by("name")


@command
def referral_ask(*, ward: Department, department: Department, by: User, **said: Any) -> InboxItem:
    """Ask the social workers for a patient of `ward`, as the ward's door would: `said` are its other fields.

    Who refers is the account. It is a referral as soon as the relay has come to it: who sends may
    not write in care.
    """
    require(can_ask_referral, by, None)
    item = InboxItem(
        organization_id=by.house_id,
        department=department,
        kind=InboxItem.Kind.WARD_REFERRAL,
        payload={**said, "referrer": by.display_name, "place": ward.name, "place_id": ward.pk},
        receipt_hash=hash_of(get_random_string(TOKEN_LENGTH)),
        created_by=by,
    )
    item.dedup_key = f"own:{item.uid}"
    item.save(force_insert=True)
    outbox.put("inbox.kept", organization_id=item.organization_id, subject=item)
    audit.record("referral.ask", by=by, on=item, ward=ward.uid, is_crisis=said.get("is_crisis"))
    return item


def item_promoted(*, house: int, uid: Any) -> Referral | None:
    """Make what was kept a referral; runs in the house's scope as the system."""
    return inbox_promote(item=InboxItem.objects.get(organization_id=house, uid=uid), by=None)


def referral_follow(*, item: InboxItem, by: User) -> Receipt:
    """Where one stands now; that it was asked is written down."""
    require(can_ask_referral, by, None)
    found = receipts_of([item], by=by)[item.pk]
    audit.record("referral.follow_own", by=by, on=item, state=found.state)
    return found
