"""What can be imported, as data: the columns of a kind, how a line is checked and what it becomes.

A new kind is one `Kind` and one line in `msw_portal.topics.IMPORTS`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments.models.people import User
from msw_portal.kernel.crypto import blind_index, first_kid, organization_uid
from msw_portal.kernel.errors import DomainError

CREATED, JOINED, KNOWN = "created", "joined", "known"
_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]|[\s*＊:：_\-/、.。]")


@dataclass(frozen=True)
class Column:
    """One column of a kind: `read` makes a value of the cell's text or refuses it with a sentence.

    `revive` makes the value again from what JSON keeps of it; `mask` (a key of MASKS) says how the
    cell is shown where people are not shown in clear; `choices` stand in the template's list.
    """

    name: str
    label: str | Promise
    read: Callable[[str], Any]
    aliases: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    note: str | Promise = ""
    mask: str = ""
    choices: tuple[str, ...] = ()
    revive: Callable[[Any], Any] | None = None


@dataclass(slots=True)
class Line:
    """One line of a file on its way: what it says, what is wrong with it, what became of it."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    key: bytes | None = None
    outcome: str = ""
    cells: list[str] = field(default_factory=list)

    def refuse(self, name: str, sentence: str | Promise) -> None:
        """Say why the line cannot be imported; `name` is the field the sentence stands beside."""
        self.faults.append((name, str(sentence)))

    def again(self) -> "Line":
        """The line as it was before it was tried."""
        return Line(self.line, dict(self.values), [], self.key, "", self.cells)


Lines = Sequence[Line]


def _nothing(_line: Line) -> None:
    return None


def _no_check(_lines: Lines, _by: User) -> None:
    return None


@dataclass(frozen=True)
class Kind:
    """What a file of this kind holds and what its lines become.

    `settle` looks at one line alone; `whole` makes what looks at the lines of one file in their order;
    `check` asks the database about many at once, when the file is
    reviewed; `apply` writes many inside one transaction and sets the `outcome` of each or refuses it.
    `key` is the text by which a line is the same line again: of the values, never of the file; None where
    a line may come as often as it likes.
    """

    code: str
    label: str | Promise
    lead: str | Promise
    roles: frozenset[str]
    columns: tuple[Column, ...]
    key: Callable[[Mapping[str, Any]], str] | None
    apply: Callable[[Lines, User], None]
    settle: Callable[[Line], None] = _nothing
    whole: Callable[[], Callable[[Line], None]] = lambda: _nothing
    check: Callable[[Lines, User], None] = _no_check
    is_care: bool = True
    # Who is meant by a line, for the review: names of columns.
    shown: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def label_of(self, name: str) -> str:
        """The column's heading; "" for what concerns the whole line."""
        return next((str(one.label) for one in self.columns if one.name == name), "")

    def revived(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as `read` made them, from what was kept."""
        found = dict(values)
        for column in self.columns:
            if column.revive and found.get(column.name) is not None:
                found[column.name] = column.revive(found[column.name])
        return found


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of the portal, by its code."""
    return {code: import_string(path) for code, path in import_string(settings.IMPORTS).items()}


def kinds_for(user: User) -> list[Kind]:
    """The kinds that a person may import in the role acted in."""
    return [kind for kind in kinds().values() if user.role in kind.roles]


def heading(text: str) -> str:
    """A column's title as it is compared: without spaces, marks and what stands in brackets."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def guessed(kind: Kind, heads: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Which column is which field, {field: column}: as the source named them before, or by their titles."""
    names = {heading(alias): one.name for one in kind.columns for alias in titles_of(one)}
    names |= {title: name for title, name in known.items() if name in names.values()}
    mapping: dict[str, int] = {}
    for index, head in enumerate(heads):
        name = names.get(heading(head))
        if name and name not in mapping:
            mapping[name] = index
    return mapping


def titles_of(column: Column) -> Iterable[str]:
    """What a column may be called in a file: in either language, whichever its owner reads."""
    for language in ("zh-hans", "en"):
        with override(language):
            yield str(column.label)
    yield column.name
    yield from column.aliases


def key_of(kind: Kind, values: Mapping[str, Any], *, organization_id: int) -> bytes:
    """The keyed digest of a line; under the installation's oldest key, so that a rotation changes nothing."""
    text = kind.key(values)
    house = organization_uid(organization_id)
    return blind_index(text, organization=house, field=f"import.{kind.code}", kid=first_kid())


def one_by_one(make: Callable[[Line, User], str | None]) -> Callable[[Lines, User], None]:
    """An `apply` that calls a service for each line, each in a savepoint of its own.

    `make` returns the outcome (None: created); what its services refuse stands on their field.
    """

    def apply(lines: Lines, by: User) -> None:
        for line in lines:
            try:
                with transaction.atomic():
                    line.outcome = make(line, by) or CREATED
            except DomainError as error:
                line.refuse(error.field or "", error.message)

    return apply


TWICE = _("与第 %(line)s 行是同一条，只导入一次。")
