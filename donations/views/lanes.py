"""Requests as a board: lanes by stage with count, sum and tickets, what is due first on top; pages inside a lane."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.http import QueryDict

from donations.models.requests import FundingRequest
from donations.views.paging import address
from msw_portal.kernel import keyset

LANE_SIZE = 12
NEVER = dt.datetime(
    9999, 1, 1, tzinfo=dt.UTC
)  # sorts what has no clock behind everything that has one
ORDER = ("due_key", "id")
WAITING = ("submitted_at", "id")
Ticket = Callable[[FundingRequest], dict[str, Any]]
Address = Callable[[str], str]  # where a lane, by its key, goes on


@dataclass(frozen=True)
class Lane:
    """One column: its address, its name, the states in it; `is_kept` shows it also when empty.

    Where requests stay for years they are not counted (`is_counted`): the first tickets come by a statement of
    their own, what was sent longest ago on top, at the same cost for ten and for a hundred thousand.
    """

    key: str
    label: Any
    states: tuple[str, ...]
    is_kept: bool = True
    is_counted: bool = True

    @property
    def order(self) -> tuple[str, ...]:
        return ORDER if self.is_counted else WAITING


def states_of(lanes: Sequence[Lane]) -> list[str]:
    """The states that are counted."""
    return sorted({state for lane in lanes if lane.is_counted for state in lane.states})


def sums_of(shown: QuerySet, **more: Any) -> dict[str, dict[str, Any]]:
    """By state how many there are and for how much; `more` are further sums of each."""
    sums = shown.order_by().values("state")
    amount = Sum(Coalesce("approved", "requested"))
    return {row["state"]: row for row in sums.annotate(count=Count("id"), amount=amount, **more)}


def lanes_of(
    lanes: Sequence[Lane],
    shown: QuerySet,
    *,
    query: QueryDict,
    ticket: Ticket,
    more_url: Address,
    counted: Mapping[str, Mapping[str, Any]] | None = None,
    beyond: QuerySet | None = None,
) -> list[dict[str, Any]]:
    """Every lane with its first tickets: one statement for counts and sums, one for the tickets.

    `beyond` are the rows of the lanes that are not counted, which stand behind the others.
    """
    counted = sums_of(shown) if counted is None else counted
    told = [lane for lane in lanes if lane.is_counted]
    placed = _placed(told, shown)
    drawn = [
        _lane(lane, counted, placed.get(place, []), query, ticket, more_url)
        for place, lane in enumerate(told)
        if lane.is_kept or any(state in counted for state in lane.states)
    ]
    uncounted = [lane for lane in lanes if not lane.is_counted]
    rest = [_uncounted(lane, beyond, query, ticket, more_url) for lane in uncounted]
    return drawn + [lane for lane in rest if lane["tickets"]]


def _uncounted(
    lane: Lane, rows: QuerySet | None, query: QueryDict, ticket: Ticket, more_url: Address
) -> dict[str, Any]:
    if rows is None:
        raise ValueError(f"the rows of {lane.key} are missing")
    page = keyset.page(rows.filter(state__in=lane.states), order=WAITING, size=LANE_SIZE)
    amounts = [one.requested if one.approved is None else one.approved for one in page.rows]
    return {
        "key": lane.key,
        "label": lane.label,
        "count": f"{len(amounts)}+" if page.next else len(amounts),
        "amount": None if page.next else sum(amounts, Decimal(0)),
        "tickets": [ticket(one) for one in page.rows],
        "more": 0,
        "more_url": more_url(lane.key) + address(query, after=page.next) if page.next else "",
        "list_url": address(query, view="list", state=",".join(lane.states)),
    }


def _placed(lanes: Sequence[Lane], shown: QuerySet) -> dict[int, list[FundingRequest]]:
    places = [When(state__in=lane.states, then=Value(n)) for n, lane in enumerate(lanes)]
    place = Window(RowNumber(), partition_by=F("lane"), order_by=[F(name).asc() for name in ORDER])
    rows = with_due_key(shown).annotate(lane=Case(*places, output_field=IntegerField()))
    tickets: dict[int, list[FundingRequest]] = {}
    for one in sorted(
        rows.annotate(place=place).filter(place__lte=LANE_SIZE), key=lambda one: one.place
    ):
        tickets.setdefault(one.lane, []).append(one)
    return tickets


def with_due_key(rows: QuerySet) -> QuerySet:
    return rows.annotate(due_key=Coalesce("due_at", Value(NEVER)))


def _lane(
    lane: Lane,
    counted: Mapping[str, Mapping[str, Any]],
    first: Sequence[FundingRequest],
    query: QueryDict,
    ticket: Ticket,
    more_url: Address,
) -> dict[str, Any]:
    held = [counted[state] for state in lane.states if state in counted]
    count = sum(row["count"] for row in held)
    cursor = keyset.make_cursor([first[-1].due_key, first[-1].pk], order=ORDER) if first else ""
    is_more = count > len(first)
    return {
        "key": lane.key,
        "label": lane.label,
        "count": count,
        "amount": sum((row["amount"] or Decimal(0) for row in held), Decimal(0)),
        "tickets": [ticket(one) for one in first],
        "more": count - len(first),
        "more_url": more_url(lane.key) + address(query, after=cursor) if is_more else "",
        "list_url": address(query, view="list", state=",".join(lane.states)) if is_more else "",
    }


def more_of(
    lane: Lane, shown: QuerySet, *, query: QueryDict, ticket: Ticket, more_url: Address
) -> dict[str, Any]:
    """The next tickets of a lane after `?after=`; a cursor that is not of it begins anew."""
    rows = with_due_key(shown.filter(state__in=lane.states))
    try:
        page = keyset.page(rows, order=lane.order, after=query.get("after"), size=LANE_SIZE)
    except keyset.BadCursor:
        page = keyset.page(rows, order=lane.order, size=LANE_SIZE)
    return {
        "tickets": [ticket(one) for one in page.rows],
        "more_url": more_url(lane.key) + address(query, after=page.next) if page.next else "",
        "list_url": address(query, view="list", state=",".join(lane.states)),
    }
