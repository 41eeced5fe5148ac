"""`python -m benchmarks.search`: the search box on the data at hand, as ratios to a bare indexed look-up.

SQL: the statements of a search under row-level security (its audit entry apart), against a person fetched
by primary key in the same rounds. HTTP: the suggestions of a real server, against the empty answer of the
same server. Goals at a million persons: SQL p95 <= 2 ms, HTTP p95 <= 25 ms. Writes benchmarks/search.json.
"""

import argparse
import json
import os
import random
import statistics
import time
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

RESULTS = Path(__file__).resolve().parent / "search.json"
SQL_GOAL_MS, HTTP_GOAL_MS = 2.0, 25.0
SEED, PERSONS = 7, 400
WRITES = ("INSERT", "UPDATE", "SAVEPOINT", "RELEASE")


def samples() -> dict[str, list[str]]:
    """What is typed, by kind, made from persons of the house at hand; in an open scope of it."""
    from pypinyin import lazy_pinyin

    from cases.models.people import Client, Episode

    dice = random.Random(SEED)
    ids = list(Client.objects.order_by("pk").values_list("pk", flat=True))
    people = list(Client.objects.filter(pk__in=dice.sample(ids, min(PERSONS, len(ids)))))
    names = [one.name for one in people if len(one.name) >= 3]
    stays = Episode.objects.filter(client__in=people, mrn__isnull=False)
    spelt = [lazy_pinyin(name) for name in names]
    return {
        "one common character": list("王李张刘陈杨黄赵吴周"),
        "one character": [dice.choice(name) for name in names],
        "two characters": [name[:2] for name in names],
        "three characters": [name[:3] for name in names],
        "pinyin": ["".join(word) for word in spelt],
        "initials": ["".join(part[0] for part in word) for word in spelt],
        "identity number": [one.id_no for one in people if one.id_no],
        "last four": [one.id_no[-4:] for one in people if one.id_no],
        "telephone": [one.phone for one in people if one.phone],
        "record": [stay.mrn for stay in stays if stay.mrn],
        "bed": [f"{n}床" for n in range(1, 41)],
        "nobody": [name[::-1] + "亖" for name in names],
    }


class _Clock:
    """Adds up what the statements of a block take, those of the audit apart."""

    def __init__(self) -> None:
        self.ms, self.count = 0.0, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(WRITES):
            return execute(sql, params, many, context)
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.ms += (time.perf_counter() - began) * 1000
            self.count += 1


def _p(values: list[float], share: float) -> float:
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


class _Explained:
    """What the server itself says of the SELECTs of a block: milliseconds inside it, and blocks touched."""

    def __init__(self) -> None:
        self.ms, self.blocks, self.statements = 0.0, 0, 0
        self.slowest: tuple[float, str] = (0.0, "")

    def __call__(self, execute, sql, params, many, context):
        if not sql.lstrip(" (").startswith("SELECT"):
            return execute(sql, params, many, context)
        execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params, many, context)
        made = context["cursor"].fetchone()[0][0]
        plan = made["Plan"]
        self.ms += made["Execution Time"]
        self.blocks += plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
        self.statements += 1
        self.slowest = max(self.slowest, (made["Execution Time"], sql))
        return execute(sql, params, many, context)


def server_figures(samples_of_kind: int) -> dict[str, Any]:
    """Per kind by EXPLAIN ANALYZE: what the neighbours of a crowded machine disturb least."""
    from django.db import connection

    from benchmarks.routes import person_of
    from cases.models.people import Client
    from departments.services.entering import member_scope
    from departments.services.search_box import SUGGESTED, box_search

    user, dice, figures = person_of("a.worker"), random.Random(SEED), {}
    with member_scope(user, user.membership.uid):
        asked = samples()
        ids = list(Client.objects.values_list("pk", flat=True)[:2000])
        for kind, texts in {**asked, "look-up": [str(pk) for pk in dice.sample(ids, 20)]}.items():
            found = []
            for text in dice.sample(texts, min(samples_of_kind, len(texts))):
                seen = _Explained()
                with connection.execute_wrapper(seen):
                    if kind == "look-up":
                        Client.objects.filter(pk=int(text)).values_list("id").get()
                    else:
                        box_search(text=text, limit=SUGGESTED, by=user)
                found.append(seen)
            figures[kind] = {
                "server_p50_ms": round(_p([one.ms for one in found], 0.5), 3),
                "server_p95_ms": round(_p([one.ms for one in found], 0.95), 3),
                "blocks_p95": int(_p([float(one.blocks) for one in found], 0.95)),
                "statements": max(one.statements for one in found),
                "slowest": max(one.slowest for one in found)[1][:300],
            }
    return figures


def sql_figures(rounds: int) -> dict[str, Any]:
    """Per kind: p50 and p95 of all statements of a search, and their ratio to the look-up's."""
    from django.db import connection

    from benchmarks.routes import person_of
    from cases.models.people import Client
    from departments.services.entering import member_scope
    from departments.services.search_box import SUGGESTED, box_search

    user = person_of("a.worker")
    with member_scope(user, user.membership.uid):
        asked = samples()
        ids = list(Client.objects.values_list("pk", flat=True)[:2000])
        persons = Client.objects.count()
    taken: dict[str, list[float]] = {kind: [] for kind in asked}
    slowest: dict[str, list[float]] = {kind: [] for kind in asked}
    bare: list[float] = []
    dice = random.Random(SEED)
    for turn in range(rounds + 1):
        with member_scope(user, user.membership.uid):
            kinds = list(asked) if turn % 2 else list(reversed(asked))
            for kind in kinds:
                for text in dice.sample(asked[kind], min(10, len(asked[kind]))):
                    parts: list[float] = []

                    def timed(execute, sql, params, many, context, parts=parts):
                        clock = _Clock()
                        try:
                            return clock(execute, sql, params, many, context)
                        finally:
                            if clock.count:
                                parts.append(clock.ms)

                    with connection.execute_wrapper(timed):
                        box_search(text=text, limit=SUGGESTED, by=user)
                    if turn:
                        taken[kind].append(sum(parts))
                        slowest[kind].append(max(parts))
                for pk in dice.sample(ids, 5):
                    clock = _Clock()
                    with connection.execute_wrapper(clock):
                        Client.objects.filter(pk=pk).values_list("id").get()
                    if turn:
                        bare.append(clock.ms)
    reference = _p(bare, 0.5)
    return {
        "persons": persons,
        "look_up_p50_ms": round(reference, 3),
        "look_up_p95_ms": round(_p(bare, 0.95), 3),
        "kinds": {
            kind: {
                "p50_ms": round(_p(values, 0.5), 3),
                "p95_ms": round(_p(values, 0.95), 3),
                "p50_of_look_up": round(_p(values, 0.5) / reference, 1),
                "p95_of_look_up": round(_p(values, 0.95) / _p(bare, 0.95), 1),
                "slowest_statement_p95_ms": round(_p(slowest[kind], 0.95), 3),
                "met": _p(slowest[kind], 0.95) <= SQL_GOAL_MS,
            }
            for kind, values in taken.items()
        },
    }


def http_figures(rounds: int, seconds: float, port: int) -> dict[str, Any]:
    """Per kind: p95 of the suggestions over HTTP, and its ratio to the empty answer's."""
    from django.conf import settings
    from django.urls import reverse

    from benchmarks.load import Arm, measure
    from benchmarks.routes import person_of
    from benchmarks.run import _server
    from benchmarks.sessions import session_of
    from departments.services.entering import member_scope

    user = person_of("a.worker")
    with member_scope(user, user.membership.uid):
        asked = samples()
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of('a.worker')}"}
    arms = [Arm("bare", "/bench/bare/", {})]
    arms += [
        Arm(kind, reverse("departments:suggest"), headers, (("omni__foot", 1),), form=urlencode({"q": texts[0]}))
        for kind, texts in asked.items()
        if texts
    ]  # fmt: skip
    env = {**os.environ, "MSW_URLCONF": "benchmarks.reference.urls", "MSW_SESSION_IDLE": "36000"}
    taken: dict[str, list[dict[str, float]]] = {arm.name: [] for arm in arms}
    with _server(port, env) as server:
        for turn in range(rounds + 1):
            for arm in arms if turn % 2 else arms[::-1]:
                one = measure(port, arm, seconds=seconds, trees=[server], connections=1)
                if turn:
                    taken[arm.name].append(one.as_json())
    bare = statistics.median(row["p95"] for row in taken["bare"])
    return {
        "bare_p95_ms": round(bare, 2),
        "kinds": {
            name: {
                "p50_ms": round(statistics.median(row["p50"] for row in rows), 2),
                "p95_ms": round(statistics.median(row["p95"] for row in rows), 2),
                "p95_of_bare": round(statistics.median(row["p95"] for row in rows) / bare, 1),
                "cpu_ms": round(statistics.median(row["cpu_ms"] for row in rows), 2),
                "met": statistics.median(row["p95"] for row in rows) <= HTTP_GOAL_MS,
            }
            for name, rows in taken.items()
            if name != "bare"
        },
    }


def main() -> None:
    import django

    django.setup()
    import_module("benchmarks.reference.urls")  # without a pace, here as in the server
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--port", type=int, default=8793)
    given = parser.parse_args()
    server = server_figures(20)
    sql = sql_figures(given.rounds * 2)
    http = http_figures(given.rounds, given.seconds, given.port)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[str(sql["persons"])] = {"server": server, "sql": sql, "http": http}
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    print(
        f"{sql['persons']} persons in the house, look-up p50 {sql['look_up_p50_ms']} ms, "
        f"p95 {sql['look_up_p95_ms']} ms; bare HTTP p95 {http['bare_p95_ms']} ms"
    )
    for kind, one in server.items():
        print(
            f"{kind:22} inside the server p50 {one['server_p50_ms']:6.2f}  p95 {one['server_p95_ms']:6.2f} ms, "
            f"{one['statements']} statements, {one['blocks_p95']} blocks"
        )
    for kind, one in sql["kinds"].items():
        web = http["kinds"].get(kind, {})
        print(
            f"{kind:22} SQL p50 {one['p50_ms']:7.2f}  p95 {one['p95_ms']:7.2f} ms (x{one['p95_of_look_up']} of a look-up), "
            f"slowest statement p95 {one['slowest_statement_p95_ms']:6.2f} ms;  "
            f"HTTP p95 {web.get('p95_ms', 0):7.1f} ms (x{web.get('p95_of_bare', 0)} of bare)"
        )


if __name__ == "__main__":
    main()
