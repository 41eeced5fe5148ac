"""What a dashboard is asked: which part, which months, and at most one ward, disease or worker."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.services.figures import months_back

TREND = 12
LONGEST = 36
# Of so young a month there is next to nothing to see: the page opens the month before.
FIRST_DAYS = 7
PERIODS: dict[str, str | Promise] = {
    "month": gettext_lazy("本月"),
    "before": gettext_lazy("上月"),
    "quarter": gettext_lazy("本季"),
    "year": gettext_lazy("本年"),
    "last12": gettext_lazy("近 12 个月"),
}
SPAN = "span"
KINDS: dict[str, str | Promise] = {
    "ward": gettext_lazy("病区"),
    "disease": gettext_lazy("疾病类别"),
    "worker": gettext_lazy("社工"),
}
KEPT = ("part", "period", "from", "to", "only")
NONE = "-"  # in an address: rows that have no ward, no disease


@dataclass(frozen=True)
class Chosen:
    """One ward, worker (by uid) or disease group instead of all."""

    kind: str
    value: str

    @property
    def text(self) -> str:
        """As it stands in an address."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Asking:
    """`first` and `last` are the first days of whole months; `fault` says what was not understood.

    `young` is the day of a month that has only begun, when the month before was taken for that reason alone; else 0.
    """

    part: str
    period: str
    first: dt.date
    last: dt.date
    only: Chosen | None = None
    fault: str = ""
    young: int = 0

    @property
    def span(self) -> list[dt.date]:
        """The months that key figures and shares are of."""
        return months_back(self.last, months_between(self.first, self.last))

    @property
    def before(self) -> list[dt.date]:
        """As many months just before, to compare with."""
        length = len(self.span)
        return months_back(self.last, 2 * length)[:length]

    @property
    def trend(self) -> list[dt.date]:
        """The months of a line: twelve, or the whole span where it is longer."""
        return months_back(self.last, max(TREND, len(self.span)))

    @property
    def query(self) -> str:
        """The address's query; a period by its name stays relative, so that a saved view does."""
        pairs = {"part": self.part, "period": self.period}
        if self.period == SPAN:
            pairs |= {"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}
        if self.only is not None:
            pairs["only"] = self.only.text
        return urlencode(pairs)

    def but(self, **changes: Any) -> "Asking":
        return replace(self, **changes)


def months_between(first: dt.date, last: dt.date) -> int:
    """How many months from the one to the other, both counted."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def month_end(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def asking_of(
    query: Mapping[str, str], *, parts: Sequence[str], today: dt.date, may_filter: bool
) -> Asking:
    """What an address asks; what it does not say, or says wrongly, is the first part and this month.

    In the first days of a month an address that says nothing of a period asks for the month before.
    """
    part = query.get("part", "")
    young = today.day if "period" not in query and today.day <= FIRST_DAYS else 0
    if young:
        query = {**query, "period": "before"}
    period, first, last, fault = _period(query, today)
    only = None
    if may_filter:
        only, wrong = _only(query)
        fault = wrong or fault
    return Asking(part if part in parts else parts[0], period, first, last, only, fault, young)


def _period(query: Mapping[str, str], today: dt.date) -> tuple[str, dt.date, dt.date, str]:
    this = today.replace(day=1)
    before = months_back(this, 2)[0]
    firsts = {
        "month": this,
        "before": before,
        "quarter": this.replace(month=(this.month - 1) // 3 * 3 + 1),
        "year": this.replace(month=1),
        "last12": months_back(this, TREND)[0],
    }
    period = query.get("period", "month")
    if period in firsts:
        return period, firsts[period], before if period == "before" else this, ""
    first, last = month_of(query.get("from", "")), month_of(query.get("to", ""))
    if first is None or last is None or last > this:
        return "month", this, this, _("没有这样的期间，现在看的是本月。")
    if last < first or months_between(first, last) > LONGEST:
        return "month", this, this, _("起止月份要先后有序，最长 36 个月；现在看的是本月。")
    return SPAN, first, last, ""


def month_of(text: str) -> dt.date | None:
    """`2026-09` as its first day."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None


def _only(query: Mapping[str, str]) -> tuple[Chosen | None, str]:
    text = query.get("only", "")
    if not text:
        return None, ""
    only = only_of(text)
    return only, "" if only else _("没有这样的筛选，现在看的是全部。")


def only_of(text: str) -> Chosen | None:
    """`ward:<uid>`, `worker:<uid>` or `disease:<group>`; None when it is none of them."""
    kind, _colon, value = text.partition(":")
    if kind == "disease" and 0 < len(value) <= 60:
        return Chosen(kind, value)
    if kind not in KINDS or kind == "disease":
        return None
    try:
        return Chosen(kind, str(uuid.UUID(value)))
    except ValueError:
        return None


def kept_query(text: str) -> str:
    """Of what claims to be a dashboard's query, the names a dashboard has."""
    try:
        pairs = parse_qsl(text, max_num_fields=10)
    except ValueError:
        return ""
    return urlencode([(name, value) for name, value in pairs if name in KEPT])
