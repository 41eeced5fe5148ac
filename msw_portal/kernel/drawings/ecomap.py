"""The ecomap: the household in the middle, systems around it, ties by strength, arrows as energy flows."""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.drawings import strokes
from msw_portal.kernel.drawings.genogram import symbol
from msw_portal.kernel.drawings.strokes import DASH, Point, bars, line, tag, words
from msw_portal.kernel.drawings.words import Direction, Strength, System

RADIUS = 42
HOME = 74


def draw(payload: Mapping[str, Any], *, is_editable: bool) -> tuple[str, list[Point], set[str]]:
    """The drawing's inside, the points it covers, and the codes its legend explains."""
    systems = {row["id"]: row for row in payload.get("systems", [])}
    ties = {row["system"]: row for row in payload.get("ties", [])}
    people = payload["persons"]
    home = _home_radius(len(people))
    parts, covered = [], [(-home - 6, -home - 6), (home + 6, home + 6)]
    for code, row in systems.items():
        at = (float(row["x"]), float(row["y"]))
        covered += [
            (at[0] - RADIUS - 8, at[1] - RADIUS - 8),
            (at[0] + RADIUS + 8, at[1] + RADIUS + 8),
        ]
        if code in ties:
            near, far = strokes.clipped((0.0, 0.0), at, home, RADIUS)
            parts.append(_tie(ties[code], near, far))
    parts.append(_household(people, home))
    parts += [
        _system(row, ties.get(code), is_editable=is_editable) for code, row in systems.items()
    ]
    used = {row["strength"] for row in ties.values()} | {row["sex"] for row in people}
    if ties:
        used.add("flow")
    return "".join(parts), covered, used | {"index"}


def _home_radius(count: int) -> float:
    return HOME if count <= 3 else 50 + 22 * math.ceil(math.sqrt(count))


def _household(people: list[Mapping[str, Any]], home: float) -> str:
    """Who lives together, in rows inside the middle circle."""
    parts = [
        tag(
            "circle",
            cx=0,
            cy=0,
            r=home,
            fill="#fff",
            stroke="currentColor",
            stroke_width=1.8,
            klass="paper",
        )
    ]
    across = max(1, math.ceil(math.sqrt(len(people))))
    rows = [people[n : n + across] for n in range(0, len(people), across)]
    for line_no, row in enumerate(rows):
        y = (line_no - (len(rows) - 1) / 2) * 50 - 8
        for place, person in enumerate(row):
            x = (place - (len(row) - 1) / 2) * 48
            parts.append(symbol(person["sex"], x, y, 12, stroke_width=1.4))
            if person.get("is_index"):
                parts.append(symbol(person["sex"], x, y, 8.5, fill="none", stroke_width=1.2))
            parts.append(words(person["label"][:4], x, y + 27, size=11))
    return strokes.group(parts, klass="home")


def tie_line(strength: str, points: list[Point]) -> str:
    """Thick for strong, dashed for weak, teeth for stressful, two bars for broken."""
    if strength == Strength.STRONG:
        return line(points, width=4)
    if strength == Strength.WEAK:
        return line(points, stroke_dasharray=DASH)
    if strength == Strength.STRESSFUL:
        return line(strokes.zigzag(points), width=1.5)
    return line(points) + bars(points, 2)


def _tie(row: Mapping[str, Any], near: Point, far: Point) -> str:
    start, end = near, far
    inward = row["direction"] in (Direction.INWARD, Direction.BOTH)
    outward = row["direction"] in (Direction.OUTWARD, Direction.BOTH)
    # The line ends where a head begins, so that a thick line does not stick out of its point.
    if inward:
        start = strokes.clipped(near, far, 9, 0)[0]
    if outward:
        end = strokes.clipped(near, far, 0, 9)[1]
    parts = [tie_line(row["strength"], [start, end])]
    if inward:
        parts.append(strokes.arrow(near, far, 13))
    if outward:
        parts.append(strokes.arrow(far, near, 13))
    if row.get("note"):
        middle = ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2)
        nx, ny = strokes.normal(near, far)
        if ny > 0:
            nx, ny = -nx, -ny
        anchor = "middle" if abs(nx) < 0.5 else ("start" if nx > 0 else "end")
        parts.append(
            words(
                row["note"], middle[0] + nx * 12, middle[1] + ny * 12, size=11, text_anchor=anchor
            )
        )
    return strokes.group(parts, klass=f"tie tie--{row['strength']}")


def _system(row: Mapping[str, Any], tie: Mapping[str, Any] | None, *, is_editable: bool) -> str:
    x, y = float(row["x"]), float(row["y"])
    label = row["label"]
    rows = [label[n : n + 6] for n in range(0, len(label), 6)]
    parts = [
        tag(
            "circle",
            cx=x,
            cy=y,
            r=RADIUS,
            fill="#fff",
            stroke="currentColor",
            stroke_width=1.6,
            klass="paper",
        ),
        *(
            words(text, x, y + 1 + (n - (len(rows) - 1) / 2) * 15, size=13)
            for n, text in enumerate(rows)
        ),
    ]
    kind = str(System(row["kind"]).label)
    if kind != label:
        parts.append(words(kind, x, y + 11 + 8 * len(rows), size=10, opacity=0.75))
    more = strokes.movable(row["id"], x, y, told(row, tie)) if is_editable else {}
    return strokes.group(parts, klass="node", **more)


def told(row: Mapping[str, Any], tie: Mapping[str, Any] | None) -> str:
    """A system and its tie in words, for who does not see the drawing."""
    parts = [row["label"], str(System(row["kind"]).label)]
    if tie:
        parts += [str(Strength(tie["strength"]).label), str(Direction(tie["direction"]).label)]
    else:
        parts.append(_("没有联系"))
    return _("，").join(parts)
