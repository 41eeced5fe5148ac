"""A paper as a PDF on A4."""

from typing import Any

from msw_portal.kernel.typesetting import typeset
from reports.services.charts_in_print import bars
from reports.services.formats.same import shown
from reports.services.paper import NUMBERS, Bars, Block, Heading, Paper, Table, Text

MOST_UPRIGHT = 8  # columns; a wider table turns the paper
MOST_BARS = 25  # of one drawing, which must fit a page
LONGEST = 30  # letters that weigh in a column's width


def printed(paper: Paper) -> bytes:
    """Head with the house, title, tables with heads on every page, bars, page x of y, stamp, the line to sign."""
    content = {
        "title": paper.title,
        "house": paper.house,
        "department": paper.department,
        "stamp": paper.stamp,
        "mark": paper.mark,
        "signed_by": paper.signed_by,
        "is_wide": any(len(table.columns) > MOST_UPRIGHT for table in paper.tables),
        "blocks": [part for block in paper.blocks for part in _parts(block)],
    }
    return typeset("report.typ", content, at=paper.as_of)


def _parts(block: Block) -> list[dict[str, Any]]:
    if isinstance(block, Heading):
        return [{"t": "heading", "text": block.text}]
    if isinstance(block, Text):
        return [{"t": "text", "text": block.text, "cites": list(block.cites)}]
    if isinstance(block, Bars):
        return _drawn(block)
    return [_table(block)]


def _drawn(block: Bars) -> list[dict[str, Any]]:
    pieces = [block.rows[at : at + MOST_BARS] for at in range(0, len(block.rows), MOST_BARS)]
    drawings = [svg for svg in (bars(piece, unit=block.unit) for piece in pieces) if svg]
    return [
        {"t": "bars", "name": block.name if place == 0 else "", "svg": svg}
        for place, svg in enumerate(drawings or [""])
    ]


def _table(table: Table) -> dict[str, Any]:
    rows = [
        [shown(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    widths = []
    for place, column in enumerate(table.columns):
        longest = max((_breadth(row[place]) for row in rows), default=0)
        is_text = column.kind == "text"
        widths.append(min(LONGEST, max(4, longest, _breadth(column.name))) if is_text else 0)
    return {
        "t": "table",
        "name": table.name,
        "note": table.note,
        "heads": [column.name for column in table.columns],
        "right": [column.kind in NUMBERS for column in table.columns],
        "widths": widths,
        "rows": rows,
    }


def _breadth(text: str) -> int:
    """How many Chinese letters stand in the same room: two of a code are as wide as one."""
    return (sum(2 if letter > "\u2e7f" else 1 for letter in text) + 1) // 2
