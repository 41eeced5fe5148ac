"""CSV of every spreadsheet and hospital system in China: UTF-8, with a mark or without, GB 18030, UTF-16."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.tables.rows import LONGEST_CELL, MOST_COLUMNS, TableRow, plain, refusal

DELIMITERS = ",\t;|，"
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
# A field is refused by us, with its line, and not by the csv module with an exception.
csv.field_size_limit(64 * 1024 * 1024)


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding.

    Raises:
        DomainError: `table.encoding` when no encoding of ours reads all of it.
    """
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            return _as(content, codec), name
    if content.count(0) * 4 > len(content):
        # Without a mark: the letters and signs of a header have their zero byte first or second.
        is_big = content[0:400:2].count(0) > content[1:400:2].count(0)
        return _as(content, "utf-16-be" if is_big else "utf-16-le"), "UTF-16"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _as(content, "gb18030"), "GB 18030"


def _as(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        sentence = _("认不出文件的编码，请另存为“CSV UTF-8”或 XLSX。")
        raise refusal("encoding", sentence) from None


def rows_of(text: str) -> Iterator[TableRow]:
    """The rows; the delimiter is the one that its first line holds most of.

    Raises:
        DomainError: `table.quotes` where a quote is never closed, `table.columns`.
    """
    if text.lower().startswith("sep="):
        text = text.partition("\n")[2]
    first = text.lstrip("\ufeff\r\n ").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for line, cells in enumerate(reader, start=1):
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise refusal("columns", _("列太多，一个文件最多 120 列。"))
        yield _row(line, cells[:MOST_COLUMNS])


def _row(line: int, cells: list[str]) -> TableRow:
    row = TableRow(line, [])
    for index, typed in enumerate(cells):
        if len(typed) > LONGEST_CELL and typed.count("\n") > 20:
            sentence = _("第 %(line)s 行有一个引号没有配对，后面的行连成了一格，请改正。")
            raise refusal("quotes", sentence % {"line": line})
        text, fault = plain(typed.removeprefix("\ufeff") if line == 1 else typed)
        row.cells.append(text)
        if fault:
            row.faults[index] = fault
    return row
