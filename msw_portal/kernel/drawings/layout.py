"""Places for people and systems that have none: generations from above, partners side by side."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from msw_portal.kernel.drawings.words import LEVEL, PARENTAL, PARTNERS

ACROSS, DOWN = 120, 170
RING = 240


def placed(payload: Mapping[str, Any], *, anew: bool = False) -> dict[str, Any]:
    """The payload with every position set; `anew` arranges also what has one."""
    table = "persons" if payload["kind"] == "genogram" else "systems"
    rows = payload.get(table, [])
    if not anew and all(_has_place(row) for row in rows):
        return dict(payload)
    spots = _tree(payload) if table == "persons" else _ring(rows)
    if not anew:
        taken = {row["id"]: (row["x"], row["y"]) for row in rows if _has_place(row)}
        spots = _beside(spots, taken)
    return {
        **payload,
        table: [{**row, "x": spots[row["id"]][0], "y": spots[row["id"]][1]} for row in rows],
    }


def _has_place(row: Mapping[str, Any]) -> bool:
    return row.get("x") is not None and row.get("y") is not None


def _beside(
    spots: dict[str, tuple[int, int]], taken: dict[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Keep what has a place; a newcomer moves right until it covers nobody."""
    found = dict(taken)
    for code, (x, y) in spots.items():
        if code in taken:
            continue
        while any(
            abs(x - ax) < ACROSS * 0.7 and abs(y - ay) < DOWN * 0.6 for ax, ay in found.values()
        ):
            x += ACROSS
        found[code] = (x, y)
    return found


def _ring(rows: list[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Systems on a circle around the household, from the top, clockwise."""
    radius = max(RING, len(rows) * 120 / math.tau)
    found = {}
    for place, row in enumerate(rows):
        angle = math.tau * place / max(len(rows), 1) - math.pi / 2
        found[row["id"]] = (round(radius * math.cos(angle)), round(radius * math.sin(angle)))
    return found


def _tree(payload: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    people = {row["id"]: row for row in payload["persons"]}
    relations = [
        row
        for row in payload.get("relations", [])
        if row["from"] in people and row["to"] in people and row["from"] != row["to"]
    ]
    parents: dict[str, list[str]] = {code: [] for code in people}
    for row in relations:
        if row["kind"] in PARENTAL:
            parents[row["to"]].append(row["from"])
    level = _generations(people, relations, parents)
    units = _units(people, relations, level)
    return _columns(people, units, parents, level)


def _generations(
    people: Iterable[str], relations: list[Any], parents: Mapping[str, list[str]]
) -> dict[str, int]:
    """Generation of each person: below every parent, level with partners and siblings."""
    level = dict.fromkeys(people, 0)
    same = [(row["from"], row["to"]) for row in relations if row["kind"] in PARTNERS | LEVEL]
    # As many rounds as people settle any family; a circle of ancestors ends there as well.
    for _round in range(len(level)):
        before = dict(level)
        for code, elders in parents.items():
            level[code] = max([level[code], *(level[one] + 1 for one in elders)])
        for first, second in same:
            level[first] = level[second] = max(level[first], level[second])
        if level == before:
            break
    level = {code: min(depth, len(level)) for code, depth in level.items()}
    _pull_down(level, parents, same)
    return level


def _pull_down(
    level: dict[str, int], parents: Mapping[str, list[str]], same: list[tuple[str, str]]
) -> None:
    """A parent without elders stands right above the highest child: in-laws beside in-laws."""
    tied = {code for pair in same for code in pair}
    for code in level:
        below = [level[child] for child, elders in parents.items() if code in elders]
        if below and not parents[code]:
            mates = [b if a == code else a for a, b in same if code in (a, b)]
            if code not in tied or all(not parents[mate] for mate in mates):
                wanted = min(below) - 1
                for one in (code, *mates):
                    level[one] = max(level[one], wanted)


def _units(
    people: Mapping[str, Any], relations: list[Any], level: Mapping[str, int]
) -> dict[int, list[list[str]]]:
    """Per generation the groups of partners, men to the left, in the order people were entered."""
    mates: dict[str, list[str]] = {code: [] for code in people}
    for row in relations:
        if row["kind"] in PARTNERS and level[row["from"]] == level[row["to"]]:
            mates[row["from"]].append(row["to"])
            mates[row["to"]].append(row["from"])
    found: dict[int, list[list[str]]] = {}
    seen: set[str] = set()
    for code in people:
        if code in seen:
            continue
        unit = _chain(code, mates, seen)
        if len(unit) == 2 and people[unit[0]].get("sex") == "female" != people[unit[1]].get("sex"):
            unit.reverse()
        found.setdefault(level[code], []).append(unit)
    return found


def _chain(code: str, mates: Mapping[str, list[str]], seen: set[str]) -> list[str]:
    """Somebody with the partners around: the first to the right, the second to the left, and so on."""
    unit = [code]
    seen.add(code)
    waiting = [code]
    while waiting:
        middle = waiting.pop(0)
        for mate in mates[middle]:
            if mate in seen:
                continue
            seen.add(mate)
            waiting.append(mate)
            at = unit.index(middle)
            is_right_free = at == len(unit) - 1
            unit.insert(at + 1 if is_right_free else at, mate)
    return unit


def _columns(
    people: Mapping[str, Any],
    units: dict[int, list[list[str]]],
    parents: Mapping[str, list[str]],
    level: Mapping[str, int],
) -> dict[str, tuple[int, int]]:
    children: dict[str, list[str]] = {code: [] for code in people}
    for child, elders in parents.items():
        for elder in elders:
            children[elder].append(child)
    x = {}
    for rows in units.values():
        for place, code in enumerate(code for unit in rows for code in unit):
            x[code] = float(place * ACROSS)
    for turn in range(6):
        kin = parents if turn % 2 == 0 else children
        for generation in sorted(units, reverse=turn % 2 == 1):
            _settle(units[generation], x, kin, people)
    left = min(x.values(), default=0)
    top = min(level.values(), default=0)
    return {code: (round(x[code] - left), (level[code] - top) * DOWN) for code in people}


def _settle(
    rows: list[list[str]],
    x: dict[str, float],
    kin: Mapping[str, list[str]],
    people: Mapping[str, Any],
) -> None:
    """Put each group over or under its kin, without covering the neighbour."""

    def wanted(unit: list[str]) -> float:
        places = [x[one] for code in unit for one in kin[code]]
        middle = sum(x[code] for code in unit) / len(unit)
        return sum(places) / len(places) if places else middle

    goals = {tuple(unit): wanted(unit) for unit in rows}
    rows.sort(key=lambda unit: (round(goals[tuple(unit)]), _born(unit, people)))
    right, moved = None, []
    for unit in rows:
        start = goals[tuple(unit)] - (len(unit) - 1) * ACROSS / 2
        if right is not None:
            start = max(start, right + ACROSS)
        for place, code in enumerate(unit):
            x[code] = start + place * ACROSS
        right = x[unit[-1]]
        moved.append(sum(x[code] for code in unit) / len(unit) - goals[tuple(unit)])
    drift = sum(moved) / len(moved)
    for unit in rows:
        for code in unit:
            x[code] -= drift


def _born(unit: list[str], people: Mapping[str, Any]) -> int:
    return min(people[code].get("birth_year") or 9999 for code in unit)
