"""A chart and the table of the same numbers: one value object feeds both, so they cannot differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.functional import Promise

from msw_portal.kernel.display import figure

Number = int | Decimal | float | None
Text = str | Promise


@dataclass(frozen=True)
class Series:
    """One line, bar colour or radar outline; `urls` opens each number to its rows.

    `color` is 1 to 5 (the tokens --c1 to --c5), by default the place of the series.
    """

    name: Text
    values: Sequence[Number]
    urls: Sequence[str] = ()
    color: int = 0


@dataclass(frozen=True)
class Target:
    """An agreed value, drawn as a dashed line with its words."""

    value: Number
    label: Text


@dataclass(frozen=True)
class Cell:
    """One number of the table, as text, with the address of its rows; `plain` is for a file."""

    text: str
    url: str
    plain: str = ""


@dataclass(frozen=True)
class Chart:
    """What `{% chart %}` draws.

    `kind` is line, bar (horizontal), stacked (horizontal), funnel or radar. `definition` says unit,
    formula, population and as-of time. `columns` are numbers that only the table shows.
    `maximum` is the end of a radar's axes, or of a bar's (100 for percentages); `suffix` follows
    each number (`%`). The lengths of categories and of every series are equal. `csv_url` is where the
    numbers are taken as a file; without it the page makes the file from its table.

    Raises:
        ValueError: when a series has another length than the categories.
    """

    id: str
    kind: Literal["line", "bar", "stacked", "funnel", "radar"]
    title: Text
    categories: Sequence[Text]
    series: Sequence[Series]
    category_label: Text = ""
    definition: Text = ""
    suffix: str = ""
    target: Target | None = None
    maximum: Number = None
    columns: Sequence[Series] = ()
    csv_url: str = ""

    def __post_init__(self) -> None:
        for one in (*self.series, *self.columns):
            if len(one.values) != len(self.categories):
                raise ValueError(f"chart {self.id}: {one.name} does not match its categories")

    @property
    def is_empty(self) -> bool:
        """True when there is no number to draw, so that the page can say what to do first."""
        return not any(value for one in self.series for value in one.values)

    @property
    def legend(self) -> list[tuple[str, int]]:
        """Name and colour of each series where there is more than one to tell apart."""
        pairs = [(str(one.name), one.color or n) for n, one in enumerate(self.series, start=1)]
        return pairs if len(pairs) > 1 else []

    @property
    def heads(self) -> list[str]:
        """The table's column names after the category."""
        return [str(one.name) for one in (*self.columns, *self.series)]

    @property
    def rows(self) -> list[tuple[str, list[Cell]]]:
        """The table's rows: category and one cell per column."""
        return [
            (str(name), [self._cell(one, place) for one in (*self.columns, *self.series)])
            for place, name in enumerate(self.categories)
        ]

    def _cell(self, one: Series, place: int) -> Cell:
        value = one.values[place]
        return Cell(
            self._text(one, place),
            one.urls[place] if one.urls else "",
            "" if value is None else str(value),
        )

    def _text(self, one: Series, place: int) -> str:
        value = one.values[place]
        suffix = self.suffix if one in self.series and value is not None else ""
        return figure(value) + suffix

    @property
    def drawing(self) -> dict:
        """What static/js/charts.js reads from the JSON block."""
        return {
            "kind": self.kind,
            "title": str(self.title),
            "categories": [str(name) for name in self.categories],
            "suffix": self.suffix,
            "maximum": _plain(self.maximum),
            "target": self.target
            and {"value": _plain(self.target.value), "label": str(self.target.label)},
            "series": [
                {
                    "name": str(one.name),
                    "values": [_plain(value) for value in one.values],
                    "texts": [self._text(one, at) for at in range(len(one.values))],
                    "urls": list(one.urls),
                    "color": one.color or place,
                }
                for place, one in enumerate(self.series, start=1)
            ],
        }


def _plain(value: Number) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value
