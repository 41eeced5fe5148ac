"""Lists and records of the money side in one shape: columns, cells, cards; see templates/donations/_cells.html."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from departments.views.paging import page_of
from donations.views.paging import PAGE_SIZE, address
from msw_portal.kernel.display import money
from msw_portal.kernel.keyset import capped_counts


@dataclass(frozen=True)
class Cell:
    """One cell; with a tone it is a badge, with `n` a figure that names its column on a phone."""

    text: Any
    url: str = ""
    sub: Any = ""
    tone: str | None = None
    n: bool = False
    label: Any = ""


@dataclass(frozen=True)
class Column:
    label: Any
    n: bool = False


@dataclass(frozen=True)
class Part:
    """A card of a record: facts, or a table with its empty state."""

    id: str
    title: Any
    note: Any = ""
    facts: Sequence[tuple[Any, Any]] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[dict[str, Any]] = field(default_factory=list)
    action: tuple[str, Any] | None = None
    empty_title: Any = ""
    empty_text: Any = ""

    @property
    def head_id(self) -> str:
        return f"h-{self.id}"


def row(*cells: Cell) -> dict[str, Any]:
    return {"cells": cells}


def yuan(amount: Any, label: Any) -> Cell:
    """An amount as a figure; a dash where there is none."""
    return Cell("—" if amount is None else money(amount), n=True, label=label)


def columns(*labels: Any, figures: Sequence[int] = ()) -> list[Column]:
    """Columns by their labels; `figures` are the places of those that hold numbers."""
    return [Column(label, place in figures) for place, label in enumerate(labels)]


def action(label: Any, url: str, *, is_primary: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "is_primary": is_primary}


def state_tabs(
    query: QueryDict, rows: QuerySet, tabs: Sequence[tuple[str, Any]], field_name: str = "state"
) -> list[dict[str, Any]]:
    """The list's tabs by state, each with its capped count; "" is all of them."""
    chosen = query.get(field_name, "")
    counts = capped_counts(
        {tab: rows.filter(**{field_name: tab}) if tab else rows for tab, _label in tabs}
    )
    return [
        {
            "label": label,
            "url": address(query, **{field_name: tab or None}),
            "is_on": chosen == tab,
            "count": counts[tab],
        }
        for tab, label in tabs
    ]


def list_page(
    request: HttpRequest,
    rows: QuerySet,
    *,
    order: tuple[str, ...] = ("-id",),
    tabs: Sequence[tuple[str, Any]] = (),
    field_name: str = "state",
) -> dict[str, Any]:
    """A keyset page of rows with its tabs; the caller turns `rows` into cells."""
    chosen = request.GET.get(field_name, "")
    is_known = chosen in {tab for tab, _label in tabs if tab}
    shown = rows.filter(**{field_name: chosen}) if is_known else rows
    page = page_of(request, shown, order=order, size=PAGE_SIZE)
    page["tabs"] = state_tabs(request.GET, rows, tabs, field_name) if tabs else []
    page["chosen"] = is_known or any(tab["count"] != "0" for tab in page["tabs"][:1])
    return page
