"""`python -m benchmarks.exports [ROWS]`: the case list taken out whole, and how much memory that takes.

Clones one case ROWS times as the owner (use a database that is thrown away), then makes the CSV and the workbook
through the service of the page, each in a process of its own, and says the peak of its resident memory before
and after.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any

ROWS = 50_000
CLONE = """
    INSERT INTO cases_case ({columns})
    SELECT {values} FROM (SELECT * FROM cases_case ORDER BY id LIMIT 1) c, generate_series(1, %s) n
"""


def clone(count: int, owner: Any) -> None:
    """`count` more cases like the first one, by an owner's autocommit connection; triggers rest meanwhile."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case' "
            "AND is_identity = 'NO' AND is_generated = 'NEVER'"
        )
        names = [name for (name,) in cursor.fetchall()]
        # All of one person, who can have but one open.
        made = {
            "uid": "gen_random_uuid()",
            "number": "'X-' || n",
            "stage": "'closed'",
            "closed_at": "now()",
            "close_reason": "'goals_met'",
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
    """The masked CSV of the list against a raw COPY of the same query, in turns; the best of each, in seconds."""
    from django.db import connection

    from cases.models.casework import Case
    from cases.services.exports import CASES
    from cases.views.listing import ORDER
    from departments.services.entering import member_scope
    from departments.services.exporting import listing_export

    row, taken = _head(), {"raw": [], "csv": []}
    for _turn in range(TURNS):
        for kind in taken:
            with member_scope(row.user, row.uid), tempfile.TemporaryFile() as target:
                rows = Case.objects.listed_to(row.user).with_list_facts().order_by(*ORDER)
                began = time.perf_counter()
                if kind == "raw":
                    sql, params = rows.values_list(*RAW).query.sql_with_params()
                    with connection.cursor() as cursor:
                        told = cursor.mogrify(sql, params).decode()
                        cursor.copy_expert(f"COPY ({told}) TO STDOUT WITH (FORMAT csv)", target)
                else:
                    listing_export(listing=CASES, rows=rows, suffix="csv", by=row.user).file.close()
                taken[kind].append(time.perf_counter() - began)
    best = {kind: round(min(seconds), 3) for kind, seconds in taken.items()}
    return {**best, "ratio": round(best["csv"] / best["raw"], 2)}


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


def measured() -> dict[str, Any]:
    """Each format in a process of its own."""
    found = {}
    for suffix in ("csv", "xlsx"):
        command = [sys.executable, "-m", "benchmarks.exports", "--peak", suffix]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[suffix] = json.loads(done.stdout.splitlines()[-1])
    command = [sys.executable, "-m", "benchmarks.exports", "--ratio"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {**found, "ratio": json.loads(done.stdout.splitlines()[-1])}


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
    clone(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, link)
    link.close()
    print(json.dumps(measured(), indent=1))


if __name__ == "__main__":
    main()
