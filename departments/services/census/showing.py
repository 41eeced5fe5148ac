"""A return as its page shows it: its course, its versions, and what a version changed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from departments.census_permissions import is_party
from departments.models.census import CensusLine, CensusReturn
from departments.models.mechanisms import Transition
from departments.services.census.lines import COLUMNS, COUNTS
from departments.services.census.shapes import SHAPES
from departments.services.census.small_cells import HOUSE, least_shown, shown
from departments.services.history import role_label
from departments.workflow import CENSUS
from msw_portal.kernel.display import figure


@dataclass(frozen=True)
class Move:
    """One step of a return's course, by whichever side; without the names of people of the other house."""

    at: dt.datetime
    label: str
    role: str
    reason: str


@dataclass(frozen=True)
class Changed:
    """A line that differs from the version before: `kind` is added, gone or changed; `facts` are (label, old, new)."""

    name: str
    kind: str
    facts: Sequence[tuple[str, str, str]] = field(default_factory=tuple)


def course(census: CensusReturn) -> list[Move]:
    """What happened to a return, the newest first; the caller has found it through visible_to."""
    rows = Transition.objects.of(census).order_by("-at")
    return [
        Move(row.at, _label(row.step), role_label(row.actor_role), row.reason or "") for row in rows
    ]


def _label(step: str) -> str:
    return _("开始填报") if step == "begin" else str(CENSUS.step(step).label)


def versions(census: CensusReturn, user: Any) -> list[CensusReturn]:
    """Every version of the same return that the person may see, the newest first."""
    same = CensusReturn.objects.visible_to(user).filter(
        organization_id=census.organization_id, kind=census.kind, year=census.year
    )
    return list(same.order_by("-version"))


def changes(census: CensusReturn) -> list[Changed]:
    """What a version changed in the lines of the one it corrects; [] for the first."""
    if census.corrects_id is None:
        return []
    old = {line.name: line for line in _lines(census.corrects_id)}
    new = {line.name: line for line in _lines(census.pk)}
    found = []
    for name, line in new.items():
        if name not in old:
            found.append(Changed(name, "added"))
            continue
        facts = _facts(old[name], line)
        if facts:
            found.append(Changed(name, "changed", facts))
    return found + [Changed(name, "gone") for name in old if name not in new]


def _lines(census_id: int) -> Any:
    rows = CensusLine.objects.filter(census_id=census_id).select_related("place")
    return rows.order_by("rank", "id")


def _facts(old: CensusLine, new: CensusLine) -> list[tuple[str, str, str]]:
    return [
        (str(CensusLine._meta.get_field(name).verbose_name), said(old, name), said(new, name))
        for name in COLUMNS
        if said(old, name) != said(new, name)
    ]


def said(line: CensusLine, name: str) -> str:
    """A column of a line in words."""
    if name in ("category", "grade"):
        return str(getattr(line, f"get_{name}_display")()) or "—"
    if name == "place":
        return line.place.name if line.place else "—"
    value = getattr(line, name)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str):
        return value or "—"
    return "—" if value is None else figure(_plain(value))


# ── the lines of a return ────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownLine:
    """A line in words: what it is, where, and its numbers as (name, number)."""

    line: CensusLine
    facts: str
    cells: Sequence[tuple[str, str]]


def columns(census: CensusReturn) -> list[str]:
    """The names of the numbers a return asks for."""
    return [str(CensusLine._meta.get_field(name).verbose_name) for name in _numbers(census.kind)]


def _numbers(kind: str) -> list[str]:
    return [name for name in (*COUNTS, "area") if name in SHAPES[kind].asks]


def shown_lines(lines: Sequence[CensusLine], census: CensusReturn, user: Any) -> list[ShownLine]:
    """Lines in words; who neither gave nor received them sees no small number of people."""
    least = None if is_party(user, census) else least_shown(HOUSE)
    heads = columns(census)
    return [
        ShownLine(
            line, _line_facts(line, census.kind), _named(heads, cells_of(line, census.kind, least))
        )
        for line in lines
    ]


def _named(heads: Sequence[str], cells: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(heads, cells, strict=True))


def _line_facts(line: CensusLine, kind: str) -> str:
    words = [line.get_category_display(), line.get_grade_display() if line.grade else ""]
    if "is_active" in SHAPES[kind].asks and not line.is_active:
        words.append(_("未开展医务社工"))
    return " · ".join(str(word) for word in words if word)


def cells_of(line: CensusLine, kind: str, least: int | None) -> list[str]:
    """The numbers of a line in words; `least` hides those of people below it."""
    found = []
    for name in _numbers(kind):
        value = getattr(line, name)
        if least is not None and isinstance(value, int) and name != "beds":
            found.append(shown(value, least))
        else:
            found.append("—" if value is None else figure(_plain(value)))
    return found


@dataclass(frozen=True)
class Totals:
    lines: int
    counted: int
    cells: Sequence[tuple[str, str]]


def totals(census: CensusReturn, user: Any) -> Totals:
    """The counted lines of a return and the sums of their numbers; in one statement."""
    counted = Q(is_counted=True)
    names = _numbers(census.kind)
    found = (
        CensusLine.objects.visible_to(user)
        .filter(census=census)
        .aggregate(
            n=Count("pk"),
            m=Count("pk", filter=counted),
            **{f"sum_{name}": Sum(name, filter=counted) for name in names},
        )
    )
    sums = [found[f"sum_{name}"] for name in names]
    cells = ["—" if one is None else figure(_plain(one)) for one in sums]
    return Totals(found["n"], found["m"], _named(columns(census), cells))


def _plain(value: int | Decimal) -> int | Decimal:
    return int(value) if value == int(value) else value
