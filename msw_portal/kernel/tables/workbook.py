"""XLSX: values as people see them, dates of both epochs, and the cells whose value cannot be known."""

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables.rows import EXACT, MOST_COLUMNS, Table, TableRow, plain, refusal

MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z0-9:]{2,30})["']""")
HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,400}?hidden=["'](?:1|true)["']""")
MOST_MERGES, MOST_MERGED_ROWS = 20_000, 500_000
# Rows past this one hold nothing that a person wrote.
LAST_ROW = 200_000
Spans = dict[int, list[tuple[int, int]]]


def opened(content: bytes) -> Table:
    """The workbook of a file that `files.inspect_upload` has let through.

    Raises:
        DomainError: `file.damaged`, `table.no_sheet`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheets = {sheet.title: sheet for sheet in book.worksheets}
    except Exception as error:  # whatever a crooked part makes the library raise
        raise _damaged() from error
    seen = tuple(name for name, sheet in sheets.items() if sheet.sheet_state == "visible")
    if not seen:
        raise refusal("no_sheet", _("文件里没有看得见的工作表。"))

    def rows(name: str) -> Iterator[TableRow]:
        sheet = sheets[name]
        yield from _guarded(_rows(sheet, _merges(content, sheet._worksheet_path)))

    def hidden_rows(name: str) -> int:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return len(HIDDEN_ROW.findall(archive.read(sheets[name]._worksheet_path)))

    hidden = tuple(name for name in sheets if name not in seen)
    return Table(seen, hidden, "", rows, hidden_rows)


def _damaged() -> DomainError:
    return DomainError(
        "file.damaged", _("文件无法打开，或不是真正的 %(kind)s。") % {"kind": "XLSX"}, "file"
    )


def _guarded(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from rows
    except DomainError:
        raise
    except Exception as error:
        raise _damaged() from error


def _rows(sheet: Any, merged: Spans) -> Iterator[TableRow]:
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if line > LAST_ROW:
            raise refusal("rows", _("表格下面有很多空行带着格式，请删掉再上传。"))
        row = TableRow(line, [])
        for index, cell in enumerate(cells[:MOST_COLUMNS]):
            text, fault = _value(cell)
            row.cells.append(text)
            if fault:
                row.faults[index] = fault
        if any(cell.value not in (None, "") for cell in cells[MOST_COLUMNS:]):
            raise refusal("columns", _("列太多，一个文件最多 120 列。"))
        if any(row.cells) or row.faults:
            _mark_merged(row, merged.get(line, ()))
        yield row


def _mark_merged(row: TableRow, spans: Any) -> None:
    for first, last in spans:
        for index in range(first, min(last, MOST_COLUMNS - 1) + 1):
            if index >= len(row.cells):
                row.cells.extend([""] * (index + 1 - len(row.cells)))
            row.faults[index] = "merged"


def _value(cell: Any) -> tuple[str, str]:
    value, kind = cell.value, cell.data_type
    if value is None:
        return "", ""
    if kind == "f":
        return "", "formula"
    if kind == "e":
        return "", "error"
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool):
        return ("是" if value else "否"), ""
    if isinstance(value, dt.datetime):
        is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return (f"{value:%Y-%m-%d}" if is_day else f"{value:%Y-%m-%d %H:%M}"), ""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}", ""
    if isinstance(value, int | float):
        return _number(value)
    return plain(str(value))


def _number(value: float) -> tuple[str, str]:
    if value != value or abs(value) >= EXACT:
        return "", "rounded"
    if float(value).is_integer():
        return str(int(value)), ""
    return repr(value), ""


def _merges(content: bytes, part: str) -> Spans:
    """For each row the columns (from, to, counted from 0) that stand under another cell's value."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = MERGE.findall(archive.read(part))
    if len(found) > MOST_MERGES:
        raise refusal("merges", _("合并的单元格太多，请取消合并后上传。"))
    spans: Spans = {}
    marked = 0
    for reference in found:
        left, top, right, bottom = range_boundaries(reference.decode())
        bottom = min(bottom, LAST_ROW)
        marked += bottom - top + 1
        if marked > MOST_MERGED_ROWS:
            raise refusal("merges", _("合并的单元格太多，请取消合并后上传。"))
        for line in range(top, bottom + 1):
            # The first cell keeps its value; what follows it in its row, and every later row, has none.
            first = left if line == top else left - 1
            if first <= right - 1:
                spans.setdefault(line, []).append((first, right - 1))
    return spans
