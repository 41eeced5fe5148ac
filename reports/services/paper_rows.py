"""A paper as plain JSON and back: what a signed report keeps."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from reports.services.paper import Bars, Block, Column, Heading, Paper, Table, Text, Value

DECIMAL, DAY = "n", "d"


def paper_kept(paper: Paper) -> dict[str, Any]:
    """The paper without its mark: a copy is marked for who takes it."""
    return {
        "title": paper.title,
        "house": paper.house,
        "department": paper.department,
        "stamp": paper.stamp,
        "as_of": paper.as_of.isoformat(),
        "blocks": [_kept(block) for block in paper.blocks],
    }


def paper_opened(kept: dict[str, Any], *, signed_by: str = "", mark: str = "") -> Paper:
    """The paper that was kept, for one copy."""
    return Paper(
        title=kept["title"],
        house=kept["house"],
        department=kept["department"],
        stamp=kept["stamp"],
        as_of=dt.datetime.fromisoformat(kept["as_of"]),
        blocks=tuple(_opened(block) for block in kept["blocks"]),
        signed_by=signed_by,
        mark=mark,
    )


def retold(paper: Paper, texts: dict[int, str]) -> Paper:
    """The paper with other words in its paragraphs, by their place; what they cite stays."""
    blocks = [
        replace(block, text=texts[place]) if isinstance(block, Text) and place in texts else block
        for place, block in enumerate(paper.blocks)
    ]
    return replace(paper, blocks=tuple(blocks))


def _kept(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"t": "heading", "text": block.text}
    if isinstance(block, Text):
        return {"t": "text", "text": block.text, "cites": list(block.cites)}
    if isinstance(block, Bars):
        rows = [[name, _plain(n)] for name, n in block.rows]
        return {"t": "bars", "name": block.name, "unit": block.unit, "rows": rows}
    return {
        "t": "table",
        "name": block.name,
        "columns": [[column.name, column.kind] for column in block.columns],
        "rows": [[_plain(value) for value in row] for row in block.rows],
        "note": block.note,
    }


def _opened(block: dict[str, Any]) -> Block:
    if block["t"] == "heading":
        return Heading(block["text"])
    if block["t"] == "text":
        return Text(block["text"], tuple(block["cites"]))
    rows = tuple(tuple(_value(value) for value in row) for row in block["rows"])
    if block["t"] == "bars":
        return Bars(block["name"], block["unit"], rows)
    return Table(
        block["name"], tuple(Column(*column) for column in block["columns"]), rows, block["note"]
    )


def _plain(value: Value) -> Any:
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    return {DAY: value.isoformat()} if isinstance(value, dt.date) else value


def _value(kept: Any) -> Value:
    if not isinstance(kept, dict):
        return kept
    return Decimal(kept[DECIMAL]) if DECIMAL in kept else dt.date.fromisoformat(kept[DAY])
