"""What no roll-up keeps: projects and posts, each from a table of bounded size."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# part, key, how many, full-time equivalent.
PARTS = {
    "project": """
SELECT 'project', state, count(*), 0::numeric FROM projects_project
 WHERE organization_id = %(house)s GROUP BY state""",
    "staff": """
SELECT 'staff', employment, count(*), sum(weekly_hours) / 40 FROM departments_staffprofile
 WHERE organization_id = %(house)s AND is_counted AND valid @> %(today)s::date
   AND (%(department)s::bigint IS NULL OR department_id = %(department)s)
 GROUP BY employment""",
}


@dataclass(frozen=True)
class Counted:
    """One state or kind of post; `full_time` is its full-time equivalent."""

    key: str
    n: int
    full_time: Decimal


Small = dict[str, list[Counted]]


def small_of(rows: Iterable[tuple[str, str, int, Decimal]]) -> Small:
    """What PARTS found."""
    found: Small = {}
    for part, key, n, full_time in rows:
        found.setdefault(part, []).append(Counted(key, n, full_time))
    return found
