"""Where backups lie, who connects for them, and the programs of the server's own version."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg2
from environ import Env

from msw_portal.embedded.places import EmbeddedError
from msw_portal.embedded.postgres import binaries

DUMP, MEDIA, MANIFEST = "database.dump", "media.tar", "manifest.json"


class BackupError(Exception):
    """One sentence for the person at the terminal: what is wrong with a backup, and what to do."""


@dataclass(frozen=True)
class Server:
    """A database and a role to reach it with."""

    user: str
    password: str
    host: str
    port: str
    database: str

    @classmethod
    def of(cls, url: str) -> "Server":
        config = Env.db_url_config(url)
        return cls(
            config["USER"] or "",
            config["PASSWORD"] or "",
            unquote(config["HOST"] or ""),
            str(config["PORT"] or 5432),
            config["NAME"],
        )

    def at(self, database: str) -> "Server":
        return replace(self, database=database)

    def environment(self) -> dict[str, str]:
        """What libpq's programs read; a password never stands in a command line."""
        said = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
        }
        return {**os.environ, **{name: value for name, value in said.items() if value}}

    @contextlib.contextmanager
    def connected(self) -> Iterator[Any]:
        """An autocommit connection.

        Raises:
            BackupError: when the server does not answer or refuses the role.
        """
        try:
            link = psycopg2.connect(
                dbname=self.database,
                user=self.user,
                password=self.password,
                host=self.host,
                port=self.port,
                connect_timeout=10,
            )
        except psycopg2.OperationalError as error:
            said = str(error).strip().splitlines()[-1]
            raise BackupError(f"Database {self.database} as {self.user}: {said}") from None
        link.autocommit = True
        with contextlib.closing(link):
            yield link


@dataclass(frozen=True)
class Places:
    """What a backup reads and writes; from the environment, as the portal's settings are."""

    backup: Server
    owner: Server
    admin: Server
    media: Path
    folder: Path
    keys: Path
    anchors: Path

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "Places":
        """Raises BackupError with the names of what is missing."""
        needed = ("DATABASE_BACKUP_URL", "DATABASE_OWNER_URL", "MSW_MEDIA", "MSW_BACKUPS")
        if missing := [name for name in needed if not env.get(name)]:
            raise BackupError(
                f"{', '.join(missing)} must be given: see docs/operations.md, Backup."
            )
        owner = Server.of(env["DATABASE_OWNER_URL"])
        admin = env.get("DATABASE_ADMIN_URL")
        folder = Path(env["MSW_BACKUPS"])
        return cls(
            Server.of(env["DATABASE_BACKUP_URL"]),
            owner,
            Server.of(admin) if admin else owner,
            Path(env["MSW_MEDIA"]),
            folder,
            Path(env.get("MSW_KEYS", "")),
            Path(env.get("MSW_ANCHORS") or folder.parent / "anchors" / "anchors.jsonl"),
        )


def program(name: str, server_version: int) -> str:
    """pg_dump or pg_restore of at least the server's major version.

    An older pg_dump refuses the server, and a silent refusal is how backups come to be empty.

    Raises:
        BackupError: when none is found.
    """
    tried = []
    with contextlib.suppress(EmbeddedError):
        tried.append(str(binaries() / name))
    tried += [found for found in (shutil.which(name),) if found]
    tried += sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)
    for path in tried:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        major = re.search(r"(\d+)", said.stdout)
        if major and int(major[1]) >= server_version // 10000:
            return path
    raise BackupError(
        f"No {name} of PostgreSQL {server_version // 10000} or newer is here: "
        f"install the package postgresql-client-{server_version // 10000}."
    )


def newest(folder: Path) -> Path:
    """The newest finished backup.

    Raises:
        BackupError: when there is none.
    """
    found = sorted(path.parent for path in folder.glob(f"[0-9]*/{MANIFEST}"))
    if not found:
        raise BackupError(f"No backup lies in {folder}: take one with `make backup`.")
    return found[-1]
