"""What the last restore drills found, as they left it beside the backups."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DRILLS = "drills.json"
# A drill a month, and a few days to hold it.
LATE = dt.timedelta(days=35)


@dataclass(frozen=True)
class Drilled:
    """`state` is `never`, `ok`, `failed` (the last one) or `late` (none good within LATE)."""

    state: str
    last_at: str = ""
    good_at: str = ""
    good_age: dt.timedelta | None = None


def drills(folder: Path) -> dict[str, Any]:
    """What is known of the last drills (`last`, `last_good`); empty when there was none."""
    try:
        return json.loads((folder / DRILLS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def newest_backup(folder: Path) -> dt.datetime | None:
    """When the newest whole backup was finished; its manifest is written last."""
    made = [path.stat().st_mtime for path in folder.glob("*/manifest.json")]
    return dt.datetime.fromtimestamp(max(made), dt.UTC) if made else None


def last_drill(folder: Path) -> Drilled:
    """How the restore drills stand now."""
    known = drills(folder)
    good, last = known.get("last_good"), known.get("last")
    if not last:
        return Drilled("never")
    state = "ok" if last["is_good"] else "failed"
    if not good:
        return Drilled(state, last["at"])
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(good["at"])
    if state == "ok" and age > LATE:
        state = "late"
    return Drilled(state, last["at"], good["at"], age)
