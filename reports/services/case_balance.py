"""The balance of cases: open at the beginning, and opened, less ended, is open at the end (domain §9)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.services.figures import months_back
from reports.services.indicators import Span, indicators_read

PARTS = ("case_open", "case_new", "case_ended")


@dataclass(frozen=True)
class Balance:
    """One month; each side is counted from the rows by itself."""

    month: dt.date
    start: int
    opened: int
    ended: int
    end: int

    @property
    def rest(self) -> int:
        """What the sides differ by: nothing, unless a row was changed otherwise than by the portal."""
        return self.end - (self.start + self.opened - self.ended)


def balances_of(*, months: Sequence[dt.date], by: Any) -> list[Balance]:
    """The balances of months that follow each other, as the reader may see the cases: three statements."""
    before = months_back(months[0], 2)[0]
    last = (months[-1] + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    found: dict[tuple[str, dt.date | None], int] = {}
    for code in PARTS:
        cells = indicators_read(codes=[code], span=Span(before, last, by_month=True), by=by)[code]
        found |= {(code, cell.month): int(cell.value or 0) for cell in cells}

    def of(code: str, month: dt.date) -> int:
        return found.get((code, month), 0)

    return [
        Balance(
            month,
            of("case_open", months_back(month, 2)[0]),
            of("case_new", month),
            of("case_ended", month),
            of("case_open", month),
        )
        for month in months
    ]
