"""The paper of every form: what stands on a sheet, blank or filled, as the print template reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from cases.form_schemas.parts import Group, Item, Schema
from cases.form_schemas.registry import ALL
from cases.models.people import Client
from cases.services.form_blanks import blank_of
from cases.services.form_facts import Known

TICKS_MOST = 20
WIDE_KINDS = frozenset({"story", "choices"})
NARROW = frozenset({"age", "relation", "bed", "weight", "kind", "value", "state", "gas", "when"})
# A table of what is known: no column narrower or wider than so many letters.
THINNEST, WIDEST, MARGIN = 4, 28, 3


@dataclass
class Sheet:
    """One form on paper."""

    kind: str
    title: str
    numbers: str
    version: str = ""
    note: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    signers: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _cell(label: Any, text: str = "", *, wide: bool = False, room: int = 0) -> dict[str, Any]:
    return {"label": str(label), "text": text, "ticks": [], "wide": wide, "room": room}


def _item_cell(item: Item, value: Any, *, has_room: bool) -> dict[str, Any]:
    """Every choice to tick and what was entered; `has_room` leaves room to write by hand."""
    is_wide = item.kind in WIDE_KINDS or item.is_wide
    cell = _cell(item.label, wide=is_wide)
    if item.kind == "yes":
        cell["ticks"], cell["wide"] = [[_("是"), bool(value)]], True
    elif item.options and len(item.options) <= TICKS_MOST:
        chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
        cell["ticks"] = [[str(word), code in chosen] for code, word in item.options]
        cell["wide"] = is_wide or sum(len(str(word)) + 3 for _code, word in item.options) > 24
    else:
        cell["text"] = item.words(value)
        cell["room"] = item.rows if has_room and item.kind == "story" else 0
        cell["wide"] = is_wide or len(cell["text"]) > 22 or "\n" in cell["text"]
    return cell


def _rows_block(item: Item, value: Any, *, is_blank: bool) -> dict[str, Any]:
    rows = [[column.words(row.get(column.name)) for column in item.columns] for row in value or []]
    head = [str(column.label) for column in item.columns]
    empty = [[""] * len(item.columns)] * (item.rows if is_blank else 0 if rows else 1)
    return {
        "t": "rows",
        "label": str(item.label),
        "head": head,
        "widths": _widths(Known(head=head, rows=rows))
        if rows and not is_blank
        else [1 if column.name in NARROW else 2 for column in item.columns],
        "rows": rows + empty,
    }


def _widths(known: Known) -> list[int]:
    """By the longest text of each column, a Chinese letter counting two."""
    columns = zip_longest(known.head, *known.rows, fillvalue="")
    longest = [max(_longest_line(str(one)) for one in column) for column in columns]
    return [min(max(one, THINNEST), WIDEST) + MARGIN for one in longest]


def _longest_line(text: str) -> int:
    return max((len(line.encode("gb18030")) for line in text.splitlines()), default=0)


def _known_blocks(known: Known) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if known.pairs:
        cells = [
            _cell(label, str(value), wide=len(str(value)) > 22 or "\n" in str(value))
            for label, value in known.pairs
        ]
        blocks.append({"t": "cells", "cells": cells})
    if known.head:
        rows = [[str(one) for one in row] for row in known.rows]
        blocks.append(
            {
                "t": "rows",
                "label": "",
                "head": [str(head) for head in known.head],
                "widths": _widths(known),
                "rows": rows or [[""] * len(known.head)],
            }
        )
    return blocks


def group_blocks(
    group: Group, values: Mapping[str, Any], known: Known | None, *, is_blank: bool
) -> list[dict[str, Any]]:
    """A heading, what the system knows, the cells, the tables.

    Something was entered: empty items take one line, so that a record is no longer than it is.
    """
    blocks: list[dict[str, Any]] = [{"t": "head", "title": str(group.title)}]
    if known is not None:
        blocks += _known_blocks(known)
    cells: list[dict[str, Any]] = []
    for item in group.items:
        if item.kind != "rows":
            cells.append(_item_cell(item, values.get(item.name), has_room=is_blank or not values))
            continue
        if cells:
            blocks.append({"t": "cells", "cells": cells})
            cells = []
        table = _rows_block(item, values.get(item.name), is_blank=is_blank)
        # A table named as its heading is not named twice.
        blocks.append(table | {"label": ""} if table["label"] == str(group.title) else table)
    if cells:
        blocks.append({"t": "cells", "cells": cells})
    return blocks


def blank_sheet(kind: str) -> Sheet:
    """An empty form to be written on by hand."""
    schema = ALL[kind]
    head = [_cell(_("服务对象")), _cell(_("个案编号"))] if schema.has_person else []
    sheet = _sheet(schema, numbers=_("个案编号：____________　档案号：____________"))
    if head:
        sheet.blocks.append({"t": "cells", "cells": head})
    for group in schema.groups:
        sheet.blocks += group_blocks(group, {}, blank_of(group.known), is_blank=True)
    return sheet


def filled_sheet(
    schema: Schema,
    case: Any,
    values: Mapping[str, Any],
    facts: Mapping[str, Known],
    *,
    is_named: bool,
    version: str = "",
    drawings: Sequence[tuple[str, dict[str, Any]]] = (),
) -> Sheet:
    """A form as it was filled in; the person's name masked unless `is_named`."""
    sheet = _sheet(schema, numbers=numbers_of(case), version=version)
    if schema.has_person and case is not None:
        sheet.blocks.append(person_cells(case.client.person, is_named=is_named))
    for group in schema.groups:
        sheet.blocks += group_blocks(group, values, facts.get(group.known), is_blank=False)
        sheet.blocks += [block for name, block in drawings if name == group.known]
    if reason := values.get("correction_reason"):
        sheet.note = _("更正原因：%(reason)s") % {"reason": reason}
    return sheet


def person_cells(client: Client, *, is_named: bool) -> dict[str, Any]:
    """Whose sheet it is, above everything else."""
    cells = [
        _cell(_("服务对象"), client.name if is_named else client.name_masked),
        _cell(_("性别"), client.get_sex_display()),
    ]
    return {"t": "cells", "cells": cells}


def numbers_of(case: Any) -> str:
    """`个案编号 … 档案号 …` of the header."""
    if case is None:
        return ""
    number = _("个案编号 %(number)s") % {"number": case.number or "—"}
    archive = _("档案号 %(number)s") % {"number": case.archive_number or "—"}
    return f"{number}　{archive}"


def _sheet(schema: Schema, *, numbers: str, version: str = "") -> Sheet:
    return Sheet(
        schema.kind,
        str(schema.title),
        numbers,
        version,
        signers=[str(one) for one in schema.signers],
    )
