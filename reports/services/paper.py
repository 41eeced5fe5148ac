"""A report as plain values: what is said, in which order, before any format; equal papers render equal files."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Value = str | int | Decimal | dt.date | None
# Kinds of columns whose cells stand at the end.
NUMBERS = ("count", "amount", "share")


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; `cites` are the codes of the figures it quotes, so that a reader can find their rows."""

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """`kind` decides how a cell is typed: text, code (a text of digits), count, amount (yuan), share (of 1) or day."""

    name: str
    kind: Literal["text", "code", "count", "amount", "share", "day"] = "text"


@dataclass(frozen=True)
class Table:
    """One table: a sheet of a workbook, a table of a print, a file of a CSV archive. Rows are as long as columns."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Bars:
    """Horizontal bars on paper; in a workbook the table of the same numbers."""

    name: str
    unit: str
    rows: tuple[tuple[str, int | Decimal], ...]

    @property
    def as_table(self) -> Table:
        kind = "amount" if any(isinstance(n, Decimal) for _name, n in self.rows) else "count"
        return Table(self.name, (Column(self.name), Column(self.unit, kind)), self.rows)


Block = Heading | Text | Table | Bars


@dataclass(frozen=True)
class Filled:
    """A file that is not put together from blocks: somebody's own workbook with its cells filled."""

    content: bytes
    as_of: dt.datetime


@dataclass(frozen=True)
class Paper:
    """`stamp` says period, freezing, as-of time and asker; `signed_by` is the name a person signed with, "" for a draft.

    `mark` stands across every page of a copy: who took it and when; "" for none.
    """

    title: str
    house: str
    department: str
    stamp: str
    as_of: dt.datetime
    blocks: Sequence[Block] = field(default_factory=tuple)
    signed_by: str = ""
    mark: str = ""

    @property
    def tables(self) -> list[Table]:
        return [block for block in self.blocks if isinstance(block, Table)]

    @property
    def sheets(self) -> list[Table]:
        """Its tables and bars alike, each as a table of the same numbers."""
        found: list[Table] = []
        for block in self.blocks:
            if isinstance(block, Bars):
                found.append(block.as_table)
            elif isinstance(block, Table):
                found.append(block)
        return found
