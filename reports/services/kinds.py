"""Every report that can be asked for, once: who may, which period, which files, what makes it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise

from reports.services.paper import Paper

Span = Literal["day", "month", "quarter", "year"]
Format = Literal["xlsx", "pdf", "docx", "csv"]


@dataclass(frozen=True)
class Asked:
    """What a maker is given: the period's first and last day, the asker in the active role, the rest of what was asked."""

    first: dt.date
    last: dt.date
    by: Any
    as_of: dt.datetime
    params: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[[int, int], None] = lambda done, total: None


@dataclass(frozen=True)
class ReportKind:
    """`make` reads as the asker in one transaction with one as-of time and returns plain values."""

    code: str
    name: str | Promise
    roles: frozenset[str]
    spans: tuple[Span, ...]
    formats: tuple[Format, ...]
    make: Callable[[Asked], Paper]


KINDS: dict[str, ReportKind] = {}
