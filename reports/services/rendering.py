"""A paper becomes a file: a workbook, a print, an editable document or plain tables; equal papers, equal bytes."""

from importlib import import_module
from typing import Literal

from reports.services.formats.plain import plain, plain_suffix
from reports.services.kinds import Format
from reports.services.paper import Filled, Paper

Encoding = Literal["utf-8-sig", "gb18030"]
_OFFICE = "application/vnd.openxmlformats-officedocument"
MIMES = {
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "zip": "application/zip",
}


def render(paper: Paper | Filled, format: Format, *, encoding: Encoding = "utf-8-sig") -> bytes:
    """The bytes of a paper in one format; `encoding` is that of CSV: UTF-8 with a byte order mark, or GB18030."""
    if isinstance(paper, Filled):
        return paper.content
    if format == "csv":
        return plain(paper, encoding)
    # Read when the first such file is made: with them a process takes a third longer to start.
    name = {"xlsx": "workbook", "pdf": "printed", "docx": "editable"}[format]
    return getattr(import_module(f"reports.services.formats.{name}"), name)(paper)


def suffix_of(paper: Paper | Filled, format: Format) -> str:
    """How the file's name ends: several tables as CSV are one archive."""
    return plain_suffix(paper) if format == "csv" else format
