"""Forms with rows: so many lines as are filled in and a few empty ones, each line whole or empty."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.forms import CommandForm

MOST = 60
Columns = Mapping[str, Callable[[], forms.Field]]


class TableForm(CommandForm):
    """`rows` becomes a list of lines; a line counts when one of its cells that `weighs` is filled in."""

    columns: Columns = {}
    # Cells that need not be filled in, and cells that alone make no line (a choice set beforehand).
    optional: frozenset[str] = frozenset()
    weightless: frozenset[str] = frozenset()
    spare = 3

    def __init__(self, *args: Any, columns: Columns | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if columns is not None:
            self.columns = columns
        given = self.data if self.is_bound else self.initial
        self.count = min(MOST, self._highest(given) + (0 if self.is_bound else self.spare))
        for n in range(self.count):
            for name, make in self.columns.items():
                field = make()
                field.required, field.help_text = False, ""
                self.fields[f"{n}-{name}"] = field

    def _highest(self, given: Mapping[str, Any]) -> int:
        places = [key.split("-", 1)[0] for key in given if "-" in key]
        return max((int(one) + 1 for one in places if one.isascii() and one.isdigit()), default=0)

    @property
    def heads(self) -> list[str]:
        """The labels of the columns."""
        return [str(make().label) for make in self.columns.values()] if self.columns else []

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        """The rows as they are drawn."""
        return [[self[f"{n}-{name}"] for name in self.columns] for n in range(self.count)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = []
        for n in range(self.count):
            line = {name: cleaned.pop(f"{n}-{name}", None) for name in self.columns}
            weighs = {name: value for name, value in line.items() if name not in self.weightless}
            if not any(value not in (None, "", [], False) for value in weighs.values()):
                continue
            for name, value in line.items():
                is_missing = value in (None, "", [])
                if is_missing and name not in self.optional and not self._is_wrong(n, name):
                    self.add_error(f"{n}-{name}", _("请填写这一项。"))
            self.clean_line(n, line)
            rows.append(line)
        if self.columns:
            cleaned["rows"] = rows
        return cleaned

    def clean_line(self, n: int, line: dict[str, Any]) -> None:
        """A rule of one line; says what is wrong with `add_error(f"{n}-<column>", ...)`."""

    def _is_wrong(self, n: int, name: str) -> bool:
        return f"{n}-{name}" in self.errors


def lines_initial(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Stored rows as the initial values of a TableForm."""
    return {f"{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
