"""What of ServiceRequest can be searched, in FHIR's words, and how the portal says it (docs/api/fhir.md)."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from cases.fhir_requests import IDENTITY, status_of
from cases.workflow import ReferralState

# name -> (type, what it finds); a name that does not stand here is refused, never left aside.
PARAMETERS: Mapping[str, tuple[str, str]] = {
    "_id": ("token", "The referral."),
    "identifier": ("token", f"`{IDENTITY}|urn:uuid:<id>`, with or without the system."),
    "status": ("token", "`active`, `completed`, `revoked`; several with commas."),
    "authored": ("date", "When it was received, with eq, ne, lt, gt, le or ge; twice for a span."),
}
PAGING = frozenset({"_count", "after", "_format"})
MOST = 50  # values of one parameter
_DATE = re.compile(
    r"(eq|ne|lt|gt|le|ge)?(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?)?)?"
)


@dataclass(frozen=True)
class Wanted:
    """`uids` and `states` narrow when they are not None; of each span the instant is in, or (`is_out`) not."""

    uids: frozenset[UUID] | None = None
    states: frozenset[str] | None = None
    spans: list[tuple[dt.datetime | None, dt.datetime | None, bool]] = field(default_factory=list)


def wanted_of(asked: QueryDict) -> Wanted:
    """What a search asks for.

    Raises:
        ValidationError: for a parameter that is not offered, or a value that is none, beside its name.
    """
    for name in asked:
        if name not in PARAMETERS and name not in PAGING:
            _refuse(name, _("不支持这个查询参数。"))
    return Wanted(
        uids=_uids(asked),
        states=_states(asked),
        spans=[_span(one) for one in asked.getlist("authored")],
    )


def _refuse(name: str, sentence: Any) -> None:
    raise exceptions.ValidationError({name: [sentence]})


def _choices(asked: QueryDict, name: str) -> Iterator[list[str]]:
    """The values of each time the parameter stands in the address: one of them is enough, of every time."""
    for text in asked.getlist(name):
        values = text.split(",")
        if len(values) > MOST:
            _refuse(name, _("一次最多 %(n)s 个值。") % {"n": MOST})
        yield values


def _uids(asked: QueryDict) -> frozenset[UUID] | None:
    found = None
    for name in ("_id", "identifier"):
        for values in _choices(asked, name):
            these = frozenset(_uid(name, one) for one in values)
            found = these if found is None else found & these
    return found


def _uid(name: str, text: str) -> UUID:
    if name == "identifier":
        text = text.removeprefix(f"{IDENTITY}|").removeprefix("urn:uuid:")
    try:
        return UUID(text)
    except ValueError:
        _refuse(name, _("请写转介单的编号。"))
        raise


def _states(asked: QueryDict) -> frozenset[str] | None:
    found = None
    for values in _choices(asked, "status"):
        codes = {one.rpartition("|")[2] for one in values}
        if codes - {"active", "completed", "revoked"}:
            _refuse("status", _("请从列表中选择。"))
        these = frozenset(one for one in ReferralState.values if status_of(one) in codes)
        found = these if found is None else found & these
    return found


def _span(text: str) -> tuple[dt.datetime | None, dt.datetime | None, bool]:
    match = _DATE.fullmatch(text)
    try:
        begins, ends = _bounds(match) if match else (None, None)
    except (ValueError, OverflowError):
        begins = ends = None
    if match is None or begins is None:
        _refuse("authored", _("请写成 ge2026-11-23 这样的日期。"))
    prefix = match[1] or "eq"
    return {
        "eq": (begins, ends, False),
        "ne": (begins, ends, True),
        "lt": (None, begins, False),
        "le": (None, ends, False),
        "gt": (ends, None, False),
        "ge": (begins, None, False),
    }[prefix]


def _bounds(match: re.Match) -> tuple[dt.datetime, dt.datetime]:
    """The first instant of what was written, and the first after it, in the portal's own zone."""
    year, month, day = int(match[2]), int(match[3] or 1), int(match[4] or 1)
    if match[5]:
        at = dt.datetime.fromisoformat(match[0][len(match[1] or "") :].replace("Z", "+00:00"))
        return at, at + dt.timedelta(seconds=1 if match[5].count(":") > 2 else 60)
    first = dt.date(year, month, day)
    if match[4]:
        after = first + dt.timedelta(days=1)
    elif match[3]:
        after = (first + dt.timedelta(days=31)).replace(day=1)
    else:
        after = dt.date(year + 1, 1, 1)
    return _midnight(first), _midnight(after)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
