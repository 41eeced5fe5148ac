"""A paper in every format: what is in it, how it is typed, and that equal papers are equal files."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from reports.services.paper import Bars, Column, Heading, Paper, Table, Text
from reports.services.rendering import render, suffix_of

AS_OF = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
COLUMNS = (
    Column("名称"),
    Column("代码", "code"),
    Column("件", "count"),
    Column("金额（元）", "amount"),
    Column("占比", "share"),
    Column("日期", "day"),
)
ROWS = (
    ("=SUM(A1)", "00123", 1234, Decimal("12345.60"), Decimal("0.125"), dt.date(2026, 11, 3)),
    ("血液科", "00124", 5, None, None, None),
)


def _paper(**given):
    words = {
        "title": "月报",
        "house": "测试第一医院",
        "department": "医务社会工作部",
        "stamp": "期间 2026-11",
        "as_of": AS_OF,
        "mark": "何主任 2026-11-30 17:00",
        "blocks": (
            Heading("一、概况"),
            Text("本月新开个案 3 件。", ("case_new",)),
            Table("来源", COLUMNS, ROWS, note="人次与人数分开计。"),
            Bars("在案阶段", "件", (("接案", 3), ("预估", 1))),
        ),
    }
    return Paper(**{**words, **given})


def _text_of(pdf: bytes) -> list[str]:
    with PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


@pytest.mark.parametrize("made", ["xlsx", "pdf", "docx", "csv"])
def test_equal_papers_are_equal_files(made):
    assert render(_paper(), made) == render(_paper(), made)


def test_a_workbook_types_its_cells_and_runs_nothing():
    book = load_workbook(io.BytesIO(render(_paper(), "xlsx")))
    assert book.sheetnames == ["正文", "来源", "在案阶段"]
    page = book["来源"]
    assert [cell.value for cell in page[4]] == [column.name for column in COLUMNS]
    first = page[5]
    assert [(cell.value, cell.data_type) for cell in first[:4]] == [
        ("=SUM(A1)", "s"),
        ("00123", "s"),
        (1234, "n"),
        (12345.6, "n"),
    ]
    assert (first[1].number_format, first[3].number_format) == ("@", "#,##0.00")
    assert (first[4].number_format, first[5].value) == ("0.0%", dt.datetime(2026, 11, 3))  # noqa: DTZ001
    assert (page.print_title_rows, page.page_setup.paperSize, page.freeze_panes) == (
        "$4:$4",
        9,
        "A5",
    )
    assert "何主任 2026-11-30 17:00" in page.oddFooter.left.text
    assert [cell.value for cell in book["在案阶段"][5]] == ["接案", 3]
    assert [cell.value for cell in book["正文"][5]] == ["本月新开个案 3 件。", "case_new"]


def test_sheets_of_one_name_or_an_unfit_name_keep_a_name_each():
    tables = tuple(
        Table(name, (Column("甲"),), ()) for name in ("来源/去向", "来源:去向", "长" * 40)
    )
    book = load_workbook(io.BytesIO(render(_paper(blocks=tables), "xlsx")))
    assert book.sheetnames == ["来源 去向", "来源 去向 2", "长" * 31]


def test_a_print_repeats_heads_counts_pages_and_carries_its_mark():
    rows = tuple((f"第 {n} 行", f"{n:05d}", n, Decimal(n), None, None) for n in range(90))
    pages = _text_of(render(_paper(blocks=(Table("来源", COLUMNS, rows),)), "pdf"))
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"第 {number} 页，共 {len(pages)} 页" in page
        assert "何主任 2026-11-30 17:00" in page.replace("\r\n", "")
        assert "测试第一医院" in page
    assert all("金额（元）" in page for page in pages[:-1])


def test_a_print_without_a_mark_has_none_and_a_signed_one_says_by_whom():
    (page,) = _text_of(render(_paper(mark="", signed_by="何主任"), "pdf"))
    assert ("2026-11-30 17:00" in page, "签发：何主任" in page) == (False, True)
    assert "case_new" in page and "12.5 %" in page and "12,345.60" in page


def test_an_editable_document_has_real_headings_tables_and_its_mark():
    document = Document(io.BytesIO(render(_paper(), "docx")))
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heads == ["一、概况"]
    first, second = document.tables
    assert [cell.text for cell in first.rows[1].cells] == [
        "=SUM(A1)",
        "00123",
        "1,234",
        "12,345.60",
        "12.5 %",
        "2026-11-03",
    ]
    assert [cell.text for cell in second.rows[1].cells] == ["接案", "3"]
    assert document.sections[0].header.paragraphs[0].text == "测试第一医院　何主任 2026-11-30 17:00"


def test_one_table_is_a_csv_that_spreadsheets_read_and_do_not_run():
    paper = _paper(blocks=(Table("来源", COLUMNS, ROWS),))
    made = render(paper, "csv")
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig").splitlines() == [
        "名称,代码,件,金额（元）,占比,日期",
        "'=SUM(A1),00123,1234,12345.60,0.125,2026-11-03",
        "血液科,00124,5,,,",
    ]
    assert suffix_of(paper, "csv") == "csv"


def test_a_csv_can_be_in_the_encoding_of_the_country():
    paper = _paper(blocks=(Table("来源", (Column("姓"),), (("㐀𠀀",),)),))
    assert render(paper, "csv", encoding="gb18030").decode("gb18030") == "姓\r\n㐀𠀀\r\n"


def test_several_tables_are_one_archive():
    with zipfile.ZipFile(io.BytesIO(render(_paper(), "csv"))) as archive:
        assert archive.namelist() == ["01 来源.csv", "02 在案阶段.csv"]
        assert (
            archive.read("02 在案阶段.csv").decode("utf-8-sig")
            == "在案阶段,件\r\n接案,3\r\n预估,1\r\n"
        )
    assert (suffix_of(_paper(), "csv"), suffix_of(_paper(), "xlsx")) == ("zip", "xlsx")
