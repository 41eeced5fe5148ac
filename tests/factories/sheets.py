"""Workbooks as authorities give them."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from openpyxl.styles import Font

from departments.models.people import User
from reports.models import AuthoritySheet
from reports.services.authority_sheets import authority_sheet_add


def workbook(cells: dict[str, Any], *, page: str = "Sheet1", merged: str = "") -> bytes:
    """One sheet with these cells; A1 is bold."""
    book = Workbook()
    sheet = book.active
    sheet.title = page
    for cell, value in cells.items():
        sheet[cell] = value
    sheet["A1"].font = Font(bold=True)
    if merged:
        sheet.merge_cells(merged)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(content: bytes, name: str = "上报表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def make_sheet(by: User, content: bytes | None = None, name: str = "统计表") -> AuthoritySheet:
    """A kept sheet, nothing mapped."""
    content = content or workbook({"A1": "医务社工统计表", "A2": "新开个案"}, merged="A1:C1")
    return authority_sheet_add(name=name, file=upload(content), by=by)
