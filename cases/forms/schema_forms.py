"""A numbered form on the screen, made from its schema: fields, tables, groups; drafts ask for nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.form_schemas.parts import Group, Item, Schema
from cases.forms.fields import (
    Line,
    OneOf,
    Reason,
    SomeOf,
    Story,
    WideDate,
    WideDecimal,
    WideInteger,
    WideTime,
    Yes,
    choices_of,
)
from msw_portal.kernel.form_fields import ShownField, show_field
from msw_portal.kernel.forms import CommandForm

ROWS_FIRST = 2
TILES_MOST = 5
RADIO_MOST = 8


class MoneyAmount(WideDecimal):
    """An amount in yuan, not negative."""

    is_money = True

    def __init__(self, **kwargs: Any):
        super().__init__(
            min_value=0,
            max_digits=14,
            decimal_places=2,
            error_messages={"min_value": _("金额不能是负数。")},
            **kwargs,
        )


def _bounds(item: Item) -> dict[str, Any]:
    sentences = {}
    if item.least is not None:
        sentences["min_value"] = _("不能小于 %(limit_value)s。")
    if item.most is not None:
        sentences["max_value"] = _("不能大于 %(limit_value)s。")
    return {"min_value": item.least, "max_value": item.most, "error_messages": sentences}


def field_of(item: Item, *, is_required: bool, is_cell: bool = False) -> forms.Field:
    """The Django field that reads one item; in the cell of a table a choice is a select."""
    given: dict[str, Any] = {
        "label": item.label,
        "required": is_required,
        "help_text": item.help,
        "initial": item.initial,
    }
    if item.kind == "line":
        return Line(max_length=item.most or 200, **given)
    if item.kind == "story":
        return Story(rows=item.rows, max_length=item.most or 8000, **given)
    if item.kind == "date":
        return WideDate(not_future=item.past, not_past=item.future, **given)
    if item.kind == "time":
        return WideTime(**given)
    if item.kind == "integer":
        return WideInteger(**_bounds(item), **given)
    if item.kind == "money":
        return MoneyAmount(**given)
    if item.kind == "yes":
        del given["required"]
        return Yes(must=item.must if is_required else "", **given)
    if item.kind == "choices":
        return SomeOf(choices=item.options, **given)
    if item.kind == "scale":
        options = [(str(n), str(n)) for n in range(item.least or 0, (item.most or 10) + 1)]
        return OneOf(choices=options, widget=forms.RadioSelect, **given)
    is_group = len(item.options) <= RADIO_MOST and not is_cell
    return OneOf(
        choices=list(item.options) if is_group else choices_of(item.options),
        widget=forms.RadioSelect if is_group else forms.Select,
        **given,
    )


def shape_of(item: Item) -> str:
    """How a group of choices is drawn: short marks in a row, few as tiles, some as a list."""
    if item.kind == "scale":
        return "scale"
    if item.kind != "choice":
        return ""
    if all(len(str(label)) == 1 for _code, label in item.options):
        return "scale"
    if len(item.options) <= TILES_MOST:
        return "tiles"
    return "pick" if len(item.options) <= RADIO_MOST else ""


@dataclass
class ShownTable:
    """A small table: heads, lines of controls, and further lines behind a fold.

    Whoever writes whole sentences in a cell gets a card for each line instead of narrow columns.
    """

    item: Item
    heads: list[str]
    lines: list[list[ShownField]] = field(default_factory=list)
    more: list[list[ShownField]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_wide(self) -> bool:
        return any(column.kind == "story" for column in self.item.columns)


@dataclass
class ShownGroup:
    """A group as the page draws it: what is known above, short items in a grid, the rest below."""

    group: Group
    place: int
    entries: list[dict[str, Any]] = field(default_factory=list)


class SchemaForm(CommandForm):
    """A form of one schema; with `keep` pressed it is a draft and nothing is required."""

    schema: Schema

    def __init__(self, *args: Any, asks_reason: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.is_keeping = bool(self.data and "keep" in self.data)
        for item in self.schema.items:
            if item.kind == "rows":
                self._add_rows(item)
            else:
                asked = item.is_required and not self.is_keeping
                self.fields[item.name] = field_of(item, is_required=asked)
        if asks_reason:
            self.fields["correction_reason"] = Reason(label=_("更正原因"))

    def _add_rows(self, item: Item) -> None:
        # The table itself is a field of its own, so that a refusal has a place to stand.
        self.fields[item.name] = forms.CharField(
            label=item.label, required=False, help_text=item.help, widget=forms.HiddenInput
        )
        for row in range(item.rows):
            for column in item.columns:
                self.fields[f"{item.name}-{row}-{column.name}"] = field_of(
                    column, is_required=False, is_cell=True
                )

    def clean(self) -> dict[str, Any]:
        """The cells of a table become one list of rows; lines without anything are left out."""
        cleaned = super().clean()
        for item in self.schema.items:
            if item.kind != "rows":
                continue
            rows = []
            for row in range(item.rows):
                cells = {
                    column.name: cleaned.pop(f"{item.name}-{row}-{column.name}", None)
                    for column in item.columns
                }
                if any(not column.is_blank(cells[column.name]) for column in item.columns):
                    rows.append(cells)
            cleaned[item.name] = rows
            if item.is_required and not rows and not self.is_keeping:
                self.add_error(item.name, _("至少填一行。"))
                cleaned[item.name] = rows
        return cleaned

    def groups(self) -> Iterator[ShownGroup]:
        """The groups in order, each with what it draws."""
        for place, group in enumerate(self.schema.groups):
            shown = ShownGroup(group, place)
            grid: list[ShownField] = []
            for item in group.items:
                if item.kind == "rows":
                    self._flush(shown, grid)
                    shown.entries.append({"table": self._table(item)})
                    continue
                one = self._shown(item)
                if self._is_short(item):
                    grid.append(one)
                    continue
                self._flush(shown, grid)
                shown.entries.append({"field": one})
            self._flush(shown, grid)
            yield shown

    @staticmethod
    def _flush(shown: ShownGroup, grid: list[ShownField]) -> None:
        if grid:
            shown.entries.append({"grid": list(grid)})
            grid.clear()

    @staticmethod
    def _is_short(item: Item) -> bool:
        if item.kind == "choice":
            return len(item.options) > RADIO_MOST
        return item.kind in ("line", "date", "time", "integer", "money")

    def _shown(self, item: Item) -> ShownField:
        return show_field(
            self[item.name],
            shape=shape_of(item),
            affix=str(item.unit),
            optional=not item.is_required and item.kind != "yes",
        )

    def _table(self, item: Item) -> ShownTable:
        shown = ShownTable(
            item,
            [str(column.label) for column in item.columns],
            errors=list(self.errors.get(item.name, [])),
        )
        filled = ROWS_FIRST
        lines = []
        for row in range(item.rows):
            cells = []
            for column in item.columns:
                bound = self[f"{item.name}-{row}-{column.name}"]
                if bound.value() not in (None, "", []) or bound.errors:
                    filled = max(filled, row + 1)
                said = f"{item.label} {row + 1} {column.label}"
                cells.append(show_field(bound, aria_label=said))
            lines.append(cells)
        shown.lines, shown.more = lines[:filled], lines[filled:]
        return shown


def initial_of_payload(schema: Schema, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A kept payload as the form's `initial`."""
    initial: dict[str, Any] = {}
    for item in schema.items:
        value = payload.get(item.name)
        if item.kind != "rows":
            if value not in (None, ""):
                initial[item.name] = value
            continue
        for row, cells in enumerate(value or []):
            for column in item.columns:
                initial[f"{item.name}-{row}-{column.name}"] = cells.get(column.name)
    return initial


def schema_form(schema: Schema, base: type[SchemaForm] = SchemaForm) -> type[SchemaForm]:
    """The form class of a schema."""
    return type(f"{schema.kind}Form", (base,), {"schema": schema})
