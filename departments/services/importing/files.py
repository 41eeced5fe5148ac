"""Files that people take away: a template to fill in, and the refused rows to be mended and brought again."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from departments import audit
from departments.models.imports import ImportRow, ImportRun
from departments.models.people import User
from departments.permissions import can_steer_import
from departments.services.importing.kinds import Column, Kind, kinds
from departments.services.importing.lines import LINE_HEAD, WHY_HEAD, joined_faults
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command

WIDTH = 18
# What Excel takes in one list of choices.
LONGEST_LIST = 250
FILLED_ROWS = 5000


@dataclass(frozen=True)
class Made:
    """A workbook and its name."""

    name: str
    content: bytes


def template_make(kind: Kind) -> Made:
    """The columns of a kind with one example row, which is not imported, and how each is filled in."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    head, must, text, faint = _formats(book)
    sheet = book.add_worksheet(str(kind.label)[:31])
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(kind.columns):
        sheet.set_column(index, index, WIDTH, text)
        sheet.write_string(0, index, str(column.label), must if column.required else head)
        sheet.write_string(1, index, column.example, text)
        _offer(sheet, index, column)
    words = book.add_worksheet(_("填写说明"))
    words.set_column(0, 0, WIDTH)
    words.set_column(1, 1, 8)
    words.set_column(2, 2, 90)
    for index, title in enumerate((_("列"), _("必填"), _("怎么填"))):
        words.write_string(0, index, title, head)
    for line, column in enumerate(kind.columns, start=1):
        words.write_string(line, 0, str(column.label))
        words.write_string(line, 1, _("必填") if column.required else "")
        words.write_string(line, 2, _advice(column))
    words.write_string(
        len(kind.columns) + 2, 0, _("第 2 行是示例，不会导入，可以删掉或改写。"), faint
    )
    book.close()
    name = _("导入模板 %(what)s") % {"what": kind.label}
    return Made(f"{name}.xlsx", target.getvalue())


def _formats(book: Any) -> Sequence[Any]:
    return (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"bold": True, "bottom": 1, "font_color": "#9b1c1c"}),
        book.add_format({"num_format": "@"}),
        book.add_format({"font_color": "#666666"}),
    )


def _offer(sheet: Any, index: int, column: Column) -> None:
    if column.choices and len(",".join(column.choices)) <= LONGEST_LIST:
        sheet.data_validation(
            1,
            index,
            FILLED_ROWS,
            index,
            {"validate": "list", "source": list(column.choices), "error_type": "warning"},
        )


def _advice(column: Column) -> str:
    parts = [str(column.note)] if column.note else []
    if column.choices:
        parts.append(_("可填：%(words)s") % {"words": "、".join(column.choices)})
    return "；".join(parts)


@command
def import_take_refused(*, run: ImportRun, by: User) -> Made:
    """The refused rows as they came, with the number of each line and the reasons; written down.

    Every cell is text: nothing in it runs, and long numbers stay whole when it is opened again.
    """
    require(can_steer_import, by, run)
    kind = kinds()[run.kind]
    rows = ImportRow.objects.visible_to(by).filter(
        run=run, state=ImportRow.State.REFUSED, payload__isnull=False
    )
    audit.record("import.take_refused", by=by, on=run, kind=run.kind, count=run.refused_count)
    content = _refused_book(kind, run, rows.order_by("line").iterator(chunk_size=1000))
    name = _("不能导入的行 %(what)s") % {"what": kind.label}
    return Made(f"{name}.xlsx", content)


def _refused_book(kind: Kind, run: ImportRun, rows: Iterable[ImportRow]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "constant_memory": True})
    head, _must, text, _faint = _formats(book)
    wrong = book.add_format({"num_format": "@", "bg_color": "#fbe3e0"})
    why = book.add_format({"num_format": "@", "text_wrap": True})
    sheet = book.add_worksheet(str(kind.label)[:31])
    sheet.freeze_panes(1, 0)
    heads = [*run.heads, str(LINE_HEAD), str(WHY_HEAD)]
    sheet.set_column(0, len(heads) - 2, WIDTH, text)
    sheet.set_column(len(heads) - 1, len(heads) - 1, 70)
    for index, title in enumerate(heads):
        sheet.write_string(0, index, title, head)
    for number, row in enumerate(rows, start=1):
        said = row.payload
        marked = {run.mapping.get(name) for name, _sentence in said["faults"]}
        cells = [*said["cells"], *[""] * (len(run.heads) - len(said["cells"]))]
        for index, cell in enumerate(cells[: len(run.heads)]):
            sheet.write_string(number, index, cell, wrong if index in marked else text)
        sheet.write_string(number, len(run.heads), str(row.line), text)
        sheet.write_string(number, len(run.heads) + 1, joined_faults(kind, said["faults"]), why)
    book.close()
    return target.getvalue()
