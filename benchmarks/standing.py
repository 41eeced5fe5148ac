"""`python -m benchmarks.standing`: what a server does that stands for a while, and beside others.

On a demo world that is there (`python -m msw_portal.embedded exec -- …` or a private one): the tail at half of
what the server can do (P17), its memory after so many requests (P18), a small house beside the largest one's heavy
reader (P16), pages beside an export and an import (P15), the share of the audit of reading (P20), what opening
sealed fields costs a list and a page (P21), a cold start and `manage.py check` (P22). Every figure of speed is a
ratio within the same run. Writes benchmarks/standing.json.
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
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.load import Arm, WrongAnswer, _Link, _quantile, children_of, measure
from benchmarks.run import ROOT, _run, _server

RESULTS = ROOT / "benchmarks" / "standing.json"
MIX = ("case_list", "case_page", "workbench", "dashboard", "api_list")
ROUNDS, SECONDS = 5, 3.0


def _memory(pid: int) -> int:
    """Resident kilobytes of the largest child (one worker of the web server)."""
    sizes = []
    for child in children_of(pid)[1:]:
        with contextlib.suppress(OSError):
            said = Path(f"/proc/{child}/status").read_text()
            sizes.append(int(said.partition("VmRSS:")[2].split()[0]))
    return max(sizes)


def _paced(port: int, arms: list[Arm], rate: float, seconds: float) -> dict[str, object]:
    """An open load: requests begin when their time has come, whether or not the one before has ended."""
    due = [number / rate for number in range(int(rate * seconds))]
    times: list[float] = []
    failed: list[str] = []
    lock, began = threading.Lock(), time.perf_counter()
    places = iter(enumerate(due))

    def work() -> None:
        while True:
            with lock:
                number, at = next(places, (0, None))
            if at is None:
                return
            arm = arms[number % len(arms)]
            time.sleep(max(0.0, began + at - time.perf_counter()))
            try:
                # A connection each: the server closes one on which nothing was asked for two seconds.
                link = _Link(port, arm)
                link.once()
                link.socket.close()
            except (WrongAnswer, OSError) as error:
                failed.append(str(error)[:200])
            # From when it was due: a server that stands still delays those that wait, too.
            times.append((time.perf_counter() - began - at) * 1000)

    workers = [threading.Thread(target=work) for _n in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    times.sort()
    p50, p99 = _quantile(times, 0.5), _quantile(times, 0.99)
    return {
        "rate": round(rate, 1),
        "requests": len(times),
        "failed": len(failed),
        "failures": sorted(set(failed))[:3],
        "p50_ms": round(p50, 1),
        "p99_ms": round(p99, 1),
        "tail": round(p99 / p50, 2),
    }


@contextlib.contextmanager
def _beside(work: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _ratio(measured: list[tuple[float, float]]) -> dict[str, float]:
    """Pairs (alone, beside) of one figure as the median of their ratios."""
    ratios = [beside / alone for alone, beside in measured]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "lowest": round(min(ratios), 3),
        "highest": round(max(ratios), 3),
        "alone": round(statistics.median(one for one, _two in measured), 2),
        "beside": round(statistics.median(two for _one, two in measured), 2),
    }


def tail(port: int, arms: dict[str, Arm], trees: list[int]) -> dict[str, object]:
    mix = [arms[name] for name in MIX]
    most = 1 / statistics.mean(
        1 / measure(port, arm, seconds=SECONDS, trees=trees).rps for arm in mix
    )
    return {"most_rps": round(most, 1)} | _paced(port, mix, most / 2, 30)


def memory(port: int, arms: dict[str, Arm], server: int, requests: int) -> dict[str, float]:
    """Kilobytes after the first tenth, half and all of the requests."""
    mix, done, said = [arms[name] for name in MIX], 0, {}
    taken: list[tuple[int, int]] = []
    while done < requests:
        for arm in mix:
            one = measure(port, arm, seconds=2.0, trees=[server])
            done += int(one.rps * 2.0)
        taken.append((done, _memory(server)))
    half = [size for count, size in taken if count >= requests / 2]
    said = {"requests": done, "first_mb": round(taken[0][1] / 1024, 1), "last_mb": round(taken[-1][1] / 1024, 1)}  # fmt: skip
    said["second_half_percent"] = round((half[-1] / half[0] - 1) * 100, 2)
    return said


def neighbours(port: int, arms: dict[str, Arm], trees: list[int]) -> dict[str, dict[str, float]]:
    """The small house's list alone and beside a heavy reader of the largest: p95 and CPU of its requests."""
    small, heavy = arms["small_list"], arms["case_list_head"]
    clock = []

    def reading(stop: threading.Event) -> None:
        link = _Link(port, heavy)
        while not stop.is_set():
            link.once()

    for _round in range(ROUNDS):
        alone = measure(port, small, seconds=SECONDS, trees=trees, connections=1)
        with _beside(reading):
            beside = measure(port, small, seconds=SECONDS, trees=trees, connections=1)
        clock.append((alone.p95, beside.p95))
    return {"p95_ms": _ratio(clock)}


def beside_jobs(port: int, arms: dict[str, Arm], trees: list[int]) -> dict[str, float]:
    """Pages idle and while a worker writes a big list and reads a file in, as nicely as the portal's worker does."""
    mix, taken = [arms[name] for name in ("case_list", "case_page")], []

    def p95() -> float:
        return max(
            measure(port, arm, seconds=SECONDS, trees=trees, connections=1).p95 for arm in mix
        )

    def working(stop: threading.Event) -> None:
        words = (["-m", "benchmarks.reference.exports"], ["-m", "benchmarks.imports", "3000"])
        while not stop.is_set():
            for one in words:
                if stop.is_set():
                    return
                process = subprocess.Popen(
                    ["nice", "-n", "10", sys.executable, *one], cwd=ROOT,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                while process.poll() is None and not stop.is_set():
                    time.sleep(0.1)
                process.terminate()
                process.wait()

    for _round in range(3):
        idle = p95()
        with _beside(working):
            time.sleep(2)
            taken.append((idle, p95()))
    return _ratio(taken)


def audit_share(port: int, arm: Arm, env: dict[str, str], postmaster: int) -> dict[str, float]:
    """CPU of the API list with and without its entry in the audit, in turn."""
    pairs = []
    with (
        _server(port + 1, env) as whole,
        _server(port + 2, {**env, "MSW_BENCH_UNAUDITED": "1"}) as bare,
    ):
        for number in range(ROUNDS + 1):
            without = measure(port + 2, arm, seconds=SECONDS, trees=[bare, postmaster])
            having = measure(port + 1, arm, seconds=SECONDS, trees=[whole, postmaster])
            if number:
                pairs.append((having.cpu_ms, without.cpu_ms))
    shares = [1 - without / having for having, without in pairs]
    return {
        "share_percent": round(statistics.median(shares) * 100, 1),
        "lowest": round(min(shares) * 100, 1),
        "highest": round(max(shares) * 100, 1),
    }


def opening() -> dict[str, dict[str, float]]:
    """How many sealed fields a list and a page open, and the milliseconds they take."""
    words = [sys.executable, "-m", "benchmarks.standing", "--opening"]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _opening() -> None:
    import django

    django.setup()
    from benchmarks import plans, sessions
    from benchmarks.routes import World, look_around
    from msw_portal.kernel import crypto

    headers, told, kept = sessions.headers_of_all(), {}, []

    plain = crypto.unseal

    def timed(*args, **kwargs):
        began = time.perf_counter()
        try:
            return plain(*args, **kwargs)
        finally:
            kept.append(time.perf_counter() - began)

    crypto.unseal = timed
    for route in World(facts=look_around()).routes():
        if route.name in ("case_list", "case_page", "client_page", "api_list"):
            plans.ask(route.path, headers[route.who])
            kept.clear()
            plans.ask(route.path, headers[route.who])
            told[route.name] = {"opened": len(kept), "ms": round(sum(kept) * 1000, 3)}
    print(json.dumps(told))


def starting(env: dict[str, str], port: int) -> dict[str, float]:
    """Seconds of `manage.py check`, and from nothing to the first good answer of the web server."""
    checks, starts = [], []
    for _time in range(3):
        began = time.perf_counter()
        _run("manage.py", "check", env=env)
        checks.append(time.perf_counter() - began)
        began = time.perf_counter()
        with _server(port, env):
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            link.request("GET", "/sign-in/")
            if link.getresponse().status == 200:
                starts.append(time.perf_counter() - began)
    return {
        "check_s": round(statistics.median(checks), 2),
        "first_answer_s": round(statistics.median(starts), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8795)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--only", default="", help="names of parts, separated by commas")
    parser.add_argument("--opening", action="store_true")
    given = parser.parse_args()
    if given.opening:
        _opening()
        return
    env = {
        **os.environ,
        "MSW_URLCONF": "benchmarks.reference.urls",
        "MSW_SESSION_IDLE": "36000",
        "MSW_API_LIMIT": "100000000",
    }
    _run("manage.py", "collectstatic", "--noinput", "-v0", env=env)
    prepared = json.loads(_run("-m", "benchmarks.guard", "--json", env=env).splitlines()[-1])
    rows = {row["name"]: row for row in prepared["routes"]}
    arms = {
        name: Arm(name, row["path"], row["headers"], tuple(map(tuple, row["marks"])), row["status"])
        for name, row in rows.items()
    }
    if small := prepared.get("small"):
        arms["small_list"] = Arm("small_list", rows["case_list"]["path"], small)
    postmaster, wanted = prepared["postmaster"], set(filter(None, given.only.split(",")))
    found = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}

    def take(name: str, work: Callable[[], object]) -> None:
        if not wanted or name in wanted:
            found[name] = {"load": round(os.getloadavg()[0], 1)} | work()
            print(name, json.dumps(found[name]), flush=True)
            RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

    take("starting", lambda: starting(env, given.port))
    take("opening", opening)
    with _server(given.port, env) as server:
        trees = [server, postmaster]
        for name in {*MIX, "small_list", "case_list_head"} & set(arms):
            measure(given.port, arms[name], seconds=1.0, trees=trees)
        take("tail", lambda: tail(given.port, arms, trees))
        if "small_list" in arms:
            take("neighbours", lambda: neighbours(given.port, arms, trees))
        take("beside_jobs", lambda: beside_jobs(given.port, arms, trees))
        take("memory", lambda: memory(given.port, arms, server, given.requests))
    take("audit", lambda: audit_share(given.port, arms["api_list"], env, postmaster))


if __name__ == "__main__":
    main()
