"""Names and numbers found under row-level security: postings of keyed gram hashes."""

from collections.abc import Iterable, Mapping

from django.db import connection

from departments.models.queues import SearchPosting

KINDS = {"client": 1, "case": 2}
POSTING_LOCK = 5500  # first number of the advisory locks on an object's postings, plus its kind
MAX_JOINED = 4  # the rarest grams decide; more joins only cost


def hold_object(*, kind: str, object_id: int, wait: bool = True) -> bool:
    """Lock the object's postings until the transaction ends; False when `wait` is and somebody holds them."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(%s, hashint8(%s))", [POSTING_LOCK + KINDS[kind], object_id]
        )
        return wait or cursor.fetchone()[0]


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


def find(*, organization_id: int, kind: str, grams: Iterable[int], limit: int = 50) -> list[int]:
    """Ids of the objects that hold every gram; hashes may collide, so the caller confirms after decryption."""
    wanted = sorted(set(grams))[:MAX_JOINED]
    if not wanted:
        return []
    joins = " ".join(
        f"JOIN departments_searchposting p{n} ON p{n}.organization_id = p0.organization_id AND p{n}.kind = p0.kind "
        f"AND p{n}.object_id = p0.object_id AND p{n}.gram = %s"
        for n in range(1, len(wanted))
    )
    sql = (
        f"SELECT p0.object_id FROM departments_searchposting p0 {joins} "
        "WHERE p0.organization_id = %s AND p0.kind = %s AND p0.gram = %s LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*wanted[1:], organization_id, KINDS[kind], wanted[0], limit])
        return [row[0] for row in cursor.fetchall()]
