"""The monthly report as a workbook and as a print; equal input gives equal bytes."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import xlsxwriter
from django.utils import timezone

from cases.models.codes import NeedCategory
from cases.need_codes import GRAVITY, ICD10, codes_of, icd10_said
from msw_portal.kernel.typesetting import typeset
from reports.services.charts_in_print import bars
from reports.services.monthly import Month

EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the workbook's own stamp has no zone
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def month_workbook(month: Month, *, house: str, department: str, asked_by: str) -> bytes:
    """XLSX of the month: one sheet per table, numbers as numbers, amounts in yuan with two decimals."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "月报", "author": "医务社工门户", "created": EPOCH})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    amount = book.add_format({"num_format": "#,##0.00"})
    title = book.add_format({"bold": True, "font_size": 14})

    def sheet(name: str, columns: list[str], rows: list[tuple], widths: list[int]) -> None:
        page = book.add_worksheet(name)
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(3)
        page.freeze_panes(4, 0)
        page.write_string(0, 0, f"{house} {department} 月报 {month.first:%Y-%m}", title)
        page.write_string(1, 0, stamp(month, asked_by))
        for place, column in enumerate(columns):
            page.set_column(place, place, widths[place])
            page.write_string(3, place, column, head)
        for line, row in enumerate(rows, start=4):
            for place, value in enumerate(row):
                if isinstance(value, Decimal):
                    page.write_number(line, place, value, amount)
                elif isinstance(value, int):
                    page.write_number(line, place, value)
                else:
                    page.write_string(line, place, neutral(str(value)))

    sheet(
        "概况",
        ["指标", "数值", "单位", "口径"],
        [
            (name, int(value) if value.isdigit() else value, unit, words)
            for name, value, unit, words in month.summary
        ],
        [24, 12, 8, 70],
    )
    sheet("在案阶段", ["阶段", "件"], list(month.stages), [24, 12])
    sheet("个案来源", ["来源", "件"], list(month.sources), [32, 12])
    sheet(
        "需求",
        ["需求", "项", ICD10.name, GRAVITY.name],
        [(name, n, *codes_of_need(name)) for name, n in month.needs],
        [32, 12, 30, 60],
    )
    sheet("救助", ["指标", "笔数", "金额（元）"], list(month.aid), [24, 12, 18])
    book.close()
    return _same_bytes(target.getvalue())


def codes_of_need(name: str) -> tuple[str, str]:
    """What a need is called in the lists of others, by its label in the report's language."""
    category = {str(label): code for code, label in NeedCategory.choices}.get(name, "")
    return icd10_said(category), " ".join(codes_of(category).domains) if category else ""


def _same_bytes(content: bytes) -> bytes:
    """Write the archive again with fixed times, so that the same month is the same file."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as taken,
    ):
        for name in sorted(given.namelist()):
            taken.writestr(
                zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), given.read(name), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def stamp(month: Month, asked_by: str) -> str:
    """What the figures are as of, and for whom they were made."""
    at = timezone.localtime(month.as_of)
    kind = "已冻结" if month.is_frozen else "截至生成时"
    return f"期间 {month.first} 至 {month.last}；{kind}，{at:%Y-%m-%d %H:%M}；生成人 {asked_by}"


def month_print(month: Month, *, house: str, department: str, asked_by: str) -> bytes:
    """PDF of the month on A4: header, tables, two charts, page x of y."""
    content = {
        "house": house,
        "department": department,
        "month": f"{month.first:%Y 年 %-m 月}",
        "stamp": stamp(month, asked_by),
        "summary": [list(row) for row in month.summary],
        "stages": [[name, str(n)] for name, n in month.stages],
        "sources": [[name, str(n)] for name, n in month.sources],
        "needs": [[name, str(n)] for name, n in month.needs],
        "aid": [[name, str(n), f"{value:,.2f}"] for name, n, value in month.aid],
        "stage_chart": bars(month.stages, unit="件"),
        "need_chart": bars(month.needs[:8], unit="项"),
    }
    return typeset("monthly.typ", content, at=month.as_of)
