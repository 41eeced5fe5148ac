"""Tables written row by row: what is read back is what was given, and no file of the rows has a name."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables import writing
from msw_portal.kernel.tables.writing import table_file

HEADS = ["姓名", "备注"]
ROWS = [
    ["阿卜杜拉·买买提", "=1+1"],
    ["𠮷田", 'a & b <c> "d"\r\n第二行\t。'],
    ["", "+86"],
    ["_x0041_", "x\x01y"],
]


def _sheets(content: bytes) -> list[list[list[str | None]]]:
    book = load_workbook(io.BytesIO(content))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book]


def test_a_workbook_holds_every_text_as_it_is_and_runs_none(settings):
    with table_file("xlsx", HEADS, iter(ROWS)) as file:
        content = file.read()
    assert _sheets(content) == [
        [
            HEADS,
            ROWS[0],
            ROWS[1],
            [None, "+86"],
            # As Excel writes what XML does not allow, and what would be read as such an escape.
            ["_x005F_x0041_", "x_x0001_y"],
        ]
    ]
    sheet = load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert (sheet.freeze_panes, sheet["A1"].font.b, sheet["A2"].font.b) == ("A2", True, False)


def test_rows_over_the_end_of_a_sheet_go_on_the_next(monkeypatch):
    monkeypatch.setattr(writing, "MOST_LINES", 3)
    with table_file("xlsx", HEADS, ([str(n), "x"] for n in range(5))) as file:
        sheets = _sheets(file.read())
    assert sheets == [
        [HEADS, ["0", "x"], ["1", "x"]],
        [HEADS, ["2", "x"], ["3", "x"]],
        [HEADS, ["4", "x"]],
    ]


def test_a_csv_is_neutral_and_marked_as_utf8():
    with table_file("csv", HEADS, iter(ROWS)) as file:
        content = file.read()
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [HEADS, ["阿卜杜拉·买买提", "'=1+1"], ROWS[1], ["", "'+86"], ROWS[3]]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_while_it_is_written_nothing_of_it_has_a_name(suffix, settings):
    def rows():
        for n in range(2000):
            yield [f"演示{n}", "秘密" * 50]
            seen.update(Path(settings.MEDIA_ROOT).rglob("*"))

    seen: set[Path] = set()
    with table_file(suffix, HEADS, rows()) as file:
        assert file.seek(0, io.SEEK_END) > 10_000
    assert {path for path in seen if path.is_file()} == set()


def test_a_full_disk_is_said_in_words(settings):
    def rows():
        raise OSError(28, "No space left on device")
        yield

    with pytest.raises(DomainError) as refused:
        table_file("xlsx", HEADS, rows())
    assert (refused.value.rule, refused.value.status) == ("file.no_room", 507)
