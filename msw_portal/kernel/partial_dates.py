"""Dates of which a source says only the month or the year, kept and shown as it says."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

TYPED = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?|年)?")
SHOWN = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
EARLIEST = 1800


@dataclass(frozen=True)
class PartialDate:
    """`on` is the first day of what is known; `precision` says how much: day, month or year."""

    on: dt.date
    precision: str = "day"

    def __str__(self) -> str:
        return self.on.strftime(SHOWN[self.precision])


def partial_date(on: dt.date | None, precision: str) -> PartialDate | None:
    """The two columns of a row as one value; None where there is no date."""
    return PartialDate(on, precision) if on is not None else None


def parse_partial(text: str) -> PartialDate:
    """Read `2018`, `2018-05`, `2018 年 5 月`, `2018-05-03`, full width too.

    Raises:
        ValidationError: `partial_date`, when it is none of them or no such day.
    """
    typed = "".join(unicodedata.normalize("NFKC", text).split())
    found = TYPED.fullmatch(typed)
    if found is not None:
        year, month, day = (int(part) if part else None for part in found.groups())
        try:
            on = dt.date(year or 0, month or 1, day or 1)
        except ValueError:
            on = None
        if on is not None and on.year >= EARLIEST:
            return PartialDate(on, "day" if day else "month" if month else "year")
    raise ValidationError(
        _("请写年、年月或年月日，如 2018、2018-05 或 2018-05-03。"), code="partial_date"
    )


class PartialDateField(forms.Field):
    """A form field for a date of which perhaps only the month or the year is known."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("知道到哪儿写到哪儿：2018、2018-05 或 2018-05-03")
        super().__init__(**{"help_text": help_text, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        return parse_partial(value) if value.strip() else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data or "") != (initial or None)
        except ValidationError:
            return True
