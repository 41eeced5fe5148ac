"""What the codes in an audit entry are called on the pages: by the choices and names of our own tables."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from departments.services.audit_words import NOUNS

_OURS = frozenset({"departments", "cases", "volunteers", "projects", "donations", "reports"})
# Facts whose values are the names of tables, and those whose values are the names of fields.
_TABLES = frozenset({"subject", "subject_kind"})
_FIELDS = frozenset({"fields", "flags", "conditions", "filters", "facts", "kept"})
# Several at once: two of them are not the old and the new one.
LISTS = _FIELDS | {"needs", "items", "formats", "codes"}
# Columns of exports that no table has, or that tables call differently and mean alike.
_AGREED = {
    "name": _("姓名或名称"),
    "name_masked": _("姓名（已遮盖）"),
    "id_no": _("证件号码"),
    "phone": _("电话"),
    "address": _("地址"),
    "birth_year": _("出生年份"),
}
# Facts that are called otherwise than the field they come from.
_ALIASES = {"needs": "category"}


def our_models() -> Iterator[type[models.Model]]:
    return (one for one in apps.get_models() if one.__module__.split(".")[0] in _OURS)


def value_words(name: str, value: Any, kind: str = "") -> Any:
    """The words for a value of the fact `name`, translated where they are shown; None for what nobody knows.

    What keeps subjects of this `kind` is asked first. A code that two tables call differently has no words: a
    wrong one would be worse than the code.
    """
    if not isinstance(value, str):
        return None
    if (keeper := _keepers().get(kind)) and (
        said := import_string(keeper)(name, value)
    ) is not None:
        return said
    if name in _TABLES:
        return NOUNS.get(value)
    if name in _FIELDS:
        return field_words(value)
    known = _choices(_ALIASES.get(name, name))
    several = [known.get(one) for one in value.split(",")]
    if len(several) > 1 and None not in several:
        return format_lazy("、".join("{}" for _one in several), *several)
    return known.get(value)


@cache
def _keepers() -> Mapping[str, str]:
    return import_string(settings.AUDIT_VALUES)


@cache
def field_words(name: str) -> Any:
    """What the tables call a field of this name, when those that name it agree."""
    said = [
        field.verbose_name
        for model in our_models()
        for field in model._meta.fields
        if field.name == name and str(field.verbose_name) != name.replace("_", " ")
    ]
    return said[0] if len({str(one) for one in said}) == 1 else _AGREED.get(name)


@cache
def _choices(name: str) -> dict[Any, Any]:
    """The choices of every field that is called `name`, or ends so, as `close_reason` does for a `reason`."""
    known: dict[Any, Any] = {}
    torn: set[Any] = set()
    for model in our_models():
        for field in model._meta.fields:
            if field.name != name and not field.name.endswith(f"_{name}"):
                continue
            for code, words in getattr(field, "base_field", field).flatchoices:
                if str(known.setdefault(code, words)) != str(words):
                    torn.add(code)
    return {code: words for code, words in known.items() if code not in torn}
