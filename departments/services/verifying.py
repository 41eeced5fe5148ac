"""Walks the hash chain of a house and says where it breaks."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from departments import audit
from departments.models.organizations import Organization
from departments.models.people import User
from departments.permissions import can_view_audit
from msw_portal.kernel.access import require
from msw_portal.kernel.audit import entry_text, link
from msw_portal.kernel.commands import command

BATCH = 2000
# The link before is read with each link: a walk may start anywhere and still proves every step it takes.
WALK = """
    SELECT l.lane, l.seq, l.hash, l.entry_id, e.id, e.organization_id, e.at, e.actor_id, e.action,
           e.subject_kind, e.subject_uid, e.result, e.body
      FROM departments_auditlink l LEFT JOIN departments_auditentry e ON e.id = l.entry_id
     WHERE l.organization_id = %s AND l.seq >= %s
     ORDER BY l.lane, l.seq
"""
UNLINKED = """
    SELECT count(*), count(l.entry_id), (array_agg(e.id ORDER BY e.at) FILTER (WHERE l.entry_id IS NULL))[1]
      FROM departments_auditentry e LEFT JOIN departments_auditlink l ON l.entry_id = e.id
     WHERE e.organization_id = %s
"""


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: `reason` is edited, missing, gap or unlinked."""

    lane: int
    seq: int
    entry_id: uuid.UUID | None
    reason: str


@dataclass(frozen=True)
class Verification:
    """`entries` and `links` of the house, how many links were `walked`, and the first break if any."""

    entries: int
    links: int
    walked: int
    first_break: Break | None

    @property
    def is_whole(self) -> bool:
        return self.first_break is None


def audit_verify(*, organization_id: int, newest: int | None = None) -> Verification:
    """Recompute the chain of a house (its newest `newest` links only, if given), in an open scope of it.

    Every link must be sha256(hash before || text of its entry), numbered without a gap, and every
    entry must have its link. The chain's cut-off tail is found by an anchor kept elsewhere.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNLINKED, [organization_id])
        entries, linked, unlinked = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), coalesce(max(seq), 0) FROM departments_auditlink WHERE organization_id = %s",
            [organization_id],
        )
        links, last = cursor.fetchone()
    start = max(1, last - newest + 1) if newest else 1
    walked, first_break = _walk(organization_id, start)
    if first_break is None and unlinked is not None:
        first_break = Break(0, 0, unlinked, "unlinked")
    return Verification(entries, links, walked, first_break)


@command
def audit_verify_by(*, newest: int, by: User) -> Verification:
    """The same for the auditor's page, itself audited."""
    require(can_view_audit, by, None)
    made = audit_verify(organization_id=by.house_id, newest=newest)
    first = made.first_break.entry_id if made.first_break else None
    audit.record("audit.verify", by=by, entries=made.entries, links=made.links, first_break=first)
    return made


def _walk(organization_id: int, start: int) -> tuple[int, Break | None]:
    walked, lane, seq, before = 0, None, start - 1, None
    for row in _links(organization_id, start - 1):
        this_lane, this_seq, stored, entry_id, *entry = row
        if this_lane != lane:
            lane, seq, before = this_lane, (this_seq if this_seq < start else 0), None
            if this_seq < start:
                before = bytes(stored)
                continue
        if this_seq != seq + 1:
            return walked, Break(lane, seq + 1, None, "gap")
        if entry[0] is None:
            return walked, Break(lane, this_seq, entry_id, "missing")
        if link(before, _text(*entry)) != bytes(stored):
            return walked, Break(lane, this_seq, entry_id, "edited")
        walked, seq, before = walked + 1, this_seq, bytes(stored)
    return walked, None


def _links(organization_id: int, start: int) -> Iterator[tuple]:
    """The rows of WALK by a server-side cursor: a year of entries does not fit into memory."""
    connection.ensure_connection()
    with connection.connection.cursor(name=f"verify_{uuid.uuid4().hex}") as cursor:
        cursor.itersize = BATCH
        cursor.execute(WALK, [organization_id, start])
        yield from cursor


def _text(
    entry_id: uuid.UUID,
    organization_id: int,
    at: dt.datetime,
    actor_id: int | None,
    action: str,
    subject_kind: str,
    subject_uid: uuid.UUID | None,
    result: str,
    body: str,
) -> str:
    return entry_text(
        entry_id=entry_id,
        organization_id=organization_id,
        at=at,
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_uid=subject_uid,
        result=result,
        body=body,
    )


def houses_with_entries() -> list[tuple[int, str]]:
    """(id, name) of every house that may have a chain: the installation and the tenants."""
    houses = Organization.objects.filter(is_tenant=True).order_by("id")
    return list(houses.values_list("id", "name"))
