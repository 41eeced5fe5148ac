"""Ratios of the busiest pages to a bare answer of the same server in the same run: `make bench`.

Protocol (quality.md 4.3): a private pair of servers, CASES cases, interleaved rounds, the first
dropped, the median of the ratios with their spread; every answer's status and length is checked.
Writes benchmarks/results.json and prints the table.
"""

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"


def load(
    port: int, path: str, headers: dict[str, str], seconds: float, threads: int
) -> tuple[float, list[float], int]:
    """Keep-alive GETs for `seconds`: requests per second, sorted latencies in ms, bytes of one answer."""
    times: list[list[float]] = [[] for _n in range(threads)]
    sizes: list[int] = []
    stop = time.perf_counter() + seconds

    def work(mine: list[float]) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < stop:
            began = time.perf_counter()
            link.request("GET", path, headers=headers)
            answer = link.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
            mine.append((time.perf_counter() - began) * 1000)
            sizes.append(len(body))

    began = time.perf_counter()
    workers = [threading.Thread(target=work, args=(mine,)) for mine in times]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = sorted(ms for mine in times for ms in mine)
    return len(taken) / (time.perf_counter() - began), taken, statistics.mode(sizes)


@contextlib.contextmanager
def server(port: int, env: dict[str, str]):
    arguments = [
        sys.executable,
        "-m",
        "gunicorn",
        "msw_portal.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "2",
        "--worker-class",
        "gthread",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    process = subprocess.Popen(arguments, cwd=ROOT, env=env)
    try:
        for _attempt in range(200):
            with contextlib.suppress(OSError):
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
                link.request("GET", "/livez")
                if link.getresponse().status == 200:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def quantile(values: list[float], q: float) -> float:
    return values[min(len(values) - 1, int(len(values) * q))]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--port", type=int, default=8791)
    given = parser.parse_args()
    env = {**os.environ, "MSW_URLCONF": "benchmarks.bench_urls", "MSW_SESSION_IDLE": "36000"}
    subprocess.run(
        [sys.executable, "manage.py", "seed_demo", "--size", str(given.cases)],
        cwd=ROOT,
        env=env,
        check=True,
    )
    prepared = (
        subprocess.run(
            [
                sys.executable,
                "manage.py",
                "shell",
                "-c",
                "from benchmarks.sessions import prepare; prepare()",
            ],
            cwd=ROOT,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        )
        .stdout.strip()
        .splitlines()[-1]
    )
    who = json.loads(prepared)
    arms = {
        "bare": ("/bench/bare/", {}),
        "one query": ("/bench/one-query/", {}),
        "API list": ("/api/v1/funding-requests/", {"Authorization": f"Bearer {who['token']}"}),
        "case list": ("/cases/", {"Cookie": f"session={who['worker_session']}"}),
        "dashboard": ("/reports/", {"Cookie": f"session={who['head_session']}"}),
    }
    rounds: list[dict[str, dict]] = []
    with server(given.port, env):
        for path, headers in arms.values():
            load(given.port, path, headers, 1.0, 4)
        for number in range(given.rounds + 1):
            order = list(arms) if number % 2 else list(arms)[::-1]
            row = {}
            for name in order:
                rate, taken, size = load(given.port, arms[name][0], arms[name][1], given.seconds, 4)
                row[name] = {
                    "rps": round(rate, 1),
                    "p50": round(quantile(taken, 0.5), 2),
                    "p95": round(quantile(taken, 0.95), 2),
                    "p99": round(quantile(taken, 0.99), 2),
                    "bytes": size,
                }
            if number:
                rounds.append(row)
    bare = [row["bare"]["rps"] for row in rounds]
    spread = statistics.stdev(bare) / statistics.mean(bare)
    summary = {
        name: {
            "ratio": round(
                statistics.median(row[name]["rps"] / row["bare"]["rps"] for row in rounds), 4
            ),
            "lowest": round(min(row[name]["rps"] / row["bare"]["rps"] for row in rounds), 4),
            "highest": round(max(row[name]["rps"] / row["bare"]["rps"] for row in rounds), 4),
            "rps": statistics.median(row[name]["rps"] for row in rounds),
            "p95_ms": statistics.median(row[name]["p95"] for row in rounds),
            "bytes": rounds[-1][name]["bytes"],
        }
        for name in arms
    }
    result = {
        "cases": given.cases,
        "rounds": len(rounds),
        "seconds": given.seconds,
        "cov_of_bare": round(spread, 3),
        "valid": spread <= 0.15,
        "summary": summary,
        "raw": rounds,
    }
    (HERE / "results.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(
        f"cases {given.cases}, {len(rounds)} rounds of {given.seconds} s, CoV of bare {spread:.1%}"
    )
    for name, row in summary.items():
        print(
            f"{name:12} {row['ratio']:.3f} of bare ({row['lowest']:.3f}..{row['highest']:.3f})  "
            f"{row['rps']:7.1f} rps  p95 {row['p95_ms']:.1f} ms  {row['bytes']} bytes"
        )


if __name__ == "__main__":
    main()
