"""Files as hospitals send them: invented people, real shapes."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from msw_portal.kernel.identifiers import id_check_digit

HEADS = [
    "姓名",
    "性别",
    "出生日期",
    "证件类型",
    "证件号码",
    "联系电话",
    "病案号",
    "病区",
    "床号",
    "入院日期",
    "诊断",
]
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "安宁平和静远文轩雨晴思源嘉禾清扬若水"


def id_no(n: int, *, born: str = "19900307") -> str:
    """A number of nobody: the district is Dongcheng's, the order is the test's."""
    seventeen = f"110101{born}{n % 998 + 1:03d}"
    return seventeen + id_check_digit(seventeen)


def born(n: int) -> str:
    return f"19{50 + n // 998 % 50:02d}{1 + n // 50000 % 12:02d}{1 + n % 28:02d}"


def name(n: int) -> str:
    return SURNAMES[n % 16] + GIVEN[n // 16 % 18] + GIVEN[n // 288 % 18]


def person(n: int) -> list[str]:
    """A good line, another for each number."""
    number = id_no(n, born=born(n))
    return [
        name(n),
        "男" if int(number[16]) % 2 else "女",
        f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "居民身份证",
        number,
        f"138{n:08d}",
        f"ZY{n:07d}",
        "血液科一病区",
        str(n % 40 + 1),
        f"2026-0{n % 9 + 1}-1{n % 9}",
        "急性淋巴细胞白血病",
    ]


def xlsx(rows: Iterable[Sequence[Any]], *, heads: Sequence[str] = HEADS) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    for line, row in enumerate([heads, *rows]):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("="):
                sheet.write_formula(line, column, value)
            elif isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write(line, column, value)
    book.close()
    return target.getvalue()


def csv_bytes(
    rows: Iterable[Sequence[str]], *, encoding: str = "utf-8-sig", heads: Sequence[str] = HEADS
) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows([heads, *rows])
    return target.getvalue().encode(encoding)


def upload(content: bytes, name: str = "名单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
