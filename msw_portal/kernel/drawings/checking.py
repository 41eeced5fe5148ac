"""What is wrong with a drawing before it is kept: one sentence per fault, at the row it is about.

The payload (JSON, `format` 1):

    genogram: persons [{id, label, sex, birth_year, death_year, is_deceased, is_index, is_co_living,
              health_note, x, y}], relations [{kind, from, to}], emotions [{kind, from, to}]
    ecomap:   persons [{id, label, sex, is_index}] inside the middle circle,
              systems [{id, kind, label, x, y}], ties [{system, strength, direction, note}]

Both carry `kind`, `format` and `as_of` (the day the ages are told for). Positions may be absent.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.drawings.words import (
    FORMAT,
    PARENTAL,
    PARTNERS,
    Direction,
    Emotion,
    Kind,
    Relation,
    Sex,
    Strength,
    System,
)

MOST_PERSONS = 60
MOST_LINES = 120
LABEL, NOTE = 12, 20
EDGE = 4000
TABLES = {
    Kind.GENOGRAM: ("persons", "relations", "emotions"),
    Kind.ECOMAP: ("persons", "systems", "ties"),
}


@dataclass(frozen=True)
class Fault:
    """`table` and `row` (from 0) say where, `field` which of its keys; row None is the whole drawing."""

    sentence: str
    table: str = ""
    row: int | None = None
    field: str = ""

    def __str__(self) -> str:
        return self.sentence


def faults(payload: Any) -> list[Fault]:
    """Everything wrong with a payload; empty when it can be drawn. Never raises."""
    if not isinstance(payload, Mapping) or payload.get("kind") not in Kind.values:
        return [Fault(_("须是家庭结构图或生态图。"))]
    if payload.get("format") != FORMAT:
        return [Fault(_("不认识这个版本的图。"))]
    found = list(_shape(payload))
    if found:
        return found
    found = list(_persons(payload))
    if payload["kind"] == Kind.ECOMAP:
        return [*found, *_systems(payload)]
    return [
        *found,
        *_lines(payload, "relations", Relation),
        *_lines(payload, "emotions", Emotion),
        *_family(payload),
    ]


def _shape(payload: Mapping[str, Any]):
    for table in TABLES[payload["kind"]]:
        rows = payload.get(table, [])
        if not isinstance(rows, list) or any(not isinstance(row, Mapping) for row in rows):
            yield Fault(_("图的内容不完整。"), table)
        elif len(rows) > (MOST_PERSONS if table in ("persons", "systems") else MOST_LINES):
            yield Fault(_("内容太多：最多 60 人（或系统）、120 条关系。"), table)


def _persons(payload: Mapping[str, Any]):
    rows = payload.get("persons", [])
    if not rows:
        yield Fault(_("至少要有一个人。"), "persons")
        return
    yield from _nodes(rows, "persons")
    index = [place for place, row in enumerate(rows) if row.get("is_index")]
    if len(index) != 1:
        yield Fault(_("须正好有一位服务对象（双边框）。"), "persons", *index[1:2])
    today = _as_of(payload).year
    for place, row in enumerate(rows):
        if row.get("sex") not in Sex.values:
            yield Fault(_("请选择性别。"), "persons", place, "sex")
        for key in ("birth_year", "death_year"):
            year = row.get(key)
            if year is not None and not (_whole(year) and 1850 <= year <= today):
                yield Fault(
                    _("年份须在 1850 到 %(year)s 之间。") % {"year": today}, "persons", place, key
                )
        born, died = row.get("birth_year"), row.get("death_year")
        if _whole(born) and _whole(died) and died < born:
            yield Fault(_("去世年份不能早于出生年份。"), "persons", place, "death_year")
        if len(str(row.get("health_note") or "")) > NOTE:
            yield Fault(_("最多 %(most)s 个字。") % {"most": NOTE}, "persons", place, "health_note")


def _nodes(rows: list[Mapping[str, Any]], table: str):
    seen: set[str] = set()
    for place, row in enumerate(rows):
        code = row.get("id")
        if not isinstance(code, str) or not code or code in seen:
            yield Fault(_("编号缺失或重复。"), table, place, "id")
        else:
            seen.add(code)
        label = row.get("label")
        if not isinstance(label, str) or not label.strip():
            yield Fault(_("请写称呼。"), table, place, "label")
        elif len(label) > LABEL:
            yield Fault(_("称呼最多 %(most)s 个字。") % {"most": LABEL}, table, place, "label")
        for key in ("x", "y"):
            at = row.get(key)
            if at is not None and not (_number(at) and abs(at) <= EDGE):
                yield Fault(_("位置超出图纸。"), table, place, key)


def _lines(payload: Mapping[str, Any], table: str, kinds: Any):
    codes = {row.get("id") for row in payload["persons"] if isinstance(row.get("id"), str)}
    seen: set[tuple[Any, ...]] = set()
    for place, row in enumerate(payload.get(table, [])):
        ends = [row.get("from"), row.get("to")]
        if row.get("kind") not in kinds.values:
            yield Fault(_("请选择关系。"), table, place, "kind")
            continue
        for key, end in zip(("from", "to"), ends, strict=True):
            if not isinstance(end, str) or end not in codes:
                yield Fault(_("请选择图中的一个人。"), table, place, key)
        if ends[0] == ends[1]:
            yield Fault(_("一个人不能和自己连线。"), table, place, "to")
        ordered = row["kind"] in PARENTAL or row["kind"] in (Emotion.CONTROL, Emotion.VIOLENCE)
        pair = tuple(map(str, ends)) if ordered else tuple(sorted(map(str, ends)))
        family = "partner" if row["kind"] in PARTNERS else row["kind"]
        if (family, pair) in seen:
            yield Fault(_("这两个人之间已经有这种关系。"), table, place, "kind")
        seen.add((family, pair))


def _family(payload: Mapping[str, Any]):
    """What no family can be: parents younger than children, one's own ancestor, three born parents."""
    rows = payload.get("relations", [])
    persons = {row["id"]: row for row in payload["persons"] if isinstance(row.get("id"), str)}
    parents: dict[str, list[str]] = {}
    for place, row in enumerate(rows):
        first, second = (persons.get(_code(row.get(key))) for key in ("from", "to"))
        if first is None or second is None or first is second:
            continue
        if row.get("kind") in PARENTAL:
            parents.setdefault(second["id"], []).append(first["id"])
            older, younger = first.get("birth_year"), second.get("birth_year")
            if _whole(older) and _whole(younger) and older >= younger:
                yield Fault(_("父母的出生年份须早于子女。"), "relations", place, "from")
            born = [
                one
                for one in rows[: place + 1]
                if one.get("kind") == Relation.PARENT and one.get("to") == second["id"]
            ]
            if row["kind"] == Relation.PARENT and len(born) > 2:
                yield Fault(_("一个人最多有两位亲生父母。"), "relations", place, "from")
        elif row.get("kind") == Relation.TWIN:
            years = [one.get("birth_year") for one in (first, second)]
            if all(_whole(year) for year in years) and abs(years[0] - years[1]) > 1:
                yield Fault(_("双胞胎的出生年份不一致。"), "relations", place, "to")
    if any(_is_own_ancestor(code, parents) for code in parents):
        yield Fault(_("有人成了自己的长辈，请核对亲子关系的方向。"), "relations")


def _is_own_ancestor(code: str, parents: Mapping[str, list[str]]) -> bool:
    waiting, seen = list(parents.get(code, ())), set()
    while waiting:
        one = waiting.pop()
        if one == code:
            return True
        if one not in seen:
            seen.add(one)
            waiting += parents.get(one, ())
    return False


def _systems(payload: Mapping[str, Any]):
    rows = payload.get("systems", [])
    yield from _nodes(rows, "systems")
    codes = {row.get("id") for row in rows if isinstance(row.get("id"), str)}
    for place, row in enumerate(rows):
        if row.get("kind") not in System.values:
            yield Fault(_("请选择系统的类型。"), "systems", place, "kind")
    tied: set[str] = set()
    for place, row in enumerate(payload.get("ties", [])):
        system = _code(row.get("system"))
        if system not in codes:
            yield Fault(_("请选择图中的一个系统。"), "ties", place, "system")
        elif system in tied:
            yield Fault(_("一个系统只画一条联系。"), "ties", place, "system")
        tied.add(system)
        if row.get("strength") not in Strength.values:
            yield Fault(_("请选择联系的强弱。"), "ties", place, "strength")
        if row.get("direction") not in Direction.values:
            yield Fault(_("请选择方向。"), "ties", place, "direction")
        if len(str(row.get("note") or "")) > NOTE:
            yield Fault(_("最多 %(most)s 个字。") % {"most": NOTE}, "ties", place, "note")


def _as_of(payload: Mapping[str, Any]) -> dt.date:
    """The day the drawing speaks of; a missing or broken one is the last a year can be."""
    try:
        return dt.date.fromisoformat(payload.get("as_of", ""))
    except (TypeError, ValueError):
        return dt.date(2200, 1, 1)


def _code(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value
