"""From a table's rows to lines of a kind: the head is found, cells become values, doubles are named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from departments.services.importing.kinds import TWICE, Kind, Line, heading, key_of, titles_of
from departments.services.importing.values import EMPTY_WORDS, folded
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.tables.rows import FAULTS, Table, TableRow

HEAD_WITHIN = 15
# Columns of the error file: never data of a kind.
LINE_HEAD, WHY_HEAD = _("原第几行"), _("不能导入的原因")


@dataclass(frozen=True)
class Head:
    """Where the titles of the columns stand, and what they are."""

    line: int
    titles: list[str]


def head_of(kind: Kind, table: Table, sheet: str = "") -> Head:
    """The row that names most columns of the kind among the first ones.

    Raises:
        DomainError: `import.empty` on `file` for a sheet without two rows, and those of the reading.
    """
    first = list(islice(table.rows(sheet), HEAD_WITHIN))
    if len(first) < 2:
        raise DomainError("import.empty", _("表里没有数据：至少要有一行列标题和一行内容。"), "file")
    known = {heading(title) for one in kind.columns for title in titles_of(one)}
    best = max(
        first, key=lambda row: (sum(heading(cell) in known for cell in row.cells), -row.line)
    )
    return Head(best.line, [cell[:60] for cell in best.cells])


def read(
    kind: Kind, mapping: Mapping[str, int], rows: Iterable[TableRow], *, house: int
) -> Iterator[Line]:
    """The lines of a table, each with its values and what is wrong with it alone; the template's example is left out."""
    first_of: dict[bytes, int] = {}
    look = kind.whole()
    for row in rows:
        line = Line(row.line, cells=row.cells)
        texts = {name: _cell(row, index) for name, index in mapping.items()}
        if not row.faults and (_is_example(kind, texts) or not any(texts.values())):
            if any(texts.values()):
                continue
            line.refuse("", _("对应的各列都是空的。"))
        _values(kind, mapping, row, texts, line)
        if not line.faults:
            kind.settle(line)
        if not line.faults and kind.key is not None:
            line.key = key_of(kind, line.values, organization_id=house)
            twin = first_of.setdefault(line.key, line.line)
            if twin != line.line:
                line.refuse("", TWICE % {"line": twin})
        if not line.faults:
            look(line)
        yield line


def _cell(row: TableRow, index: int) -> str:
    text = row.cells[index] if index < len(row.cells) else ""
    return "" if folded(text).casefold() in EMPTY_WORDS else text


def _is_example(kind: Kind, texts: Mapping[str, str]) -> bool:
    shown = {one.name: one.example for one in kind.columns if one.name in texts}
    return bool(texts) and texts == shown


def _values(
    kind: Kind, mapping: Mapping[str, int], row: TableRow, texts: Mapping[str, str], line: Line
) -> None:
    for column in kind.columns:
        if column.name not in mapping:
            continue
        fault = row.faults.get(mapping[column.name])
        if fault:
            line.refuse(column.name, FAULTS[fault])
        elif texts[column.name]:
            _read(column, texts[column.name], line)
        elif column.required:
            line.refuse(column.name, _("必填，不能空着。"))


def _read(column: Any, text: str, line: Line) -> None:
    try:
        line.values[column.name] = column.read(text)
    except DomainError as error:
        line.refuse(column.name, error.message)


def kept(line: Line) -> dict[str, Any]:
    """What is kept of a line until it is applied: its values, or its cells and what is wrong with them."""
    if line.faults:
        return {"cells": line.cells, "faults": [list(fault) for fault in line.faults]}
    return {"cells": line.cells, "values": line.values}


def joined_faults(kind: Kind, faults: Iterable[Iterable[str]]) -> str:
    """The reasons of a line in one text: `证件号码：…；出生日期：…`."""
    parts = []
    for name, sentence in faults:
        label = kind.label_of(name)
        parts.append(f"{label}：{sentence}" if label else sentence)
    return "\n".join(parts)
