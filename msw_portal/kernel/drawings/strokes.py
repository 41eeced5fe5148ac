"""Lines and marks as SVG text, with presentation attributes only: no style, so that the page's policy
and the print's renderer both take them. Points are (x, y) pairs in drawing units.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

Point = tuple[float, float]
FONT = (
    "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
)
DASH, DOTS = "7 5", "1.5 4"


def tag(name: str, **attributes: Any) -> str:
    """An empty element; `klass` is its class, underscores are hyphens, None is left out."""
    return f"<{name}{_attributes(attributes)}/>"


def group(inner: Iterable[str], **attributes: Any) -> str:
    return f"<g{_attributes(attributes)}>{''.join(inner)}</g>"


def movable(node: str, x: float, y: float, words: str) -> dict[str, Any]:
    """The attributes of a node that an editor moves and a screen reader reads out."""
    return {
        "tabindex": 0,
        "role": "button",
        "data_node": node,
        "data_x": x,
        "data_y": y,
        "aria_label": words,
    }


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f' {("class" if key == "klass" else key.replace("_", "-"))}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )


def _plain(value: Any) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def words(text: Any, x: float, y: float, *, size: int = 13, **more: Any) -> str:
    """One line of text, centred at x unless told otherwise."""
    given = {"text_anchor": "middle", "fill": "currentColor", "font_family": FONT, **more}
    return f"<text{_attributes({'x': x, 'y': y, 'font_size': size, **given})}>{escape(str(text))}</text>"


def line(points: Sequence[Point], *, width: float = 1.6, **more: Any) -> str:
    """An open line through the points."""
    path = "M" + "L".join(f"{_plain(float(x))} {_plain(float(y))}" for x, y in points)
    given = {"fill": "none", "stroke": "currentColor", "stroke_width": width, **more}
    return tag("path", d=path, **given)


def shape(points: Sequence[Point], **more: Any) -> str:
    """A closed, filled polygon."""
    path = "M" + "L".join(f"{_plain(float(x))} {_plain(float(y))}" for x, y in points) + "Z"
    return tag("path", d=path, **{"fill": "currentColor", **more})


def bow(start: Point, end: Point, lift: float) -> list[Point]:
    """A curve between two points, `lift` units off its chord; straight when that is 0."""
    if not lift:
        return [start, end]
    nx, ny = normal(start, end)
    middle = ((start[0] + end[0]) / 2 + nx * lift * 2, (start[1] + end[1]) / 2 + ny * lift * 2)
    found = []
    for step in range(25):
        t = step / 24
        found.append(
            tuple(
                (1 - t) ** 2 * start[i] + 2 * t * (1 - t) * middle[i] + t**2 * end[i]
                for i in (0, 1)
            )
        )
    return found


def normal(start: Point, end: Point) -> Point:
    """The unit vector to the left of the way from start to end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1
    return -dy / length, dx / length


def clipped(start: Point, end: Point, near: float, far: float) -> tuple[Point, Point]:
    """The straight way between two symbols, from rim to rim."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1
    near, far = min(near, length / 2), min(far, length / 2)
    return (
        (start[0] + dx / length * near, start[1] + dy / length * near),
        (end[0] - dx / length * far, end[1] - dy / length * far),
    )


def shifted(points: Sequence[Point], by: float) -> list[Point]:
    """The same line `by` units to its left."""
    nx, ny = normal(points[0], points[-1])
    return [(x + nx * by, y + ny * by) for x, y in points]


def walked(points: Sequence[Point], step: float) -> list[Point]:
    """Points of the line about `step` apart, its ends included."""
    lengths = [math.dist(a, b) for a, b in zip(points, points[1:], strict=False)]
    total = sum(lengths)
    count = max(2, round(total / step))
    found, at, passed = [points[0]], 0, 0.0
    for n in range(1, count):
        wanted = total * n / count
        while passed + lengths[at] < wanted:
            passed += lengths[at]
            at += 1
        t = (wanted - passed) / (lengths[at] or 1)
        (ax, ay), (bx, by) = points[at], points[at + 1]
        found.append((ax + (bx - ax) * t, ay + (by - ay) * t))
    return [*found, points[-1]]


def zigzag(points: Sequence[Point], height: float = 5, step: float = 7) -> list[Point]:
    """The line as teeth."""
    on = walked(points, step)
    nx, ny = normal(points[0], points[-1])
    teeth = [
        (x + nx * height * (-1) ** n, y + ny * height * (-1) ** n)
        for n, (x, y) in enumerate(on[1:-1])
    ]
    return [on[0], *teeth, on[-1]]


def arrow(tip: Point, tail: Point, size: float = 10) -> str:
    """A filled arrowhead at `tip`, coming from `tail`."""
    nx, ny = normal(tail, tip)
    back = clipped(tip, tail, size, 0)[0]
    half = size * 0.5
    left = (back[0] + nx * half, back[1] + ny * half)
    right = (back[0] - nx * half, back[1] - ny * half)
    return shape([tip, left, right])


def bars(points: Sequence[Point], count: int, *, slant: float = 0.0, at: float = 0.5) -> str:
    """Short strokes across a line around one place of it: one for separated, two for divorced or cut off."""
    on = walked(points, 4)
    middle = on[min(len(on) - 1, round((len(on) - 1) * at))]
    nx, ny = normal(points[0], points[-1])
    tx, ty = ny, -nx
    found = []
    for n in range(count):
        offset = (n - (count - 1) / 2) * 7
        x, y = middle[0] + tx * offset, middle[1] + ty * offset
        lean = slant * 5
        found.append(
            line(
                [
                    (x - nx * 8 - tx * lean, y - ny * 8 - ty * lean),
                    (x + nx * 8 + tx * lean, y + ny * 8 + ty * lean),
                ],
                width=1.8,
            )
        )
    return "".join(found)
