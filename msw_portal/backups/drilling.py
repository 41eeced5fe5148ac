"""The restore drill: the newest backup is restored elsewhere, compared, and thrown away again."""

import contextlib
import datetime as dt
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from psycopg2 import sql

from departments.services.drills import drill_record
from msw_portal.backups.places import BackupError, Places, newest
from msw_portal.backups.restoring import Say, restore
from msw_portal.kernel.drills import DRILLS, drills
from msw_portal.kernel.keyring import CryptoError


def drill(
    places: Places, *, say: Say, folder: Path | None = None, max_age_hours: float | None = 26.0
) -> list[str]:
    """Restore a backup (the newest) into a database of its own, compare, drop it; what was found.

    The result is kept in drills.json beside the backups: `last`, and `last_good` for `/readyz`.
    """
    began, name = (
        time.monotonic(),
        f"msw_drill_{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}_{os.getpid()}",
    )
    media = places.folder / f".drill-{os.getpid()}"
    backup, findings, keys = "", [], ""
    try:
        chosen = folder or newest(places.folder)
        backup = chosen.name
        # A named backup is an older one on purpose.
        age = dt.timedelta(hours=max_age_hours) if max_age_hours and folder is None else None
        made = restore(places, chosen, database=name, media=media, say=say, no_older_than=age)
        findings, keys = made.findings, made.keys
        findings += [keys] if "does not fit" in keys else []
        say(keys)
    except BackupError as error:
        findings = [str(error)]
    finally:
        shutil.rmtree(media, ignore_errors=True)
        with contextlib.suppress(BackupError):
            _drop(places, name)
    result = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "backup": backup,
        "is_good": not findings,
        "seconds": round(time.monotonic() - began, 1),
        "findings": findings[:20],
    }
    _keep(places.folder, result)
    try:
        drill_record(result=result)
    except (DatabaseError, CryptoError) as error:
        # Without the portal's own role, or its keys, drills.json alone knows.
        say(f"The drill is not among the compliance records: {type(error).__name__}.")
    return findings


def _drop(places: Places, name: str) -> None:
    with places.admin.at("postgres").connected() as link, link.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _keep(folder: Path, result: dict[str, Any]) -> None:
    known = drills(folder) | {"last": result}
    if result["is_good"]:
        known["last_good"] = result
    half = folder / f".{DRILLS}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    half.write_text(json.dumps(known, indent=1), encoding="utf-8")
    half.replace(folder / DRILLS)
