"""A paper as a workbook: its text on the first sheet, then a sheet for each table; numbers are numbers."""

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import xlsxwriter

from reports.services.formats.same import EPOCH, same_bytes
from reports.services.paper import Bars, Column, Heading, Paper, Table, Text, Value

A4 = 9
HEAD = 3  # title, stamp, an empty line, then the column heads
LONGEST_NAME = 31
UNFIT = re.compile(r"[\[\]:*?/\\]|^'|'$")
NARROWEST, WIDEST, OF_NUMBERS = 10, 60, 16
FORMATS = {
    "amount": "#,##0.00",
    "share": "0.0%",
    "day": "yyyy-mm-dd",
    "code": "@",
    "count": "#,##0",
}
LONGEST_FOOT = 200


def workbook(paper: Paper) -> bytes:
    """XLSX. Texts are strings, never formulas; codes stay texts; days, amounts and counts are typed."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": paper.title, "author": paper.house, "created": EPOCH})
    styles = _styles(book)
    names: set[str] = set()
    if any(isinstance(block, Text) for block in paper.blocks):
        _words(book, styles, paper, names)
    for table in paper.sheets:
        _sheet(book, styles, paper, table, names)
    if not names:
        _words(book, styles, paper, names)
    book.close()
    return same_bytes(target.getvalue())


def _styles(book: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top"}
    found = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    return found | {
        "text": book.add_format(wrapped),
        "head": book.add_format({"bold": True, "bottom": 1, **wrapped}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "heading": book.add_format({"bold": True, "font_size": 12}),
    }


def _page(book: Any, styles: dict[str, Any], paper: Paper, name: str, names: set[str]) -> Any:
    page = book.add_worksheet(_sheet_name(name, names))
    page.set_paper(A4)
    page.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.9)
    page.fit_to_pages(1, 0)
    # In a header "&" begins a command; doubled it is itself.
    marked = paper.mark.replace("&", "&&")[:LONGEST_FOOT]
    page.set_header(f"&L&9{paper.house.replace('&', '&&')[:LONGEST_FOOT]}")
    page.set_footer(f"&L&8{marked}&R&8第 &P 页，共 &N 页")
    page.write_string(0, 0, f"{paper.house} {paper.department} {paper.title}", styles["title"])
    page.write_string(1, 0, _signed(paper))
    return page


def _signed(paper: Paper) -> str:
    said = f"签发 {paper.signed_by}" if paper.signed_by else ""
    return "；".join(part for part in (paper.stamp, said, paper.mark) if part)


def _words(book: Any, styles: dict[str, Any], paper: Paper, names: set[str]) -> None:
    page = _page(book, styles, paper, "正文", names)
    page.set_column(0, 0, 90)
    line = HEAD
    for block in paper.blocks:
        if isinstance(block, Heading):
            page.write_string(line, 0, block.text, styles["heading"])
        elif isinstance(block, Text):
            page.write_string(line, 0, block.text, styles["text"])
            page.write_string(line, 1, " ".join(block.cites))
        elif isinstance(block, Bars | Table):
            continue
        line += 1


def _sheet(book: Any, styles: dict[str, Any], paper: Paper, table: Table, names: set[str]) -> None:
    page = _page(book, styles, paper, table.name, names)
    page.repeat_rows(HEAD)
    page.freeze_panes(HEAD + 1, 0)
    if len(table.columns) > 8:
        page.set_landscape()
    for place, column in enumerate(table.columns):
        page.set_column(place, place, _width(table, place))
        page.write_string(HEAD, place, column.name, styles["head"])
    for line, row in enumerate(table.rows, start=HEAD + 1):
        for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(page, line, place, value, column, styles)
    if table.note:
        page.write_string(HEAD + 2 + len(table.rows), 0, table.note)


def _write(
    page: Any, line: int, place: int, value: Value, column: Column, styles: dict[str, Any]
) -> None:
    if value is None:
        return
    if isinstance(value, dt.date):
        page.write_datetime(line, place, value, styles["day"])
    elif isinstance(value, int | Decimal):
        style = styles[column.kind] if column.kind in ("amount", "share", "count") else None
        if column.kind == "count" and value != int(value):
            style = styles["amount"]
        page.write_number(line, place, value, style)
    else:
        page.write_string(line, place, value, styles["code" if column.kind == "code" else "text"])


def _width(table: Table, place: int) -> int:
    column = table.columns[place]
    if column.kind not in ("text", "code"):
        return max(OF_NUMBERS, 2 * len(column.name) + 2)
    longest = max((len(str(row[place] or "")) for row in table.rows), default=0)
    return min(WIDEST, max(NARROWEST, 2 * longest + 2, 2 * len(column.name) + 2))


def _sheet_name(name: str, names: set[str]) -> str:
    """A name that a workbook takes and has once."""
    base = UNFIT.sub(" ", name).strip()[:LONGEST_NAME] or "Sheet"
    made, n = base, 1
    while made.lower() in names:
        n += 1
        made = f"{base[: LONGEST_NAME - len(str(n)) - 1]} {n}"
    names.add(made.lower())
    return made
