"""What a dashboard is made of: the cells that were read, the months they are asked by, and how a number is explained."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from msw_portal.kernel.charts import Chart
from msw_portal.kernel.display import figure
from reports.services.boards.asking import NONE, Asking, month_end
from reports.services.boards.names import Names
from reports.services.boards.small import Small
from reports.services.boards.words import said
from reports.services.figures import Cell, Cells, by_month
from reports.services.rows import SOURCES

MEDIAN, NINETIETH = Decimal("0.5"), Decimal("0.9")
MOST_BARS = 15
Text = str | Promise


@dataclass(frozen=True)
class Tile:
    """One key figure; `sub` is its formula, `basis` its population and time, `url` its rows."""

    label: Text
    value: str
    unit: Text
    sub: str
    basis: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Facts:
    """`may_open` says whether the asker may see rows; without it no number is a link.

    `narrow` says of whom alone the numbers are, after their population; "" for all of it.
    """

    asking: Asking
    cells: Cells
    names: Names
    small: Small
    as_of: dt.datetime
    may_open: bool = True
    back: str = ""
    narrow: str = ""

    def of(self, code: str, months: Sequence[dt.date] | None = None) -> list[Cell]:
        """The cells of the asked months."""
        wanted = set(self.asking.span if months is None else months)
        return [cell for cell in self.cells.get(code, ()) if cell.period in wanted]

    def all_of(self, code: str) -> list[Cell]:
        """The cells of the present state."""
        return list(self.cells.get(code, ()))

    def count(self, code: str, months: Sequence[dt.date] | None = None) -> int:
        return sum(cell.n for cell in self.of(code, months))

    def amount(self, code: str, months: Sequence[dt.date] | None = None) -> Decimal:
        return sum((cell.n2 for cell in self.of(code, months)), Decimal())

    def trend(self, code: str) -> list[int]:
        return by_month(self.cells.get(code, ()), self.asking.trend)

    def amounts(self, code: str) -> list[Decimal]:
        return [self.amount(code, [month]) for month in self.asking.trend]

    def rows(
        self, code: str, first: dt.date | None = None, last: dt.date | None = None, **dims: Any
    ) -> str:
        """Where the rows behind a number are: from the month `first` to `last` (the present state without)."""
        if not self.may_open or code not in SOURCES:
            return ""
        query = {name: value or NONE for name, value in dims.items()}
        if first is not None:
            query |= {"from": first.isoformat(), "to": month_end(last or first).isoformat()}
        if self.asking.only is not None:
            query["only"] = self.asking.only.text
        if self.back:
            query["back"] = self.back
        return f"{reverse('reports:rows', args=[code])}?{urlencode(query)}"

    def span_rows(self, code: str, **dims: Any) -> str:
        return self.rows(code, self.asking.first, self.asking.last, **dims)

    def month_rows(self, code: str) -> list[str]:
        return [self.rows(code, month) for month in self.asking.trend]

    @property
    def month_names(self) -> list[str]:
        return [f"{month:%Y-%m}" for month in self.asking.trend]

    @property
    def runs(self) -> bool:
        """Whether the asked months reach to the present one."""
        return self.asking.last == timezone.localdate(self.as_of).replace(day=1)

    @property
    def trend_said(self) -> str:
        """A month that still runs is told: its end of the line says nothing about the course."""
        words = _("%(first)s 至 %(last)s（本月未完）") if self.runs else _("%(first)s 至 %(last)s")
        return words % {"first": self.month_names[0], "last": self.month_names[-1]}

    @property
    def before_said(self) -> str:
        first, last = self.asking.before[0], self.asking.before[-1]
        return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"

    def compared(self, text: str) -> str:
        """The value of as many whole months before."""
        return _("上一期（%(when)s）%(value)s") % {"when": self.before_said, "value": text}

    def basis(self, code: str) -> str:
        known = said(code)
        stamp = date_format(timezone.localtime(self.as_of), "m-d H:i")
        return _("%(population)s，按%(by)s计。截至 %(at)s") % {
            "population": f"{known.population}{self.narrow}",
            "by": known.period_by,
            "at": stamp,
        }

    def definition(self, *codes: str) -> str:
        words = [
            _("%(name)s：%(words)s") % {"name": said(code).name, "words": said(code).words}
            for code in codes
        ]
        basis = self.basis(codes[0])
        return _("%(words)s。%(basis)s") % {"words": _("；").join(words), "basis": basis}

    def tile(self, code: str, label: Text = "", *, sub: str = "") -> Tile:
        """How many in the asked months, beside as many months before."""
        compared = self.compared(figure(self.count(code, self.asking.before)))
        return Tile(
            label or said(code).name,
            figure(self.count(code)),
            said(code).unit,
            sub or _("；").join([str(said(code).words), compared]),
            self.basis(code),
            self.span_rows(code),
        )


@dataclass(frozen=True)
class Plot:
    """A chart that a part may show; `codes` are the figures it needs, `draw` makes it.

    A line needs the months of the trend, any other chart those that are asked for.
    """

    id: str
    name: Text
    codes: tuple[str, ...]
    draw: Callable[[Facts], Chart]
    is_line: bool = False


@dataclass(frozen=True)
class Key:
    """A key figure that a part may show."""

    name: Text
    codes: tuple[str, ...]
    make: Callable[[Facts], Tile]


@dataclass(frozen=True)
class Part:
    """One page of a dashboard."""

    code: str
    title: Text
    keys: tuple[Key, ...] = ()
    plots: tuple[Plot, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        """The figures it needs."""
        return {code for one in (*self.keys, *self.plots) for code in one.codes}

    def since(self, asking: Asking) -> dict[str, dt.date]:
        """The first month that each figure is needed of: nothing is read that nobody shows."""
        found: dict[str, dt.date] = {}
        needed = [(key.codes, asking.before[0]) for key in self.keys]
        needed += [
            (plot.codes, asking.trend[0] if plot.is_line else asking.first) for plot in self.plots
        ]
        for codes, first in needed:
            found |= {code: min(first, found.get(code, first)) for code in codes}
        return found


def ranked(counts: Mapping[Any, Any], most: int = MOST_BARS) -> list[tuple[Any, Any]]:
    """The largest first, equal ones by their name."""
    found = [(key, n) for key, n in counts.items() if n]
    return sorted(found, key=lambda item: (-item[1], str(item[0])))[:most]


def one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
