"""Tables that leave the portal: by the data class of each column, neutralised, and audited."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import IO, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.permissions import can_export_in_clear, can_export_listing
from departments.services.export_columns import Column, Label
from departments.services.export_limits import export_count
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.data_classes import HIDDEN, Level, level_in, masked
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables.copying import copy_rows
from msw_portal.kernel.tables.locking import locked
from msw_portal.kernel.tables.writing import csv_head, table_file, unnamed_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIMES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
ARCHIVE = "zip"
LEAST_REASON = 10
CHUNK = 1000


def export_check(
    columns: Sequence[Column], *, in_clear: bool, reason: str, by: User
) -> tuple[Level, str]:
    """The level an export is audited as, and its reason; refuses before a row is read.

    Raises:
        DomainError: `permission.can_export_in_clear` (403) for columns of level 4 in clear without
            the right; `export.needs_reason` on `reason` without ten characters of why.
    """
    level = max(column.level for column in columns)
    if level < Level.PERSON or not in_clear:
        return min(level, Level.CODED), ""
    for column in columns:
        if column.level >= Level.PERSON:
            require(can_export_in_clear, by, column.model)
    if len(reason.strip()) < LEAST_REASON:
        raise DomainError(
            "export.needs_reason",
            _("导出可识别个人的内容，请写明理由，至少 %(n)s 个字。") % {"n": LEAST_REASON},
            "reason",
        )
    return level, reason.strip()


def cells(columns: Sequence[Column], row: Any, *, in_clear: bool) -> list[str]:
    """One row as text: level 4 masked unless in clear, level 5 never."""
    return [_cell(column, row, in_clear=in_clear) for column in columns]


def export_note(
    *,
    kind: str,
    suffix: str,
    columns: Sequence[Column],
    count: int,
    level: Level,
    reason: str,
    by: User,
) -> None:
    """Audit an export that was made: what, how much, which fields, at which level."""
    audit.record(
        "export.make",
        by=by,
        kind=kind,
        format=suffix,
        fields=[column.field for column in columns],
        level=int(level),
        count=count,
        **({"reason": reason} if reason else {}),
    )


def table_made(suffix: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """A file of text cells, CSV or XLSX, at its beginning: written as the rows come, in bounded memory.

    Raises:
        DomainError: `file.no_room` (507).
    """
    return table_file(suffix, [str(column.label) for column in columns], rows)


def _cell(column: Column, row: Any, *, in_clear: bool) -> str:
    is_row = isinstance(row, column.model)
    level = level_in(row, column.field) if is_row else column.level
    if level == Level.SPECIAL:
        return HIDDEN
    if level >= Level.PERSON and not in_clear:
        return masked(row, column.field)
    value = column.value(row) if column.value else getattr(row, column.field)
    return "" if value is None else str(value)


# ── what a list page shows, as a file ────────────────────────────────────────


@dataclass(frozen=True)
class Part:
    """Columns that are read from one object of a row: the row itself, its person, its worker.

    `path` leads the database to that object, "" or "case__worker__"; None where it cannot be said.
    """

    columns: tuple[Column, ...]
    of: Callable[[Any], Any] = lambda row: row
    path: str | None = ""

    @property
    def is_copied(self) -> bool:
        return self.path is not None and all(column.is_copied for column in self.columns)


def person_named(label: Label, path: str) -> Part:
    """The display name of somebody of the staff whom a row names, through relations "journal__created_by"."""
    names = attrgetter(path.replace("__", "."))
    return Part((Column(label, User, "display_name"),), names, f"{path}__")


@dataclass(frozen=True)
class Listing:
    """A list that may be taken out: who may, its columns, and those that only a file in clear has.

    `loads` are the columns that the rows must hold for the latter. `may_be_copied` lets the database write
    the CSV itself, where all columns of `parts` can be said there.
    """

    kind: str
    roles: frozenset[str]
    parts: tuple[Part, ...]
    clear: tuple[Part, ...] = ()
    loads: tuple[str, ...] = ()
    may_be_copied: bool = True

    @property
    def is_copied(self) -> bool:
        return self.may_be_copied and all(part.is_copied for part in self.parts)


@dataclass(frozen=True)
class Exported:
    """What is downloaded: an open file without a name, closed by who sends it."""

    suffix: str
    file: IO[bytes]


def taken(file: IO[bytes], suffix: str, *, kind: str, level: Level, key: str) -> Exported:
    """The file as it leaves: what tells who is who only in an archive under the password `key`.

    Raises:
        DomainError: `export.needs_key` when a file of level 4 has no password, or an old one.
    """
    if level < Level.PERSON:
        return Exported(suffix, file)
    if not key:
        file.close()
        raise DomainError("export.needs_key", _("本页的密码已过期，请重新打开本页再导出。"))
    return Exported(ARCHIVE, locked(file, f"{kind}.{suffix}", key))


@command
def listing_export(
    *,
    listing: Listing,
    rows: models.QuerySet,
    suffix: str,
    in_clear: bool = False,
    reason: str = "",
    key: str = "",
    by: User,
) -> Exported:
    """Every row that the page's conditions leave, not one page of them; `rows` comes from visible_to.

    `key` is the password of the archive that a file in clear leaves in.

    Raises:
        DomainError: as export_check, on `reason`; as export_count; as taken.
    """
    require(can_export_listing, by, listing)
    in_clear = in_clear and bool(listing.clear)
    parts = (*listing.parts, *(listing.clear if in_clear else ()))
    columns = [column for part in parts for column in part.columns]
    level, why = export_check(columns, in_clear=in_clear, reason=reason, by=by)
    export_count(in_clear=level >= Level.PERSON, by=by)
    if in_clear and listing.loads:
        rows = rows.only(*listing.loads)
    count = 0

    def lines() -> Iterable[list[str]]:
        nonlocal count
        # A cursor of the server: so many rows are in memory at once, however many there are.
        for row in rows.iterator(chunk_size=CHUNK):
            count += 1
            yield [text for part in parts for text in _part(part, row, in_clear=in_clear)]

    def copy(target: IO[bytes]) -> None:
        nonlocal count
        target.write(csv_head([str(column.label) for column in columns]))
        told = [column.told(part.path or "") for part in parts for column in part.columns]
        count = copy_rows(rows, told, target)

    # Of rows that are made different from each other first, other columns would make other rows.
    is_whole = not (rows.query.distinct or rows.query.combinator)
    is_copied = suffix == "csv" and listing.is_copied and is_whole and not in_clear
    file = unnamed_file(copy) if is_copied else table_made(suffix, columns, lines())
    export_note(
        kind=listing.kind,
        suffix=suffix,
        columns=columns,
        count=count,
        level=level,
        reason=why,
        by=by,
    )
    return taken(file, suffix, kind=listing.kind, level=level, key=key)


def _part(part: Part, row: Any, *, in_clear: bool) -> list[str]:
    subject = part.of(row)
    if subject is None:
        return [""] * len(part.columns)
    # The person of a sealed case is no less sealed than the case.
    is_sealed = getattr(row, "compartment_id", None) is not None
    return [
        HIDDEN if is_sealed and column.level >= Level.PERSON else text
        for column, text in zip(
            part.columns, cells(part.columns, subject, in_clear=in_clear), strict=True
        )
    ]
