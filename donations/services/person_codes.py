"""The codes under which a foundation knows a person, and that several of them are one person after a merge.

Each record of a person has a code of its own at each foundation, so that undoing a merge divides them
again as they were; what was said of two records of one person is a SubjectLink.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations
from secrets import choice
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cases.models.casework import Case
from cases.models.people import Client
from departments import audit
from departments.services import outbox
from donations.models.requests import FundingRequest
from donations.models.subjects import SubjectLink

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LINKED = "funding_request.persons"
SETTLES = 5700  # first number of the advisory lock under which a hospital's links are written
Pair = tuple[int, str, str]


@dataclass(frozen=True)
class Code:
    """A code of one record; `is_sent` once the foundation has seen it."""

    client_id: int
    foundation_id: int
    code: str
    is_sent: bool


def codes_of(roots: Collection[int]) -> list[Code]:
    """Every code of these persons in the hospital's own scope, of secret cases too: a code tells nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT client_id, foundation_id, code, is_sent FROM app.subject_codes(%s::bigint[])"
            " ORDER BY client_id, foundation_id, code",
            [list(roots)],
        )
        return [Code(*row) for row in cursor.fetchall()]


def code_for(case: Case, foundation_id: int) -> str:
    """The pseudonym of the case's record towards one foundation: the same on every request there, meaningless elsewhere."""
    for one in codes_of([case.client.root_id]):
        if (one.client_id, one.foundation_id) == (case.client_id, foundation_id):
            return one.code
    return "P-" + "".join(choice(LETTERS) for _n in range(8))


def codes_at(case: Case, foundation_id: int) -> frozenset[str]:
    """Every code of the case's person at one foundation; asked by the hospital."""
    found = codes_of([case.client.root_id])
    return frozenset(one.code for one in found if one.foundation_id == foundation_id)


def linked_codes(request: FundingRequest) -> frozenset[str]:
    """The request's code with those that are the same person; either house may ask."""
    code, rows = request.subject_code, SubjectLink.objects.live()
    rows = rows.filter(Q(code_a=code) | Q(code_b=code), organization_id=request.organization_id)
    pairs = rows.values_list("code_a", "code_b")
    return frozenset({code, *(one for pair in pairs for one in pair)})


def links_settle(*, roots: Iterable[int], organization_id: int, by: Any) -> tuple[int, int]:
    """Make the links of these persons say what their records say now: (how many are new, how many ended).

    Runs in the hospital's transaction that changed something, last of all: who merges and who sends a
    request at the same moment come one after the other, and the second sees what the first did.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SETTLES, organization_id])
    roots = list(roots)
    known = [one for one in codes_of(roots) if one.is_sent]
    wanted, standing = _wanted(known, roots), _standing(known, organization_id)
    for foundation, a, b in sorted(wanted - standing.keys()):
        link = SubjectLink(
            organization_id=organization_id,
            counterparty_id=foundation,
            code_a=a,
            code_b=b,
            created_by=by,
        )
        link.save(force_insert=True)
        _announce(link, "join", by)
    gone = [link for pair, link in standing.items() if pair not in wanted]
    for link in gone:
        link.ended_at = timezone.now()
        link.save(update_fields=["ended_at"])
        _announce(link, "part", by)
    return len(wanted - standing.keys()), len(gone)


def _wanted(known: Iterable[Code], roots: Collection[int]) -> set[Pair]:
    records = Client.objects.filter(root_id__in=roots).values_list("pk", "root_id")
    root_of: dict[int, int] = dict(records)
    persons: dict[tuple[int, int], set[str]] = {}
    for one in known:
        persons.setdefault((root_of[one.client_id], one.foundation_id), set()).add(one.code)
    return {
        (foundation, a, b)
        for (_root, foundation), codes in persons.items()
        for a, b in combinations(sorted(codes), 2)
    }


def _standing(known: Iterable[Code], organization_id: int) -> dict[Pair, SubjectLink]:
    codes = {one.code for one in known}
    rows = SubjectLink.objects.locked().live().filter(organization_id=organization_id)
    rows = rows.filter(Q(code_a__in=codes) | Q(code_b__in=codes)).order_by("pk")
    return {(link.counterparty_id, link.code_a, link.code_b): link for link in rows}


def _announce(link: SubjectLink, step: str, by: Any) -> None:
    audit.record(
        f"subject_link.{step}",
        by=by,
        on=link,
        organization_id=link.organization_id,
        codes=[link.code_a, link.code_b],
    )
    outbox.put(
        LINKED,
        organization_id=link.organization_id,
        subject=link,
        link_id=link.pk,
        foundation_id=link.counterparty_id,
        step=step,
    )
