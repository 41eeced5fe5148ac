"""A file under a password: a ZIP by WinZip's AES-256 (AE-2), which common programs open."""

import shutil
import tempfile
from pathlib import Path
from typing import IO

import pyzipper
from django.conf import settings

from msw_portal.kernel.room import FULL, no_room
from msw_portal.kernel.tables.writing import FOLDER

PIECE = 1 << 20


def locked(file: IO[bytes], name: str, password: str) -> IO[bytes]:
    """An archive that holds `file` as `name`, at its beginning; `file` is closed, piece by piece read.

    Neither stands on the disk under a name. Names inside are not encrypted, so they say nothing of a person.

    Raises:
        DomainError: `file.no_room` (507) when the disk is full.
    """
    target = tempfile.TemporaryFile(dir=Path(settings.MEDIA_ROOT) / FOLDER)  # noqa: SIM115
    try:
        with (
            file,
            pyzipper.AESZipFile(
                target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
            ) as archive,
        ):
            archive.setpassword(password.encode())
            with archive.open(name, "w", force_zip64=True) as inside:
                shutil.copyfileobj(file, inside, PIECE)
        target.seek(0)
    except OSError as error:
        target.close()
        if error.errno in FULL:
            raise no_room(None) from error
        raise
    except BaseException:
        target.close()
        raise
    return target
