"""The store and the table kept in step: files without a row are removed, rows without a file are reported."""

import datetime as dt
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.utils import timezone

from departments import audit
from departments.services.documents import file_forget
from departments.services.entering import house_scope
from msw_portal.kernel import file_store
from msw_portal.kernel.file_store import Kept
from msw_portal.kernel.scope import INSTALLATION, scope

log = logging.getLogger(__name__)

BATCH = 1000
# Only what the portal itself has named: anything else in the folder is somebody's, and stays.
OURS = re.compile(r"[0-9a-f]{64}(?:\.part)?")
# So many may go in one night. More means a database restored to an earlier day, or another
# installation's bucket: then nothing goes, and somebody is told.
FEW = 50


@dataclass
class Swept:
    """What one sweep found: files in the store, orphans and what became of them, rows without a file."""

    kept: int = 0
    orphans: int = 0
    removed: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def is_held_back(self) -> bool:
        return self.orphans > self.removed


def files_sweep(*, now: dt.datetime | None = None) -> Swept:
    """Compare store and table, remove what nobody speaks of and nobody wrote within the grace time.

    A file stands before its row is committed, and goes after it: nothing younger than
    MSW_FILES_GRACE_HOURS is judged. A deleted document's file goes at once; one that stayed goes here.

    Raises:
        StoreAway: when the store does not answer; nothing is removed then.
    """
    before = (now or timezone.now()) - dt.timedelta(hours=settings.FILES_GRACE_HOURS)
    swept, there, orphans = Swept(), set(), []
    batch: list[Kept] = []
    for one in file_store.kept():
        if not OURS.fullmatch(one.file_key):
            continue
        swept.kept += 1
        if len(one.file_key) == 64:
            there.add(bytes.fromhex(one.file_key))
        if one.changed_at < before:
            batch.append(one)
        if len(batch) == BATCH:
            orphans += _unspoken(batch, before)
            batch = []
    orphans += _unspoken(batch, before)
    swept.orphans = len(orphans)
    if len(orphans) <= max(FEW, swept.kept // 10):
        for one in orphans:
            file_forget(one.file_key)
        swept.removed = len(orphans)
    swept.missing = _missing(there, before)
    if swept.orphans or swept.missing:
        log.warning(
            "files: %s orphans, %s removed, %s rows without a file",
            swept.orphans,
            swept.removed,
            len(swept.missing),
        )
    with house_scope(INSTALLATION):
        audit.record(
            "document.sweep",
            by=None,
            organization_id=INSTALLATION,
            kept=swept.kept,
            orphans=swept.orphans,
            removed=swept.removed,
            missing=len(swept.missing),
        )
    return swept


def _unspoken(files: Iterable[Kept], before: dt.datetime) -> list[Kept]:
    files = list(files)
    whole = [one.file_key for one in files if not one.file_key.endswith(file_store.PART)]
    with scope(role="relay"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.files_known(%s, %s)", [whole, before])
        known = {key for (key,) in cursor.fetchall()}
    return [one for one in files if one.file_key not in known]


def _missing(there: set[bytes], before: dt.datetime) -> list[str]:
    """The uids of documents whose file is not in the store."""
    after, missing = 0, []
    while True:
        with scope(role="relay"), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM app.files_living(%s, %s, %s)", [after, before, BATCH])
            rows = cursor.fetchall()
        if not rows:
            return missing
        after = rows[-1][0]
        missing += [str(uid) for _id, uid, _house, key in rows if bytes.fromhex(key) not in there]
