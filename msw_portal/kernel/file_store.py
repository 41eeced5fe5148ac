"""Where sealed files lie: under unguessable names in the storage `files` (settings.STORAGES), never in clear.

`SealedFiles` is a folder of this machine; `msw_portal.kernel.file_objects` an S3-compatible store.
"""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel import faults
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.room import FULL, no_room

ALIAS = "files"
FOLDER = "files"
PART = ".part"


class StoreAway(OSError):
    """A store on another machine does not answer, or answers what it should not."""


class Sealed(ContentFile):
    """Bytes on their way into the store; without `is_synced` a crash of the machine may lose them."""

    def __init__(self, content: bytes, *, is_synced: bool = True) -> None:
        super().__init__(content)
        self.is_synced = is_synced


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store; `file_key` is the last part of its name."""

    name: str
    size: int
    changed_at: dt.datetime

    @property
    def file_key(self) -> str:
        return self.name.rsplit("/", 1)[-1]


class SealedFiles(FileSystemStorage):
    """Files of this machine below MSW_MEDIA: whole under their name or not there at all."""

    @property
    def base_location(self) -> Path:
        return Path(settings.MEDIA_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        temporary = path.with_suffix(PART)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(temporary, "wb") as file:
                file.writelines(content.chunks())
                if getattr(content, "is_synced", True):
                    file.flush()
                    os.fsync(file.fileno())
            faults.at("before_rename")
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return name

    def kept(self) -> Iterator[Kept]:
        """Every file, also one that was left half written."""
        folder = Path(self.location) / FOLDER
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue  # gone since the folder was read
            if path.is_file():
                changed = dt.datetime.fromtimestamp(facts.st_mtime, dt.UTC)
                name = str(path.relative_to(self.location))
                yield Kept(name, facts.st_size, changed)

    def state(self) -> str:
        """`ok`: whether there is room is asked of the disk itself (kernel.room)."""
        return "ok"

    def place(self) -> str:
        """Where it is, in words for a terminal."""
        return self.location


def store() -> Storage:
    """The storage that settings.STORAGES names `files`."""
    return storages[ALIAS]


def is_local() -> bool:
    return isinstance(store(), SealedFiles)


def name_of(file_key: str) -> str:
    return f"{FOLDER}/{file_key[:2]}/{file_key}"


def put(file_key: str, sealed: bytes, *, is_synced: bool = True) -> None:
    """Keep bytes under their key.

    Raises:
        DomainError: on field `file`, with nothing kept: `file.no_room` (507) or `file.store_away` (503).
    """
    try:
        store().save(name_of(file_key), Sealed(sealed, is_synced=is_synced))
    except StoreAway as error:
        sentence = _("存放文件的服务器暂时连不上，文件没有保存。请稍后再试，并告诉系统管理员。")
        raise DomainError("file.store_away", sentence, "file", status=503) from error
    except OSError as error:
        if error.errno in FULL:
            raise no_room() from error
        raise


def get(file_key: str) -> bytes:
    """The bytes as they were kept.

    Raises:
        DomainError: `file.store_away` (503) while the store does not answer.
        OSError: when there is no such file.
    """
    try:
        with store().open(name_of(file_key), "rb") as file:
            return file.read()
    except StoreAway as error:
        sentence = _("存放文件的服务器暂时连不上，请稍后再试。")
        raise DomainError("file.store_away", sentence, status=503) from error


def remove(file_key: str) -> None:
    """Remove a file that may be gone already.

    Raises:
        OSError: when the store refuses or does not answer; the sweep removes it later.
    """
    store().delete(name_of(file_key))


def kept() -> Iterator[Kept]:
    """Every file that lies in the store.

    Raises:
        StoreAway: when it does not answer.
    """
    return store().kept()
