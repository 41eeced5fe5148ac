"""What the formats share: archives with a fixed time, and what a spreadsheet takes for a formula."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

from msw_portal.kernel.tables.writing import neutral
from reports.services.paper import Column, Value

__all__ = ["EPOCH", "archive", "neutral", "same_bytes", "shown"]
EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the files' own stamps have no zone
MADE = (2000, 1, 1, 0, 0, 0)
NOTHING = "—"


def same_bytes(content: bytes) -> bytes:
    """An office file written again with fixed times, so that the same paper is the same file."""
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        return archive({name: given.read(name) for name in sorted(given.namelist())})


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP of named files in the order given, all of one fixed time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as taken:
        for name, content in files.items():
            taken.writestr(zipfile.ZipInfo(name, MADE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def shown(value: Value, column: Column) -> str:
    """A value as people read it: amounts with two decimals, shares in percent, a dash for what is unknown."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str):
        return value
    if column.kind == "amount":
        return f"{value:,.2f}"
    if column.kind == "share":
        return f"{Decimal(value) * 100:.1f} %"
    return f"{value:,}" if column.kind == "count" else str(value)
