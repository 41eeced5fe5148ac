"""A backup is looked at, restored into an empty database, and compared with its manifest."""

import datetime as dt
import hashlib
import hmac
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import sql

from departments.services.verifying import WALK
from msw_portal.backups import facts
from msw_portal.backups.opening import opened
from msw_portal.backups.places import DUMP, MANIFEST, MEDIA, BackupError, Places, Server, program
from msw_portal.backups.taking import FORMAT, sign
from msw_portal.kernel import file_store
from msw_portal.kernel.keyring import CryptoError
from msw_portal.kernel.room import FULL

Say = Callable[[str], None]
UNBALANCED = """
    SELECT 'journal ' || journal_id FROM donations_ledgerentry GROUP BY journal_id HAVING sum(amount) <> 0
    UNION ALL
    SELECT 'account ' || a.id FROM donations_ledgeraccount a
     WHERE a.balance <> (SELECT coalesce(sum(e.amount), 0) * a.side FROM donations_ledgerentry e WHERE e.account_id = a.id)
"""
SERIALS = """
    SELECT s.oid::regclass::text, t.relname, a.attname FROM pg_depend d
      JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_class t ON t.oid = d.refobjid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
     WHERE t.relnamespace = 'public'::regnamespace AND d.deptype IN ('a', 'i') ORDER BY 1
"""


@dataclass(frozen=True)
class Restored:
    """What came of it: `findings` is empty when everything is as it was."""

    manifest: dict[str, Any]
    findings: list[str]
    keys: str


def read(folder: Path, *, no_older_than: dt.timedelta | None = None) -> dict[str, Any]:
    """The manifest of a backup whose files are whole.

    Raises:
        BackupError: what is missing, empty, cut off, changed or too old, in one sentence.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        taken = dt.datetime.fromisoformat(manifest["taken_at"])
        sizes = {
            name: (manifest[name]["bytes"], manifest[name]["sha256"]) for name in (DUMP, MEDIA)
        }
        is_known = manifest["format"] == FORMAT
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no {MANIFEST}: this is no finished backup.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupError(f"{folder / MANIFEST} is damaged: it cannot be read.") from None
    if not is_known:
        raise BackupError(f"{folder} was made by another version of the portal: use that one.")
    for name, (size, checksum) in sizes.items():
        _check_file(folder / name, size, checksum)
    try:
        signed = "mac" in manifest and sign(manifest, manifest["kid"])
    except CryptoError:
        signed = None
    if signed is not None and not hmac.compare_digest(signed or "", manifest.get("mac", "-")):
        raise BackupError(f"{folder / MANIFEST} was changed, or written with another key file.")
    age = dt.datetime.now(dt.UTC) - taken
    if no_older_than is not None and age > no_older_than:
        hours = int(age.total_seconds() // 3600)
        raise BackupError(
            f"The newest backup, {folder.name}, is {hours} hours old: backups have stopped."
        )
    return manifest


def _check_file(path: Path, size: int, checksum: str) -> None:
    if not path.is_file():
        raise BackupError(f"{path} is missing.")
    found = path.stat().st_size
    if found == 0 and size:
        raise BackupError(f"{path} is empty.")
    if found < size:
        raise BackupError(f"{path} is cut off: {found} of {size} bytes are there.")
    with open(path, "rb") as file:
        if found != size or hashlib.file_digest(file, "sha256").hexdigest() != checksum:
            raise BackupError(f"{path} is damaged: its checksum is not the manifest's.")


def restore(
    places: Places,
    folder: Path,
    *,
    database: str,
    media: Path,
    say: Say,
    no_older_than: dt.timedelta | None = None,
) -> Restored:
    """Restore into a database and a folder that are empty, and compare everything.

    Raises:
        BackupError: when the backup is not whole, or the place is not empty; nothing is written then.
    """
    manifest = read(folder, no_older_than=no_older_than)
    if media.exists() and any(media.iterdir()):
        raise BackupError(
            f"{media} is not empty: move it away first, or give another folder (MEDIA=)."
        )
    _make_database(places, database)
    say(f"Restoring {folder.name} into {database} ...")
    _load(places.owner.at(database), folder / DUMP, manifest["server_version"])
    _grant(places.owner.at(database), database)
    findings = _unpack(folder / MEDIA, media, manifest["files"])
    found, keys = _look(places.owner.at(database), manifest)
    findings += found
    if not file_store.is_local():
        say(f"The files lie in {media}. Put them into the bucket with the verb `put`.")
    return Restored(manifest, findings, keys)


def _make_database(places: Places, database: str) -> None:
    with places.admin.at("postgres").connected() as link, link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if cursor.fetchone() is None:
            cursor.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            if not cursor.fetchone()[0]:
                raise BackupError(
                    f"{places.admin.user} may not create databases: "
                    "give DATABASE_ADMIN_URL, or create an empty one and name it (INTO=)."
                )
            statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' OWNER {}"
            cursor.execute(
                sql.SQL(statement).format(
                    sql.Identifier(database), sql.Identifier(places.owner.user)
                )
            )
            return
    with places.owner.at(database).connected() as link, link.cursor() as cursor:
        cursor.execute(facts.TABLES)
        if cursor.fetchone():
            raise BackupError(f"Database {database} is not empty: name another one (INTO=).")


def _load(server: Server, dump: Path, version: int) -> None:
    program_path = program("pg_restore", version)
    listed = subprocess.run(
        [program_path, "--list", str(dump)], capture_output=True, text=True, check=False
    )
    if listed.returncode:
        raise BackupError(f"{dump} is no dump: {(listed.stderr.strip().splitlines() or ['?'])[-1]}")
    with tempfile.NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as wanted:
        # An extension that a superuser installed cannot be commented on by the owner.
        wanted.write(
            "\n".join(
                line for line in listed.stdout.splitlines() if " COMMENT - EXTENSION " not in line
            )
        )
        wanted.flush()
        done = subprocess.run(
            [
                program_path,
                "--no-password",
                "--no-owner",
                "--exit-on-error",
                "--jobs=2",
                f"--use-list={wanted.name}",
                f"--dbname={server.database}",
                str(dump),
            ],
            env=server.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error:" in line] or [
            "pg_restore failed"
        ]
        raise BackupError(
            f"The dump does not restore: {said[0].partition('error:')[2].strip() or said[0]}"
        )


def _grant(server: Server, database: str) -> None:
    with server.connected() as link, link.cursor() as cursor:
        name = sql.Identifier(database)
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        cursor.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO msw_app, msw_backup").format(name)
        )
        cursor.execute("ANALYZE")


def _unpack(archive: Path, media: Path, files: dict[str, list[Any]]) -> list[str]:
    try:
        media.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tarfile.open(archive) as packed:
            packed.extractall(media, filter="data")
    except (OSError, tarfile.TarError) as error:
        if getattr(error, "errno", None) in FULL:
            raise BackupError(
                f"The disk of {media} is full: free some room and restore again."
            ) from error
        raise BackupError(f"{archive} cannot be unpacked: {error}") from error
    said = []
    for name, (_size, checksum) in files.items():
        path = media / name
        if not path.is_file():
            said.append(f"File {name} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
            said.append(f"File {name} is not as it was.")
    return said


def _look(server: Server, manifest: dict[str, Any]) -> tuple[list[str], str]:
    with server.connected() as link:
        link.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        with link.cursor() as cursor:
            found = facts.collect(cursor)
            said = facts.differences(manifest["facts"], found) + facts.holes(found)
            cursor.execute(UNBALANCED)
            said += [f"Ledger: {what} does not add up." for (what,) in cursor.fetchall()]
            said += _chains(cursor) + _serials(cursor)
            keys = opened(cursor)
    return said, keys


def _chains(cursor: Any) -> list[str]:
    said = []
    cursor.execute(
        "SELECT organization_id, max(seq) FROM departments_auditlink GROUP BY 1 ORDER BY 1"
    )
    for house, last in cursor.fetchall():
        cursor.execute(WALK, {"house": house, "start": 1, "end": last})
        if (broken := cursor.fetchone()) is not None:
            said.append(
                f"The audit chain of house {house} breaks at link {broken[1]} ({broken[3]})."
            )
    return said


def _serials(cursor: Any) -> list[str]:
    """A sequence behind its column would give a number twice."""
    cursor.execute(SERIALS)
    said = []
    for sequence, table, column in cursor.fetchall():
        cursor.execute(
            f'SELECT (SELECT last_value FROM {sequence}) < coalesce(max("{column}"), 0) FROM public."{table}"'
        )
        if cursor.fetchone()[0]:
            said.append(f"Sequence {sequence} stands behind {table}.{column}.")
    return said
