"""What a table is made of, whatever file it came in, and the bounds of what is read."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 50_000, 120, 32_767
# A number longer than this was rounded by the spreadsheet when it was stored.
EXACT = 10**15
# The same number as Excel writes it into a CSV: 1.10101E+17.
ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+1[5-9]")
FAULTS: Mapping[str, str | Promise] = {
    "formula": _("这一格是公式，读不出可靠的值；请复制后“选择性粘贴-数值”。"),
    "error": _("这一格是公式的错误值（如 #N/A），请改成真实的内容。"),
    "merged": _("这一格被合并进别的格，读不出本行的值；请取消合并后补全。"),
    "long": _("内容超过 32767 个字，请缩短。"),
    "control": _("含有看不见的控制字符，请重新输入。"),
    "rounded": _("长号码被 Excel 存成了数字，末几位已经丢失；请把此列设为“文本”，重新填写。"),
}


@dataclass(slots=True)
class TableRow:
    """One row as text: its number as a spreadsheet counts it, and code of FAULTS by column."""

    line: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.faults and not any(self.cells)


@dataclass(frozen=True)
class Table:
    """An opened file: the sheets one can see, those that are hidden, and its rows (may be read again).

    `encoding` is that of a CSV, "" for a workbook.
    """

    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    encoding: str
    _rows: Callable[[str], Iterator[TableRow]]
    _hidden_rows: Callable[[str], int] = lambda _sheet: 0

    def hidden_rows(self, sheet: str = "") -> int:
        """How many rows of a sheet its maker has hidden or filtered away; they are read all the same."""
        return self._hidden_rows(sheet or self.sheets[0])

    def rows(self, sheet: str = "") -> Iterator[TableRow]:
        """Every row of a sheet (the first without a name) that holds anything.

        Raises:
            DomainError: on `file`: `table.*` for what cannot be read, `table.sheet` on `sheet`.
        """
        name = sheet or self.sheets[0]
        if name not in self.sheets:
            raise DomainError("table.sheet", _("文件里没有这个工作表。"), "sheet")
        count = 0
        for row in self._rows(name):
            if row.is_empty:
                continue
            count += 1
            if count > MOST_ROWS + 1:
                sentence = _("一个文件最多 %(n)s 行，请分成几个文件。") % {"n": MOST_ROWS}
                raise refusal("rows", sentence)
            yield row


def refusal(rule: str, sentence: Any) -> DomainError:
    return DomainError(f"table.{rule}", sentence, "file")


def plain(text: str) -> tuple[str, str]:
    """A cell's text without blank edges and without the sign that exports put before formulas; its fault, if any."""
    text = text.strip().replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@＝＋－＠\t\n":
        text = text[1:]
    if len(text) > LONGEST_CELL:
        return "", "long"
    if ROUNDED.fullmatch(text):
        return "", "rounded"
    if not text.isprintable() and any(
        unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text
    ):
        return "", "control"
    return text, ""
