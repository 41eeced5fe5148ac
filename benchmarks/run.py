"""`make bench`: the busiest routes as ratios to a bare answer of the same server in the same rounds.

On servers of its own: migrate, a demo world of SIZE cases, one server, interleaved rounds (forwards,
backwards), the first dropped; every answer is looked at; an invalid run is taken again, at most three
times. Writes benchmarks/results.json.
"""

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.load import Arm, measure

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
REFERENCES = ("bare", "bare0", "one-query", "stock-list", "live-group-by")
GOALS = {"api_list": 0.08, "case_list": 0.04}  # least share of the bare answer
QUERIES = {"dashboard": 5}  # most
WIDEST = 0.15  # coefficient of variation of the bare answer; above it a run says nothing


def _run(*words: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextlib.contextmanager
def _server(port: int, env: dict[str, str]):
    words = ["-m", "gunicorn", "benchmarks.reference.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
             "--threads", "2", "--worker-class", "gthread", "--log-level", "warning", "--no-control-socket"]  # fmt: skip
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env)
    try:
        for _attempt in range(300):
            with contextlib.suppress(OSError):
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
                link.request("GET", "/livez")
                if link.getresponse().status == 200:
                    break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _arms(routes: list[dict], only: list[str]) -> list[Arm]:
    references = [Arm(name, f"/bench/{name}/", {}) for name in REFERENCES]
    asked = [
        Arm(
            row["name"], row["path"], row["headers"], tuple(map(tuple, row["marks"])), row["status"]
        )
        for row in routes
        if not only or row["name"] in only
    ]
    return [*references, *asked]


def _summary(name: str, rounds: list[dict], queries: int | None) -> dict:
    ratios = [row[name]["rps"] / row["bare"]["rps"] for row in rounds]
    cpu = [row[name]["cpu_ms"] / row["bare"]["cpu_ms"] for row in rounds]
    value, goal = statistics.median(ratios), GOALS.get(name)
    return {
        "value": round(value, 4),
        "lowest": round(min(ratios), 4),
        "highest": round(max(ratios), 4),
        "goal": goal,
        "met": None if goal is None else value >= goal,
        "reference": "bare",
        "of_bare0": round(statistics.median(r[name]["rps"] / r["bare0"]["rps"] for r in rounds), 4),
        "cpu_of_bare": round(statistics.median(cpu), 2),
        "cpu_ms": round(statistics.median(r[name]["cpu_ms"] for r in rounds), 3),
        "rps": round(statistics.median(r[name]["rps"] for r in rounds), 1),
        "p95_ms": round(statistics.median(r[name]["p95"] for r in rounds), 2),
        "bytes": rounds[-1][name]["size"],
        "queries": queries,
        "queries_at_most": QUERIES.get(name),
        "raw": [row[name] for row in rounds],
    }


def _taken(port: int, arms: list[Arm], trees: list[int], rounds: int, seconds: float) -> list[dict]:
    """Every arm once a round, forwards and backwards in turn; the first round is not kept."""
    kept = []
    for number in range(rounds + 1):
        row = {
            arm.name: measure(port, arm, seconds=seconds, trees=trees).as_json()
            for arm in (arms if number % 2 else arms[::-1])
        }
        if number:
            kept.append(row)
    return kept


def _spread(rounds: list[dict]) -> float:
    """Coefficient of variation of the bare answer."""
    bare = [row["bare"]["rps"] for row in rounds]
    return statistics.stdev(bare) / statistics.mean(bare)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--only", default="", help="names of routes, separated by commas")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--port", type=int, default=8791)
    parser.add_argument("--attempts", type=int, default=3, help="an invalid run is taken again")
    given = parser.parse_args()
    env = {
        **os.environ,
        "MSW_URLCONF": "benchmarks.reference.urls",
        "MSW_SESSION_IDLE": "36000",
        "MSW_API_LIMIT": "100000000",
    }
    _run("manage.py", "migrate", "--noinput", "-v0", env=env)
    _run("manage.py", "collectstatic", "--noinput", "-v0", env=env)
    _run("manage.py", "seed_demo", "--if-empty", "--size", str(given.size), env=env)
    prepared = json.loads(_run("-m", "benchmarks.guard", "--json", env=env).splitlines()[-1])
    arms = _arms(prepared["routes"], [name for name in given.only.split(",") if name])
    queries = {row["name"]: row["queries"] for row in prepared["routes"]}
    with _server(given.port, env) as server:
        trees = [server, prepared["postmaster"]]
        for arm in arms:
            measure(given.port, arm, seconds=1.0, trees=trees)
        for attempt in range(1, given.attempts + 1):
            rounds = _taken(given.port, arms, trees, given.rounds, given.seconds)
            spread = _spread(rounds)
            if spread <= WIDEST:
                break
            print(f"attempt {attempt}: CoV of bare {spread:.1%}, invalid", flush=True)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[str(given.size)] = {
        "rounds": len(rounds),
        "seconds": given.seconds,
        "cov_of_bare": round(spread, 3),
        "valid": spread <= WIDEST,
        "attempts": attempt,
        "results": {arm.name: _summary(arm.name, rounds, queries.get(arm.name)) for arm in arms},
    }
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    print(
        f"{given.size} cases, {len(rounds)} rounds of {given.seconds} s, CoV of bare {spread:.1%}"
    )
    for name, one in kept[str(given.size)]["results"].items():
        print(
            f"{name:24} {one['value']:.3f} of bare ({one['lowest']:.3f}..{one['highest']:.3f})"
            f"  {one['of_bare0']:.3f} of bare0  cpu x{one['cpu_of_bare']:<6} {one['rps']:7.1f} rps"
            f"  p95 {one['p95_ms']:.1f} ms  {one['queries'] or '-'} queries"
        )


if __name__ == "__main__":
    main()
