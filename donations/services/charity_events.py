"""Events that start a clock of their own: recorded by the officer, published within thirty days."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from donations.disclosure_permissions import can_record_event, can_void_event
from donations.disclosure_workflow import ItemState
from donations.models.disclosure import About, CharityEvent, DisclosureItem
from donations.services.disclosure import items_drop_of, plan_for
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError


def clock_of(kind: str) -> str:
    """What the rules call an event of a kind."""
    if kind in CharityEvent.RELATED:
        return "related"
    return "trust_setup" if kind == CharityEvent.Kind.TRUST_SETUP else "major"


@command
def event_record(
    *,
    kind: str,
    title: str,
    happened_on: dt.date,
    amount: Decimal | None = None,
    other_party: str = "",
    relation: str = "",
    decided_by: str = "",
    description: str = "",
    by: Any,
) -> CharityEvent:
    """Record an event; its disclosure is due thirty days after the day it happened.

    Raises:
        DomainError: `charity_event.in_future` on `happened_on`, `charity_event.needs_relation` on
            `relation`, `charity_event_related_names_party` or `charity_event_trust_is_whole` on
            `other_party`.
    """
    require(can_record_event, by, None)
    if happened_on > timezone.localdate():
        raise DomainError("charity_event.in_future", _("发生日期不能晚于今天。"), "happened_on")
    if kind in CharityEvent.RELATED and other_party.strip() and not relation.strip():
        raise DomainError(
            "charity_event.needs_relation",
            _("请写明与本机构的关系（民政部令第81号第十四条）。"),
            "relation",
        )
    event = CharityEvent(
        organization_id=by.house_id,
        kind=kind,
        title=title.strip(),
        happened_on=happened_on,
        amount=amount,
        other_party=other_party.strip() or None,
        relation=relation.strip(),
        decided_by=decided_by.strip(),
        description=description.strip(),
        created_by=by,
    )
    event.save(force_insert=True)
    audit.record("charity_event.record", by=by, on=event, kind=kind, happened_on=happened_on)
    plan_for(kind=About.EVENT, subject=event, event=clock_of(kind), on=happened_on, by=by)
    return event


@command
def event_void(*, event: CharityEvent, reason: str, by: Any) -> CharityEvent:
    """Take back what was recorded in error; what was published of it is corrected, not removed.

    Raises:
        DomainError: `charity_event.needs_reason` on `reason`, `charity_event.is_void` and
            `charity_event.is_published` (409).
    """
    event = CharityEvent.objects.locked().get(pk=event.pk)
    require(can_void_event, by, event)
    if event.voided_at is not None:
        raise DomainError("charity_event.is_void", _("这一事项已经作废。"), status=409)
    if len(reason.strip()) < 2:
        raise DomainError("charity_event.needs_reason", _("请写明作废的原因。"), "reason")
    published = DisclosureItem.objects.filter(
        organization_id=event.organization_id,
        subject_kind=event._meta.model_name,
        subject_id=event.pk,
        state=ItemState.PUBLISHED,
    )
    if published.exists():
        raise DomainError(
            "charity_event.is_published", _("已经公布，请在公布的内容上发布更正说明。"), status=409
        )
    event.voided_at, event.void_reason = timezone.now(), reason.strip()
    event.save(update_fields=["voided_at", "void_reason"])
    items_drop_of(subject=event, reason=reason.strip(), by=by)
    audit.record("charity_event.void", by=by, on=event)
    return event
