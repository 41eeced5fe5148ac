"""Columns of a table that leaves the portal, each said once for both ways out: from an object, and by the database.

A plain column is its field. The makers below say what a choice, a day or a name beside the row is in Python and in
SQL at once; a column whose `value` has no `sql` keeps its list from being copied, and nothing else changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Expression, F
from django.utils import timezone
from django.utils.functional import Promise

from msw_portal.kernel.data_classes import Level, class_of
from msw_portal.kernel.tables.copying import Day, Instant, Labels, label

Label = str | Promise
Told = Expression | F


@dataclass(frozen=True)
class Column:
    """A column shows one field of a model, or what `value` makes of it; its class decides how.

    `sql` says the same from the path that leads to the object, "" or "case__client__root__".
    """

    label: Label
    model: type[models.Model]
    field: str
    value: Callable[[Any], object] | None = None
    sql: Callable[[str], Told] | None = None

    @property
    def level(self) -> Level:
        return class_of(self.model, self.field).level

    @property
    def is_copied(self) -> bool:
        """Whether the database can say it; what is of a person is masked in Python alone."""
        return self.level < Level.PERSON and (self.sql is not None or self.value is None)

    def told(self, path: str) -> Told:
        """What the database says; only where `is_copied`."""
        return self.sql(path) if self.sql else F(f"{path}{self.field}")


def choice(label_: Label, model: type[models.Model], field: str) -> Column:
    """The word of a choice."""
    return Column(
        label_,
        model,
        field,
        lambda row: getattr(row, f"get_{field}_display")(),
        lambda path: label(f"{path}{field}", model._meta.get_field(field).flatchoices),
    )


def choices(
    label_: Label,
    model: type[models.Model],
    field: str,
    codes: str,
    words: type[models.TextChoices],
) -> Column:
    """The words of an array of codes that stands at `codes` of the row."""
    return Column(
        label_,
        model,
        field,
        lambda row: "、".join(str(words(code).label) for code in getattr(row, codes) or ()),
        lambda path: Labels(f"{path}{codes}", words.choices),
    )


def beside(label_: Label, model: type[models.Model], field: str, *names: str) -> Column:
    """What stands at a path of attributes from the row: an annotation, a column of what a key leads to."""

    def value(row: Any) -> object:
        for name in names:
            row = None if row is None else getattr(row, name)
        return row

    return Column(label_, model, field, value, lambda path: F(f"{path}{'__'.join(names)}"))


def _instant(shape: str, told: Callable[[F], Told]) -> Callable[..., Column]:
    def column(label_: Label, model: type[models.Model], field: str) -> Column:
        read = attrgetter(field)

        def value(row: Any) -> str:
            at = read(row)
            return f"{timezone.localtime(at):{shape}}" if at else ""

        return Column(label_, model, field, value, lambda path: told(F(f"{path}{field}")))

    return column


def _to_char(shape: str) -> Callable[[F], Told]:
    return lambda at: Instant(at, shape=shape)


day = _instant("%Y-%m-%d", Day)
minute = _instant("%Y-%m-%d %H:%M", _to_char("YYYY-MM-DD HH24:MI"))
second = _instant("%Y-%m-%d %H:%M:%S", _to_char("YYYY-MM-DD HH24:MI:SS"))


def yes_no(
    label_: Label, model: type[models.Model], field: str, words: tuple[Label, Label]
) -> Column:
    """`words` for true and false."""
    yes, no = words
    return Column(
        label_,
        model,
        field,
        lambda row: str(yes if getattr(row, field) else no),
        lambda path: label(f"{path}{field}", [(True, yes), (False, no)]),
    )
