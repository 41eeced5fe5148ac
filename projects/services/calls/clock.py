"""What time does to calls: it opens and closes them, and ends drafts that were not handed in."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from departments import audit
from departments.models.organizations import Organization
from departments.services.entering import house_scope
from departments.services.moving import move
from departments.services.notices import people_tell
from msw_portal.kernel.scope import scope
from projects.models.applications import Application
from projects.models.calls import Call
from projects.services.applications.completeness import meter
from projects.services.applications.content import whole_of
from projects.workflow.calls import APPLICATION, CALL, TAKES_APPLICATIONS, ApplicationState


def tenants() -> list[int]:
    """Every house that people work in."""
    with scope(role="system"):
        rows = Organization.objects.filter(is_tenant=True, ended_on=None).order_by("pk")
        return list(rows.values_list("pk", flat=True))


def calls_sweep(houses: Iterable[int] | None = None, now: dt.datetime | None = None) -> int:
    """Open and close what is due, end and revive drafts, tell of amendments; how many rows moved.

    One transaction for each house: its own calls, and its own drafts for the calls of others.
    """
    moved = 0
    for house in tenants() if houses is None else houses:
        with house_scope(house):
            at = now or timezone.now()
            moved += _calls(house, at) + _drafts(house, at) + _amended(house)
    return moved


def _calls(house: int, at: dt.datetime) -> int:
    moved = 0
    due = Call.objects.locked().filter(
        organization_id=house, state__in=sorted(TAKES_APPLICATIONS), opens_at__lte=at
    )
    for call in due.order_by("pk"):
        if call.closes_at is not None and call.closes_at < at:
            step = "close"
        elif call.state == "published":
            step = "open"
        else:
            continue
        move(call, CALL, step, by=None)
        people_tell(
            kind=f"call.{step}",
            organization_id=house,
            subject=call,
            users=[call.created_by_id],
            once=f"{call.uid}:{step}:{call.version}",
        )
        audit.record(f"call.{step}", by=None, on=call)
        moved += 1
    return moved


def _drafts(house: int, at: dt.datetime) -> int:
    """A draft whose call is over was started and not submitted; it lives again when the end was put off."""
    rows = Application.objects.locked().filter(
        organization_id=house, state__in=["draft", "started_not_submitted"]
    )
    moved = 0
    for row in rows.select_related("call").order_by("pk"):
        is_over = (
            row.call.state not in TAKES_APPLICATIONS
            or row.call.closes_at is None
            or row.call.closes_at < at
        )
        if is_over == (row.state == ApplicationState.NOT_SUBMITTED):
            continue
        step = "lapse" if is_over else "revive"
        move(row, APPLICATION, step, by=None)
        people_tell(
            kind=f"application.{step}",
            organization_id=house,
            subject=row,
            users=[row.created_by_id, row.leader_id],
            once=f"{row.uid}:{step}:{row.call.version}",
        )
        audit.record(f"application.{step}", by=None, on=row)
        moved += 1
    return moved


def _amended(house: int) -> int:
    """Who writes a draft for a call that was amended is told once for each version."""
    rows = Application.objects.locked().filter(
        organization_id=house, state__in=["draft", "supplement_required"]
    )
    told = 0
    for row in rows.select_related("call").order_by("pk"):
        if row.told_version >= row.call.version:
            continue
        row.told_version = row.call.version
        # Another form asks for other things.
        row.completeness = meter(whole_of(row)).percent
        row.save(update_fields=["told_version", "completeness"])
        people_tell(
            kind="call.amended",
            organization_id=house,
            subject=row,
            users=[row.created_by_id, row.leader_id],
            once=f"{row.uid}:amended:{row.call.version}",
        )
        told += 1
    return told
