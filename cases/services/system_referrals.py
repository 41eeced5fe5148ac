"""Referrals by the hospital's own system: the ward's door with a token, and what became of each for its sender alone."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.permissions import can_follow_sent_referrals, can_send_referral
from cases.services.door_intake import inbox_promote
from cases.services.imports.persons import wards_of
from cases.services.receipts import Receipt, code_of, hash_of, receipts_of
from departments import audit
from departments.models.doors import InboxItem
from departments.models.mechanisms import AccessLink
from departments.models.organizations import Department, DepartmentKind
from departments.models.people import User
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


@dataclass(frozen=True)
class Sent:
    """One referral as its sender may know it: where it stands, never whom it is about or what was written."""

    uid: UUID
    received_at: dt.datetime
    receipt: Receipt


@command
def referral_send(
    *, ward: str, department: str = "", payload: Mapping[str, Any], once: str, by: User
) -> Sent:
    """Take in what a ward's door would have taken, from `ward` by its name; the clock for an answer starts now.

    `department` is the name of the social work department that receives, needed where a house has several.
    The same content under the same `once` is the same referral, however late it is repeated.

    Raises:
        DomainError: `referral.ward_unknown` on ward, `referral.department_unknown` on department.
    """
    require(can_send_referral, by, None)
    place = wards_of(by.house_id).get(ward)
    if place is None:
        raise DomainError(
            "referral.ward_unknown",
            _("本院没有叫“%(name)s”的在用病区或科室。") % {"name": ward[:30]},
            "ward",
        )
    receiver = _receiver(department, by)
    kept = {**payload, "place": ward, "place_id": place}
    told = json.dumps([str(by.uid), once, kept], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(told.encode()).hexdigest()
    token = hash_of(code_of(digest))
    item = sent_by(by).filter(receipt_hash=token).first()
    if item is None:
        item = InboxItem(
            organization_id=by.house_id,
            department=receiver,
            kind=InboxItem.Kind.WARD_REFERRAL,
            payload=kept,
            receipt_hash=token,
            dedup_key=f"api:{digest}",
            created_by=by,
        )
        item.save(force_insert=True)
        inbox_promote(item=item, by=by)
        item.refresh_from_db(fields=["promoted_uid"])
    return _standings([item], by)[0]


def _receiver(name: str, by: User) -> Department:
    rows = Department.objects.filter(
        organization_id=by.house_id, kind=DepartmentKind.MSW, ended_on__isnull=True
    )
    found = list((rows.filter(name=name) if name else rows)[:2])
    if len(found) != 1:
        sentence = _("本院没有叫这个名称的社工部门。") if name else _("请写明由哪个社工部门受理。")
        raise DomainError("referral.department_unknown", sentence, "department")
    return found[0]


def sent_by(by: User) -> QuerySet[InboxItem]:
    """What this system or person has sent, and no other one."""
    rows = InboxItem.objects.visible_to(by)
    return rows.filter(created_by=by, kind=InboxItem.Kind.WARD_REFERRAL)


def sent_in_states(
    rows: QuerySet[InboxItem], states: Iterable[str], *, by: User
) -> QuerySet[InboxItem]:
    """Those of `rows` that stand in one of these states, as their receipts say."""
    links = AccessLink.objects.visible_to(by).filter(
        kind=AccessLink.Kind.RECEIPT, public_state__state__in=sorted(states)
    )
    return rows.filter(receipt_hash__in=links.values("token_hash"))


def referrals_follow(*, items: Iterable[InboxItem], by: User) -> list[Sent]:
    """Where these stand now, in their order; that it was asked is written down."""
    require(can_follow_sent_referrals, by, None)
    found = _standings(list(items), by)
    audit.record("referral.follow", by=by, count=len(found))
    return found


def _standings(items: list[InboxItem], by: User) -> list[Sent]:
    told = receipts_of(items, by=by)
    return [
        Sent(one.promoted_uid, one.created_at, told[one.pk]) for one in items if one.promoted_uid
    ]
