"""Charts on paper: matplotlib to SVG with the same font, in the worker only."""

import io
from collections.abc import Sequence
from decimal import Decimal

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from pylopdf_fonts_zh_cn import sans_path

matplotlib.use("svg")
ACCENT, INK, GRID = "#0b6569", "#18211f", "#e3e9e9"


def bars(rows: Sequence[tuple[str, int | Decimal]], *, unit: str) -> str:
    """Horizontal bars with their numbers, as SVG text; "" without rows."""
    if not rows or not any(n for _name, n in rows):
        return ""
    font = font_manager.FontProperties(fname=sans_path(), size=9)
    figure = Figure(figsize=(6.3, 0.32 * len(rows) + 0.3))
    axes = figure.add_subplot()
    names, counts = [name for name, _n in rows][::-1], [n for _name, n in rows][::-1]
    drawn = axes.barh(range(len(names)), [float(n) for n in counts], color=ACCENT, height=0.6)
    axes.set_yticks(range(len(names)), names, fontproperties=font, color=INK)
    axes.bar_label(
        drawn, labels=[f"{n} {unit}" for n in counts], padding=4, fontproperties=font, color=INK
    )
    axes.set_xlim(0, float(max(counts)) * 1.18)
    axes.xaxis.set_visible(False)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(GRID)
    axes.tick_params(length=0)
    target = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "msw", "svg.fonttype": "path"}):
        figure.savefig(target, format="svg", bbox_inches="tight", metadata={"Date": None})
    return target.getvalue()
