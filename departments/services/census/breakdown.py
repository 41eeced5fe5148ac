"""Institutions and workers by place, for whoever reads the figures; small cells are hidden from others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from departments.models.census import CensusKind, CensusLine
from departments.services.census.measures import MEASURES, added, counted
from departments.services.census.small_cells import hidden

COLUMNS = ("institutions", "tertiary", "workers", "tertiary_workers")


@dataclass(frozen=True)
class Place:
    """One row of the table: a place and its numbers in words, in the order of COLUMNS."""

    name: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Breakdown:
    rows: Sequence[Place]
    total: Sequence[str]
    # Below what numbers are hidden; None where nothing is.
    least: int | None


def by_place(lines: QuerySet[CensusLine], *, year: int, least: int | None) -> Breakdown:
    """The institutions' return of a year by place, most workers first; with `least` small cells are hidden."""
    asked = counted(lines).filter(census__kind=CensusKind.INSTITUTION, census__year=year)
    grouped = asked.values("place_id", "place__name").annotate(
        **{f"sum_{name}": added(MEASURES[name]) for name in COLUMNS}
    )
    found = list(grouped.order_by("-sum_workers", "place_id"))
    columns = {
        name: {row["place_id"]: int(row[f"sum_{name}"] or 0) for row in found} for name in COLUMNS
    }
    gone = {name: hidden(cells, least) if least else set[Any]() for name, cells in columns.items()}
    rows = [
        Place(
            row["place__name"] or "—",
            [
                # Those that are hidden for the others' sake say no bound.
                "•" if row["place_id"] in gone[name] else f"{columns[name][row['place_id']]:,}"
                for name in COLUMNS
            ],
        )
        for row in found
    ]
    total = [f"{sum(cells.values()):,}" for cells in columns.values()]
    return Breakdown(rows, total, least)
