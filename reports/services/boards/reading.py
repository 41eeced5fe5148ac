"""What a dashboard reads, in one statement: its cells, the names they and the filter need, and what no roll-up keeps.

A page of the portal asks who is there, enters the house and counts what waits: four statements. The board is
the fifth, whatever the number of rows.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from reports.services.boards.asking import Asking, Chosen
from reports.services.boards.facts import Part
from reports.services.boards.names import NAMES, Names, kinds_named, names_asked, names_of
from reports.services.boards.small import PARTS, Small, small_of
from reports.services.figures import TAGS, Cells, cells_of, cells_sql, months_asked

# An address names a ward or a worker by uid; who is no such has no key, and a key that is null no cells.
UID_TAGS = {
    "ward": "(SELECT '/w' || id FROM departments_department "
    "WHERE organization_id = %(house)s AND uid = %(value)s::uuid)",
    "worker": "(SELECT '/k' || id FROM departments_user WHERE uid = %(value)s::uuid)",
    "disease": TAGS["disease"],
}
OWN = TAGS["worker"]  # by the person's own id
CELLS = "cell"
CELL = (
    f"'{CELLS}', {{indicator}}, NULL::text, {{dims}}, NULL::boolean, NULL::boolean, "
    "{period}, {n}, {n2}"
)
NAME = "SELECT named.*, NULL::date, NULL::bigint, NULL::numeric FROM ({}) named(kind, key, uid, name, is_now, is_ward)"
SMALL = (
    "SELECT part, key, NULL::text, NULL::text, NULL::boolean, NULL::boolean, NULL::date, n, n2 "
    "FROM ({}) small(part, key, n, n2)"
)


@dataclass(frozen=True)
class Read:
    """Everything a board is made of."""

    cells: Cells
    names: Names
    small: Small

    def knows(self, chosen: Chosen) -> bool:
        """Whether the house has the ward or worker of a filter; every disease is one."""
        kind = {"ward": "department"}.get(chosen.kind, chosen.kind)
        return kind == "disease" or self.names.by_uid(kind, chosen.value) is not None


def board_asked(
    *, by: Any, part: Part, asking: Asking, today: dt.date, may_filter: bool
) -> tuple[str, dict[str, Any]]:
    """The statement of board_read and its parameters."""
    codes, since = part.codes, part.since(asking)
    queries = [NAME.format(NAMES[kind]) for kind in kinds_named(codes, may_filter=may_filter)]
    queries += [SMALL.format(PARTS[code]) for code in PARTS if code in codes]
    tag, value = _tag(by, asking.only)
    queries.append(cells_sql(tag, CELL))
    parameters = {
        **names_asked(by),
        **months_asked({code: since[code] for code in sorted(codes - PARTS.keys())}, asking.last),
        "today": today,
        "value": value,
        "earliest": asking.trend[0],
        "latest": asking.last,
    }
    return " UNION ALL ".join(queries), parameters


def board_read(*, by: Any, part: Part, asking: Asking, today: dt.date, may_filter: bool) -> Read:
    """The cells of the part's figures, of what is chosen alone; a worker's are the worker's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            *board_asked(by=by, part=part, asking=asking, today=today, may_filter=may_filter)
        )
        rows = cursor.fetchall()
    return Read(
        cells=cells_of(((row[1], row[6], row[3], *row[7:]) for row in rows if row[0] == CELLS), by),
        names=names_of(row[:6] for row in rows if row[0] in NAMES),
        small=small_of((row[0], row[1], *row[7:]) for row in rows if row[0] in PARTS),
    )


def _tag(by: Any, only: Chosen | None) -> tuple[str, str]:
    if by.role == "worker":
        return OWN, str(by.pk)
    return (UID_TAGS[only.kind], only.value) if only is not None else (TAGS[""], "")
