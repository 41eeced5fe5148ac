"""Two people, or two tabs, changed the same thing: both versions field by field, and what was chosen."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from msw_portal.kernel.display import enumerated
from msw_portal.kernel.forms import CommandForm

PICK = "_pick-"
THEIRS = "theirs"


@dataclass(frozen=True)
class Current:
    """The row as it stands: its version, its values as the form shows them, who saved it and when.

    With `is_masked` the form shows nothing in clear: `values` are words to read beside what was
    typed, and choosing them leaves the field empty, which leaves the row as it is.
    """

    version: int
    values: Mapping[str, Any]
    by: str = ""
    at: dt.datetime | None = None
    is_masked: bool = False


@dataclass(frozen=True)
class Clash:
    """One field in which the two differ; `is_theirs` where nothing was typed: what is there stays unless one says so."""

    name: str
    label: str
    mine: str
    theirs: str
    is_theirs: bool = False


def picked(typed: QueryDict, current: Current) -> QueryDict:
    """What was typed, with the other's value wherever that one was chosen."""
    chosen = typed.copy()
    for name, value in typed.items():
        if not name.startswith(PICK) or value != THEIRS:
            continue
        field = name.removeprefix(PICK)
        theirs = _listed(current.values.get(field))
        if theirs and not current.is_masked:
            chosen.setlist(field, theirs)
        else:
            chosen.pop(field, None)
    return chosen


def clashes(form: CommandForm, current: Current) -> list[Clash]:
    """The fields whose typed value is not the one that stands; of a masked row only those typed into."""
    found = []
    for label, bound in form.all_bound():
        name = bound.html_name
        mine, theirs = _listed(bound.value()), _listed(current.values.get(name))
        if name == "once" or mine == theirs or (bound.is_hidden and not theirs):
            continue
        if not bound.field.has_changed(current.values.get(name), bound.data):
            continue  # the same number or day, written otherwise
        if current.is_masked and not mine:
            continue
        words = (
            _("（有内容，不在这里显示）")
            if current.is_masked and not theirs
            else _said(bound, theirs)
        )
        found.append(Clash(name, label, _said(bound, mine), words, is_theirs=not mine))
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
