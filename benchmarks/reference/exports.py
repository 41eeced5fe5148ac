"""`python -m benchmarks.reference.exports`: the same rows to CSV by the ORM, by values_list and by raw COPY."""

import csv
import io
import json
import resource
import statistics
import sys
import time

ROWS = 200_000
ROUNDS = 3
COLUMNS = (
    "number",
    "stage",
    "source",
    "risk_level",
    "priority",
    "opened_at",
    "assigned_at",
    "closed_at",
    "worker_id",
)


def measured() -> dict[str, dict]:
    """Seconds of each way, in the same rounds, as the owner (COPY is refused to the portal's role)."""
    from django.db import connection

    from cases.models.casework import Case

    rows = Case.objects.order_by("id")[:ROWS]

    def by_objects() -> int:
        out = csv.writer(io.StringIO())
        for row in rows.iterator():
            out.writerow([getattr(row, name) for name in COLUMNS])
        return 1

    def by_values() -> int:
        out = csv.writer(io.StringIO())
        for row in rows.values_list(*COLUMNS).iterator():
            out.writerow(row)
        return 1

    def by_copy() -> int:
        sql, params = rows.values_list(*COLUMNS).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY ({cursor.mogrify(sql, params).decode()}) TO STDOUT WITH CSV", io.StringIO()
            )
        return 1

    ways = {"raw_copy": by_copy, "values_to_csv": by_values, "orm_to_csv": by_objects}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for name in list(ways) if number % 2 else list(ways)[::-1]:
            began = time.perf_counter()
            ways[name]()
            if number:
                taken[name].append(time.perf_counter() - began)
    return {
        name: {
            "seconds": round(statistics.median(times), 3),
            "of_copy": round(
                statistics.median(t / c for t, c in zip(times, taken["raw_copy"], strict=True)), 2
            ),
            "raw": [round(t, 3) for t in times],
        }
        for name, times in taken.items()
    } | {"maxrss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(measured(), sys.stdout)
