"""The tests' own pair of servers: made for one run, gone after it, whatever happens."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msw_portal.embedded import ROOT, environment
from msw_portal.embedded.places import Place
from msw_portal.embedded.postgres import Postgres
from msw_portal.embedded.servers import start

NAME = "msw-test-"
# Settings of a real installation in the caller's shell must not reach the tests.
FOREIGN = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "EMAIL_URL",
    "SECRET_KEY_FALLBACKS",
    "PORT",
)


def _remove(root: Path) -> None:
    for folder in (root, Place(root).socket):
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what runs left behind that were killed with -9: their folder's lock is free."""
    for folder in Path(tempfile.gettempdir()).glob(f"{NAME}*"):
        if folder.stat().st_uid != os.geteuid():
            continue
        with contextlib.suppress(OSError), open(folder / "alive", "a", encoding="utf-8") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)


def _let_owner_end_sessions(postgres: Postgres) -> None:
    """A clone is dropped even while a session of msw_app still ends in it."""
    with contextlib.closing(postgres.connect()) as link, link.cursor() as cursor:
        cursor.execute("GRANT pg_signal_backend TO msw_owner")


@contextlib.contextmanager
def throwaway_servers(pg: str | None = None, *, for_tests: bool = True) -> Iterator[dict[str, str]]:
    """A pair of servers in a folder of their own; the environment of a process that uses them.

    For tests durability is given up for speed and MSW_TEST is set.
    """
    _sweep()
    root = Path(tempfile.mkdtemp(prefix=NAME))
    with open(root / "alive", "a", encoding="utf-8") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        # Passable for the server's user, listable for nobody.
        root.chmod(0o711)
        (root / "tmp").mkdir(mode=0o700)
        try:
            servers = start(root, test=for_tests, pg=pg, is_tied=True)
            if for_tests and servers.postgres is not None:
                _let_owner_end_sessions(servers.postgres)
            test = {"MSW_TEST": "1"} if for_tests else {}
            kept = {
                name: value
                for name, value in os.environ.items()
                if name not in FOREIGN and not name.startswith(("MSW_", "DATABASE_", "REDIS_"))
            }
            try:
                yield kept | environment(root) | {"TMPDIR": str(root / "tmp")} | test
            finally:
                servers.stop()
        finally:
            _remove(root)


def run_beside(command: list[str], *, pg: str | None = None, for_tests: bool = False) -> int:
    """Run a command against servers of its own; its exit code."""
    process: subprocess.Popen | None = None

    def pass_on(number: int, _frame: object) -> None:
        # Ctrl-C reaches the command by itself: it stands in the same group of the terminal.
        if process is None:
            raise SystemExit(128 + number)
        if number != signal.SIGINT:
            process.send_signal(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    with throwaway_servers(pg, for_tests=for_tests) as env:
        process = subprocess.Popen(command, cwd=ROOT, env=env)
        return process.wait()


def run_tests(arguments: list[str], *, pg: str | None = None) -> int:
    """Run pytest against its own servers; its exit code."""
    return run_beside([sys.executable, "-m", "pytest", *arguments], pg=pg, for_tests=True)
