"""`make million`: load, prove, guard and bench one after another on the servers of this checkout, which stay.

Runs for hours without anybody: every step's words, seconds, exit code and the machine's load go to the
log as they come, a step that fails does not stop the next, and a step that was done for this size is
not done again (the load: while its world stands). Ends with the rows of the table in README.md.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "log"
# More waiting processes than this: figures of speed are those of a crowded machine, and say so.
CROWDED = 1.5 * (os.cpu_count() or 1)
ALWAYS = (
    "migrate",
    "static",
)  # nothing to do on a world that stands, and nothing works without them


def steps(size: int, only: str) -> Iterator[tuple[str, list[str]]]:
    """(name, words of Python), in order."""
    yield "migrate", ["manage.py", "migrate", "--noinput", "-v0"]
    # The pages that the guard and the bench ask for name their files by the manifest.
    yield "static", ["manage.py", "collectstatic", "--noinput", "-v0"]
    yield "load", ["manage.py", "seed_demo", "--if-empty", "--size", str(size)]
    yield "prove", ["manage.py", "prove"]
    yield "guard", ["-m", "benchmarks.guard"]
    yield "bench", ["-m", "benchmarks.run", "--size", str(size), "--only", only]


def run(name: str, words: list[str], log: Path) -> dict:
    """One step; its words go to the log and the terminal line by line."""
    began, load = time.monotonic(), os.getloadavg()[0]
    head = f"== {name}: {dt.datetime.now(dt.UTC):%H:%M:%S} UTC, load {load:.1f}"
    said = [head + (" (crowded)" if load > CROWDED else "")]
    with open(log, "a", encoding="utf-8") as kept:

        def tell(line: str) -> None:
            print(line, flush=True)
            kept.write(line + "\n")
            kept.flush()

        tell(said[0])
        process = subprocess.Popen(
            [sys.executable, "-u", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in process.stdout:
            if " INFO " in line:
                continue  # the server's own line of each of a hundred thousand requests
            said.append(line.rstrip("\n"))
            tell(said[-1])
        code, took = process.wait(), time.monotonic() - began
        tell(f"== {name}: exit {code}, {took:.0f} s, load {os.getloadavg()[0]:.1f}")
    return {
        "step": name,
        "exit": code,
        "seconds": round(took),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "said": said[1:][-60:],
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--only", default="api_list,case_list,dashboard")
    parser.add_argument("--steps", default="", help="names of steps, separated by commas")
    given = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    log, table = FOLDER / f"million-{given.size}.log", FOLDER / f"million-{given.size}.json"
    wanted = [name for name in given.steps.split(",") if name]
    done = []
    for name, words in steps(given.size, given.only):
        if wanted and name not in (*ALWAYS, *wanted):
            continue
        done.append(run(name, words, log))
        table.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if name in ("migrate", "load") and done[-1]["exit"]:
            print(f"Without {name} nothing of the rest means anything: see {log}.")
            break
    print("\n| step | seconds | exit | load before, after |\n|---|---|---|---|")
    for one in done:
        before, after = one["load"]
        print(f"| {one['step']} | {one['seconds']} | {one['exit']} | {before}, {after} |")
    print(f"\nWhat each step said: {log}; figures of the bench: benchmarks/results.json.")
    return max((one["exit"] for one in done), default=0)


if __name__ == "__main__":
    sys.exit(main())
