"""One renderer for the screen and for prints: `drawing_svg(payload)`."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from msw_portal.kernel.drawings import ecomap, genogram, strokes
from msw_portal.kernel.drawings.checking import faults
from msw_portal.kernel.drawings.layout import placed
from msw_portal.kernel.drawings.words import (
    FORMAT,
    PARENTAL,
    PARTNERS,
    Emotion,
    Kind,
    Relation,
    Sex,
    Strength,
)

MARGIN, KEY_WIDTH, KEY_HEIGHT = 16, 132, 30


def drawing_svg(payload: Mapping[str, Any], *, is_editable: bool = False) -> SafeString:
    """A family tree or an ecomap as one SVG element, without style, script or outside reference.

    Takes its colour from the text around it (`currentColor`; black in a print). `is_editable` makes
    the nodes reachable by keyboard and by `data-node`. Every word of the payload is escaped.

    Raises:
        ValueError: for a payload with faults (`drawings.checking.faults`).
    """
    wrong = faults(payload)
    if wrong:
        raise ValueError(f"a drawing with faults: {wrong[0]}")
    draw = genogram.draw if payload["kind"] == Kind.GENOGRAM else ecomap.draw
    inner, covered, used = draw(placed(payload), is_editable=is_editable)
    left, top = (min(p[i] for p in covered) - MARGIN for i in (0, 1))
    right, bottom = (max(p[i] for p in covered) + MARGIN for i in (0, 1))
    legend, height = _legend(used, left, bottom, max(right - left, 2 * KEY_WIDTH))
    width = max(right - left, 2 * KEY_WIDTH)
    box = f"{left:.0f} {top:.0f} {width:.0f} {bottom - top + height:.0f}"
    title = escape(str(Kind(payload["kind"]).label))
    role = "group" if is_editable else "img"
    described = escape("；".join(described_lines(payload)))
    return SafeString(  # nosec B703 - every text is escaped where it enters
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:.0f}" '
        f'height="{bottom - top + height:.0f}" class="drawing" role="{role}" aria-label="{title}" '
        f'data-kind="{payload["kind"]}"><title>{title}</title><desc>{described}</desc>{inner}{legend}</svg>'
    )


def described_lines(payload: Mapping[str, Any]) -> list[str]:
    """The drawing in sentences: who is in it, then who is what to whom."""
    names = {row["id"]: row["label"] for row in payload["persons"]}
    year = genogram.year_of(payload)
    found = [genogram.told(row, year) for row in payload["persons"]]
    if payload["kind"] == Kind.ECOMAP:
        ties = {row["system"]: row for row in payload.get("ties", [])}
        return found + [ecomap.told(row, ties.get(row["id"])) for row in payload.get("systems", [])]
    for table, words in (("relations", Relation), ("emotions", Emotion)):
        for row in payload.get(table, []):
            found.append(
                _("%(first)s → %(second)s：%(relation)s")
                % {
                    "first": names[row["from"]],
                    "second": names[row["to"]],
                    "relation": words(row["kind"]).label,
                }
            )
    return found


def blank_drawing(
    kind: str, *, label: str, sex: str, birth_year: int | None, as_of: str
) -> dict[str, Any]:
    """The drawing one starts from: the client alone."""
    person = {
        "id": "p1",
        "label": label,
        "sex": sex,
        "is_index": True,
        "birth_year": birth_year,
        "is_co_living": True,
    }
    payload = {"format": FORMAT, "kind": kind, "as_of": as_of, "persons": [person]}
    if kind == Kind.ECOMAP:
        return payload | {"systems": [], "ties": []}
    return payload | {"relations": [], "emotions": []}


def _legend(used: set[str], left: float, top: float, width: float) -> tuple[str, float]:
    """Samples of what this drawing uses, under it."""
    keys = [(code, label, sample) for code, label, sample in _keys() if code in used]
    across = max(2, int(width // KEY_WIDTH))
    parts = []
    for place, (_code, label, sample) in enumerate(keys):
        x = left + 8 + place % across * KEY_WIDTH
        y = top + 14 + place // across * KEY_HEIGHT
        parts.append(sample(x, y))
        parts.append(strokes.words(label, x + 50, y + 4, size=11, text_anchor="start", opacity=0.8))
    rows = -(-len(keys) // across)
    return strokes.group(parts, klass="legend"), 14 + rows * KEY_HEIGHT


def _keys() -> list[tuple[str, Any, Any]]:
    def person(sex: str, **more: Any) -> Any:
        def sample(x: float, y: float) -> str:
            inner = genogram.symbol(sex, x + 20, y, 5, fill="none", stroke_width=1.2)
            drawn = genogram.symbol(sex, x + 20, y, 8.5, stroke_width=1.4)
            cross = strokes.line([(x + 11, y - 9), (x + 29, y + 9)], width=1.2) + strokes.line(
                [(x + 11, y + 9), (x + 29, y - 9)], width=1.2
            )
            return (
                drawn + (inner if more.get("inner") else "") + (cross if more.get("dead") else "")
            )

        return sample

    def across(draw: Any) -> Any:
        return lambda x, y: draw([(x, y), (x + 40, y)])

    dashes = {Relation.ADOPTION: strokes.DASH, Relation.FOSTER: strokes.DOTS}
    return [
        (Sex.MALE, Sex.MALE.label, person(Sex.MALE)),
        (Sex.FEMALE, Sex.FEMALE.label, person(Sex.FEMALE)),
        (Sex.UNKNOWN, Sex.UNKNOWN.label, person(Sex.UNKNOWN)),
        ("index", _("服务对象"), person(Sex.MALE, inner=True)),
        ("dead", _("已去世"), person(Sex.MALE, dead=True)),
        (
            "co_living",
            _("同住"),
            across(lambda p: strokes.line(p, width=1.2, stroke_dasharray=strokes.DASH)),
        ),
        *(
            (kind, Relation(kind).label, across(lambda p, k=kind: genogram.partner_line(k, *p)))
            for kind in Relation
            if kind in PARTNERS
        ),
        *(
            (
                kind,
                str(Relation(kind).label).partition("（")[0],
                across(lambda p, k=kind: strokes.line(p, stroke_dasharray=dashes.get(k))),
            )
            for kind in Relation
            if kind in PARENTAL and kind in dashes
        ),
        *(
            (kind, Emotion(kind).label, across(lambda p, k=kind: genogram.emotion_line(k, p)))
            for kind in Emotion
        ),
        *(
            (kind, Strength(kind).label, across(lambda p, k=kind: ecomap.tie_line(k, p)))
            for kind in Strength
        ),
        (
            "flow",
            _("能量流向"),
            across(lambda p: strokes.line(p) + strokes.arrow(p[1], p[0], 10)),
        ),
    ]
