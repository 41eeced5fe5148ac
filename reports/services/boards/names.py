"""The wards, workers, departments, diseases, programmes and scales that a dashboard names: small tables, by kind."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LISTED, MOST_VERSIONS = 60, 500
# kind, key, uid, name, whether it is in force, whether it is a ward.
NAMES = {
    "department": """
SELECT 'department', id::text, uid::text, name, ended_on IS NULL, kind = 'ward' FROM departments_department
 WHERE organization_id = %(house)s""",
    "worker": """
SELECT 'worker', u.id::text, u.uid::text, u.display_name, bool_or(m.valid @> (now() AT TIME ZONE 'Asia/Shanghai')::date), false
  FROM departments_membership m JOIN departments_user u ON u.id = m.user_id
 WHERE m.organization_id = %(house)s AND m.role = ANY (%(roles)s)
   AND (%(department)s::bigint IS NULL OR m.department_id = %(department)s)
 GROUP BY u.id, u.uid, u.display_name""",
    "programme": """
SELECT 'programme', id::text, uid::text, name, true, false FROM donations_programmeversion
 ORDER BY id DESC LIMIT %(most)s""",
    "scale": """
SELECT DISTINCT ON (code) 'scale', code, '', title, true, false FROM departments_questionnaire
 ORDER BY code, id DESC""",
    # Of the months that are looked at: a house's list of ten years would be read at every opening.
    "disease": """
SELECT 'disease', disease, '', disease, true, false
  FROM (SELECT dims->>'disease' AS disease, n FROM reports_rollup
         WHERE organization_id = %(house)s AND indicator = 'case_new_disease'
           AND period BETWEEN %(earliest)s AND %(latest)s
        UNION ALL
        SELECT dims->>'disease', n FROM reports_rollupdelta
         WHERE organization_id = %(house)s AND indicator = 'case_new_disease'
           AND period BETWEEN %(earliest)s AND %(latest)s) seen
 GROUP BY disease HAVING sum(n) > 0 ORDER BY sum(n) DESC, disease LIMIT %(listed)s""",
}
CARRIERS = ["worker", "assistant", "intern", "supervisor", "dept_head"]
# The figures whose cells say which, and the kind of name that they need.
NAMED = {
    "referral_in": "department",
    "referral_case": "department",
    "case_new_ward": "department",
    "case_load": "worker",
    "contact_worker": "worker",
    "aid_gap": "programme",
    "scale": "scale",
}
# What a filter offers, and is understood by.
OFFERED = frozenset({"department", "worker", "disease"})


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


def kinds_named(codes: Collection[str], *, may_filter: bool) -> list[str]:
    """The kinds of names that a page of these figures needs, with what its filter offers."""
    wanted = {NAMED[code] for code in codes if code in NAMED} | (OFFERED if may_filter else set())
    return [kind for kind in NAMES if kind in wanted]


def names_asked(by: Any) -> dict[str, Any]:
    """The parameters of NAMES, but for the months `earliest` and `latest`."""
    return {
        "house": by.house_id,
        "department": by.acting.department_id,
        "roles": CARRIERS,
        "listed": LISTED,
        "most": MOST_VERSIONS,
    }


def names_of(rows: Iterable[tuple[str, str, str, str, bool, bool]]) -> Names:
    """What NAMES found."""
    known: dict[str, dict[str, Name]] = {}
    for kind, key, uid, name, is_now, is_ward in rows:
        known.setdefault(kind, {})[key] = Name(key, uid, name, is_now, is_ward)
    return Names(known)
