"""How amounts, instants and deadlines are written for people: CNY, Asia/Shanghai, plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, npgettext
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTHING = "—"
CENT = Decimal("0.01")


def enumerated(words: Iterable[object]) -> str:
    """Words in a row, with the mark the language puts between them."""
    return _("、").join(str(word) for word in words)


_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def money(amount: Decimal | int | str | None) -> str:
    """`1,234.50` for an amount in CNY, rounded half up to two decimals; a dash for nothing.

    Raises:
        ValueError: when the amount is not a number.
    """
    if amount is None or amount == "":
        return NOTHING
    try:
        exact = Decimal(amount) if not isinstance(amount, float) else Decimal(str(amount))
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {amount!r}") from error
    return f"{exact.quantize(CENT, ROUND_HALF_UP):,.2f}"


def figure(number: Decimal | int | float | None) -> str:
    """`1,486` or `91.4`: thousands grouped, the number's own decimals kept; a dash for nothing."""
    return NOTHING if number is None else f"{number:,}"


def unit_of(number: object, unit: object) -> str:
    """The unit after a number in the reader's language: `1 person`, `3 persons`; none after a dash."""
    if number is None or number == "" or number == NOTHING:
        return ""
    said = str(unit)
    # The catalogue has the words of units as plurals under their own name, in each language its own.
    return npgettext("unit", said, said, 1) if str(number) == "1" else said


def local(value: datetime | date) -> datetime | date:
    """The instant on the wall clock in Shanghai; a plain date stays as it is."""
    return timezone.localtime(value, SHANGHAI) if isinstance(value, datetime) else value


def when(value: datetime | date | None, now: datetime | date | None = None) -> str:
    """`11-23 10:32` this year, `2025-11-23 10:32` otherwise; a date without the clock."""
    if value is None:
        return NOTHING
    shown = local(value)
    this_year = local(now or timezone.now()).year
    pattern = "%m-%d" if shown.year == this_year else "%Y-%m-%d"
    return shown.strftime(f"{pattern} %H:%M" if isinstance(shown, datetime) else pattern)


def moment(value: datetime | date | None) -> str:
    """`2026-11-23 10:32`, for titles, prints and exports."""
    if value is None:
        return NOTHING
    shown = local(value)
    return shown.strftime("%Y-%m-%d %H:%M" if isinstance(shown, datetime) else "%Y-%m-%d")


def span(seconds: float) -> str:
    """A length of time in at most two units: `20 分`, `5 小时 8 分`, `21 小时`, `3 天`."""
    seconds = abs(seconds)
    if seconds < _HOUR:
        return _("%(m)d 分") % {"m": max(1, int(seconds // _MINUTE))}
    if seconds < 10 * _HOUR and seconds % _HOUR >= _MINUTE:
        return _("%(h)d 小时 %(m)d 分") % {
            "h": int(seconds // _HOUR),
            "m": int(seconds % _HOUR // _MINUTE),
        }
    if seconds < 2 * _DAY:
        return _("%(h)d 小时") % {"h": int(seconds // _HOUR)}
    return _("%(d)d 天") % {"d": int(seconds // _DAY)}


@dataclass(frozen=True)
class Deadline:
    """A deadline in words; `tone` is "", "soon" or "late", `exact` the instant for the title."""

    words: str
    tone: str
    exact: str


def deadline(
    due: datetime | date, now: datetime | None = None, *, soon: timedelta = timedelta(hours=3)
) -> Deadline:
    """What is left until `due` (剩 …) or how late it is (逾期 …).

    A date is due at its end in Shanghai. Within `soon` of the deadline the tone is "soon".
    """
    exact = moment(due)
    if not isinstance(due, datetime):
        due = datetime.combine(due + timedelta(days=1), time.min, SHANGHAI)
    left = (due - (now or timezone.now())).total_seconds()
    words = _left(get_language(), left < 0, abs(int(left / _MINUTE)))
    if left < 0:
        return Deadline(words, "late", exact)
    return Deadline(words, "soon" if left <= soon.total_seconds() else "", exact)


@lru_cache(maxsize=4096)
def _left(_language: str, is_late: bool, minutes: int) -> str:
    """The words of a deadline: every row of a list has one, and many are the same."""
    words = {"span": span(minutes * _MINUTE)}
    return _("逾期 %(span)s") % words if is_late else _("剩 %(span)s") % words
