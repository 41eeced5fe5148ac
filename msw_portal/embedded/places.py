"""Where the servers of a checkout keep their files, and the secrets made once for them."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets as randomness
import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# Said everywhere, so that a PGPORT in the caller's shell changes nothing.
PORT = 5432
SOCKET_NAME = f"/.s.PGSQL.{PORT}"
# sun_path of a unix socket holds 108 bytes with its closing zero.
SOCKET_BYTES = 107
DATABASE = "msw"
ROLES = ("msw_owner", "msw_app", "msw_backup")


class EmbeddedError(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do."""


def free_port() -> int:
    """A TCP port on the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold an exclusive lock on a file; the kernel gives it back when the process dies.

    Raises BlockingIOError with `wait=False` when another process holds it.
    """
    with open(path, "a+", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def write_private(path: Path, text: str) -> None:
    """Replace the file at once, for its owner only; a crash leaves the old or the new one."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        half.unlink()
    with open(
        os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.replace(path)


@dataclass(frozen=True)
class Place:
    """The folders of one checkout (or of one throw-away run of the tests)."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def clusters(self) -> Path:
        """PostgreSQL's folder: one folder per major version, and the socket."""
        return self.var / "postgres"

    @property
    def socket(self) -> Path:
        """The private folder of PostgreSQL's socket; elsewhere when the path is too long."""
        inside = self.clusters / "socket"
        if len(os.fsencode(f"{inside}{SOCKET_NAME}")) <= SOCKET_BYTES:
            return inside
        # Not TMPDIR: every process of the checkout must arrive at the same folder.
        # Who owns it is checked at start.
        return Path("/tmp") / f"msw-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"  # noqa: S108

    def folder(self, name: str) -> Path:
        """A folder under var/, made when missing."""
        path = self.var / name
        try:
            path.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            raise EmbeddedError(f"{error.filename} cannot be written by this user.") from error
        return path

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            with locked(self.var / ".lock"):
                yield
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            raise EmbeddedError(
                f"{error.filename} cannot be used by this user: {self.var} belongs to another one."
            ) from error

    def _refuse_orphans(self, missing: Path) -> None:
        if any(self.clusters.glob("*/data/PG_VERSION")):
            raise EmbeddedError(
                f"{missing} is missing, but {self.clusters} holds data made with it: "
                "put it back, or start anew with `make clean DATA=1`."
            )

    def secrets(self) -> dict:
        """Passwords, SECRET_KEY and the remembered port of Valkey; made once, file mode 0600."""
        path = self.var / "secrets.json"
        with contextlib.suppress(FileNotFoundError, PermissionError):
            return json.loads(path.read_text(encoding="utf-8"))
        with self._guarded():
            if path.exists():
                return json.loads(path.read_text(encoding="utf-8"))
            self._refuse_orphans(path)
            made = {
                "secret_key": randomness.token_urlsafe(60),
                "superuser_password": randomness.token_urlsafe(24),
                **{f"{role}_password": randomness.token_urlsafe(24) for role in ROLES},
                "valkey_password": randomness.token_urlsafe(24),
                "valkey_port": free_port(),
            }
            write_private(path, json.dumps(made, indent=1))
            return made

    def keep_port(self, port: int) -> None:
        """Remember another port for Valkey, because somebody else listens on the old one."""
        with self._guarded():
            path = self.var / "secrets.json"
            made = json.loads(path.read_text(encoding="utf-8")) | {"valkey_port": port}
            write_private(path, json.dumps(made, indent=1))

    def keys(self) -> Path:
        """The key file of the encrypted fields, made once, file mode 0600."""
        path = self.var / "keys.json"
        if path.exists():
            return path
        with self._guarded():
            if not path.exists():
                self._refuse_orphans(path)
                made = {
                    "active": 1,
                    "keys": {"1": randomness.token_hex(32)},
                    "installation": str(uuid.uuid4()),
                }
                write_private(path, json.dumps(made, indent=1))
        return path

    def database_url(self, role: str, secrets: dict) -> str:
        """A URL that django-environ understands: it does not decode a percent-encoded host, so the
        socket's folder stands in the path (`postgres://role:password@:5432//folder/of/the/socket/msw`).
        """
        folder, password = quote(str(self.socket), safe="/"), secrets[f"{role}_password"]
        return f"postgres://{role}:{password}@:{PORT}/{folder}/{DATABASE}"
