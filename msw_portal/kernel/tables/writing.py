"""Tables written row by row: never whole in memory, and on the disk only in a file that has no name.

CSV with a byte order mark, or a workbook of text cells (ECMA-376, Office Open XML; inline strings).
Libraries that write workbooks in little memory leave named files of the rows in clear behind when the
process is killed; a file without a name is gone with the process.
"""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO

from django.conf import settings

from msw_portal.kernel.room import FULL, no_room

# What a spreadsheet takes for the beginning of a formula, full-width as well.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_000
MOST_LINES = 1_048_576  # of a sheet; what is more goes on the next one
FOLDER = "tmp"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Not allowed in XML; and what would be read back as an escape of such a character.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def table_file(suffix: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """A file of text cells, `csv` or `xlsx`, at its beginning; closed by who reads it.

    Raises:
        DomainError: `file.no_room` (507) when the disk is full.
    """
    write = _csv if suffix == "csv" else _xlsx
    return unnamed_file(lambda target: write(target, heads, rows))


def unnamed_file(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """What `write` writes, in a file without a name, at its beginning; closed by who reads it.

    Raises:
        DomainError: `file.no_room` (507) when the disk is full.
    """
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  handed on, closed by the reader
        try:
            write(target)
            target.seek(0)
        except BaseException:
            target.close()
            raise
    except OSError as error:
        if error.errno in FULL:
            raise no_room(None) from error
        raise
    return target


def csv_head(heads: Sequence[str]) -> bytes:
    """The byte order mark and the first line of a CSV."""
    text = io.StringIO()
    csv.writer(text).writerow([neutral(head) for head in heads])
    return text.getvalue().encode("utf-8-sig")


def neutral(text: str) -> str:
    """A cell of a CSV that no spreadsheet runs: an apostrophe before what begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv(target: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerows([neutral(cell) for cell in row] for row in chain([heads], rows))
    text.flush()
    text.detach()


def _xlsx(target: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        left, names = iter(rows), []
        while not names or (first := next(left, None)) is not None:
            given = chain([first], left) if names else left
            names.append(f"Sheet{len(names) + 1}")
            _sheet(archive, len(names), heads, islice(given, MOST_LINES - 1))
        for name, text in _parts(names):
            archive.writestr(name, _XML + text)


def _sheet(
    archive: zipfile.ZipFile, number: int, heads: Sequence[str], rows: Iterator[Sequence[str]]
) -> None:
    columns = [_letters(n) for n in range(len(heads))]
    path = f"xl/worksheets/sheet{number}.xml"
    with (
        archive.open(path, "w", force_zip64=True) as part,
        io.TextIOWrapper(part, encoding="utf-8", newline="") as out,
    ):
        out.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            '<sheetFormatPr defaultRowHeight="15"/>'
            f'<cols><col min="1" max="{len(heads)}" width="22" customWidth="1"/></cols><sheetData>'
        )
        out.write(_line(1, columns, heads, ' s="1"'))
        for number_of, row in enumerate(rows, start=2):
            out.write(_line(number_of, columns, row))
        out.write("</sheetData></worksheet>")


def _line(number: int, columns: Sequence[str], row: Sequence[str], style: str = "") -> str:
    # Text cells hold what begins like a formula as it is, and never run it.
    cells = "".join(
        f'<c r="{column}{number}" t="inlineStr"{style}><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'
        for column, text in zip(columns, row, strict=True)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def _escaped(text: str) -> str:
    kept = _FORBIDDEN.sub(lambda one: f"_x{ord(one[0]):04X}_", text[:LONGEST_CELL])
    return kept.translate(_MARKUP)


def _letters(index: int) -> str:
    """The name of a column by its number from 0: A, Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a workbook needs besides its sheets."""
    numbered = list(enumerate(names, start=1))
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _name in numbered
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n, _name in numbered
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="rId0" '
        f'Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
    )
    yield (
        "xl/styles.xml",
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="2"><border/><border><left/><right/><top/><bottom style="thin"/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
        '<xf xfId="0" fontId="1" applyFont="1" borderId="1" applyBorder="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
