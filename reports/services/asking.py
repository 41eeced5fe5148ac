"""What a kind of report is, and what its maker is given."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Model, Q
from django.utils.functional import Promise

from reports.services.paper import Filled, Paper

Span = Literal["day", "week", "month", "quarter", "year"]
Format = Literal["xlsx", "pdf", "docx", "csv"]


def _silent(done: int, total: int) -> None:
    """Nobody waits for this one."""


@dataclass(frozen=True)
class Asked:
    """What a maker is given: the period's first and last day, the asker in the active role, the rest of what was asked.

    `progress` takes rows done and rows in all, and raises where the report is no longer wanted.
    """

    first: dt.date
    last: dt.date
    by: Any
    as_of: dt.datetime
    params: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[[int, int], None] = _silent


@dataclass(frozen=True)
class Subjects:
    """What a kind is made of where that is a row somebody keeps: a table of their own, an authority's sheet.

    `param` carries its uid; `standing` says which rows can still be asked for, `shared` which of them others
    than their maker can.
    """

    param: str
    model: type[Model]
    standing: Q
    is_needed: bool = False
    shared: Q = field(default_factory=Q)


@dataclass(frozen=True)
class ReportKind:
    """`make` reads as the asker in one transaction with one as-of time and returns plain values, or a filled file.

    What must be written first (a month that is frozen the first time it is asked for) `prepare` writes, in a
    transaction of its own before it: one that reads from a snapshot may not write what others write too.
    """

    code: str
    name: str | Promise
    roles: frozenset[str]
    spans: tuple[Span, ...]
    formats: tuple[Format, ...]
    make: Callable[[Asked], Paper | Filled]
    prepare: Callable[[Asked], None] | None = None
    subjects: Subjects | None = None
