"""`python -m benchmarks.exports [ROWS [MORE]]`: the case list taken out whole, how fast and in how much memory (P9, P10).

Clones one case ROWS times as the owner (use a database that is thrown away), then makes the CSV and the workbook
through the service of the page, each in a process of its own, and says the peak of its resident memory before
and after. The time of the CSV stands beside a raw COPY of the same query, the same rows by values_list, and by
objects. With MORE the list is brought to that many, and `growth_mb` says how much more memory its CSV takes.
"""

import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

ROWS = 50_000
CLONE = """
    INSERT INTO cases_case ({columns})
    SELECT {values} FROM (SELECT * FROM cases_case ORDER BY id LIMIT 1) c, generate_series(1, %s) n
"""


def clone(count: int, owner: Any, *, since: int = 0) -> None:
    """`count` more cases like the first one, numbered from `since`, by an owner's autocommit connection; triggers rest meanwhile."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case' "
            "AND is_identity = 'NO' AND is_generated = 'NEVER'"
        )
        names = [name for (name,) in cursor.fetchall()]
        # All of one person, who can have but one open.
        made = {
            "uid": "gen_random_uuid()",
            "number": f"'X-' || n + {since}",
            "stage": "'closed'",
            "closed_at": "now()",
            "close_reason": "'goals_met'",
            "referral_id": "NULL",  # it became one case
        }
        values = ", ".join(made.get(name, f"c.{name}") for name in names)
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute(CLONE.format(columns=", ".join(names), values=values), [count])
        cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER USER")
        cursor.execute("ANALYZE cases_case")


RAW = (
    *("number", "client__root__name_masked", "client__root__sex", "client__root__birth_year"),
    *("stage", "risk_level", "priority", "source", "need_codes", "ward_name", "bed", "opened_at"),
    *("assigned_at", "last_contact_on", "closed_at", "close_reason", "worker__display_name"),
)
TURNS = 5
# Objects and rows of values cost many times a COPY: they are asked once where a turn would take minutes.
MANY = 200_000
CHUNK = 1000


def _head() -> Any:
    """The first hospital's head: a membership."""
    from departments.models.organizations import Organization
    from departments.models.people import Membership
    from departments.services.entering import house_scope
    from msw_portal.kernel.scope import scope

    with scope(role="system"):
        house = Organization.objects.tenants().filter(kind="hospital").order_by("pk").first()
    with house_scope(house.pk):
        held = Membership.objects.filter(organization=house, role="dept_head")
        return held.select_related("user").order_by("pk").first()


def ratio() -> dict[str, Any]:
    """Seconds of the masked CSV, of a raw COPY of the same query, of values_list and of objects to a CSV.

    In turns, the best of each; `ratio` is the export's against the raw COPY, `of_raw` everybody's.
    """
    from cases.models.casework import Case
    from cases.services.exports import CASES
    from cases.views.listing import ORDER
    from departments.services.entering import member_scope
    from departments.services.exporting import listing_export

    row = _head()

    def rows() -> Any:
        return Case.objects.listed_to(row.user).with_list_facts().order_by(*ORDER)

    ways = {
        "raw": lambda target: _raw(rows(), target),
        "csv": lambda _target: listing_export(
            listing=CASES, rows=rows(), suffix="csv", by=row.user
        ).file.close(),
        "values": lambda target: _values(rows(), target),
        "objects": lambda target: _objects(rows(), target),
    }
    taken: dict[str, list[float]] = {kind: [] for kind in ways}
    with member_scope(row.user, row.uid):
        count = rows().count()
    for turn in range(TURNS):
        for kind in list(ways) if turn % 2 else list(ways)[::-1]:
            if turn and kind in ("values", "objects") and count > MANY:
                continue
            with member_scope(row.user, row.uid), tempfile.TemporaryFile() as target:
                began = time.perf_counter()
                ways[kind](target)
                taken[kind].append(time.perf_counter() - began)
    best = {kind: min(seconds) for kind, seconds in taken.items()}
    return {
        "rows": count,
        "seconds": {kind: round(one, 3) for kind, one in best.items()},
        "of_raw": {kind: round(one / best["raw"], 2) for kind, one in best.items()},
        "ratio": round(best["csv"] / best["raw"], 2),
        "turns": {kind: [round(one, 3) for one in seconds] for kind, seconds in taken.items()},
    }


def _raw(rows: Any, target: Any) -> None:
    from django.db import connection

    sql, params = rows.values_list(*RAW).query.sql_with_params()
    with connection.cursor() as cursor:
        told = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({told}) TO STDOUT WITH (FORMAT csv)", target)


def _values(rows: Any, target: Any) -> None:
    with io.TextIOWrapper(target, encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows.values_list(*RAW).iterator(chunk_size=CHUNK))


def _objects(rows: Any, target: Any) -> None:
    """The plain fields of each object as they stand, without a mask or a word."""

    def cell(one: Any, path: str) -> Any:
        for name in path.split("__"):
            one = None if one is None else getattr(one, name)
        return one

    with io.TextIOWrapper(target, encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(
            [cell(one, path) for path in RAW] for one in rows.iterator(chunk_size=CHUNK)
        )


def peak(suffix: str) -> dict[str, Any]:
    """The list of a head taken out in this process: rows, bytes, CPU seconds, megabytes before and at the peak."""
    from cases.models.casework import Case
    from cases.services.exports import CASES
    from cases.views.listing import ORDER
    from departments.services.entering import member_scope
    from departments.services.exporting import listing_export

    row = _head()
    with member_scope(row.user, row.uid):
        rows = Case.objects.listed_to(row.user).with_list_facts().order_by(*ORDER)
        before = _megabytes()
        began, count = time.process_time(), rows.count()
        made = listing_export(listing=CASES, rows=rows, suffix=suffix, by=row.user)
        size = made.file.seek(0, os.SEEK_END)
        made.file.close()
    return {
        "rows": count,
        "bytes": size,
        "own_cpu_seconds": round(time.process_time() - began, 1),
        "before_mb": before,
        "peak_mb": _megabytes(),
    }


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(suffixes: Sequence[str] = ("csv", "xlsx")) -> dict[str, Any]:
    """Each format, and the comparison, in a process of its own."""
    asked = {suffix: ["--peak", suffix] for suffix in suffixes} | {"ratio": ["--ratio"]}
    return {name: _process(words) for name, words in asked.items()}


def _process(words: Sequence[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.exports", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    import django

    django.setup()
    if sys.argv[1:2] == ["--peak"]:
        print(json.dumps(peak(sys.argv[2])))
        return
    if sys.argv[1:2] == ["--ratio"]:
        print(json.dumps(ratio()))
        return
    from urllib.parse import unquote

    import psycopg2
    from environ import Env

    owner = Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
    link = psycopg2.connect(
        dbname=owner["NAME"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=unquote(owner["HOST"]),
        port=owner["PORT"] or None,
    )
    link.autocommit = True
    sizes = [int(one) for one in sys.argv[1:3]] or [ROWS]
    clone(sizes[0], link)
    found = measured()
    if len(sizes) > 1:
        clone(sizes[1] - sizes[0], link, since=sizes[0])
        # A workbook of a million rows takes its minutes in Python, in the same memory.
        found["more"] = measured(("csv",))
        found["growth_mb"] = found["more"]["csv"]["peak_mb"] - found["csv"]["peak_mb"]
    link.close()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
