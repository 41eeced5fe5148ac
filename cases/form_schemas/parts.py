"""What a numbered form is made of: items in groups, as data; screens, checks and prints read the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Options = tuple[tuple[str, Text], ...]

# line, story: text; date, time, integer, money: as named; choice: one of options; choices: several;
# yes: a tick; scale: a number from least to most; rows: a small table of columns.
KINDS = frozenset(
    {"line", "story", "date", "time", "integer", "money", "choice", "choices", "yes", "scale"}
    | {"rows"}
)
YES_NO: Options = (("yes", _("是")), ("no", _("否")))


@dataclass(frozen=True)
class Item:
    """One field of a form.

    `is_required` is asked when the form is finished, never of a draft; `rows` is the height of a
    story or the number of lines of a table (`columns`); `least`, `most` bound numbers and scales;
    `past` and `future` bound a date by today; `must` is the sentence of a tick that has to be set.
    """

    name: str
    label: Text
    kind: str = "story"
    options: Options = ()
    is_required: bool = False
    help: Text = ""
    rows: int = 3
    most: int | None = None
    least: int | None = None
    columns: tuple["Item", ...] = ()
    past: bool = False
    future: bool = False
    must: Text = ""
    initial: Any = None
    unit: Text = ""
    is_wide: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: no such kind {self.kind!r}")
        if (self.kind in ("choice", "choices")) != bool(self.options):
            raise ValueError(f"{self.name}: options belong to choices")

    def is_blank(self, value: Any) -> bool:
        """Whether nothing was entered."""
        return value in (None, "", [], False, ())

    def words(self, value: Any) -> str:
        """The value as a person reads it; "" for nothing."""
        if self.is_blank(value):
            return ""
        said = {code: str(label) for code, label in self.options}
        if self.kind == "choice":
            return said.get(str(value), str(value))
        if self.kind == "choices":
            return "、".join(said.get(code, code) for code in value)
        if self.kind == "yes":
            return str(_("是"))
        if self.kind == "rows":
            return "\n".join(
                "；".join(
                    f"{column.label} {column.words(row.get(column.name))}"
                    for column in self.columns
                    if not column.is_blank(row.get(column.name))
                )
                for row in value
            )
        if self.kind == "time":
            return str(value)[:5]
        return f"{value} {self.unit}".strip() if self.unit else str(value)


@dataclass(frozen=True)
class Group:
    """Items under one heading; `known` names what the system fills in there (services/form_facts)."""

    title: Text
    items: tuple[Item, ...] = ()
    known: str = ""
    help: Text = ""


@dataclass(frozen=True)
class Schema:
    """A numbered form.

    `is_repeated`: every record stands for itself (a meeting, a follow-up); otherwise the case has one,
    in versions. `signers` are the lines at the foot of the paper.
    """

    kind: str
    title: Text
    groups: tuple[Group, ...]
    is_repeated: bool = False
    signers: tuple[Text, ...] = (_("服务对象或监护人"), _("社工"), _("督导"))
    lead: Text = ""
    has_person: bool = True

    @property
    def items(self) -> Iterator[Item]:
        for group in self.groups:
            yield from group.items

    def missing(self, payload: Mapping[str, Any]) -> list[Item]:
        """What a finished form still lacks."""
        return [
            item
            for item in self.items
            if item.is_required and item.is_blank(payload.get(item.name))
        ]

    def differing(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Item]:
        """The items in which two payloads differ, an empty value being no value."""
        return [
            item
            for item in self.items
            if item.words(one.get(item.name)) != item.words(other.get(item.name))
        ]


def cell(name: str, label: Text, kind: str = "line", **given: Any) -> Item:
    """A column of a table."""
    return Item(name, label, kind, **given)


def options_of(codes: Any) -> Options:
    """A code list of the models as options, codes as text."""
    return tuple((str(value), label) for value, label in codes.choices)
