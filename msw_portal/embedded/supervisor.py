"""`make run`: the servers, the portal's four processes, and what happens when one of them dies."""

import collections
import contextlib
import fcntl
import http.client
import json
import logging.handlers
import os
import re
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from msw_portal.embedded import ROOT
from msw_portal.embedded.installing import (
    Refused,
    refuse_second_run,
    refuse_taken_port,
    wanted_port,
)
from msw_portal.embedded.places import EmbeddedError, Place
from msw_portal.embedded.preparing import (
    Preparation,
    has_command,
    manage,
    settled_environment,
    start_missing,
)
from msw_portal.embedded.processes import prefix
from msw_portal.embedded.servers import Servers

FIRST_DELAY, LONGEST_DELAY = 1.0, 15.0
SHORT_LIFE = 10.0
PATIENCE = 10.0
WEB_FIRST = 8.0
# What the terminal shows of `demo_accounts --json`, in this order.
SIGN_IN = ("organisation", "role_name", "login", "password", "second_factor_secret")
LOG_BYTES = 10_000_000
QUIET = re.compile(r"\b(DEBUG|INFO)\b")
LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|^Traceback")


class Ended(BaseException):
    """Ctrl-C, a closed terminal or SIGTERM; raised where the main thread stands."""


def say(text: str) -> None:
    """One line of the supervisor's own."""
    print(f"portal  | {text}", flush=True)


def commands(port: int) -> dict[str, list[str]]:
    """The four processes of the portal by name."""
    celery = [sys.executable, "-m", "celery", "-A", "msw_portal"]
    worker = [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"]
    schedule = str(ROOT / "var" / "beat-schedule")
    return {
        "web": [
            sys.executable, "-m", "gunicorn", "msw_portal.wsgi", "--bind", f"127.0.0.1:{port}",
            "--workers", "2", "--worker-class", "gthread", "--threads", "4",
            # The control socket would lie in the home folder, one for all portals of this user.
            "--graceful-timeout", "8", "--no-control-socket",
        ],
        "reports": [*worker, "-Q", "reports", "-n", "reports@%h", "--loglevel", "INFO"],
        "relay": [*worker, "-Q", "relay", "-n", "relay@%h", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO"],
    }  # fmt: skip


@dataclass
class Child:
    """One process of the portal: started again after a second, later when it dies at once again."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    process: subprocess.Popen | None = None
    began: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY
    said: collections.deque = field(default_factory=lambda: collections.deque(maxlen=6))

    def start(self) -> None:
        """Start it in a session of its own: the terminal's Ctrl-C does not reach it by itself."""
        # Should the supervisor be killed with -9: SIGQUIT is the quick end of gunicorn and Celery.
        command = [*prefix(None, dies_by="QUIT"), *self.command]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.began = time.monotonic()
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def _read(self, process: subprocess.Popen) -> None:
        """All output goes to the log; warnings and what follows them to the terminal, cut short."""
        log = logging.handlers.RotatingFileHandler(self.log, maxBytes=LOG_BYTES, backupCount=1)
        is_loud = False
        with process.stdout as output, contextlib.closing(log):
            for raw in output:
                line = raw.decode("utf-8", "replace").rstrip()
                log.emit(logging.makeLogRecord({"msg": line}))
                self.said.append(line)
                if LOUD.search(line[:80]):
                    is_loud = True
                elif QUIET.search(line[:80]):
                    is_loud = False
                if is_loud and line:
                    print(f"{self.name:<7} | {line[:200]}", flush=True)

    def watch(self, now: float) -> None:
        """Notice a death, say it, and start again when its time has come."""
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._end_group(signal.SIGKILL)
        # Somebody's kill says nothing about the child: only what ends by itself is tried less often.
        is_short = now - self.began < SHORT_LIFE and code not in (-signal.SIGKILL, -signal.SIGTERM)
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        lived = f"{now - self.began:.0f} s"
        say(f"{self.name} died ({how}) after {lived}; it is started again in {self.delay:.0f} s.")
        if is_short:
            for line in self.said:
                print(f"{self.name:<7} | {line[:200]}", flush=True)
        self.process, self.due = None, now + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY) if is_short else FIRST_DELAY

    def _end_group(self, number: signal.Signals) -> None:
        # Pool processes of a killed worker stand in its group and would hold their task to its end.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def terminate(self) -> None:
        """Ask it to end in its own time."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def kill(self) -> None:
        """End its whole group at once."""
        if self.process is not None:
            self._end_group(signal.SIGKILL)

    def finish(self, until: float) -> None:
        """Wait for the end, then enforce it on its whole group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        self._end_group(signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Everything `make run` started, for as long as it lives."""

    def __init__(self, port: int, pair: Servers, env: dict[str, str]) -> None:
        self.port, self.pair, self.env = port, pair, env
        log = Place(ROOT).folder("log")
        self.children = [
            Child(name, command, env, log / f"{name}.log")
            for name, command in commands(port).items()
        ]
        self.sign_ins: subprocess.Popen | None = None

    def serve(self) -> None:
        """Start the children and keep them alive until Ended arrives."""
        # On two cores the first page comes sooner when the web server starts alone.
        began = time.monotonic()
        for child in self.children[1:]:
            child.due = began + WEB_FIRST
        if self.env.get("MSW_EMBEDDED") == "1" and has_command("demo_accounts"):
            self.sign_ins = subprocess.Popen(
                manage("demo_accounts", "--json"), cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        answered: float | None = None
        is_announced = False
        while True:
            self._watch_servers()
            for child in self.children:
                child.watch(time.monotonic())
            if answered is None and self._answers():
                answered = time.monotonic()
                for child in self.children[1:]:
                    child.due = min(child.due, answered)
            if answered is not None and not is_announced:
                is_announced = self._announce(is_late=time.monotonic() - answered > PATIENCE)
            time.sleep(0.2)

    def _watch_servers(self) -> None:
        for server in self.pair.started:
            if server.process is not None and server.process.poll() is not None:
                name = type(server).__name__
                say(f"{name} died; it is started again in 1 s.")
                time.sleep(FIRST_DELAY)
                try:
                    server.start(is_tied=True)
                except EmbeddedError as error:
                    say(str(error))
                else:
                    say(f"{name} runs again.")

    def _answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(link):
            link.request("GET", "/livez")
            return link.getresponse().status == 200
        return False

    def _announce(self, *, is_late: bool) -> bool:
        """Print sign-ins and address; False while the sign-ins are still being asked for."""
        rows: list[dict] = []
        if self.sign_ins is not None and self.sign_ins.poll() is None and not is_late:
            return False
        if self.sign_ins is not None and self.sign_ins.poll() == 0:
            with contextlib.suppress(ValueError):
                accounts = json.loads(self.sign_ins.stdout.read())
                rows = [{name: row[name] for name in SIGN_IN if name in row} for row in accounts]
        print(flush=True)
        for line in table(rows):
            print(f"  {line}", flush=True)
        print(
            f"\n  http://127.0.0.1:{self.port}/ serves the portal. "
            f"Ctrl-C ends it; data stay under var/, logs are in var/log/.\n",
            flush=True,
        )
        return True

    def end(self) -> None:
        """Stop the children, then the servers started here; a second signal makes it short."""
        deadline = [time.monotonic() + PATIENCE]

        def hurry(_number: int, _frame: object) -> None:
            deadline[0] = 0.0
            for child in self.children:
                child.kill()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, hurry)
        if self.sign_ins is not None:
            self.sign_ins.kill()
            self.sign_ins.wait()
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.finish(deadline[0])
        self.pair.stop()


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def table(rows: list[dict]) -> list[str]:
    """Rows of equal keys as aligned lines under their keys."""
    if not rows:
        return []
    lines = [
        list(rows[0]),
        *([str(value) if value is not None else "" for value in row.values()] for row in rows),
    ]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]


def _raise_ended(_number: int, _frame: object) -> None:
    raise Ended


def run(*, pg: str | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; the exit code of `make run`."""
    port = wanted_port()
    refuse_second_run()
    refuse_taken_port(port)
    place = Place(ROOT)
    settled_environment(os.environ)
    with open(place.folder("log").parent / "run.lock", "a+", encoding="utf-8") as alive:
        try:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "The portal of this checkout is being started by another process."
            ) from None
        alive.truncate(0)
        alive.write(f"process {os.getpid()}, http://127.0.0.1:{port}/")
        alive.flush()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _raise_ended)
        # A shell that started us in the background had it ignored, and children inherit that.
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        supervisor = None
        pair = Servers(None, None)
        try:
            pair, env = start_missing(os.environ, pg=pg)
            env |= {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
            Preparation(pair, env).run()
            supervisor = Supervisor(port, pair, env)
            supervisor.serve()
        except Ended:
            say("stopping ...")
        finally:
            if supervisor is not None:
                supervisor.end()
            pair.stop()
    say("stopped; data stay under var/.")
    return 0
