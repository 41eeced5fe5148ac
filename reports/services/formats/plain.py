"""A paper's tables as CSV: one file, or one archive of several."""

import csv
import datetime as dt
import io

from reports.services.formats.same import archive, neutral
from reports.services.paper import Column, Paper, Table, Text, Value

UNFIT = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def plain(paper: Paper, encoding: str) -> bytes:
    """One table as CSV; several as a ZIP with a file for each, numbered in their order."""
    tables = _tables(paper)
    if len(tables) == 1:
        return _csv(tables[0], encoding)
    return archive(
        {
            f"{place:02d} {table.name.translate(UNFIT)}.csv": _csv(table, encoding)
            for place, table in enumerate(tables, start=1)
        }
    )


def plain_suffix(paper: Paper) -> str:
    return "csv" if len(_tables(paper)) == 1 else "zip"


def _tables(paper: Paper) -> list[Table]:
    found = paper.sheets
    if found:
        return found
    said = tuple((block.text,) for block in paper.blocks if isinstance(block, Text))
    return [Table(paper.title, (Column("正文"),), said)]


def _csv(table: Table, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([neutral(column.name) for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode(encoding)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)
