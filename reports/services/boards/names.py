"""The wards, workers, departments, diseases, programmes and scales that a dashboard names: one statement, small tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

LISTED, MOST_VERSIONS = 60, 500
NAMES = """
SELECT 'department', id::text, uid::text, name, ended_on IS NULL, kind FROM departments_department
 WHERE organization_id = %(house)s
UNION ALL
SELECT 'worker', u.id::text, u.uid::text, u.display_name, bool_or(m.valid @> current_date), ''
  FROM departments_membership m JOIN departments_user u ON u.id = m.user_id
 WHERE m.organization_id = %(house)s AND m.role = ANY (%(roles)s)
   AND (%(department)s::bigint IS NULL OR m.department_id = %(department)s)
 GROUP BY u.id, u.uid, u.display_name
UNION ALL
(SELECT 'programme', id::text, uid::text, name, true, '' FROM donations_programmeversion
  ORDER BY id DESC LIMIT %(most)s)
UNION ALL
(SELECT DISTINCT ON (code) 'scale', code, '', title, true, '' FROM departments_questionnaire
  ORDER BY code, id DESC)
UNION ALL
(SELECT 'disease', disease, '', disease, true, ''
   FROM (SELECT dims->>'disease' AS disease, n FROM reports_rollup
          WHERE organization_id = %(house)s AND indicator = 'case_new_disease'
         UNION ALL
         SELECT dims->>'disease', n FROM reports_rollupdelta
          WHERE organization_id = %(house)s AND indicator = 'case_new_disease') seen
  GROUP BY disease HAVING sum(n) > 0 ORDER BY sum(n) DESC, disease LIMIT %(listed)s)
"""
CARRIERS = ["worker", "assistant", "intern", "supervisor", "dept_head"]


@dataclass(frozen=True)
class Name:
    """`key` stands in the roll-ups, `uid` in addresses."""

    key: str
    uid: str
    name: str
    is_now: bool
    is_ward: bool = False


@dataclass(frozen=True)
class Names:
    """By kind and key."""

    known: Mapping[str, Mapping[str, Name]]

    def name(self, kind: str, key: Any) -> str:
        """What people call it; "" when it is not known to the house."""
        found = self.known.get(kind, {}).get(str(key))
        return found.name if found else ""

    def uid(self, kind: str, key: Any) -> str:
        found = self.known.get(kind, {}).get(str(key))
        return found.uid if found else ""

    def by_uid(self, kind: str, uid: str) -> Name | None:
        return next((one for one in self.known.get(kind, {}).values() if one.uid == uid), None)

    @property
    def wards(self) -> list[Name]:
        return [one for one in self._now("department") if one.is_ward]

    @property
    def workers(self) -> list[Name]:
        return self._now("worker")

    @property
    def diseases(self) -> list[Name]:
        return self._now("disease")

    def _now(self, kind: str) -> list[Name]:
        return [one for one in self.known.get(kind, {}).values() if one.is_now]


def names_read(*, by: Any) -> Names:
    """The names of the asker's house; one statement."""
    parameters = {
        "house": by.house_id,
        "department": by.acting.department_id,
        "roles": CARRIERS,
        "listed": LISTED,
        "most": MOST_VERSIONS,
    }
    known: dict[str, dict[str, Name]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NAMES, parameters)
        for kind, key, uid, name, is_now, what in cursor.fetchall():
            known.setdefault(kind, {})[key] = Name(key, uid, name, is_now, what == "ward")
    return Names(known)
