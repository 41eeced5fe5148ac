"""`python -m benchmarks.guard`: every busy route asked once on the data at hand; queries and plans judged."""

import json
import sys
from pathlib import Path


def judged(*, explains: bool = True) -> tuple[list[str], list[str]]:
    """(one line per route, everything that is wrong)."""
    from benchmarks import plans, sessions
    from benchmarks.routes import World, look_around

    headers = sessions.headers_of_all()
    large, lines, wrong = plans.large_tables(), [], []
    for route in World(facts=look_around()).routes():
        # The first answer of a process also asks for what it keeps (keys of the houses, codes).
        plans.ask(route.path, headers[route.who])
        asked = plans.ask(route.path, headers[route.who])
        if asked.status != route.status:
            wrong.append(f"{route.name}: {asked.status}, not {route.status}")
            continue
        body = asked.body.decode(errors="replace")
        wrong += [
            f"{route.name}: {mark!r} stands {body.count(mark)} times, not {least}"
            for mark, least in route.marks
            if body.count(mark) < least
        ]
        count = len(asked.statements)
        lines.append(f"{route.name:24} {count:3} queries  {len(asked.body):7} bytes")
        if count > route.budget:
            wrong.append(f"{route.name}: {count} queries, at most {route.budget}")
        if explains:
            again = plans.ask(route.path, headers[route.who], explains=True)
            for statement in again.statements:
                wrong += [
                    f"{route.name}: {fault}\n    {statement.sql[:600]}"
                    for fault in plans.faults(statement, large)
                ]
    return lines, wrong


def prepared() -> str:
    """What the load generator needs, as one line of JSON: every route with headers and its count of queries."""
    from django.db import connection

    from benchmarks import plans, sessions
    from benchmarks.routes import World, look_around

    headers = sessions.headers_of_all()
    rows = []
    for route in World(facts=look_around()).routes():
        asked = plans.ask(route.path, headers[route.who])
        if asked.status == route.status:
            count = len(asked.statements)
            rows.append({**vars(route), "headers": headers[route.who], "queries": count})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    parent = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]
    small = headers.get("small_worker")  # of a house of a few hundred cases
    return json.dumps({"routes": rows, "postmaster": int(parent), "small": small})


if __name__ == "__main__":
    import django

    django.setup()
    if "--json" in sys.argv:
        print(prepared())
        sys.exit()
    lines, wrong = judged()
    print("\n".join(lines))
    print("\n".join(wrong) or "Every plan is good.")
    sys.exit(bool(wrong))
