"""One backup: a dump and the files, from one snapshot, with a manifest; finished or not there at all."""

import contextlib
import datetime as dt
import fcntl
import hashlib
import hmac
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from msw_portal.backups import facts
from msw_portal.backups.places import DUMP, MANIFEST, MEDIA, BackupError, Places, program
from msw_portal.kernel import file_store
from msw_portal.kernel.crypto import active_kid, derive
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.keyring import CryptoError
from msw_portal.kernel.room import FULL

Say = Callable[[str], None]
CHUNK = 1 << 20
FORMAT = 1


class Hashed:
    """A file that is written once and knows its length and SHA-256."""

    def __init__(self, path: Path) -> None:
        self.file: BinaryIO = open(path, "xb")  # noqa: SIM115  closed by `close`
        self.digest, self.size = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.file.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def close(self) -> dict[str, Any]:
        """Bring it to the disk; what the manifest says of it."""
        with self.file:
            self.file.flush()
            os.fsync(self.file.fileno())
        return {"bytes": self.size, "sha256": self.digest.hexdigest()}


def take(places: Places, *, say: Say, keep: int = 0) -> Path:
    """Dump the database as msw_backup and pack the files, both as of one moment; the finished folder.

    With `keep`, only that many finished backups stay.

    Raises:
        BackupError: nothing half written stays behind.
    """
    _refuse_keys_inside(places)
    with _guarded(places.folder):
        for stale in places.folder.glob(".part-*"):
            shutil.rmtree(stale, ignore_errors=True)
        name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
        part, final = places.folder / f".part-{name}", places.folder / name
        try:
            part.mkdir(mode=0o700)
            manifest = _write(places, part, say)
            _prove(part, manifest)
            part.rename(final)
            _sync(places.folder)
        except OSError as error:
            raise _sentence(error, places.folder) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        if keep:
            for old in sorted(path.parent for path in places.folder.glob(f"[0-9]*/{MANIFEST}"))[
                :-keep
            ]:
                shutil.rmtree(old)
    return final


def sign(manifest: dict[str, Any], kid: int) -> str:
    """What only somebody with the key file can write under a manifest."""
    said = {name: value for name, value in manifest.items() if name != "mac"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    key = derive("audit-anchor", kid=kid)
    return hmac.digest(key, b"manifest|" + text.encode(), hashlib.sha256).hex()


def _refuse_keys_inside(places: Places) -> None:
    inside = [
        folder for folder in (places.media, places.folder) if places.keys.is_relative_to(folder)
    ]
    if inside:
        raise BackupError(
            f"The key file lies in {inside[0]}: move it out first, a backup must not hold it."
        )


@contextlib.contextmanager
def _guarded(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(folder / ".lock", "a", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError:
        raise BackupError(f"Another backup is writing to {folder} at this moment.") from None
    except OSError as error:
        raise _sentence(error, folder) from error


def _sentence(error: OSError, folder: Path) -> BackupError:
    if error.errno in FULL:
        return BackupError(
            f"The disk of {folder} is full: nothing of this backup was kept. "
            "Free some room, or name another folder by MSW_BACKUPS."
        )
    return BackupError(f"{folder}: {error.strerror or error}.")


def _write(places: Places, part: Path, say: Say) -> dict[str, Any]:
    with places.backup.connected() as link:
        link.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        with link.cursor() as cursor:
            # The dump and the facts see the same moment, however much is written meanwhile.
            cursor.execute("SELECT pg_export_snapshot(), now()")
            snapshot, now = cursor.fetchone()
            found = facts.collect(cursor)
            spoken_of = facts.files_of(cursor)
            say(
                f"{sum(count for count, _sum in found['rows'].values())} rows in {len(found['rows'])} tables."
            )
            dumped = _dump(places, part / DUMP, snapshot, link.server_version)
        server = link.server_version
    packed, files = _pack(places.media, part / MEDIA)
    say(f"{len(files)} files from {_where(places)}.")
    lost = sorted(spoken_of - {Path(name).name for name in files})
    if lost:
        say(f"{len(lost)} files that rows speak of are not in {_where(places)}.")
    manifest = {
        "format": FORMAT,
        "taken_at": now.isoformat(),
        "server_version": server,
        DUMP: dumped,
        MEDIA: packed,
        "files": files,
        "lost_files": lost,
        "facts": found,
    }
    with contextlib.suppress(CryptoError):
        manifest["kid"] = active_kid()
        manifest["mac"] = sign(manifest, manifest["kid"])
    text = json.dumps(manifest, indent=1, sort_keys=True).encode()
    written = Hashed(part / MANIFEST)
    written.write(text)
    written.close()
    return manifest


def _where(places: Places) -> str:
    return str(places.media) if file_store.is_local() else file_store.store().place()


def _dump(places: Places, path: Path, snapshot: str, server: int) -> dict[str, Any]:
    command = [program("pg_dump", server), "-Fc", "--no-password", f"--snapshot={snapshot}"]
    out = Hashed(path)
    with (
        out.file,
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, env=places.backup.environment(), stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        try:
            # Through our own hands: hashed is what the server said, not what the disk made of it.
            while data := process.stdout.read(CHUNK):
                out.write(data)
        except OSError:
            process.kill()
            raise
        if process.wait():
            complaints.seek(0)
            said = complaints.read().decode("utf-8", "replace").strip().splitlines()
            raise BackupError(f"pg_dump failed: {said[-1] if said else process.returncode}")
        return out.close()


def _pack(media: Path, path: Path) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The files as one archive, wherever they lie; ([size, SHA-256] by name), without what is unfinished."""
    out, files = Hashed(path), {}
    try:
        with tarfile.open(fileobj=out, mode="w|") as archive:
            for name, content, changed in _contents(media):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime, entry.mode = len(content), int(changed), 0o600
                archive.addfile(entry, io.BytesIO(content))
                files[name] = [len(content), hashlib.sha256(content).hexdigest()]
    except BaseException:
        out.file.close()
        raise
    return out.close(), files


def _contents(media: Path) -> Iterator[tuple[str, bytes, float]]:
    """(name, bytes, time of change) of every whole file of the folder and, where there is one, of the bucket."""
    for file in sorted(media.rglob("*")) if media.is_dir() else ():
        name = file.relative_to(media)
        if name.parts[0] == "tmp" or file.suffix == file_store.PART or not file.is_file():
            continue
        with contextlib.suppress(FileNotFoundError):
            yield str(name), file.read_bytes(), file.stat().st_mtime
    if file_store.is_local():
        return
    try:
        for one in file_store.kept():
            with contextlib.suppress(FileNotFoundError):
                yield one.name, file_store.get(one.file_key), one.changed_at.timestamp()
    except (file_store.StoreAway, DomainError) as error:
        raise BackupError(f"{file_store.store().place()} does not answer: {error}.") from error


def _prove(part: Path, manifest: dict[str, Any]) -> None:
    """Read it back: what lies on the disk is what was written, and the dump has a table of contents."""
    for name in (DUMP, MEDIA):
        with open(part / name, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != manifest[name]["sha256"]:
                raise BackupError(
                    f"{name} does not read back as it was written: the disk is damaged."
                )
    listed = subprocess.run(
        [program("pg_restore", manifest["server_version"]), "--list", str(part / DUMP)],
        capture_output=True,
        text=True,
        check=False,
    )
    tables = listed.stdout.count(" TABLE DATA ")
    if listed.returncode or tables < len(manifest["facts"]["rows"]):
        raise BackupError("The dump does not hold every table: pg_dump and the server do not fit.")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
