"""Sheets that an authority asks for: the workbook as it was given, filled where its cells are mapped."""

import datetime as dt
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments import audit
from departments.models.people import User
from departments.services.documents import document_content, document_upload
from msw_portal.kernel.access import require
from msw_portal.kernel.commands import command
from msw_portal.kernel.errors import DomainError
from reports.indicators.library import INDICATORS
from reports.models import AuthoritySheet
from reports.permissions import can_keep_sheets
from reports.services.formats.same import same_bytes
from reports.services.indicator_words import dim_name, value_choices, value_names
from reports.services.indicators import indicator_read

TEMPLATE = "authority_sheet"
XLSX = "xlsx"
# What may stand in a cell.
KINDS = {
    "indicator": _("指标"),
    "text": _("固定文字"),
    "house": _("机构名称"),
    "period_first": _("期间第一天"),
    "period_last": _("期间最后一天"),
}
MOST_SHOWN = (60, 16)  # rows and columns of the preview
MOST_CELLS = 500


@command
def authority_sheet_add(*, name: str, file: UploadedFile, by: User) -> AuthoritySheet:
    """Keep the workbook of an authority; nothing is mapped yet.

    Raises:
        DomainError: `permission.can_keep_sheets`; on `file`: `sheet.not_xlsx`, `file.*`, `sheet.links`
            for what reads other workbooks; `authority_sheet_name_once` on `name`.
    """
    require(can_keep_sheets, by, None)
    if not file.name.lower().endswith(".xlsx"):
        raise DomainError("sheet.not_xlsx", _("上报表须是 XLSX 文件。"), "file")
    sheet = AuthoritySheet(organization_id=by.house_id, name=name, created_by=by)
    sheet.save(force_insert=True)
    document = document_upload(subject=sheet, kind=TEMPLATE, file=file, by=by, is_care=False)
    _refuse_links(document_content(document))
    sheet.template = document
    sheet.save(update_fields=["template"])
    audit.record("authority_sheet.add", by=by, on=sheet)
    return sheet


def _opened(content: bytes) -> Any:
    from openpyxl import load_workbook  # takes long to read

    return load_workbook(io.BytesIO(content))


def _refuse_links(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(part.startswith("xl/externalLinks/") for part in archive.namelist()):
            raise DomainError("sheet.links", _("文件引用别的工作簿，请断开链接后上传。"), "file")
    try:
        _opened(content)
    except (ValueError, KeyError, TypeError) as error:
        raise DomainError("file.damaged", _("文件打不开，请重新导出。"), "file") from error


@command
def authority_sheet_map(
    *,
    sheet: AuthoritySheet,
    page: str,
    cell: str,
    kind: str,
    code: str = "",
    dim: str = "",
    value: str = "",
    text: str = "",
    by: User,
) -> AuthoritySheet:
    """Say what stands in a cell; what stood there before goes.

    Raises:
        DomainError: `permission.can_keep_sheets`; on `page`, `cell`, `kind`, `code`, `dim`,
            `value` where the part has a list of them.
    """
    require(can_keep_sheets, by, sheet)
    sheet = AuthoritySheet.objects.locked().get(pk=sheet.pk)
    cell = cell.strip().upper()
    _check_cell(sheet, page, cell)
    if kind not in KINDS:
        raise DomainError("sheet.kind", _("请从列表中选择。"), "kind")
    if kind == "indicator":
        if code not in INDICATORS:
            raise DomainError("sheet.code", _("指标库里没有这个代码。"), "code")
        if dim and dim not in INDICATORS[code].dims:
            raise DomainError("sheet.dim", _("这个指标不能按这一项分。"), "dim")
        listed = value_choices(dim, by) if dim and value else None
        if listed is not None and value not in dict(listed):
            raise DomainError("sheet.value", _("请从列表中选择。"), "value")
    made = {"sheet": page, "cell": cell, "is": kind}
    given = {"code": code, "dim": dim, "value": value} if kind == "indicator" else {"text": text}
    kept = [one for one in sheet.cells if (one["sheet"], one["cell"]) != (page, cell)]
    if len(kept) >= MOST_CELLS:
        raise DomainError("sheet.full", _("一张表最多对应 %(n)s 格。") % {"n": MOST_CELLS})
    sheet.cells = [*kept, {**made, **{name: said for name, said in given.items() if said}}]
    sheet.save(update_fields=["cells"])
    audit.record("authority_sheet.map", by=by, on=sheet, cell=cell, indicator=code)
    return sheet


def _check_cell(sheet: AuthoritySheet, page: str, cell: str) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.utils.exceptions import CellCoordinatesException

    book = _opened(document_content(sheet.template))
    if page not in book.sheetnames:
        raise DomainError("sheet.page", _("文件里没有这张工作表。"), "page")
    try:
        found = book[page][cell]
    except (ValueError, CellCoordinatesException):
        found = None
    if found is None or isinstance(found, tuple):
        raise DomainError("sheet.cell", _("请写一个格的地址，例如 C5。"), "cell")
    if isinstance(found, MergedCell):
        raise DomainError(
            "sheet.merged", _("这一格是合并单元格的一部分，请写左上角那一格。"), "cell"
        )


@command
def authority_sheet_unmap(
    *, sheet: AuthoritySheet, page: str, cell: str, by: User
) -> AuthoritySheet:
    """Leave a cell as the authority gave it.

    Raises:
        DomainError: `permission.can_keep_sheets`.
    """
    require(can_keep_sheets, by, sheet)
    sheet = AuthoritySheet.objects.locked().get(pk=sheet.pk)
    sheet.cells = [one for one in sheet.cells if (one["sheet"], one["cell"]) != (page, cell)]
    sheet.save(update_fields=["cells"])
    audit.record("authority_sheet.unmap", by=by, on=sheet, cell=cell)
    return sheet


@command
def authority_sheet_retire(*, sheet: AuthoritySheet, by: User) -> AuthoritySheet:
    """Offer the sheet no longer.

    Raises:
        DomainError: `permission.can_keep_sheets`.
    """
    require(can_keep_sheets, by, sheet)
    sheet = AuthoritySheet.objects.locked().get(pk=sheet.pk)
    sheet.retired_at = timezone.now()
    sheet.save(update_fields=["retired_at"])
    audit.record("authority_sheet.retire", by=by, on=sheet)
    return sheet


def filled(
    *,
    sheet: AuthoritySheet,
    first: dt.date,
    last: dt.date,
    by: User,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The authority's workbook with its mapped cells filled for a period; everything else as it was.

    `progress` hears how many of the mapped cells are filled.
    """
    book = _opened(document_content(sheet.template))
    for done, (one, value) in enumerate(_values(sheet, first, last, by), start=1):
        if progress:
            progress(done, len(sheet.cells))
        book[one["sheet"]][one["cell"]].value = value
        if isinstance(value, str):
            book[one["sheet"]][one["cell"]].data_type = "s"
    target = io.BytesIO()
    book.properties.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format's stamp has no zone
    book.save(target)
    return same_bytes(target.getvalue())


def _values(sheet: AuthoritySheet, first: dt.date, last: dt.date, by: User):
    """(mapping, value) for every mapped cell; an indicator split once is read once."""
    known: dict[tuple[str, str], Mapping[str, Any]] = {}
    for one in sheet.cells:
        if one["is"] == "indicator":
            code, dim = one["code"], one.get("dim", "")
            if (code, dim) not in known:
                known[code, dim] = _read(code, dim, first, last, by)
            yield one, known[code, dim].get(one.get("value", "") if dim else "", 0)
        else:
            yield one, _plain(one, first, last, by)


def _plain(one: Mapping[str, Any], first: dt.date, last: dt.date, by: User) -> str | dt.date:
    """What a mapped cell that is no indicator is filled with."""
    said = {
        "text": one.get("text", ""),
        "house": by.acting.organization_name,
        "period_first": first,
        "period_last": last,
    }
    return said[one["is"]]


def _read(code: str, dim: str, first: dt.date, last: dt.date, by: User) -> dict[str, Any]:
    cells = indicator_read(code=code, first=first, last=last, by=by, dims=(dim,) if dim else ())
    digits = INDICATORS[code].digits
    return {
        cell.dims.get(dim, ""): (
            None if cell.value is None else cell.value if digits else int(cell.value)
        )
        for cell in cells
    }


def pages_of(sheet: AuthoritySheet) -> list[str]:
    """The names of the workbook's sheets."""
    return _opened(document_content(sheet.template)).sheetnames


def preview(content: bytes) -> list[tuple[str, list[list[str]]]]:
    """(sheet, rows of texts) of the beginning of every sheet."""
    book = _opened(content)
    rows, columns = MOST_SHOWN
    return [
        (
            page.title,
            [
                ["" if value is None else str(value) for value in row]
                for row in page.iter_rows(
                    max_row=min(page.max_row, rows),
                    max_col=min(page.max_column, columns),
                    values_only=True,
                )
            ],
        )
        for page in book.worksheets
    ]


def mapped(
    sheet: AuthoritySheet, *, first: dt.date, last: dt.date, by: User
) -> list[dict[str, Any]]:
    """What stands in which cell for a period, an indicator and its part by their names, in the order of the sheet."""
    found, parts = [], defaultdict(set)
    for one in sheet.cells:
        if "dim" in one:
            parts[one["dim"]].add(one.get("value", ""))
    names = {dim: value_names(dim, values) for dim, values in parts.items()}
    for one in sorted(
        sheet.cells, key=lambda cell: (cell["sheet"], len(cell["cell"]), cell["cell"])
    ):
        if one["is"] == "indicator":
            dim = one.get("dim")
            part = f"（{dim_name(dim)} = {names[dim][one.get('value', '')]}）" if dim else ""
            said = f"{INDICATORS[one['code']].name}{part}"
        else:
            said = str(_plain(one, first, last, by))
        found.append({**one, "kind": KINDS[one["is"]], "said": said})
    return found
