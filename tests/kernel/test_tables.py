"""Tables that somebody brings: what is read of them, and what is named instead of guessed."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables.opening import table_open


def _book(change) -> bytes:
    book = Workbook()
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(content: bytes, name: str = "a.xlsx") -> list[tuple[int, list[str], dict[int, str]]]:
    return [(row.line, row.cells, row.faults) for row in table_open(name, content).rows()]


def test_dates_are_days_in_both_epochs():
    for epoch in (None, CALENDAR_MAC_1904):

        def fill(book, epoch=epoch):
            if epoch:
                book.epoch = epoch
            book.active.append([dt.date(1990, 3, 7), dt.datetime(2026, 1, 5, 9, 30), 12, 0.5, True])

        assert _rows(_book(fill)) == [
            (1, ["1990-03-07", "2026-01-05 09:30", "12", "0.5", "是"], {})
        ]


def test_a_merged_cell_has_its_value_once():
    def fill(book):
        for line in range(1, 4):
            book.active.append(["a", f"b{line}", "c"])
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("B1:C1")

    found = _rows(_book(fill))
    assert [faults for _line, _cells, faults in found] == [{2: "merged"}, {}, {0: "merged"}]


def test_formulas_and_their_errors_are_not_values():
    def fill(book):
        book.active.append(["=1+1", "#N/A", "ok"])

    assert [faults for _line, _cells, faults in _rows(_book(fill))] == [{0: "formula", 1: "error"}]


def test_a_hidden_sheet_is_named_and_not_read():
    def fill(book):
        book.active.title = "旧名单"
        book.active.append(["hidden"])
        book.active.sheet_state = "hidden"
        book.create_sheet("名单").append(["seen"])

    table = table_open("a.xlsx", _book(fill))
    assert (table.sheets, table.hidden) == (("名单",), ("旧名单",))
    assert [row.cells for row in table.rows()] == [["seen"]]
    with pytest.raises(DomainError) as refused:
        list(table.rows("旧名单"))
    assert refused.value.rule == "table.sheet"


def test_hidden_rows_are_counted_and_read():
    def fill(book):
        for text in ("seen", "hidden", "filtered", "seen too"):
            book.active.append([text])
        book.active.row_dimensions[2].hidden = book.active.row_dimensions[3].hidden = True

    table = table_open("a.xlsx", _book(fill))
    assert (table.hidden_rows(), len(list(table.rows()))) == (2, 4)
    assert table_open("a.csv", b"a\n1\n").hidden_rows() == 0


def test_a_long_number_in_a_cell_of_numbers_has_lost_its_end():
    def fill(book):
        book.active.append([110101199003070013, 110101900307001])

    assert _rows(_book(fill)) == [(1, ["", "110101900307001"], {0: "rounded"})]


def test_a_bomb_is_refused_before_it_is_unpacked():
    plain = _book(lambda book: book.active.append(["a"]))
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for entry in source.infolist():
            bomb.writestr(entry, source.read(entry))
        bomb.writestr("xl/worksheets/sheet9.xml", b"0" * (80 * 1024 * 1024))
    with pytest.raises(DomainError) as refused:
        table_open("a.xlsx", target.getvalue())
    assert (refused.value.rule, refused.value.field) == ("file.unpack", "file")


def test_delimiters_quotes_and_line_ends_of_csv():
    text = '姓名;备注\r\n"赵;甲";"一行\n两行"\r\n;\r\n'
    assert _rows(text.encode("gb18030"), "a.csv") == [
        (1, ["姓名", "备注"], {}),
        (2, ["赵;甲", "一行\n两行"], {}),
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x81\xff\xff\n1,2"])
def test_what_no_encoding_reads_is_refused(content):
    with pytest.raises(DomainError) as refused:
        list(table_open("a.csv", content).rows())
    assert refused.value.rule == "table.encoding"
