"""Two people, or two tabs, changed the same thing: both versions field by field, and what was chosen."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField, Form
from django.http import QueryDict
from django.utils.translation import gettext as _

from msw_portal.kernel.display import enumerated

PICK = "_pick-"
THEIRS = "theirs"


@dataclass(frozen=True)
class Current:
    """The row as it stands: its version, its values as the form shows them, who saved it and when."""

    version: int
    values: Mapping[str, Any]
    by: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Clash:
    """One field in which the two differ."""

    name: str
    label: str
    mine: str
    theirs: str


def picked(typed: QueryDict, current: Current) -> QueryDict:
    """What was typed, with the other's value wherever that one was chosen."""
    chosen = typed.copy()
    for name, value in typed.items():
        if not name.startswith(PICK) or value != THEIRS:
            continue
        field = name.removeprefix(PICK)
        theirs = _listed(current.values.get(field))
        if theirs:
            chosen.setlist(field, theirs)
        else:
            chosen.pop(field, None)
    return chosen


def clashes(form: Form, current: Current) -> list[Clash]:
    """The fields whose typed value is not the one that stands."""
    found = []
    for bound in form:
        if bound.name == "once":
            continue
        mine, theirs = _listed(bound.value()), _listed(current.values.get(bound.name))
        if mine == theirs or (bound.is_hidden and not theirs):
            continue
        found.append(Clash(bound.name, str(bound.label), _said(bound, mine), _said(bound, theirs)))
    return found


def _listed(value: Any) -> list[str]:
    """A value as a browser posts it."""
    if value in (None, "", False, [], ()):
        return []
    if value is True:
        return ["on"]
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [str(value).replace("\r\n", "\n")]


def _said(bound: BoundField, values: list[str]) -> str:
    words = {str(code): str(label) for code, label in getattr(bound.field, "choices", ())}
    if values == ["on"]:
        return _("是")
    return enumerated(words.get(value, value) for value in values) or _("（空）")
