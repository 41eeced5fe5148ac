"""Names and numbers found under row-level security: postings of keyed gram hashes."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from django.db import connection

from departments.models.queues import SearchPosting
from msw_portal.kernel.crypto import organization_uid
from msw_portal.kernel.grams import Gram, gram_hashes
from msw_portal.kernel.keyring import keys

# `twin` holds what makes two records likely one person (cases/services/twins.py); nobody searches it.
KINDS = {"client": 1, "case": 2, "twin": 3, "volunteer": 4}
POSTING_LOCK = 5500  # first number of the advisory locks on an object's postings, plus its kind
MAX_JOINED = 4  # the rarest grams decide; more joins only cost
COUNTED = 1000  # a gram with more postings than this is common, however many it has


def asked_hashes(alternatives: Iterable[set[Gram]], *, organization_id: int) -> Iterator[set[int]]:
    """The gram hashes to look for, one set after the other: each alternative under every live key.

    While keys are rotated an object's postings stand under either.
    """
    uid = organization_uid(organization_id)
    for grams in alternatives:
        for kid in keys().live:
            yield gram_hashes(grams, organization=uid, kids=[kid])


def hold_object(*, kind: str, object_id: int, wait: bool = True) -> bool:
    """Lock the object's postings until the transaction ends; False when `wait` is and somebody holds them."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(%s, hashint8(%s))", [POSTING_LOCK + KINDS[kind], object_id]
        )
        return wait or cursor.fetchone()[0]


def _hold_all(kind: str, object_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashint8(g)) FROM unnest(%s::bigint[]) g",
            [POSTING_LOCK + KINDS[kind], object_ids],
        )


def index_objects(*, organization_id: int, kind: str, wanted: Mapping[int, set[int]]) -> None:
    """The same for many objects, by three statements."""
    rows = SearchPosting.objects.filter(
        organization_id=organization_id, kind=KINDS[kind], object_id__in=list(wanted)
    )
    have: dict[int, set[int]] = {}
    for object_id, gram in rows.values_list("object_id", "gram"):
        have.setdefault(object_id, set()).add(gram)
    gone = [(pk, gram) for pk, grams in have.items() for gram in grams - wanted[pk]]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(
                "DELETE FROM departments_searchposting p USING unnest(%s::bigint[], %s::bigint[]) g(object_id, gram) "
                "WHERE p.organization_id = %s AND p.kind = %s AND p.object_id = g.object_id AND p.gram = g.gram",
                [
                    [pk for pk, _gram in gone],
                    [gram for _pk, gram in gone],
                    organization_id,
                    KINDS[kind],
                ],
            )
    SearchPosting.objects.bulk_create(
        [
            SearchPosting(
                organization_id=organization_id, gram=gram, kind=KINDS[kind], object_id=pk
            )
            for pk, grams in wanted.items()
            for gram in sorted(grams - have.get(pk, set()))
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )


def postings_add(
    *, organization_id: int, kind: str, grams: Mapping[int, Iterable[int]], are_new: bool = True
) -> None:
    """Further postings of objects.

    Objects that are new in this transaction nobody else can hold or read yet; others (`are_new` false)
    are held first, in one order, and keep what they have.
    """
    if not are_new:
        _hold_all(kind, sorted(grams))
    # In the order of the index: neighbours are written to the same page.
    pairs = sorted((gram, pk) for pk, hashes in grams.items() for gram in hashes)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO departments_searchposting (organization_id, gram, kind, object_id) "
            "SELECT %s, g.gram, %s, g.object_id FROM unnest(%s::bigint[], %s::bigint[]) g(object_id, gram)"
            + ("" if are_new else " ON CONFLICT DO NOTHING"),
            [
                organization_id,
                KINDS[kind],
                _array(pk for _gram, pk in pairs),
                _array(gram for gram, _pk in pairs),
            ],
        )


def _array(numbers: Iterable[int]) -> str:
    """An array as PostgreSQL reads it: a tenth of what the driver takes to write tens of thousands of numbers."""
    return f"{{{','.join(map(str, numbers))}}}"


def index_object(*, organization_id: int, kind: str, object_id: int, grams: Iterable[int]) -> None:
    """Make the object's postings equal to `grams` (gram hashes of kernel.grams), in the running transaction."""
    wanted = set(grams)
    rows = SearchPosting.objects.filter(
        organization_id=organization_id, kind=KINDS[kind], object_id=object_id
    )
    have = set(rows.values_list("gram", flat=True))
    if have - wanted:
        rows.filter(gram__in=have - wanted).delete()
    SearchPosting.objects.bulk_create(
        [
            SearchPosting(
                organization_id=organization_id, gram=gram, kind=KINDS[kind], object_id=object_id
            )
            for gram in sorted(wanted - have)
        ],
        ignore_conflicts=True,
    )


def sharing(
    *, organization_id: int, kind: str, grams: Mapping[int, Iterable[int]], most: int
) -> set[tuple[int, int]]:
    """Pairs (object, other) that hold a gram in common, of the newest `most` others of each gram.

    One statement, of which every gram is one look-up in the index, however many objects there are.
    """
    pairs = sorted((gram, pk) for pk, hashes in grams.items() for gram in hashes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT g.object_id, p.object_id FROM unnest(%s::bigint[], %s::bigint[]) g(object_id, gram) "
            "CROSS JOIN LATERAL (SELECT object_id FROM departments_searchposting s "
            "WHERE s.organization_id = %s AND s.kind = %s AND s.gram = g.gram AND s.object_id <> g.object_id "
            "ORDER BY s.object_id DESC LIMIT %s) p",
            [
                [pk for _gram, pk in pairs],
                [gram for gram, _pk in pairs],
                organization_id,
                KINDS[kind],
                most,
            ],
        )
        return set(cursor.fetchall())


def find(
    *,
    organization_id: int,
    kind: str,
    grams: Iterable[int],
    limit: int = 50,
    among: Collection[int] | None = None,
) -> list[int]:
    """Ids of the objects that hold every gram, the newest (largest id) first, at most `limit`.

    With `among` only of these ids. Hashes may collide, so the caller confirms after decryption.
    """
    wanted = list(dict.fromkeys(grams))
    if not wanted or (among is not None and not among):
        return []
    if len(wanted) > 1:
        wanted = _rarest_first(organization_id, KINDS[kind], wanted)
        if not wanted:
            return []
    own = "p0.organization_id = %s AND p0.kind = %s AND p0.gram = %s"
    params: list[object] = [organization_id, KINDS[kind], wanted[0]]
    if among is not None:
        own += " AND p0.object_id = ANY(%s)"
        params.append(list(among))
    others = "".join(
        " AND EXISTS (SELECT FROM departments_searchposting p WHERE p.organization_id = %s "
        "AND p.kind = %s AND p.gram = %s AND p.object_id = p0.object_id)"
        for _gram in wanted[1:MAX_JOINED]
    )
    for gram in wanted[1:MAX_JOINED]:
        params += [organization_id, KINDS[kind], gram]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p0.object_id FROM departments_searchposting p0 WHERE {own}{others} "
            "ORDER BY p0.object_id DESC LIMIT %s",
            [*params, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def find_any(*, organization_id: int, kind: str, grams: Iterable[int], limit: int) -> list[int]:
    """Ids of the objects that hold any of the grams, the newest first, at most `limit`; one look-up a gram."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.object_id FROM unnest(%s::bigint[]) g(gram) CROSS JOIN LATERAL ("
            "SELECT s.object_id FROM departments_searchposting s WHERE s.organization_id = %s AND s.kind = %s "
            "AND s.gram = g.gram ORDER BY s.object_id DESC LIMIT %s) p ORDER BY p.object_id DESC LIMIT %s",
            [_array(grams), organization_id, KINDS[kind], limit, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _rarest_first(organization_id: int, kind: int, grams: list[int]) -> list[int]:
    """The grams by how many objects hold them, counted up to COUNTED; none when one has no object."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.gram, (SELECT count(*) FROM (SELECT FROM departments_searchposting p "
            "WHERE p.organization_id = %s AND p.kind = %s AND p.gram = g.gram LIMIT %s) few) "
            "FROM unnest(%s::bigint[]) g(gram)",
            [organization_id, kind, COUNTED, grams],
        )
        counts = dict(cursor.fetchall())
    if not all(counts.values()):
        return []
    return sorted(grams, key=lambda gram: counts[gram])
