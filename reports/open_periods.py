"""Quarters and years of the open data, by a code that stands in addresses: 2026q3, 2025."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

# A quarter is frozen this long after its end, so that what is written up late still counts.
GRACE_DAYS = 15
LOOKED_BACK = 8
_CODE = re.compile(r"(20[0-9]{2})(?:q([1-4]))?")


@dataclass(frozen=True, order=True)
class Period:
    """A quarter, or a year when `quarter` is 0."""

    year: int
    quarter: int = 0

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 3 * self.quarter - 2 if self.quarter else 1, 1)

    @property
    def last(self) -> dt.date:
        month = 3 * self.quarter if self.quarter else 12
        return dt.date(self.year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)

    @property
    def code(self) -> str:
        return f"{self.year}q{self.quarter}" if self.quarter else str(self.year)

    @property
    def name(self) -> str:
        if not self.quarter:
            return _("%(year)s 年") % {"year": self.year}
        return _("%(year)s 年第 %(quarter)s 季度") % {"year": self.year, "quarter": self.quarter}

    @property
    def quarters(self) -> list["Period"]:
        return [Period(self.year, n) for n in (1, 2, 3, 4)]


def period_at(code: str) -> Period | None:
    """The period of a code; None for what is none."""
    found = _CODE.fullmatch(code)
    return Period(int(found[1]), int(found[2] or 0)) if found else None


def period_of(first: dt.date, last: dt.date) -> Period:
    """The period of a released table's days."""
    is_year = (last - first).days > 100
    return Period(first.year, 0 if is_year else (first.month + 2) // 3)


def quarters_over(today: dt.date) -> list[Period]:
    """The last quarters whose time for late entries is over, the oldest first."""
    year, quarter = today.year, (today.month + 2) // 3
    found: list[Period] = []
    while len(found) < LOOKED_BACK:
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        one = Period(year, quarter)
        if one.last + dt.timedelta(days=GRACE_DAYS) < today:
            found.append(one)
    return found[::-1]
