"""How the rows behind a number are found, narrowed and shown."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from reports.services.boards.asking import NONE


@dataclass(frozen=True)
class Line:
    """One row of a figure as the page lists it; never an identity."""

    at: dt.datetime | dt.date | None
    number: str
    url: str
    what: str | Promise
    amount: Any = None


# What a value in an address asks of the rows.
Asks = Callable[[str], Q]


@dataclass(frozen=True)
class Source:
    """How a figure's rows are found, ordered and shown.

    `dims` are the figure's own dimensions by their names in an address, `chosen` the filters of a dashboard.
    `at` is the column it is counted by (a day when `is_day`); `amount` is the unit of a row's amount,
    `day` says what the date of a row is, where the figure itself is of the present.
    """

    rows: Callable[[Any], QuerySet]
    at: str
    line: Callable[[Any, Any], Line]
    dims: Mapping[str, Asks] = field(default_factory=dict)
    chosen: Mapping[str, Asks] = field(default_factory=dict)
    amount: str | Promise = ""
    day: str | Promise = ""
    is_day: bool = False


def equals(column: str) -> Asks:
    """Rows whose column is the value; NONE asks for those without one."""
    return lambda value: Q(**{column: value if value != NONE else ""})


def named(path: str) -> Asks:
    """Rows that point at what has this uid; NONE asks for those that point at nothing."""
    return lambda value: (
        Q(**{f"{path}__isnull": True}) if value == NONE else Q(**{f"{path}__uid": value})
    )
