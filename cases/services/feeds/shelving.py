"""What becomes of a dropped file: done, or failed with the refused lines beside it; neither is kept for long."""

import csv
import io
import os
import time
from collections import defaultdict
from pathlib import Path

from django.utils.translation import gettext as _

from cases.models.feeds import EpisodeDrop
from cases.services.feeds.reading import FEED
from cases.workflow import DropState
from departments.services.importing.lines import LINE_HEAD, WHY_HEAD, head_of, joined_faults
from msw_portal.kernel.retelling import retold
from msw_portal.kernel.tables.opening import table_open
from msw_portal.kernel.tables.writing import neutral

DONE, FAILED = "done", "failed"
# Patients stand in these files in clear: days after which they are deleted.
KEPT_DAYS = {DONE: 7, FAILED: 30}
DAY_SECONDS = 86_400


def put_away(drop: EpisodeDrop, folder: Path) -> None:
    """Move the file of an ended drop, whole or not at all; nothing to do when it has gone.

    Raises:
        OSError: when the folder does not let it.
    """
    source = folder / drop.name
    is_clean = drop.state == DropState.DONE and drop.refused_count == 0
    shelf = folder / (DONE if is_clean else FAILED)
    shelf.mkdir(mode=0o750, exist_ok=True)
    target = shelf / f"{source.stem}.{str(drop.uid)[-12:]}{source.suffix}"
    if not source.exists():
        return
    if drop.state == DropState.DONE and not is_clean:
        _write(shelf / f"{target.stem}.refused.csv", _refused(drop, source))
    os.replace(source, target)
    os.utime(target)


def _refused(drop: EpisodeDrop, source: Path) -> str:
    """The refused lines as they came, with number and reason: mended, it may be dropped again."""
    table = table_open(source.name, source.read_bytes())
    head = head_of(FEED, table)
    faults: dict[int, list[list[str]]] = defaultdict(list)
    for line, name, sentence in drop.faults:
        faults[line].append([name, sentence])
    target = io.StringIO()
    lines = csv.writer(target)
    # `tables.rows.plain` takes the apostrophes off again.
    lines.writerow([*map(neutral, head.titles), str(LINE_HEAD), str(WHY_HEAD)])
    for row in table.rows():
        if row.line in faults:
            cells = [*row.cells, *[""] * (len(head.titles) - len(row.cells))][: len(head.titles)]
            why = joined_faults(FEED, faults[row.line]).replace("\n", "；")
            lines.writerow([*map(neutral, cells), row.line, why])
    return target.getvalue()


def _write(path: Path, text: str) -> None:
    half = path.with_suffix(".part")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as file:
        file.write(text.encode("utf-8-sig"))
        file.flush()
        os.fsync(file.fileno())
    os.replace(half, path)


def report_csv(faults: list[list]) -> str:
    """Line, column and reason of what was refused, for the console: nothing of what the lines say."""
    target = io.StringIO()
    lines = csv.writer(target)
    lines.writerow([_("行"), _("列"), _("原因")])
    for line, name, sentence in faults:
        lines.writerow([line, FEED.label_of(name), retold(sentence)])
    return target.getvalue()


def shelve_old(folder: Path) -> None:
    """Delete what has lain in `done` and `failed` for its days."""
    for shelf, days in KEPT_DAYS.items():
        place = folder / shelf
        if not place.is_dir():
            continue
        before = time.time() - days * DAY_SECONDS
        for path in place.iterdir():
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
