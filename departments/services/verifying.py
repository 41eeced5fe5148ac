"""Walks the hash chain of a house and says where it breaks."""

import uuid
from dataclasses import dataclass

from django.db import connection

from departments.models.organizations import Organization

# Each link is proved by the one before it, so a walk may start anywhere: the window carries
# `start - 1` along. The text is app.audit_text, which kernel/audit.py repeats in Python.
WALK = """
    SELECT lane, seq, entry_id,
           CASE WHEN seq <> coalesce(before, 0) + 1 THEN 'gap'
                WHEN entry IS NULL THEN 'missing' ELSE 'edited' END
      FROM (SELECT l.lane, l.seq, l.entry_id, l.hash, e.id AS entry, lag(l.seq) OVER lane_line AS before,
                   sha256(coalesce(lag(l.hash) OVER lane_line, ''::bytea) || app.audit_text(e)) AS made
              FROM departments_auditlink l
              LEFT JOIN departments_auditentry e
                     ON e.id = l.entry_id AND e.organization_id = l.organization_id
             WHERE l.organization_id = %(house)s AND l.seq BETWEEN %(start)s - 1 AND %(end)s
            WINDOW lane_line AS (PARTITION BY l.lane ORDER BY l.seq)) walked
     WHERE seq >= %(start)s AND (hash IS DISTINCT FROM made OR seq <> coalesce(before, 0) + 1)
     ORDER BY lane, seq LIMIT 1
"""
COUNTS = """
    SELECT (SELECT count(*) FROM departments_auditentry WHERE organization_id = %(house)s),
           count(*), coalesce(max(seq), 0)
      FROM departments_auditlink WHERE organization_id = %(house)s
"""
UNLINKED = """
    SELECT e.id FROM departments_auditentry e
     WHERE e.organization_id = %(house)s
       AND NOT EXISTS (SELECT FROM departments_auditlink l WHERE l.entry_id = e.id)
     ORDER BY e.at LIMIT 1
"""


# A clock that was set back shows in the order of the links; transactions overlap by seconds only.
BACKWARDS = """
    SELECT count(*) FROM (
        SELECT e.at, lag(e.at) OVER (PARTITION BY l.lane ORDER BY l.seq) AS before
          FROM departments_auditlink l JOIN departments_auditentry e ON e.id = l.entry_id
         WHERE l.organization_id = %(house)s AND l.seq BETWEEN %(start)s - 1 AND %(end)s) walked
     WHERE at < before - interval '5 minutes'
"""
LAST = 2**62


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: `reason` is edited, missing, gap or unlinked; by an anchor, cut or rewritten."""

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
    asked = {"house": organization_id, "end": LAST}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, asked)
        entries, links, last = cursor.fetchone()
        asked["start"] = max(1, last - newest + 1) if newest else 1
        cursor.execute(WALK, asked)
        found = cursor.fetchone()
        if found is None:
            cursor.execute(UNLINKED, asked)
            loose = cursor.fetchone()
            found = (0, 0, loose[0], "unlinked") if loose else None
    walked = min(links, newest) if newest else links
    return Verification(entries, links, walked, Break(*found) if found else None)


@dataclass(frozen=True)
class Length:
    """How much there is to walk: entries of the house, its links and the last number."""

    entries: int
    links: int
    last: int


def chain_length(*, organization_id: int) -> Length:
    """The chain as it stands now, in an open scope of the house."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"house": organization_id})
        return Length(*cursor.fetchone())


def chain_part(*, organization_id: int, start: int, end: int) -> tuple[Break | None, int]:
    """Walk the links `start` to `end`: the first break, and how often the clock went back."""
    asked = {"house": organization_id, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(WALK, asked)
        found = cursor.fetchone()
        cursor.execute(BACKWARDS, asked)
        return Break(*found) if found else None, cursor.fetchone()[0]


def unlinked(*, organization_id: int) -> Break | None:
    """The first entry without a link."""
    with connection.cursor() as cursor:
        cursor.execute(UNLINKED, {"house": organization_id})
        found = cursor.fetchone()
    return Break(0, 0, found[0], "unlinked") if found else None


def houses_with_entries() -> list[tuple[int, str]]:
    """(id, name) of every house that may have a chain: the installation and the tenants."""
    houses = Organization.objects.filter(is_tenant=True).order_by("id")
    return list(houses.values_list("id", "name"))
