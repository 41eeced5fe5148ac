"""The data class of every field: what masks, exports and the read audit follow.

Five levels of GB/T 39725-2020, clause 6.2. Each app declares the fields of its models in its
`data_classes.py`; tests/architecture/test_data_classes.py fails for a field without one.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel import masking

HIDDEN = "•••"


class Level(IntEnum):
    PUBLIC = 1  # may be published: names of hospitals, published lists, rules
    IMPERSONAL = 2  # names no person: counts, dates of rows, codes of the work
    CODED = 3  # pseudonymous: could be traced with other data
    PERSON = 4  # identifies a person, or tells about one
    SPECIAL = 5  # a case of the highest secrecy: named persons only


LEVEL_WORDS: Mapping[Level, str | Promise] = {
    Level.PUBLIC: _("1 级 · 可公开"),
    Level.IMPERSONAL: _("2 级 · 不涉及个人"),
    Level.CODED: _("3 级 · 部分去标识"),
    Level.PERSON: _("4 级 · 可识别个人"),
    Level.SPECIAL: _("5 级 · 特殊保密"),
}


def _band(born: dt.date) -> str:
    return masking.age_band(masking.age_at(born, timezone.localdate()))


MASKS: Mapping[str, Callable[[Any], str]] = {
    "name": masking.mask_name,
    "id_no": masking.mask_id_no,
    "phone": masking.mask_phone,
    "account": masking.mask_account,
    "address": masking.mask_address,
    "birth_date": _band,
    "": lambda _value: HIDDEN,
}


@dataclass(frozen=True)
class DataClass:
    """The level of a field, and how it is masked (a key of MASKS)."""

    level: Level
    mask: str = ""


# Columns of the abstract bases, by name; an app may say otherwise for a model of its own.
_BASES = {
    Level.IMPERSONAL: (
        "row_version created_at updated_at organization counterparty is_care valid rank state "
        "lease_until fence attempts not_before managed_by voided_at"
    ),
    Level.CODED: (
        "id pk uid created_by compartment_id subject_kind subject_id subject_uid case client error"
    ),
    Level.PERSON: "void_reason",
}
BASES = {name: DataClass(level) for level, names in _BASES.items() for name in names.split()}
_declared: dict[str, dict[str, DataClass]] = {}


def register(app_label: str, classes: Mapping[str, Mapping[Level, str]]) -> None:
    """Add an app's register, from its AppConfig.ready: model -> level -> "field field:mask ...".

    Raises:
        ValueError: for a mask that is not in MASKS, or a field declared twice.
    """
    for model, levels in classes.items():
        known: dict[str, DataClass] = {}
        for level, words in levels.items():
            for word in words.split():
                name, _colon, mask = word.partition(":")
                if mask not in MASKS or name in known:
                    raise ValueError(f"{app_label}.{model}: {word}")
                known[name] = DataClass(level, mask)
        _declared[f"{app_label}.{model}"] = known


def declared(label: str) -> Mapping[str, DataClass]:
    """What an app's register says of one model, "app.Model"; empty when it says nothing."""
    return _declared.get(label, {})


def class_of(model: type[models.Model] | models.Model, name: str) -> DataClass:
    """The class of a field.

    Raises:
        LookupError: for a field that no register names.
    """
    label = model._meta.label
    found = declared(label).get(name) or BASES.get(name)
    if found is None:
        raise LookupError(f"{label}.{name} has no data class")
    return found


def level_in(row: models.Model, name: str) -> Level:
    """The level of a field in this very row: what tells about a person is special in a sealed case."""
    level = class_of(row, name).level
    is_sealed = getattr(row, "compartment_id", None) is not None
    return Level.SPECIAL if is_sealed and level >= Level.PERSON else level


def highest(model: type[models.Model] | models.Model, names: Iterable[str]) -> Level:
    """The highest level among some fields of a model or of one row; what a read of them is audited as."""
    rated = level_in if isinstance(model, models.Model) else lambda m, n: class_of(m, n).level
    return max((rated(model, name) for name in names), default=Level.PUBLIC)


def masked(row: models.Model, name: str) -> str:
    """The value as somebody without the right to it may see it; below level 4 it is the value."""
    value = getattr(row, name)
    if value in (None, ""):
        return ""
    level = level_in(row, name)
    if level == Level.SPECIAL:
        return HIDDEN
    return str(value) if level < Level.PERSON else MASKS[class_of(row, name).mask](value)
