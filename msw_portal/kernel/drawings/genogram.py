"""The family tree: square, circle, diamond; double border; cross; lines by relation; the dashed loop."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from msw_portal.kernel.drawings import strokes
from msw_portal.kernel.drawings.strokes import DASH, DOTS, Point, bars, line, tag, words
from msw_portal.kernel.drawings.words import PARENTAL, PARTNERS, Emotion, Relation, Sex

HALF = 22
WRAP = 8


def draw(payload: Mapping[str, Any], *, is_editable: bool) -> tuple[str, list[Point], set[str]]:
    """The drawing's inside, the points it covers, and the codes its legend explains."""
    people = {row["id"]: row for row in payload["persons"]}
    at = {code: (float(row["x"]), float(row["y"])) for code, row in people.items()}
    relations = payload.get("relations", [])
    parts = [_loop(people, at)]
    parts += _partners(relations, at)
    parts += _children(relations, people, at)
    parts += _siblings(relations, at)
    parts += _emotions(payload.get("emotions", []), relations, at)
    year = year_of(payload)
    parts += [_person(row, at[row["id"]], year, is_editable=is_editable) for row in people.values()]
    covered = [
        corner
        for x, y in at.values()
        for corner in ((x - 58, y - HALF - 34), (x + 58, y + HALF + 52))
    ]
    used = {row["kind"] for row in relations} | {row["kind"] for row in payload.get("emotions", [])}
    return "".join(parts), covered, used | _marks(people)


def _marks(people: Mapping[str, Any]) -> set[str]:
    found = {row["sex"] for row in people.values()} | {"index"}
    if any(_is_dead(row) for row in people.values()):
        found.add("dead")
    if sum(bool(row.get("is_co_living")) for row in people.values()) > 1:
        found.add("co_living")
    return found


def year_of(payload: Mapping[str, Any]) -> int | None:
    """The year ages are told for."""
    try:
        return dt.date.fromisoformat(payload.get("as_of", "")).year
    except (TypeError, ValueError):
        return None


def _is_dead(row: Mapping[str, Any]) -> bool:
    return bool(row.get("is_deceased") or row.get("death_year"))


# ── people ───────────────────────────────────────────────────────────────────


def symbol(sex: str, x: float, y: float, half: float, **more: Any) -> str:
    """The shape of a person around a point."""
    given = {
        "fill": "#fff",
        "stroke": "currentColor",
        "stroke_width": 1.8,
        "klass": "paper",
        **more,
    }
    if sex == Sex.FEMALE:
        return tag("circle", cx=x, cy=y, r=half, **given)
    if sex == Sex.MALE:
        return tag("rect", x=x - half, y=y - half, width=2 * half, height=2 * half, **given)
    wide = half * 1.2
    corners = [(x, y - wide), (x + wide, y), (x, y + wide), (x - wide, y)]
    return strokes.shape(corners, **given)


def _person(row: Mapping[str, Any], at: Point, year: int | None, *, is_editable: bool) -> str:
    x, y = at
    parts = [symbol(row["sex"], x, y, HALF)]
    if row.get("is_index"):
        parts.append(symbol(row["sex"], x, y, HALF - 5, fill="none", klass="inner"))
    if _is_dead(row):
        reach = HALF * (0.72 if row["sex"] == Sex.FEMALE else 1.0)
        parts.append(line([(x - reach, y - reach), (x + reach, y + reach)], width=1.4))
        parts.append(line([(x - reach, y + reach), (x + reach, y - reach)], width=1.4))
    age = age_of(row, year)
    if age is not None and not _is_dead(row):
        parts.append(words(age, x, y + 5, size=14))
    lines = [*_wrapped(row["label"]), years_of(row), str(row.get("health_note") or "")]
    sizes = [13] * len(_wrapped(row["label"])) + [11, 11]
    below = y + HALF + 16
    for text, size in zip(lines, sizes, strict=True):
        if text:
            parts.append(
                words(text, x, below, size=size, **({} if size == 13 else {"opacity": 0.75}))
            )
            below += size + 3
    more = strokes.movable(row["id"], x, y, told(row, year)) if is_editable else {}
    return strokes.group(parts, klass="node", **more)


def age_of(row: Mapping[str, Any], year: int | None) -> int | None:
    """Full years at most, from years alone; at death for the deceased."""
    until = row.get("death_year") or (None if _is_dead(row) else year)
    born = row.get("birth_year")
    return until - born if until and born else None


def years_of(row: Mapping[str, Any]) -> str:
    """1950–2019, or the year of birth."""
    born, died = row.get("birth_year"), row.get("death_year")
    if _is_dead(row):
        return f"{born or '?'}–{died or '?'}"
    return str(born) if born else ""


def told(row: Mapping[str, Any], year: int | None) -> str:
    """A person in words, for who does not see the drawing."""
    parts = [row["label"], str(Sex(row["sex"]).label)]
    if row.get("is_index"):
        parts.append(_("服务对象"))
    age = age_of(row, year)
    if _is_dead(row):
        parts.append(_("已去世"))
    elif age is not None:
        parts.append(_("%(age)s 岁") % {"age": age})
    if row.get("is_co_living"):
        parts.append(_("同住"))
    if row.get("health_note"):
        parts.append(str(row["health_note"]))
    return _("，").join(parts)


def _wrapped(text: str) -> list[str]:
    return [text[n : n + WRAP] for n in range(0, len(text), WRAP)] or [""]


# ── lines of relation ────────────────────────────────────────────────────────


def _rims(first: Point, second: Point) -> tuple[Point, Point]:
    return strokes.clipped(first, second, HALF, HALF)


def partner_line(kind: str, first: Point, second: Point) -> str:
    """Solid for married, dashed for living together; one slash for separated, two for divorced."""
    drawn = line([first, second], stroke_dasharray=DASH if kind == Relation.COHABITATION else None)
    slashes = {Relation.SEPARATION: 1, Relation.DIVORCE: 2}.get(kind, 0)
    return drawn + (bars([first, second], slashes, slant=1.0, at=0.34) if slashes else "")


def _partners(relations: Iterable[Mapping[str, Any]], at: Mapping[str, Point]) -> list[str]:
    return [
        partner_line(row["kind"], *_rims(at[row["from"]], at[row["to"]]))
        for row in relations
        if row["kind"] in PARTNERS
    ]


def _children(
    relations: list[Mapping[str, Any]], people: Mapping[str, Any], at: Mapping[str, Point]
) -> list[str]:
    """A drop from the parents' line to a bar, and from the bar to each child; twins meet at the bar."""
    elders: dict[tuple[str, str], list[str]] = {}
    for row in relations:
        if row["kind"] in PARENTAL:
            elders.setdefault((row["to"], row["kind"]), []).append(row["from"])
    families: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (child, kind), parents in elders.items():
        families.setdefault((tuple(sorted(parents)), kind), []).append(child)
    pairs = {frozenset((row["from"], row["to"])) for row in relations if row["kind"] in PARTNERS}
    twins = [
        frozenset((row["from"], row["to"])) for row in relations if row["kind"] == Relation.TWIN
    ]
    parts = []
    for (parents, kind), children in families.items():
        start, joining = _start(parents, people, at, pairs)
        parts += joining
        parts += _brood(start, sorted(children, key=lambda code: at[code][0]), kind, twins, at)
    return parts


def _start(
    parents: tuple[str, ...],
    people: Mapping[str, Any],
    at: Mapping[str, Point],
    pairs: set[frozenset[str]],
) -> tuple[Point, list[str]]:
    """Where the drop begins; two parents who are no couple are joined by a dotted line."""
    if len(parents) == 1:
        x, y = at[parents[0]]
        row = people[parents[0]]
        texts = len(_wrapped(row["label"])) + bool(years_of(row)) + bool(row.get("health_note"))
        return (x, y + HALF + 6 + 15 * texts), []
    first, second = at[parents[0]], at[parents[1]]
    middle = ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2)
    if frozenset(parents[:2]) in pairs:
        return middle, []
    return middle, [line(list(_rims(first, second)), stroke_dasharray=DOTS)]


def _brood(
    start: Point,
    children: list[str],
    kind: str,
    twins: list[frozenset[str]],
    at: Mapping[str, Point],
) -> list[str]:
    dash = {Relation.ADOPTION: DASH, Relation.FOSTER: DOTS}.get(kind)
    bar = min(at[code][1] for code in children) - HALF - 26
    foot = {code: at[code][0] for code in children}
    for pair in twins:
        if pair <= foot.keys():
            middle = sum(at[code][0] for code in pair) / 2
            foot |= dict.fromkeys(pair, middle)
    ends = [start[0], *foot.values()]
    parts = [line([start, (start[0], bar)], stroke_dasharray=dash)]
    if max(ends) - min(ends) > 0.5:
        parts.append(line([(min(ends), bar), (max(ends), bar)], stroke_dasharray=dash))
    for code in children:
        x, y = at[code]
        parts.append(line([(foot[code], bar), (x, y - HALF)], stroke_dasharray=dash))
    return parts


def _siblings(relations: list[Mapping[str, Any]], at: Mapping[str, Point]) -> list[str]:
    """A bracket above two whose parents are not drawn; twins as a roof."""
    fathers: dict[str, set[str]] = {}
    for row in relations:
        if row["kind"] in PARENTAL:
            fathers.setdefault(row["to"], set()).add(row["from"])
    parts = []
    for row in relations:
        pair = (row["from"], row["to"])
        shared = fathers.get(pair[0], set()) & fathers.get(pair[1], set())
        if row["kind"] not in (Relation.SIBLING, Relation.TWIN) or shared:
            continue
        (ax, ay), (bx, by) = at[pair[0]], at[pair[1]]
        top = min(ay, by) - HALF - 26
        if row["kind"] == Relation.TWIN:
            peak = ((ax + bx) / 2, top)
            parts.append(line([(ax, ay - HALF), peak, (bx, by - HALF)]))
        else:
            parts.append(line([(ax, ay - HALF), (ax, top), (bx, top), (bx, by - HALF)]))
    return parts


# ── lines of feeling, and who lives together ─────────────────────────────────


def emotion_line(kind: str, points: list[Point]) -> str:
    """Two or three lines close, dots distant, teeth conflict, bars cut off, a head for who it is done to."""
    near = points[-2]
    drawn = {
        Emotion.CLOSE: lambda: "".join(
            line(strokes.shifted(points, by), width=1.2) for by in (-2.5, 2.5)
        ),
        Emotion.VERY_CLOSE: lambda: "".join(
            line(strokes.shifted(points, by), width=1.2) for by in (-4, 0, 4)
        ),
        Emotion.DISTANT: lambda: line(points, stroke_dasharray=DOTS),
        Emotion.CONFLICT: lambda: line(strokes.zigzag(points), width=1.3),
        Emotion.CUTOFF: lambda: line(points, width=1.3) + bars(points, 2),
        Emotion.CONTROL: lambda: line(points, width=1.3) + strokes.arrow(points[-1], near, 12),
        Emotion.VIOLENCE: lambda: (
            line(strokes.zigzag(points), width=1.8) + strokes.arrow(points[-1], near, 14)
        ),
    }
    return strokes.group([drawn[kind]()], klass=f"tie tie--{kind}")


def _emotions(
    emotions: list[Mapping[str, Any]],
    relations: list[Mapping[str, Any]],
    at: Mapping[str, Point],
) -> list[str]:
    crowded = {frozenset((row["from"], row["to"])) for row in relations}
    parts, drawn = [], {}
    for row in emotions:
        pair = frozenset((row["from"], row["to"]))
        first, second = _rims(at[row["from"]], at[row["to"]])
        turn = drawn.get(pair, 0)
        drawn[pair] = turn + 1
        lift = (22.0 + 12 * turn) if pair in crowded or turn else _lift(row, at)
        # Always above the line of relation, whichever of the two is named first.
        if strokes.normal(first, second)[1] > 0 or (
            strokes.normal(first, second)[1] == 0 and strokes.normal(first, second)[0] > 0
        ):
            lift = -lift
        parts.append(emotion_line(row["kind"], strokes.bow(first, second, lift)))
    return parts


def _lift(row: Mapping[str, Any], at: Mapping[str, Point]) -> float:
    """A straight line that would cross somebody else's symbol is bowed."""
    (ax, ay), (bx, by) = at[row["from"]], at[row["to"]]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1
    for code, (x, y) in at.items():
        if code in (row["from"], row["to"]):
            continue
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length
        away = abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / length
        if 0 < along < length and away < HALF + 8:
            return 34.0
    return 0.0


def _loop(people: Mapping[str, Any], at: Mapping[str, Point]) -> str:
    """The dashed loop around who lives together."""
    corners = [
        (at[code][0] + dx, at[code][1] + dy)
        for code, row in people.items()
        if row.get("is_co_living")
        for dx in (-54, 54)
        for dy in (-HALF - 14, HALF + 48)
    ]
    if len(corners) <= 4:
        return ""
    hull = _hull(corners)
    return tag(
        "path",
        d=_rounded(hull),
        fill="none",
        stroke="currentColor",
        stroke_width=1.2,
        stroke_dasharray=DASH,
        klass="loop",
        opacity=0.7,
    )


def _hull(points: list[Point]) -> list[Point]:
    """The convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def half(way: Iterable[Point]) -> list[Point]:
        kept: list[Point] = []
        for point in way:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return half(ordered) + half(reversed(ordered))


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _rounded(hull: list[Point]) -> str:
    """The outline with its corners taken off."""
    parts = []
    for place, corner in enumerate(hull):
        before, after = hull[place - 1], hull[(place + 1) % len(hull)]
        start = strokes.clipped(corner, before, 18, 0)[0]
        end = strokes.clipped(corner, after, 18, 0)[0]
        parts.append(
            f"{'L' if parts else 'M'}{start[0]:.1f} {start[1]:.1f}"
            f"Q{corner[0]:.1f} {corner[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        )
    return "".join(parts) + "Z"
