"""What the pages show of a run: masked where a person could be known, in the words of its kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from departments.models.imports import ImportRow, ImportRun
from departments.services.importing.kinds import Kind
from msw_portal.kernel.data_classes import MASKS
from msw_portal.kernel.retelling import retold

LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Fault:
    """One reason of a refused line: beside which column, what stands there, why not."""

    column: str
    cell: str
    sentence: str


@dataclass(frozen=True)
class Shown:
    """A line of the review."""

    line: int
    who: tuple[str, ...]
    faults: tuple[Fault, ...]


def shown(kind: Kind, run: ImportRun, rows: Iterable[ImportRow]) -> list[Shown]:
    """Lines in words; the rows were found through visible_to."""
    return [_shown(kind, run, row) for row in rows]


def _shown(kind: Kind, run: ImportRun, row: ImportRow) -> Shown:
    said = row.payload or {"cells": [], "faults": []}
    cells = said["cells"]
    return Shown(
        row.line,
        tuple(filter(None, (_cell(kind, run, cells, name) for name in kind.shown))),
        tuple(
            Fault(kind.label_of(name), _cell(kind, run, cells, name), retold(sentence))
            for name, sentence in said.get("faults", ())
        ),
    )


def _cell(kind: Kind, run: ImportRun, cells: Sequence[str], name: str) -> str:
    index = run.mapping.get(name)
    if index is None or index >= len(cells) or not cells[index]:
        return ""
    mask = kind.column(name).mask
    text = MASKS[mask](cells[index]) if mask else cells[index]
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def unused(run: ImportRun) -> list[str]:
    """Titles of the columns that are not imported."""
    used = set(run.mapping.values())
    return [head for index, head in enumerate(run.heads) if head and index not in used]


def fault_bars(kind: Kind, run: ImportRun) -> list[tuple[str, int]]:
    """How many lines were refused for each column, the most first."""
    return [
        (kind.label_of(name), count)
        for name, count in sorted(run.fault_counts.items(), key=lambda one: -one[1])
    ]
