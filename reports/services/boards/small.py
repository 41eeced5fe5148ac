"""What no roll-up keeps: projects and posts, each from a table of bounded size."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

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


def small_read(*, by: Any, codes: Collection[str], today: dt.date) -> Small:
    """Those of PARTS that are asked for; one statement, none when nothing is asked for."""
    asked = [PARTS[code] for code in PARTS if code in codes]
    found: Small = {}
    if not asked:
        return found
    parameters = {
        "house": by.house_id,
        "department": by.acting.department_id,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({one})" for one in asked), parameters)
        for part, key, n, full_time in cursor.fetchall():
            found.setdefault(part, []).append(Counted(key, n, full_time))
    return found
