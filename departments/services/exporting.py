"""Tables that leave the portal: by the data class of each column, neutralised, and audited."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.permissions import can_export_in_clear, can_export_listing
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.data_classes import HIDDEN, Level, class_of, level_in, masked
from msw_portal.kernel.errors import DomainError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIMES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
# What a spreadsheet takes for the beginning of a formula, full-width as well.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LEAST_REASON = 10


@dataclass(frozen=True)
class Column:
    """A column shows one field of a model, or what `value` makes of it; its class decides how."""

    label: str | Promise
    model: type[models.Model]
    field: str
    value: Callable[[Any], object] | None = None

    @property
    def level(self) -> Level:
        return class_of(self.model, self.field).level


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


def table_write(suffix: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """A file of text cells: CSV with a byte order mark, or XLSX."""
    heads = [str(column.label) for column in columns]
    return _csv(heads, rows) if suffix == "csv" else _xlsx(heads, rows)


def neutral(text: str) -> str:
    """A cell of a CSV that no spreadsheet runs: an apostrophe before what begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _cell(column: Column, row: Any, *, in_clear: bool) -> str:
    is_row = isinstance(row, column.model)
    level = level_in(row, column.field) if is_row else column.level
    if level == Level.SPECIAL:
        return HIDDEN
    if level >= Level.PERSON and not in_clear:
        return masked(row, column.field)
    value = column.value(row) if column.value else getattr(row, column.field)
    return "" if value is None else str(value)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    for row in (heads, *rows):
        writer.writerow([neutral(text) for text in row])
    return target.getvalue().encode("utf-8-sig")


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, 22)
    for column, text in enumerate(heads):
        sheet.write_string(0, column, text, head)
    for line, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            # Text cells hold what begins like a formula as it is, and never run it.
            sheet.write_string(line, column, text[:32_000])
    book.close()
    return target.getvalue()


# ── what a list page shows, as a file ────────────────────────────────────────


@dataclass(frozen=True)
class Part:
    """Columns that are read from one object of a row: the row itself, its person, its worker."""

    columns: tuple[Column, ...]
    of: Callable[[Any], Any] = lambda row: row


@dataclass(frozen=True)
class Listing:
    """A list that may be taken out: who may, its columns, and those that only a file in clear has.

    `loads` are the columns that the rows must hold for the latter.
    """

    kind: str
    roles: frozenset[str]
    parts: tuple[Part, ...]
    clear: tuple[Part, ...] = ()
    loads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What is downloaded."""

    suffix: str
    content: bytes


@command
def listing_export(
    *,
    listing: Listing,
    rows: models.QuerySet,
    suffix: str,
    in_clear: bool = False,
    reason: str = "",
    by: User,
) -> Exported:
    """Every row that the page's conditions leave, not one page of them; `rows` comes from visible_to.

    Raises:
        DomainError: as export_check, on `reason`.
    """
    require(can_export_listing, by, listing)
    in_clear = in_clear and bool(listing.clear)
    parts = (*listing.parts, *(listing.clear if in_clear else ()))
    columns = [column for part in parts for column in part.columns]
    level, why = export_check(columns, in_clear=in_clear, reason=reason, by=by)
    if in_clear and listing.loads:
        rows = rows.only(*listing.loads)
    count = 0

    def lines() -> Iterable[list[str]]:
        nonlocal count
        for row in rows.iterator(chunk_size=2000):
            count += 1
            yield [text for part in parts for text in _part(part, row, in_clear=in_clear)]

    content = table_write(suffix, columns, lines())
    export_note(
        kind=listing.kind,
        suffix=suffix,
        columns=columns,
        count=count,
        level=level,
        reason=why,
        by=by,
    )
    return Exported(suffix, content)


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
