"""A family tree or an ecomap as rows of a form: people, what they are to one another, systems and ties."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import Line, OneOf, WideInteger, Yes, choices_of
from msw_portal.kernel.drawings.checking import MOST_LINES, MOST_PERSONS, faults
from msw_portal.kernel.drawings.svg import drawing_svg
from msw_portal.kernel.drawings.words import (
    FORMAT,
    Direction,
    Emotion,
    Kind,
    Relation,
    Sex,
    Strength,
    System,
)
from msw_portal.kernel.form_fields import ShownField, show_field
from msw_portal.kernel.forms import CommandForm

SPARE = 2
MORE = 4
MORE_OF = "more"
EDGE = 4000


@dataclass(frozen=True)
class Table:
    """A table of the form: its columns by name; `most` rows at the most."""

    name: str
    title: Any
    most: int
    columns: tuple[str, ...]
    prefix: str = ""
    help: Any = ""


@dataclass
class ShownRows:
    """A table as the page draws it."""

    table: Table
    heads: list[str]
    lines: list[dict[str, Any]] = field(default_factory=list)
    is_full: bool = False


PEOPLE = Table(
    "persons",
    _("家庭成员"),
    MOST_PERSONS,
    (
        *("label", "sex", "birth_year", "death_year", "is_deceased"),
        *("is_index", "is_co_living", "health_note"),
    ),
    "p",
    _("写称呼（父、母、长女），不写全名；没有写称呼的行会略过"),
)
RELATIONS = Table("relations", _("关系"), MOST_LINES, ("from", "kind", "to"))
EMOTIONS = Table("emotions", _("情感"), MOST_LINES, ("from", "feeling", "to"))
HOUSEHOLD = Table(
    "persons",
    _("家里的人"),
    MOST_PERSONS,
    ("label", "sex", "is_index"),
    "p",
    _("画在中间的圆里；写称呼，不写全名"),
)
SYSTEMS = Table(
    "systems",
    _("系统与联系"),
    MOST_PERSONS,
    ("label", "system", "strength", "direction", "note"),
    "s",
    _("没有选联系的系统单独画出，不连线"),
)
TABLES = {Kind.GENOGRAM: (PEOPLE, RELATIONS, EMOTIONS), Kind.ECOMAP: (HOUSEHOLD, SYSTEMS)}
LINES = ("relations", "emotions", "ties")
# The name of a column in the payload, where the form needs another one.
STORED = {"feeling": "kind", "system": "kind"}
LABELS = {
    "label": _("称呼或名称"),
    "sex": _("性别"),
    "birth_year": _("出生年"),
    "death_year": _("去世年"),
    "is_deceased": _("已去世"),
    "is_index": _("服务对象"),
    "is_co_living": _("同住"),
    "health_note": _("健康"),
    "from": _("谁"),
    "kind": _("是什么"),
    "feeling": _("怎么样"),
    "to": _("对谁"),
    "system": _("类型"),
    "strength": _("联系"),
    "direction": _("方向"),
    "note": _("说明"),
}


def _cell(column: str, people: list[tuple[str, Any]]) -> forms.Field:
    label = LABELS.get(column, "")
    if column in ("is_deceased", "is_index", "is_co_living"):
        return Yes(label=label)
    if column in ("birth_year", "death_year"):
        return WideInteger(label=label, required=False)
    if column in ("label", "health_note", "note"):
        return Line(label=label, required=False, max_length=200)
    options = {
        "sex": Sex.choices,
        "kind": Relation.choices,
        "feeling": Emotion.choices,
        "system": System.choices,
        "strength": [("", _("没有联系")), *Strength.choices],
        "direction": Direction.choices,
        "from": people,
        "to": people,
    }[column]
    choices = options if column == "strength" else choices_of(options)
    return OneOf(label=label, required=False, choices=choices)


class DrawingForm(CommandForm):
    """The rows of one drawing; `payload` is what they come to, None while a cell cannot be read."""

    payload: dict[str, Any] | None = None

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind, self.tables = kind, TABLES[Kind(kind)]
        self.rows_of: dict[str, int] = {}
        self.places: dict[str, list[int]] = {}
        given = self.data if self.is_bound else self.initial
        for table in self.tables:
            self._add_table(table, given)

    def _add_table(self, table: Table, given: Mapping[str, Any]) -> None:
        filled = [
            int(found.group(1))
            for name in given
            if (found := re.fullmatch(rf"{table.name}-(\d{{1,3}})-[a-z_]+", name))
        ]
        count = max(filled, default=-1) + 1
        if not self.is_bound:
            count += SPARE
        elif self.data.get(MORE_OF) == table.name:
            count += MORE
        self.rows_of[table.name] = count = min(max(count, SPARE), table.most)
        people = self._people(given) if "from" in table.columns else []
        for row in range(count):
            for column in table.columns:
                self.fields[f"{table.name}-{row}-{column}"] = _cell(column, people)
            for axis in ("x", "y") if self._has_places(table) else ():
                self.fields[f"{table.name}-{row}-{axis}"] = WideInteger(
                    required=False, min_value=-EDGE, max_value=EDGE, widget=forms.HiddenInput
                )

    def _has_places(self, table: Table) -> bool:
        return table.name == ("persons" if self.kind == Kind.GENOGRAM else "systems")

    def _people(self, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Everybody who has a row, the empty rows included: a person may be named and related at once."""
        found = []
        for row in range(self.rows_of["persons"]):
            label = str(given.get(f"persons-{row}-label") or "").strip()
            said = label or _("（空）")
            found.append((f"p{row + 1}", f"{row + 1} {said}"))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.payload = self._payload(cleaned)
        for fault in faults(self.payload):
            self._say(fault)
        return {"payload": self.payload}

    def picture(self) -> str:
        """The SVG of the rows as they stand, without the lines that are not finished; "" without a person."""
        form = self
        if not self.is_bound:
            posted = {
                name: "on" if value is True else value for name, value in self.initial.items()
            }
            form = DrawingForm(posted, kind=self.kind)
        form.is_valid()
        if form.payload is None:
            return ""
        wrong = {(fault.table, fault.row) for fault in faults(form.payload)}
        drawn = form.payload | {
            name: [
                row for place, row in enumerate(form.payload[name]) if (name, place) not in wrong
            ]
            for name in LINES
            if name in form.payload
        }
        return "" if faults(drawn) else drawing_svg(drawn, is_editable=True)

    def _say(self, fault: Any) -> None:
        places = self.places.get(fault.table, [])
        if fault.row is None or fault.row >= len(places):
            self.add_error(None, fault.sentence)
            return
        table = "systems" if fault.table == "ties" else fault.table
        name = {"emotions": "feeling", "systems": "system"}.get(fault.table, "kind")
        column = name if fault.field in ("kind", "") else fault.field
        field_name = f"{table}-{places[fault.row]}-{column}"
        if field_name not in self.fields:
            self.add_error(None, fault.sentence)
        else:
            self.add_error(field_name, fault.sentence)

    def _payload(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        today = f"{timezone.localdate():%Y-%m-%d}"
        payload: dict[str, Any] = {"kind": str(self.kind), "format": FORMAT, "as_of": today}
        for table in self.tables:
            payload[table.name], self.places[table.name] = self._rows(table, cleaned)
        if self.kind == Kind.ECOMAP:
            self._tie(payload)
        return payload

    def _rows(self, table: Table, cleaned: Mapping[str, Any]) -> tuple[list[Any], list[int]]:
        """The rows that say something, each with the place it has on the page."""
        rows, places = [], []
        names = [*table.columns, *(("x", "y") if self._has_places(table) else ())]
        for place in range(self.rows_of[table.name]):
            cells = {
                STORED.get(name, name): value
                for name in names
                if (value := cleaned.get(f"{table.name}-{place}-{name}")) not in (None, "", False)
            }
            said = cells.keys() - {"x", "y", "direction"}
            if not said or (table.prefix and "label" not in cells and said <= {"sex"}):
                continue
            if table.prefix:
                cells["id"] = f"{table.prefix}{place + 1}"
            rows.append(cells)
            places.append(place)
        return rows, places

    def _tie(self, payload: dict[str, Any]) -> None:
        """A system's row holds its one tie; in the payload they stand apart."""
        ties, places = [], []
        for row, place in zip(payload["systems"], self.places["systems"], strict=True):
            tie = {name: row.pop(name) for name in ("strength", "direction", "note") if name in row}
            if "strength" in tie:
                ties.append({"system": row["id"], **tie})
                places.append(place)
        payload["ties"], self.places["ties"] = ties, places

    def shown(self) -> list[ShownRows]:
        """The tables with their lines, each cell named for who does not see the heads."""
        found = []
        for table in self.tables:
            count = self.rows_of[table.name]
            shown = ShownRows(
                table, [str(LABELS[name]) for name in table.columns], is_full=count >= table.most
            )
            for row in range(count):
                shown.lines.append(self._line(table, row))
            found.append(shown)
        return found

    def _line(self, table: Table, row: int) -> dict[str, Any]:
        cells: list[ShownField] = []
        for name in table.columns:
            said = f"{table.title} {row + 1} {LABELS[name]}"
            cells.append(show_field(self[f"{table.name}-{row}-{name}"], aria_label=said))
        hidden = [
            self[f"{table.name}-{row}-{axis}"] for axis in ("x", "y") if self._has_places(table)
        ]
        node = f"{table.prefix}{row + 1}" if self._has_places(table) else ""
        return {"number": row + 1, "cells": cells, "hidden": hidden, "node": node}


def initial_of_drawing(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A kept drawing as the form's `initial`; a person's number is the row it stands in."""
    numbers = {row["id"]: f"p{place + 1}" for place, row in enumerate(payload["persons"])}
    ties = {row["system"]: row for row in payload.get("ties", [])}
    initial: dict[str, Any] = {}
    for table in TABLES[Kind(payload["kind"])]:
        for place, row in enumerate(payload.get(table.name, [])):
            cells = {**ties.get(row.get("id"), {}), **row}
            for name in (*table.columns, "x", "y"):
                value = cells.get(STORED.get(name, name))
                if name in ("from", "to"):
                    value = numbers[value]
                if value is not None:
                    initial[f"{table.name}-{place}-{name}"] = value
    return initial
