"""What no roll-up keeps: projects, posts and before/after scales, each from a table or an index of bounded size."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

LATEST = 200  # closed cases whose scales are compared
PARTS = {
    "project": """
SELECT 'project', state, '', count(*), 0::numeric, 0::numeric FROM projects_project
 WHERE organization_id = %(house)s GROUP BY state""",
    "staff": """
SELECT 'staff', employment, '', count(*), sum(weekly_hours) / 40, 0::numeric FROM departments_staffprofile
 WHERE organization_id = %(house)s AND is_counted AND valid @> %(today)s::date
   AND (%(department)s::bigint IS NULL OR department_id = %(department)s)
 GROUP BY employment""",
    # The first and the last final answers of a case to one questionnaire; an index gives the latest closed cases.
    "scale": """
SELECT 'scale', q.code, q.title, count(*), avg(pair.first_total), avg(pair.last_total)
  FROM (SELECT a.questionnaire_id,
               (array_agg((a.score->>'total')::numeric ORDER BY a.finalized_at, a.id))[1] AS first_total,
               (array_agg((a.score->>'total')::numeric ORDER BY a.finalized_at DESC, a.id DESC))[1] AS last_total
          FROM (SELECT id FROM cases_case
                 WHERE organization_id = %(house)s AND stage = 'closed'
                   AND (%(department)s::bigint IS NULL OR department_id = %(department)s)
                 ORDER BY opened_at DESC, id DESC LIMIT %(latest)s) c
          JOIN cases_assessment a ON a.case_id = c.id
         WHERE a.is_final AND a.score->>'total' IS NOT NULL
         GROUP BY a.case_id, a.questionnaire_id HAVING count(*) > 1) pair
  JOIN departments_questionnaire q ON q.id = pair.questionnaire_id
 GROUP BY q.code, q.title""",
}


@dataclass(frozen=True)
class Counted:
    """One state, kind of post or questionnaire; `first` and `second` are equivalents, or means before and after."""

    key: str
    name: str
    n: int
    first: Decimal
    second: Decimal


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
        "latest": LATEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({one})" for one in asked), parameters)
        for part, key, name, n, first, second in cursor.fetchall():
            found.setdefault(part, []).append(Counted(key, name, n, first, second))
    return found
