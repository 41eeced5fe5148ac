"""Names and numbers found under row-level security: postings of keyed gram hashes."""

from collections.abc import Iterable

from django.db import connection

from departments.models.queues import SearchPosting

KINDS = {"client": 1, "case": 2}
MAX_JOINED = 4  # the rarest grams decide; more joins only cost


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
