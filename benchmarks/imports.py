"""`python -m benchmarks.imports [ROWS]`: a file of persons and stays through the engine, beside a bare COPY.

Upload, review and apply run in this process as the worker's jobs do, each in its own committed
transactions, against the database of DATABASE_URL (a migrated one with a hospital and its people; the
rows stay in it: use one that is thrown away). The reference is COPY of the same cells, as the owner,
into a table without a key, in the same minute.
"""

import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

ROWS = 10_000
ROUNDS = 5


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    began, spent = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - began, time.process_time() - spent


def _copy(rows: list[list[str]]) -> float:
    """Seconds of the bare COPY, the median of some rounds."""
    from urllib.parse import unquote

    import psycopg2
    from environ import Env

    owner = Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
    link_to = {
        "dbname": owner["NAME"],
        "user": owner["USER"],
        "password": owner["PASSWORD"],
        "host": unquote(owner["HOST"]),
        "port": owner["PORT"] or None,
    }
    lines = "\n".join("\t".join(row) for row in rows)
    columns = ", ".join(f"c{number} text" for number in range(len(rows[0])))
    taken = []
    with psycopg2.connect(**link_to) as link, link.cursor() as cursor:
        for _round in range(ROUNDS):
            cursor.execute(f"CREATE TEMPORARY TABLE bare ({columns})")
            began = time.perf_counter()
            cursor.copy_expert("COPY bare FROM STDIN", io.StringIO(lines))
            taken.append(time.perf_counter() - began)
            cursor.execute("DROP TABLE bare")
    return statistics.median(taken)


def _who() -> tuple[Any, Any]:
    """A worker of the first hospital."""
    from departments.models.organizations import Organization
    from departments.models.people import Membership
    from departments.services.entering import house_scope
    from msw_portal.kernel.scope import scope

    with scope(role="system"):
        house = Organization.objects.tenants().filter(kind="hospital").order_by("pk").first()
    with house_scope(house.pk):
        rows = Membership.objects.filter(organization=house, role="worker")
        held = rows.select_related("user").order_by("pk").first()
    return held.user, held.uid


def measured(count: int) -> dict[str, Any]:
    """Rows a second of each phase, and how many times the bare COPY that is."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from departments.models.imports import ImportRun
    from departments.services.entering import member_scope
    from departments.services.importing.kinds import kinds
    from departments.services.importing.runs import import_confirm, import_map, import_upload
    from departments.services.jobs import job_run
    from tests.imports import files

    start = int(time.time()) % 40_000
    rows = [files.person(start + n)[:7] + [""] + files.person(start + n)[8:] for n in range(count)]
    content = files.xlsx(rows)
    user, membership = _who()

    def upload() -> ImportRun:
        with member_scope(user, membership):
            made = import_upload(
                kind=kinds()["persons"],
                source="bench",
                file=SimpleUploadedFile("bench.xlsx", content),
                by=user,
            )
            return import_map(run=made, sheet=made.sheet, columns=made.mapping, by=user)

    def confirm(run: ImportRun) -> bool:
        with member_scope(user, membership):
            job = import_confirm(run=run, by=user).job
        return job_run(job.uid)

    run, *uploading = _timed(upload)
    _done, *reviewing = _timed(lambda: job_run(run.job.uid))
    _done, *applying = _timed(lambda: confirm(run))
    with member_scope(user, membership):
        end = ImportRun.objects.get(pk=run.pk)
    if end.created_count != count:
        raise SystemExit(f"{end.created_count} of {count} were created, {end.fault_counts}")
    bare = _copy(rows)
    phases = {"upload": uploading, "review": reviewing, "apply": applying}
    return {
        "rows": count,
        "load": os.getloadavg()[0],
        "copy_seconds": round(bare, 4),
        **{
            name: {
                "seconds": round(wall, 2),
                "own_cpu_seconds": round(cpu, 2),
                "rows_per_second": round(count / wall),
                "times_copy": round(wall / bare),
            }
            for name, (wall, cpu) in phases.items()
        },
    }


if __name__ == "__main__":
    import django

    django.setup()
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    json.dump(measured(asked), sys.stdout, indent=1)
