"""Recomputation of what casework derives: compartments, postings, roots, numbers. As the owner."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Q, QuerySet

from cases.models.duplicates import ComparedUpTo
from cases.models.people import Client, Episode
from cases.services.people import grams_of_client
from cases.services.twins import Record, grams_of_record, records_of
from departments.models.queues import SearchPosting
from departments.services.proving import Proof, numbers_prove, prove
from departments.services.rekeying import rotation_is_open
from departments.services.searching import KINDS
from msw_portal.kernel.crypto import organization_uid
from msw_portal.kernel.grams import gram_hashes
from msw_portal.kernel.keyring import keys

CHILDREN = (
    "casemember",
    "caseform",
    "riskalert",
    "need",
    "plan",
    "goal",
    "goalneed",
    "contact",
    "assessment",
    "consent",
)
SHARED = ("departments_task", "departments_document", "departments_message")
# Above this many persons every n-th is looked at: the whole takes 20,000 hashes a second.
ALL_UP_TO = 5000


def compartments_prove() -> Proof:
    """A child's house and compartment are its case's, in every table that hangs on a case."""
    children = [
        f"SELECT '{kind}', t.id FROM cases_{kind} t JOIN cases_case c ON c.id = t.case_id "
        "WHERE (t.organization_id, t.compartment_id) IS DISTINCT FROM (c.organization_id, c.compartment_id)"
        for kind in CHILDREN
    ]
    shared = [
        f"SELECT '{table}', t.id FROM {table} t JOIN cases_case c ON t.subject_kind = 'case' AND c.id = t.subject_id "
        "WHERE (t.organization_id, t.compartment_id) IS DISTINCT FROM (c.organization_id, c.compartment_id)"
        for table in SHARED
    ]
    counted = " UNION ALL ".join(
        f"SELECT FROM cases_{kind} WHERE case_id IS NOT NULL" for kind in CHILDREN
    )
    return prove("compartments of cases", counted, " UNION ALL ".join([*children, *shared]))


def roots_prove() -> Proof:
    """A person's root is a person of the same house who is the own root."""
    return prove(
        "roots of persons",
        "SELECT FROM cases_client",
        "SELECT c.id, c.root_id FROM cases_client c JOIN cases_client r ON r.id = c.root_id "
        "WHERE r.root_id <> r.id OR r.organization_id <> c.organization_id",
    )


def postings_prove() -> Proof:
    """A person's postings are those of the name and numbers known now."""
    count, is_rotating = Client.objects.count(), rotation_is_open()
    step = max(1, count // ALL_UP_TO)
    checked, found = 0, []
    for client, mrns in _with_records(Client.objects.order_by("pk"), step):
        have = set(
            SearchPosting.objects.filter(
                organization_id=client.organization_id, kind=KINDS["client"], object_id=client.pk
            ).values_list("gram", flat=True)
        )
        wanted = grams_of_client(client, mrns)
        checked += 1
        if have != wanted and not (is_rotating and _is_on_the_way(client, mrns, have)):
            found.append((str(client.uid), len(wanted - have), len(have - wanted)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.object_id, count(*) FROM departments_searchposting p WHERE p.kind = %s "
            "AND NOT EXISTS (SELECT FROM cases_client c WHERE c.id = p.object_id) GROUP BY 1 LIMIT 10",
            [KINDS["client"]],
        )
        found += cursor.fetchall()
    return Proof("search postings of persons", checked, tuple(found[:10]))


def _is_on_the_way(client: Client, mrns: list[str], have: set[int]) -> bool:
    """While keys are rotated: whole under one key, and nothing that stands under none."""
    under = [grams_of_client(client, mrns, [kid]) for kid in keys().masters]
    return any(grams <= have for grams in under) and have <= set().union(*under)


def twins_prove() -> Proof:
    """The keys by which a record meets its doubles are those of what it says, as far as the comparison has come."""
    is_rotating, checked, found = rotation_is_open(), 0, []
    for house, ids in _compared():
        ids = ids[:: max(1, len(ids) // ALL_UP_TO)]
        for at in range(0, len(ids), 500):
            batch = ids[at : at + 500]
            have = _twin_keys(house, batch)
            for pk, record in records_of(house, batch).items():
                checked += 1
                if not _is_keyed(record, have.get(pk, set()), is_rotating):
                    found.append((str(record.client.uid), len(have.get(pk, ()))))
    return Proof("postings of likely doubles", checked, tuple(found[:10]))


def _twin_keys(house: int, ids: list[int]) -> dict[int, set[int]]:
    rows = SearchPosting.objects.filter(
        organization_id=house, kind=KINDS["twin"], object_id__in=ids
    )
    have: dict[int, set[int]] = {}
    for pk, gram in rows.values_list("object_id", "gram"):
        have.setdefault(pk, set()).add(gram)
    return have


def _is_keyed(record: Record, have: set[int], is_rotating: bool) -> bool:
    grams, house = grams_of_record(record), organization_uid(record.client.organization_id)
    if have == gram_hashes(grams, organization=house):
        return True
    under = [gram_hashes(grams, organization=house, kids=[kid]) for kid in keys().masters]
    return is_rotating and any(one <= have for one in under) and have <= set().union(*under)


def _compared() -> Iterator[tuple[int, list[int]]]:
    """House by house the records that have not changed since they were compared last."""
    for mark in ComparedUpTo.objects.order_by("organization_id"):
        if mark.clients_at is None:
            continue
        behind = (mark.clients_at, mark.clients_id)
        rows = Client.objects.filter(
            organization_id=mark.organization_id, updated_at__lte=mark.clients_at
        )
        stamped = rows.order_by("pk").values_list("pk", "updated_at")
        ids = [pk for pk, at in stamped if (at, pk) <= behind]
        moved = Episode.objects.filter(organization_id=mark.organization_id)
        if mark.episodes_at is not None:
            moved = moved.filter(
                Q(updated_at__gt=mark.episodes_at)
                | Q(updated_at=mark.episodes_at, pk__gt=mark.episodes_id)
            )
        waiting = set(moved.values_list("client_id", flat=True))
        yield mark.organization_id, [pk for pk in ids if pk not in waiting]


def _with_records(clients: QuerySet[Client], step: int) -> Iterator[tuple[Client, list[str]]]:
    """Every `step`-th person with the numbers of the own stays, read in batches."""
    ids = list(clients.values_list("pk", flat=True))[::step]
    for at in range(0, len(ids), 500):
        batch = ids[at : at + 500]
        stays: dict[int, list[str]] = {}
        for episode in Episode.objects.filter(client_id__in=batch):
            stays.setdefault(episode.client_id, []).append(episode.mrn or "")
        for client in Client.objects.filter(pk__in=batch).order_by("pk"):
            yield client, stays.get(client.pk, [])


def proofs() -> list[Proof]:
    """Every proof of this app."""
    return [
        compartments_prove(),
        roots_prove(),
        postings_prove(),
        twins_prove(),
        numbers_prove("case", "cases_case", "assigned_at"),
    ]
