"""Where money went, as one SVG: columns of boxes, and ribbons whose width is the share of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString

from msw_portal.kernel.drawings.strokes import FONT, group, tag, words
from msw_portal.kernel.money import format_amount

WIDTH, GAP, HEIGHT, SPACE, MARGIN = 218, 96, 62, 16, 10
# Characters that fit one line of a box; a full-width character takes two of half width.
FITS = 30
THICKEST, THINNEST = 34.0, 2.0


@dataclass(frozen=True)
class Box:
    """One place of the money: `column` from 0 on, two lines of text and an amount in yuan."""

    key: str
    column: int
    title: str
    note: str
    amount: Decimal
    is_open: bool = False


@dataclass(frozen=True)
class Ribbon:
    """Money that went from one box to another."""

    source: str
    target: str
    amount: Decimal


def chain_svg(title: str, boxes: Sequence[Box], ribbons: Sequence[Ribbon]) -> SafeString:
    """The chain without style, script or outside reference; `is_open` boxes (not spent yet) are dashed.

    Takes its colour from the text around it. Every word is escaped.
    """
    columns = 1 + max((box.column for box in boxes), default=0)
    tallest = max(sum(box.column == n for box in boxes) for n in range(columns)) if boxes else 1
    height = MARGIN * 2 + tallest * (HEIGHT + SPACE) - SPACE
    width = MARGIN * 2 + columns * (WIDTH + GAP) - GAP
    places = _places(boxes, columns, height)
    whole = max((ribbon.amount for ribbon in ribbons), default=Decimal(1)) or Decimal(1)
    inner = [_ribbon(ribbon, places, whole) for ribbon in ribbons]
    inner += [_box(box, places[box.key]) for box in boxes]
    said = escape("；".join(f"{one.title} {one.note} {format_amount(one.amount)}" for one in boxes))
    return SafeString(  # nosec B703 - every text is escaped where it enters
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" class="drawing chain" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title><desc>{said}</desc>{''.join(inner)}</svg>"
    )


def _places(boxes: Sequence[Box], columns: int, height: int) -> dict[str, tuple[float, float]]:
    """The upper left corner of every box; a column stands in the middle of the height."""
    places: dict[str, tuple[float, float]] = {}
    for column in range(columns):
        mine = [box for box in boxes if box.column == column]
        top = (height - (len(mine) * (HEIGHT + SPACE) - SPACE)) / 2
        for n, box in enumerate(mine):
            places[box.key] = (MARGIN + column * (WIDTH + GAP), top + n * (HEIGHT + SPACE))
    return places


def _ribbon(ribbon: Ribbon, places: dict[str, tuple[float, float]], whole: Decimal) -> str:
    (x1, y1), (x2, y2) = places[ribbon.source], places[ribbon.target]
    start, end = x1 + WIDTH, x2
    near, far = y1 + HEIGHT / 2, y2 + HEIGHT / 2
    middle = (start + end) / 2
    thickness = max(THINNEST, float(ribbon.amount / whole) * THICKEST)
    return tag(
        "path",
        d=f"M{start:.0f} {near:.1f}C{middle:.0f} {near:.1f} {middle:.0f} {far:.1f} {end:.0f} {far:.1f}",
        fill="none",
        stroke="currentColor",
        stroke_width=round(thickness, 1),
        stroke_opacity="0.16",
    )


def _box(box: Box, at: tuple[float, float]) -> str:
    x, y = at
    frame = tag(
        "rect",
        x=x,
        y=y,
        width=WIDTH,
        height=HEIGHT,
        rx=8,
        klass="chain__box",
        fill="none",
        stroke="currentColor",
        stroke_opacity="0.55",
        stroke_dasharray="5 4" if box.is_open else None,
    )
    left = {"text_anchor": "start", "font_family": FONT}
    return group(
        [
            frame,
            words(_cut(box.title), x + 12, y + 20, size=13, font_weight=600, **left),
            words(_cut(box.note), x + 12, y + 37, size=11, fill_opacity="0.7", **left),
            words(f"¥ {format_amount(box.amount)}", x + 12, y + 54, size=12, **left),
        ]
    )


def _cut(text: str) -> str:
    """As much of a text as fits the box, with an ellipsis where it was cut."""
    room, kept = FITS, ""
    for sign in text:
        room -= 2 if ord(sign) > 0x2E7F else 1
        if room < 1:
            return f"{kept.rstrip()}…"
        kept += sign
    return kept
